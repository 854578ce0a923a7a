#!/usr/bin/env python3
"""packaging/announce.sh: what it prints works when pasted, and Ctrl-C ends the server cleanly."""
import argparse
import json
import os
import pathlib
import pty
import re
import socket
import subprocess
import tempfile
import unittest

FREE = ["--http", "127.0.0.1:0", "--ops", "127.0.0.1:0"]
INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "initialize",
              "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}
COUNT = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "list_risks", "arguments": {}}}
options = None


def read_to(stream, end):
    """The lines up to the one that contains `end`; fails at the end of the stream."""
    lines = []
    for line in stream:
        lines.append(line)
        if end in line:
            return "".join(lines)
    raise AssertionError(f"it never printed {end!r}:\n" + "".join(lines))


class Announced:
    def __init__(self, *arguments):
        # The log and the announcement share a stream, as on a terminal.
        self.process = subprocess.Popen([options.script, options.binary, *FREE, *arguments], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.text = read_to(self.process.stdout, "Stop it with Ctrl-C")
        self.endpoint = re.search(r"govhost serves \d+ documents at (\S+)", self.text).group(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.rest = self.process.communicate(timeout=60)[0]


class Announce(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # A path that needs care in a shell and in JSON.
        self.content = pathlib.Path(folder.name) / "the bank's \"own\" \\ risks"
        risks = self.content / "docs/_risks"
        risks.mkdir(parents=True)
        (risks / "ri-1_prompt-injection.md").write_text("---\nsequence: 1\ntitle: Prompt Injection\n---\n\n## Summary\n\nPrompt injection.\n")

    def test_the_curl_line_works_when_pasted(self):
        with Announced("--content", str(self.content)) as server:
            line = re.search(r"^  (curl .*)$", server.text, re.M).group(1)
            answer = json.loads(subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, timeout=60).stdout)
            self.assertEqual(answer["result"]["structuredContent"]["results"][0]["title"], "Prompt Injection (RI-1)")
        self.assertEqual(server.process.returncode, 0)
        self.assertIn("shutdown.complete", server.rest)

    def test_the_client_configurations_reach_the_same_documents(self):
        for written in (["--content", str(self.content)], [f"--content={self.content}"]):
            with Announced(*written) as server:
                self.assertIn("govhost serves 1 documents", server.text)
                entries = [json.loads(line) for line in re.findall(r"^  (\{.*\})$", server.text, re.M)]
                entries = [next(iter(entry.values()))["govhost"] for entry in entries]
                urls = [entry.get("url") or entry["args"][-1] for entry in entries if entry.get("command") in (None, "npx")]
                self.assertEqual(urls, [server.endpoint] * 3)
                commands = [[entry["command"], *entry["args"]] for entry in entries if entry.get("command") not in (None, "npx")]
                self.assertEqual(len(commands), 3)
                for command in commands:
                    done = subprocess.run(command, input="".join(json.dumps(message) + "\n" for message in (INITIALIZE, COUNT)),
                                          capture_output=True, text=True, check=True, timeout=60)
                    answers = {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}
                    self.assertEqual(answers[1]["result"]["serverInfo"]["name"], "govhost")
                    self.assertEqual(answers[2]["result"]["structuredContent"]["total_count"], 1)

    def test_a_failed_start_is_said_and_passed_on(self):
        done = subprocess.run([options.script, options.binary, *FREE, "--content", str(self.content / "nope")],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("does not exist", done.stderr)
        self.assertNotIn("Try it", done.stdout)

    def test_ctrl_c_drains_although_a_client_is_busy(self):
        """A terminal sends the signal to every process of the foreground."""
        try:
            pid, terminal = pty.fork()
        except OSError as error:  # a chroot or container without /dev/pts
            self.skipTest(f"SKIPPED: Ctrl-C needs a terminal: {error}")
        if pid == 0:
            os.execv(options.script, [options.script, options.binary, *FREE])
        with os.fdopen(terminal, "r+b", buffering=0) as stream:
            lines = (line.decode() for line in iter(lambda: read_line(stream), b""))
            port = re.search(r"at http://127\.0\.0\.1:(\d+)", read_to(lines, "Stop it with Ctrl-C")).group(1)
            with socket.create_connection(("127.0.0.1", int(port))) as client:
                client.sendall(b"POST /mcp HTTP/1.1\r\nHost: ")
                stream.write(b"\x03")
                read_to(lines, "shutdown.complete")
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)


def read_line(stream):
    """Up to a line break; empty at the end, which a terminal reports as an error."""
    line = b""
    try:
        while not line.endswith(b"\n"):
            byte = stream.read(1)
            if not byte:
                break
            line += byte
    except OSError:
        pass
    return line


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--script", required=True)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    unittest.main(argv=["announce_test.py", *rest])
