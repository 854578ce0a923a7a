#!/usr/bin/env python3
"""Runs the commands of the documentation, so that it cannot drift from the program.

Shell blocks behind `<!-- test -->` are run with `govhost` on the path and a server whose ports stand
in for 127.0.0.1:8080 and :9464; behind `<!-- test: serving -->` beside one of the page's own
govhost.toml too. TOML blocks behind `<!-- test: config -->` must be valid and are that file from there
on. A folder of its own stands in for /srv, /etc/govhost and /var/lib/govhost. All JSON blocks must parse, all links must lead somewhere,
and every event that the host logs must stand in the log contract.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"(?:<!-- test(?P<how>: \w+)? -->\n)?```(?P<language>\w+)\n(?P<text>.*?)```", re.S)
MARK = re.compile(r"<!-- test(: \w+)? -->")
problems = []


def check(good, what):
    if not good:
        problems.append(what)


class Server:
    """govhost on free ports, with the starter catalogue or a configuration."""

    def __init__(self, binary, wait_for="serve.ready", config=()):
        self.process = subprocess.Popen([binary, "serve", "--http", "127.0.0.1:0", "--ops", "127.0.0.1:0", *config],
                                        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        ports = {}
        for line in self.process.stderr:
            event = json.loads(line)
            if "endpoint" in event:
                ports[event["event"]] = re.search(r":(\d+)", event["endpoint"][6:]).group(1)
            if event["event"] == wait_for:
                break
        self.places = {"127.0.0.1:8080": f"127.0.0.1:{ports['transport.listening']}", "127.0.0.1:9464": f"127.0.0.1:{ports['ops.listening']}"}

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=30)
        check(self.process.returncode == 0, "the server did not end cleanly")


def in_folder(text, folder):
    for place in ("/srv", "/etc/govhost", "/var/lib/govhost"):
        text = text.replace(place + "/", f"{folder}/")
    return text


def run_shell(page, text, folder, server, binary):
    text = in_folder(text, folder)
    for place, real in server.places.items():
        text = text.replace(place, real)
    path = os.path.dirname(binary) + ":" + os.environ["PATH"]
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=folder, env={**os.environ, "PATH": path},
                          capture_output=True, text=True, timeout=120)
    check(done.returncode == 0 and done.stdout.strip(), f"{page}: exit code {done.returncode}\n{text}{done.stdout}{done.stderr}")
    return done.returncode == 0


def test_page(page, source, folder, server, binary):
    text = page.read_text()
    name = page.relative_to(source)
    ran = 0
    for block in BLOCK.finditer(text):
        how, body = block["how"], block["text"]
        marked = block.group(0).startswith("<!--")
        if block["language"] == "json":
            try:
                json.loads(body)
            except ValueError as error:
                problems.append(f"{name}: JSON that does not parse: {error}\n{body}")
        if not marked:
            continue
        ran += 1
        if how == ": config":
            (folder / "govhost.toml").write_text(in_folder(body, folder))
            for content in ("ai-governance-framework", "policies"):
                if not (folder / content).exists():
                    shutil.copytree(source / "config/catalogue", folder / content)
            run_shell(name, "govhost config check --config govhost.toml", folder, server, binary)
        elif how == ": serving":
            own = Server(binary, "content.bundle_written", ["--config", str(folder / "govhost.toml")])
            run_shell(name, body, folder, server, binary)
            own.stop()
        else:
            run_shell(name, body, folder, server, binary)
    check(ran == len(MARK.findall(text)), f"{name}: a test mark without a block behind it")
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in link:
            check((page.parent / link).exists(), f"{name}: the link {link} leads nowhere")
    return ran


def test_events(source):
    """Both ways: no event that is not documented, no documented event that does not exist."""
    code = "\n".join(file.read_text() for file in (source / "host").rglob("*.cpp"))
    logged = set(re.findall(r'(?:\.(?:info|warn|error|debug)\(\s*|write\([^"]{0,80}|\\?"event\\?":\\?)"([a-z_]+\.[a-z_]+)"', code))
    logged |= set(re.findall(r'\? "(document\.[a-z]+)" : "(document\.[a-z]+)"', code).pop())
    documented = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", (source / "docs/operations/logs.md").read_text(), re.M))
    documented -= {"error.type", "http.status"}
    documented = {event for event in documented if not event.startswith(("mcp.", "gen_ai."))} | {"request.done"}
    check(logged == documented, f"docs/operations/logs.md: not documented {sorted(logged - documented)}, not logged {sorted(documented - logged)}")
    check(len(logged) > 15, "the search for events in the code finds too few")


def test_defences(source):
    """Each row of the table of threats names tests that exist."""
    code = "\n".join(file.read_text() for file in (source / "tests").rglob("*.cpp"))
    tests = {f"{suite}.{name}" for suite, name in re.findall(r"TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", code)}
    rows = [row for row in (source / "docs/operations/security.md").read_text().splitlines() if row.count("|") == 4 and "---" not in row]
    rows = [row for row in rows if not row.startswith("| threat")]
    check(len(rows) > 20, "docs/operations/security.md: the table of threats is not found")
    for row in rows:
        named = re.findall(r"`(\w+\.\w+)`", row.rstrip("| ").rsplit("|", 1)[1])
        check(named, f"docs/operations/security.md: no test in: {row}")
        for name in named:
            check(name in tests, f"docs/operations/security.md: there is no test {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.source, options.build = options.source.resolve(), options.build.resolve()
    binary = str(options.build / "bin/govhost")
    pages = [options.source / "README.md", *sorted((options.source / "docs").rglob("*.md")), *sorted(options.source.glob("plugins/*/README.md")),
             options.source / "tests/bench/README.md"]
    # What an earlier run has left there, such as an old backup, must not count.
    state = os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp()
    server = Server(binary)
    ran = 0
    for page in pages:
        folder = pathlib.Path(tempfile.mkdtemp())
        try:
            ran += test_page(page, options.source, folder, server, binary)
        finally:
            shutil.rmtree(folder)
    server.stop()
    shutil.rmtree(state)
    test_events(options.source)
    test_defences(options.source)
    check(ran >= 15, f"only {ran} blocks were run")
    print(f"{ran} blocks of {len(pages)} pages were run")
    if problems:
        sys.exit("FAILED:\n" + "\n".join(problems))


if __name__ == "__main__":
    main()
