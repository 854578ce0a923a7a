#!/usr/bin/env python3
"""Measures what a refresh costs, and what its readers notice.

For each number of documents: a folder of policies is served, ten of them change, the server is told to
read it, and the time and the server's CPU until they can be searched are taken, several times. Then
the same again and again under a load of get_risk on 16 connections: errors, and p99 while snapshots
are swapped beside p99 while none is.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from run import ROOT, request_of

CHANGED = 10
TARGETS = {"p99 ratio": 2.0, "errors": 0}


def policy(number, words):
    body = "\n\n".join(f"## Part {part}\n\n" + " ".join(words[(number * 31 + part * 7 + i) % len(words)] for i in range(120))
                       for part in range(1, 6))
    return f"---\nsequence: {number}\ntitle: Policy {number}\n---\n\n{body}\n"


class Served:
    """govhost over a folder, and the lines of its log."""

    def __init__(self, options, folder):
        self.refreshed = []
        self.ready = threading.Event()
        self.came = threading.Condition()
        self.config = folder.parent / "govhost.toml"
        self.config.write_text(f"""host.max_documents = 1000000
[ops]
listen = "127.0.0.1:0"
control = "{folder.parent}/control.sock"
[[transport]]
plugin = "http"
options = {{listen = "127.0.0.1:0", threads = 1}}
[search]
plugin = "memory"
[[source]]
plugin = "directory"
refresh = "1h"
watch = false
options.path = "{folder}"
options.max_files = 1000000
[content]
""" + (f'bundle_dir = "{options.bundles}"' if options.bundles else ""))
        self.binary = f"{options.build}/bin/govhost"
        command = [self.binary, "serve", "--config", str(self.config), "--set", "audit.enabled=false"]
        command = (["taskset", "-c", "0"] if options.pin else []) + command
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.port = None
        threading.Thread(target=self.read, daemon=True).start()
        if not self.ready.wait(600) or self.port is None:
            sys.exit("the server did not start")

    def read(self):
        for line in self.process.stderr:
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("event") == "transport.listening":
                self.port = event["endpoint"].split(":")[2].split("/")[0]
            if event.get("event") == "search.indexed":
                with self.came:
                    self.refreshed.append(time.monotonic())
                    self.came.notify_all()
                if self.port:
                    self.ready.set()
        self.ready.set()  # it has ended

    def cpu_ms(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def memory_mib(self, name):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(name)) / 1024

    def change(self, files, text):
        """Seconds from the change to the index that has it."""
        with self.came:
            before, begin = len(self.refreshed), time.monotonic()
            for file in files:
                aside = file.with_suffix(".new")
                aside.write_text(file.read_text() + text)
                aside.rename(file)
            # The command must not take the load's processor from it.
            subprocess.run(["nice", "-n", "19", self.binary, "content", "sync", "--config", str(self.config)],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if not self.came.wait_for(lambda: len(self.refreshed) > before, 300):
                sys.exit("the change was never served")
            return self.refreshed[-1] - begin

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)


def load(options, server, folder, seconds):
    request = folder.parent / "request"
    request.write_text(request_of("get_risk"))
    command = (["taskset", "-c", "1"] if options.pin else []) + [
        f"{options.build}/tests/bench_load", server.port, str(server.process.pid), "16", str(seconds), str(request)]
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)


def measure(options, documents, folder):
    words = (pathlib.Path(ROOT) / "config/thesaurus.toml").read_text().split()
    (folder / "_risks").mkdir(parents=True)
    (folder / "_risks/ri-1_x.md").write_text(policy(1, words))
    files = []
    for number in range(documents):
        file = folder / f"policies/{number // 1000}/p{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(policy(number, words))
        files.append(file)
    # Not neighbours: they stand in different parts of an index.
    def spread(turn):
        return files[turn % (len(files) // CHANGED)::len(files) // CHANGED][:CHANGED]
    server = Served(options, folder)
    try:
        waits, works = [], []
        for turn in range(options.repeat):
            cpu = server.cpu_ms()
            waits.append(server.change(spread(turn), "\nA change.\n"))
            works.append(server.cpu_ms() - cpu)
        steady = json.loads(load(options, server, folder, options.seconds).communicate()[0])
        under = load(options, server, folder, options.seconds)
        swaps = 0
        while under.poll() is None:
            server.change(spread(0), f"\n{swaps}\n")
            swaps += 1
            time.sleep(0.2)
        swapped = json.loads(under.communicate()[0])
        if under.returncode != 0:
            sys.exit("a call failed while snapshots were swapped")
        return {"documents": documents, "seconds to served": statistics.median(waits),
                "CPU ms": statistics.median(works), "swaps under load": swaps,
                "errors": swapped["wrong_ids"] + swapped["starved"],
                "p99 steady us": steady["p99_us"], "p99 swapping us": swapped["p99_us"],
                "p99 ratio": swapped["p99_us"] / steady["p99_us"],
                "calls/s": swapped["requests_per_s"], "MiB": server.memory_mib("VmRSS"), "peak MiB": server.memory_mib("VmHWM")}
    finally:
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=f"{ROOT}/build/release")
    parser.add_argument("--documents", default="100,10000,100000", help="how many, comma-separated")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="of load")
    parser.add_argument("--bundles", help="a folder for bundles; none are written otherwise")
    parser.add_argument("--no-pin", dest="pin", action="store_false", help="leave the cores to the system")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for documents in options.documents.split(","):
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(options, int(documents), pathlib.Path(folder) / "content"))
        if not options.json:
            print(" · ".join(f"{name} {value:.4g}" + ("!" if value > TARGETS.get(name, value) else "")
                             for name, value in rows[-1].items()), flush=True)
    if options.json:
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
