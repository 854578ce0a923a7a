#!/usr/bin/env python3
"""Runs real MCP clients against govhost, each over stdio and HTTP in each era it speaks, and prints one table.

Each client lists everything page by page, calls every tool, gets every prompt, reads resources of every kind,
completes, cancels and subscribes where that is offered; none may meet an error, and all must see the same.
The clients come from the registries of npm and PyPI in the versions pinned here, once, into a cache folder.
Exit codes: 0 all is well, 1 it is not, 77 the clients could not be installed.
"""
import argparse
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# Fewer than there are of anything but prompts and templates, so that the pages are walked.
SMALL_PAGES = ["--set", "host.page_size=7"]
ERAS = ["legacy", "auto", "modern"]
# client: registry, package, version, eras. The program for each is chosen in commands().
CLIENTS = {
    "TypeScript SDK 1.x": ("npm", "@modelcontextprotocol/sdk", "1.32.2", ["legacy"]),
    "TypeScript client 2.x": ("npm", "@modelcontextprotocol/client", "2.4.0", ERAS),
    "Inspector": ("npm", "@modelcontextprotocol/inspector", "2.12.0", ERAS),
    "Python SDK 1.x": ("pip", "mcp", "1.30.0", ["legacy"]),
    "Python SDK 2.x": ("pip", "mcp", "2.3.0", ERAS),
}
COUNTS = ["tools", "prompts", "resources", "templates"]
SECONDS = 400  # of one client; the Inspector starts a process for each request


class Server:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.endpoint = None
        for line in self.process.stderr:
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("event") == "transport.listening":
                self.endpoint = event["endpoint"]
                break
        if not self.endpoint:
            sys.exit(f"{command[0]} did not start")
        threading.Thread(target=lambda: [None for _ in self.process.stderr], daemon=True).start()

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=30)


def packages(*arguments):
    done = subprocess.run([f"{ROOT}/tests/support/packages.sh", *arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout.strip()


def commands(names, work):
    """Client to the beginning of its command line. Node.js looks for packages beside the script, so each
    package gets a folder with the scripts and a link to it."""
    begin = {}
    for name in names:
        registry, package, version, _ = CLIENTS[name]
        folder = packages(registry, f"{package}{'@' if registry == 'npm' else '=='}{version}")
        if registry == "pip":
            begin[name] = [f"{folder}/bin/python", f"{HERE}/python_client.py"]
            continue
        node = packages("node")
        if name == "Inspector":
            launcher = f"{folder}/node_modules/{package}/clients/launcher/build/index.js"
            begin[name] = [sys.executable, f"{HERE}/inspector.py", f"{node} {launcher}"]
            continue
        own = os.path.join(work, version)
        os.mkdir(own)
        for script in ("walk.mjs", "ts1.mjs", "ts2.mjs", "arguments.json"):
            shutil.copy(f"{HERE}/{script}", own)
        os.symlink(f"{folder}/node_modules", f"{own}/node_modules")
        begin[name] = [node, f"{own}/{'ts1' if version.startswith('1.') else 'ts2'}.mjs"]
    return begin


def run(name, command, era, transport, target):
    # The 1.x SDK knows one era and is not told.
    era_argument = [] if command[-1].endswith("ts1.mjs") else [era]
    row = {"client": name, "version": CLIENTS[name][2], "transport": transport, "era": era, "negotiated": "-", "checks": 0, "calls": 0,
           "notes": [], "problems": []}
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run([*command, *era_argument, transport, *target], capture_output=True, text=True, timeout=SECONDS, env=environment)
        row.update(json.loads(done.stdout.splitlines()[-1]))
        if done.returncode:
            row["problems"].append(f"exit code {done.returncode}: {done.stderr[-600:]}")
    except subprocess.TimeoutExpired:
        row["problems"].append(f"did not end within {SECONDS} s")
    except (IndexError, ValueError):
        row["problems"].append(f"exit code {done.returncode}, and no report: {done.stderr[-1200:]}")
    return row


def disagreements(rows):
    """Where a client saw another number of something than the others, or nothing."""
    for key in COUNTS:
        seen = [row.get(key, 0) for row in rows if not row["problems"] or row.get(key)]
        common = max(set(seen), key=seen.count) if seen else 0
        for row in rows:
            if row.get(key, 0) != common or not common:
                row["problems"].append(f"{row.get(key, 0)} {key} are listed, the others see {common}")


def print_table(rows):
    print("| client | version | transport | era | negotiated | tools, prompts, resources, templates | calls | checks | notes | verdict |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        counts = ", ".join(str(row.get(key, "-")) for key in COUNTS)
        verdict = f"{len(row['problems'])} problems" if row["problems"] else "ok"
        print(f"| {row['client']} | {row['version']} | {row['transport']} | {row['era']} | {row['negotiated']} | {counts} | {row['calls']} | {row['checks']} "
              f"| {'; '.join(row['notes']) or '-'} | {verdict} |")
    for row in rows:
        for problem in row["problems"]:
            print(f"\n{row['client']} {row['version']}, {row['transport']}, {row['era']}: {problem}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=f"{ROOT}/build/release", help="build tree to test (default: %(default)s)")
    parser.add_argument("--content", default=None, help="directory to serve (default: the starter catalogue)")
    parser.add_argument("--client", action="append", choices=CLIENTS, help="only this client; may be repeated")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    govhost = [f"{options.build}/bin/govhost", "serve"]
    serving = SMALL_PAGES + (["--content", os.path.abspath(options.content)] if options.content else [])
    names = options.client or list(CLIENTS)

    with tempfile.TemporaryDirectory() as work:
        begin = commands(names, work)
        server = Server([*govhost, "--http", "127.0.0.1:0", "--ops", "127.0.0.1:0", *serving])
        targets = {"stdio": [*govhost, "--stdio", *serving], "http": [server.endpoint]}
        jobs = [(name, begin[name], era, transport, target) for name in names for era in CLIENTS[name][3] for transport, target in targets.items()]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            rows = list(pool.map(lambda job: run(*job), jobs))
        code = server.stop()
    disagreements(rows)
    print(json.dumps(rows, indent=2)) if options.json else print_table(rows)
    if code:
        print(f"\ngovhost ended with exit code {code} at SIGTERM")
    sys.exit(1 if code or any(row["problems"] for row in rows) else 0)


if __name__ == "__main__":
    main()
