#!/usr/bin/env python3
"""Measures govhost beside its floors, in one run, and prints a table of ratios.

The floor of an answer over HTTP is a Boost.Beast server (floor.cpp) that sends the same bytes from
a fixed buffer; nginx with the same file is measured too where it is installed. CPU is that of the
server's threads per request. Quote the ratios: absolute figures move with the machine.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CALLS = {
    "get_risk": {"risk_id": "ri-1"},
    "list_risks": {},
    "search_risks": {"query": "prompt injection"},
}


def request_of(tool, identifier=1000000000):
    return json.dumps({"jsonrpc": "2.0", "id": identifier, "method": "tools/call",
                       "params": {"name": tool, "arguments": CALLS[tool]}}, separators=(",", ":"))


INITIALIZE = json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
    "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}})


class Server:
    """A process that says in its first lines where it listens."""

    def __init__(self, command, port_of, stream="stdout"):
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, **pipes)
        self.port = None
        lines = getattr(self.process, stream)
        for line in lines:
            self.port = port_of(line)
            if self.port:
                break
        if not self.port:
            sys.exit(f"{command[0]} did not start")
        threading.Thread(target=lambda: [None for _ in lines], daemon=True).start()

    def memory_kib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def govhost(build, content):
    command = [f"{build}/bin/govhost", "serve", "--http", "127.0.0.1:0", "--ops", "127.0.0.1:0",
               "--set", "transport.http.options.threads=1", "--set", "audit.enabled=false"] + content

    def port_of(line):
        event = json.loads(line) if line.startswith("{") else {}
        endpoint = event.get("endpoint", "")
        return endpoint.split(":")[2].split("/")[0] if event.get("event") == "transport.listening" else None

    server = Server(command, port_of, "stderr")
    ask(server.port, "search_risks")  # the index is there from here on
    return server


def floor(build, body):
    return Server([f"{build}/tests/bench_floor", body], lambda line: line.strip())


class Nginx:
    """nginx with one worker, answering the same bytes from a file."""

    def __init__(self, folder, body):
        shutil.copy(body, f"{folder}/body.json")
        os.chmod(folder, 0o755)
        import socket
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        user = "user root;" if os.geteuid() == 0 else ""
        with open(f"{folder}/nginx.conf", "w") as conf:
            conf.write(f"""{user} daemon off; worker_processes 1; error_log /dev/null; pid {folder}/pid;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 1000000000; open_file_cache max=10; sendfile off; tcp_nodelay on;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{self.port}; location / {{ root {folder}; error_page 405 =200 /body.json; default_type application/json; rewrite ^ /body.json break; }} }} }}""")
        self.process = subprocess.Popen(["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
        for _ in range(200):
            children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
            if children:
                self.worker = children[0]
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=1).read()
                    break
                except OSError:
                    pass
            time.sleep(0.01)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


def ask(port, tool):
    post = urllib.request.Request(f"http://127.0.0.1:{port}/mcp", request_of(tool).encode(), {
        "Content-Type": "application/json", "Accept": "application/json, text/event-stream"})
    return urllib.request.urlopen(post, timeout=60).read()


def measure(options, port, pid, connections, request, any_id=False):
    command = ["taskset", "-c", "1"] if options.pin else []
    command += [f"{options.build}/tests/bench_load", str(port), str(pid), str(connections), str(options.seconds), request]
    out = subprocess.run(command + (["--any-id"] if any_id else []), capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def median(runs):
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def http_table(options, folder):
    rows = []
    server = govhost(options.build, options.content)
    for tool in CALLS:
        body, request = f"{folder}/{tool}.body", f"{folder}/{tool}.request"
        with open(body, "wb") as file:
            file.write(ask(server.port, tool))
        with open(request, "w") as file:
            file.write(request_of(tool))
        beast = floor(options.build, body)
        nginx = Nginx(tempfile.mkdtemp(dir=folder), body) if shutil.which("nginx") and options.nginx else None
        if options.pin:
            for pid in [server.process.pid, beast.process.pid] + ([nginx.worker] if nginx else []):
                subprocess.run(["taskset", "-a", "-p", "-c", "0", str(pid)], capture_output=True, check=True)
        for connections in options.connections:
            ours, theirs, web = [], [], []
            for _ in range(options.repeat):  # interleaved, so that the machine's moods meet all alike
                ours.append(measure(options, server.port, server.process.pid, connections, request))
                theirs.append(measure(options, beast.port, beast.process.pid, connections, request, any_id=True))
                if nginx:
                    web.append(measure(options, nginx.port, nginx.worker, connections, request, any_id=True))
            a, b = median(ours), median(theirs)
            rows.append({"call": tool, "connections": connections, "bytes": os.path.getsize(body), **a,
                         "beast_cpu_us": b["cpu_us"], "to_beast": a["cpu_us"] / b["cpu_us"], "beast_p99_us": b["p99_us"],
                         "to_nginx": a["cpu_us"] / median(web)["cpu_us"] if web else None})
        beast.stop()
        if nginx:
            nginx.stop()
    memory = server.memory_kib()
    server.stop()
    return rows, memory


class Stdio:
    def __init__(self, options):
        self.began = time.perf_counter()
        self.process = subprocess.Popen([f"{options.build}/bin/govhost", "serve", "--stdio"] + options.content,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.ask(INITIALIZE)
        self.start_ms = (time.perf_counter() - self.began) * 1000

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def cpu_us(self):
        # clock_getcpuclockid(3): the clock of a process is the inverted pid above the clock's kind.
        return time.clock_gettime(~self.process.pid << 3 | 2) * 1e6

    def memory_kib(self):
        return Server.memory_kib(self)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def stdio_figures(options):
    starts = []
    for _ in range(options.repeat * 5):
        server = Stdio(options)
        starts.append(server.start_ms)
        server.stop()
    server = Stdio(options)
    for tool in CALLS:  # the index is there, and every page touched once
        server.ask(request_of(tool))
    count = options.calls
    idle = server.memory_kib()
    line = request_of("get_risk").encode() + b"\n"
    cpu = server.cpu_us()

    def write():
        for _ in range(count // 100):
            server.process.stdin.write(line * 100)
        server.process.stdin.flush()

    began = time.perf_counter()
    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(count // 100 * 100):
        server.process.stdout.readline()
    writer.join()
    seconds = time.perf_counter() - began
    cpu = server.cpu_us() - cpu
    trips = []
    for _ in range(min(count, 2000)):
        one = time.perf_counter()
        server.ask(request_of("get_risk"))
        trips.append((time.perf_counter() - one) * 1e6)
    after = server.memory_kib()
    server.stop()
    return {"start_ms_median": statistics.median(starts), "start_ms_worst": max(starts), "pipelined_calls": count,
            "pipelined_cpu_us": cpu / count, "pipelined_calls_per_s": count / seconds,
            "round_trip_p50_us": statistics.median(trips), "memory_before_kib": idle, "memory_after_kib": after}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=f"{ROOT}/build/release", help="build tree to measure (default: %(default)s)")
    parser.add_argument("--content", default=None, help="directory to serve (default: the starter catalogue)")
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, help="measurements of which the median counts (default: %(default)s)")
    parser.add_argument("--calls", type=int, default=100000, help="pipelined calls over stdio (default: %(default)s)")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--smoke", action="store_true", help="as short as possible, and check that nothing goes wrong")
    options = parser.parse_args()
    options.content = ["--content", options.content] if options.content else []
    options.pin = (os.cpu_count() or 1) > 1 and shutil.which("taskset") is not None
    options.nginx = not options.smoke
    if options.smoke:
        options.seconds, options.repeat, options.calls, options.connections = 0.1, 1, 200, [4]

    with tempfile.TemporaryDirectory() as folder:
        rows, memory = http_table(options, folder)
    stdio = stdio_figures(options)
    broken = [row for row in rows if row["wrong_ids"] or row["starved"] or not row["requests"]]
    if options.json:
        print(json.dumps({"http": rows, "http_memory_kib": memory, "stdio": stdio}, indent=2))
    else:
        print("| call | connections | bytes | req/s | p50 us | p95 us | p99 us | CPU us | Beast CPU us | to Beast | to nginx | starved, wrong ids |")
        print("|---|---|---|---|---|---|---|---|---|---|---|---|")
        for r in rows:
            nginx = f"{r['to_nginx']:.2f}" if r["to_nginx"] else "-"
            print(f"| {r['call']} | {r['connections']} | {r['bytes']} | {r['requests_per_s']:.0f} | {r['p50_us']:.0f} | {r['p95_us']:.0f} | {r['p99_us']:.0f} "
                  f"| {r['cpu_us']:.1f} | {r['beast_cpu_us']:.1f} | {r['to_beast']:.2f} | {nginx} | {r['starved']:.0f}, {r['wrong_ids']:.0f} |")
        print(f"\nmemory after the HTTP runs: {memory} KiB")
        for key, value in stdio.items():
            print(f"stdio {key}: {value:.1f}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
