"""The Inspector's command line against the server, one process for each request:
inspector.py "NODE LAUNCHER" legacy|auto|modern http URL | stdio COMMAND...

--strict lets it end with 6 when a tool's schema would break clients. Prints one JSON object.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

from python_arguments import argument_values, arguments_of, uri_of

NEWEST, LEGACY = "2026-07-28", "2025-11-25"


class Inspector:
    def __init__(self, launcher, era, kind, target):
        self.home = tempfile.TemporaryDirectory()  # no configuration and no keychain of the user
        self.command = launcher.split() + ["--cli", *target] + (["--transport", "http"] if kind == "http" else [])
        self.command += ["--protocol-era", era, "--stored-auth-only", "--format", "json"]
        self.problems, self.notes, self.checks = [], [], 0

    def run(self, method, *arguments):
        environment = {**os.environ, "HOME": self.home.name, "MCP_INSPECTOR_SECRET_STORE": "memory"}
        return subprocess.run([*self.command, "--method", method, *arguments], capture_output=True, text=True, env=environment, timeout=120)

    def ask(self, method, *arguments, code=0):
        """The result; any other end than the expected one is a problem."""
        self.checks += 1
        done = self.run(method, *arguments)
        if done.returncode != code:
            self.problems.append(f"{method} {' '.join(arguments)}: exit code {done.returncode}: {(done.stderr.strip() or done.stdout.strip())[-400:]}")
            return {}
        if "--strict" in arguments:
            told = re.search(r"\d+ errors?, \d+ warnings? across \d+ tools?", done.stderr)
            self.notes.append(f"--strict: {told[0] if told else 'nothing to report'}")
        return json.loads(done.stdout)["result"] if code == 0 else {}

    def list(self, method, key, *arguments):
        return self.ask(method, *arguments).get(key, [])


def requests_of(tools, prompts, resources, templates):
    for tool in tools:
        yield "tools/call", ["--tool-name", tool["name"], "--tool-args-json", json.dumps(arguments_of(tool))], 0
    for prompt in prompts:
        values = [f"{name}={value}" for name, value in argument_values(prompt).items()]
        yield "prompts/get", ["--prompt-name", prompt["name"], *(["--prompt-args", *values] if values else [])], 0
    uris = {resources[0]["uri"], resources[-1]["uri"]} if resources else set()
    uris |= {uri_of(template["uriTemplate"]) for template in templates}
    for uri in sorted(uris):
        yield "resources/read", ["--uri", uri], 0
    yield "tools/call", ["--tool-name", "no_such_tool"], 5
    yield "resources/read", ["--uri", "finos://no/such"], 1


def main():
    launcher, era, kind, *target = sys.argv[1:]
    inspector = Inspector(launcher, era, kind, target)
    opened = inspector.ask("initialize")
    version, expected = opened.get("protocolVersion"), LEGACY if era == "legacy" else NEWEST
    if version != expected:
        inspector.problems.append(f"negotiation: version {version}, not {expected}")
    tools = inspector.list("tools/list", "tools", "--strict")
    prompts = inspector.list("prompts/list", "prompts")
    resources = inspector.list("resources/list", "resources")
    templates = inspector.list("resources/templates/list", "resourceTemplates")
    if era == "legacy" and "logging" in opened.get("capabilities", {}):
        inspector.ask("logging/setLevel", "--log-level", "debug")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:  # each starts a Node.js
        list(pool.map(lambda request: inspector.ask(request[0], *request[1], code=request[2]), requests_of(tools, prompts, resources, templates)))
    print(json.dumps({"negotiated": version, "tools": len(tools), "prompts": len(prompts), "resources": len(resources), "templates": len(templates),
                      "calls": len(tools), "checks": inspector.checks, "problems": inspector.problems, "notes": inspector.notes}))


if __name__ == "__main__":
    main()
