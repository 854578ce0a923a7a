#!/usr/bin/env python3
"""What hostile clients cost the others: the p99 of ordinary calls beside slow-loris connections, and the memory that
a million made-up clients, addresses and tools leave behind.

Slow-loris connections send a head a byte at a time. The made-up clients come through a proxy that is trusted and
says each time that it is somebody else; each asks for a tool that does not exist, too.
"""
import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from secured import REQUEST, ROOT, Server

CONFIG = """[[transport]]
plugin = "http"
options = {listen = "127.0.0.1:0", threads = 1, trusted_proxies = ["127.0.0.0/8"]}
[[source]]
plugin = "starter"
[search]
plugin = "memory"
[[limit]]
key = "address"
rate = "1000000/s"
[[limit]]
key = "principal"
rate = "1000000/s"
"""


class Loris(threading.Thread):
    """Connections that are never done with their request; closed ones are opened again."""

    def __init__(self, port, count):
        super().__init__(daemon=True)
        self.port, self.count, self.ended, self.sent = port, count, threading.Event(), 0

    def open(self):
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.sendall(b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        return connection

    def run(self):
        connections = [self.open() for _ in range(self.count)]
        while not self.ended.is_set():
            for i, connection in enumerate(connections):
                try:
                    connection.sendall(b"a")
                    self.sent += 1
                except OSError:
                    connections[i] = self.open()
            self.ended.wait(0.5)
        for connection in connections:
            connection.close()


def load(options, server, folder):
    done = subprocess.run([f"{options.build}/tests/bench_load", server.port, str(server.process.pid), "8", str(options.seconds),
                           f"{folder}/request"], capture_output=True, text=True)
    return json.loads(done.stdout)


def slow_loris(options, server, folder):
    alone, beside = [], []
    for _ in range(options.repeat):
        alone.append(load(options, server, folder)["p99_us"])
        loris = Loris(int(server.port), options.loris)
        loris.start()
        while loris.sent < options.loris:
            time.sleep(0.01)
        beside.append(load(options, server, folder)["p99_us"])
        loris.ended.set()
        loris.join()
    ratio = statistics.median(beside) / statistics.median(alone)
    print(f"{options.loris} slow-loris connections: p99 {statistics.median(beside):.0f} us beside {statistics.median(alone):.0f} us "
          f"without, {ratio:.2f}x")
    return ratio


def resident_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def metrics(ops):
    with urllib.request.urlopen(f"http://127.0.0.1:{ops}/metrics") as answer:
        return [line for line in answer.read().decode().splitlines() if not line.startswith("#")]


def ask_as(server, first, count):
    """So many requests, each of another client for another tool, in bursts on one connection."""
    connection = socket.create_connection(("127.0.0.1", int(server.port)))
    answers = connection.makefile("rb")
    for begin in range(first, first + count, 500):
        burst = []
        for i in range(begin, min(begin + 500, first + count)):
            body = f'{{"jsonrpc":"2.0","id":{i},"method":"tools/call","params":{{"name":"tool-{i}"}}}}'
            address = f"{1 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}.7" if i & 1 else f"2001:db8:{i >> 16:x}:{i & 65535:x}::1"
            burst.append(f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Forwarded-For: {address}\r\n"
                         f"Accept: application/json, text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n{body}")
        connection.sendall("".join(burst).encode())
        for _ in burst:
            length = 0
            while (line := answers.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            answers.read(length)


def made_up_clients(options, server):
    fill = 150_000  # more than the tables hold
    ask_as(server, 0, fill)
    before, series = resident_kib(server.process.pid), len(metrics(server.ops))
    ask_as(server, fill, options.clients)
    after, lines = resident_kib(server.process.pid), metrics(server.ops)
    keys = [int(float(line.split()[-1])) for line in lines if line.startswith("govhost_rate_limit_keys")]
    print(f"{options.clients} made-up clients and tools: {after - before:+d} KiB resident, {len(lines) - series:+d} series, "
          f"{max(keys)} callers in the largest table")
    return after - before, len(lines) - series, max(keys)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=f"{ROOT}/build/release")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, help="measurements of which the median counts (default: %(default)s)")
    parser.add_argument("--loris", type=int, default=200, help="connections (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=1_000_000, help="made-up clients (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/request", "w") as file:
            file.write(REQUEST)
        server = Server(options.build, folder, "hostile", CONFIG)
        ratio = slow_loris(options, server, folder)
        grown, series, keys = made_up_clients(options, server)
        server.process.terminate()
        server.process.wait()
    # What the allocator keeps of one burst or another is no growth: six million leave what three do.
    if ratio > 1.2 or grown > 4096 or series != 0 or keys > 65536:
        sys.exit("! the others notice")


if __name__ == "__main__":
    main()
