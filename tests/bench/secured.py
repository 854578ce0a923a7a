#!/usr/bin/env python3
"""What security costs: get_risk with an access token (JWT), audit (batch) and limits, beside the same requests
to a server without them.

Prints the server's CPU per request of both and their ratio, the median of interleaved measurements. Exit code 1 when the ratio is
above --limit or an answer was wrong.
"""
import argparse
import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ISSUER = "https://issuer.example"
REQUEST = json.dumps({"jsonrpc": "2.0", "id": 1000000000, "method": "tools/call",
                      "params": {"name": "get_risk", "arguments": {"risk_id": "ri-1"}}}, separators=(",", ":"))
OPEN = """[[transport]]
plugin = "http"
options = {listen = "127.0.0.1:0", threads = 1}
[[source]]
plugin = "starter"
[search]
plugin = "memory"
"""
SECURED = OPEN + f"""[audit]
dir = "audit"
signing_key = "file:FOLDER/audit.pem"
[[limit]]
key = "address"
rate = "1000000/s"
[[limit]]
key = "principal"
rate = "1000000/s"
[policy]
required_scopes = ["governance.read"]
[[policy.rule]]
scopes = ["governance.read"]
tools = ["get_*", "list_*", "search*"]
[[auth]]
plugin = "jwt"
[auth.options]
issuer = "{ISSUER}"
audience = ["urn:mcp"]
keys_file = "key.pub"
"""


def openssl(*words, data=None):
    return subprocess.run(["openssl", *words], input=data, capture_output=True, check=True).stdout


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(folder):
    openssl("genrsa", "-out", f"{folder}/key.pem", "2048")
    openssl("rsa", "-in", f"{folder}/key.pem", "-pubout", "-out", f"{folder}/key.pub")
    claims = {"iss": ISSUER, "aud": "urn:mcp", "sub": "alice", "exp": int(time.time()) + 3600, "jti": "1", "scope": "governance.read"}
    signed = base64url(b'{"alg":"RS256","typ":"at+jwt"}') + "." + base64url(json.dumps(claims).encode())
    return signed + "." + base64url(openssl("dgst", "-sha256", "-sign", f"{folder}/key.pem", data=signed.encode()))


class Server:
    def __init__(self, build, folder, name, config):
        with open(f"{folder}/{name}.toml", "w") as file:
            file.write(config.replace("FOLDER", folder))
        self.process = subprocess.Popen([f"{build}/bin/govhost", "serve", "--config", f"{folder}/{name}.toml", "--ops", "127.0.0.1:0",
                                         *([] if "[audit]" in config else ["--set", "audit.enabled=false"])],
                                        stderr=subprocess.PIPE, text=True)
        self.port = None
        for line in self.process.stderr:
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("event") == "transport.listening":
                self.port = event["endpoint"].split(":")[2].split("/")[0]
            if event.get("event") == "ops.listening":
                self.ops = event["endpoint"].split(":")[2].split("/")[0]
            if event.get("event") == "serve.ready":
                break
        else:
            sys.exit("govhost did not start")
        threading.Thread(target=lambda: [None for _ in self.process.stderr], daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=f"{ROOT}/build/release")
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=5, help="measurements of which the median counts (default: %(default)s)")
    parser.add_argument("--limit", type=float, default=1.5, help="greatest ratio (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        openssl("genpkey", "-algorithm", "ed25519", "-out", f"{folder}/audit.pem")
        header = "Authorization: Bearer " + token(folder)
        with open(f"{folder}/request", "w") as file:
            file.write(REQUEST)
        servers = {"open": Server(options.build, folder, "open", OPEN), "secured": Server(options.build, folder, "secured", SECURED)}
        runs = {name: [] for name in servers}
        for _ in range(options.repeat):
            for name, server in servers.items():
                command = [f"{options.build}/tests/bench_load", server.port, str(server.process.pid), "16", str(options.seconds),
                           f"{folder}/request", "--header", header]
                runs[name].append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        for server in servers.values():
            server.process.terminate()
            server.process.wait(timeout=30)
        verified = subprocess.run([f"{options.build}/bin/govhost", "audit", "verify", f"{folder}/audit"], capture_output=True, text=True)
    cpu = {name: statistics.median(run["cpu_us"] for run in own) for name, own in runs.items()}
    wrong = sum(run["wrong_ids"] + run["starved"] for own in runs.values() for run in own)
    ratio = cpu["secured"] / cpu["open"]
    print(f"CPU us per get_risk: open {cpu['open']:.1f}, secured {cpu['secured']:.1f}, ratio {ratio:.2f}; wrong answers {wrong:.0f}")
    print(verified.stdout.strip())
    sys.exit(0 if ratio <= options.limit and not wrong and verified.returncode == 0 else 1)


if __name__ == "__main__":
    main()
