"""Chromium over the DevTools protocol, with the standard library alone: a WebSocket client (RFC 6455) for one peer."""
import base64
import hashlib
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import time

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless_shell")
PATIENCE = 60


def find_chromium():
    """None: there is none that runs. What Ubuntu calls so may only say which snap to install."""
    for path in filter(None, map(shutil.which, NAMES)):
        try:
            if subprocess.run([path, "--version"], capture_output=True, timeout=PATIENCE).returncode == 0:
                return path
        except (OSError, subprocess.TimeoutExpired):
            continue
    return None


class WebSocket:
    """Text messages of a client. The peer's frames come unmasked, whole messages only."""

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        key = base64.b64encode(os.urandom(16))
        self.socket.sendall(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                            b"Sec-WebSocket-Version: 13\r\n\r\n" % (path.encode(), port, key))
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        if not head.startswith(b"HTTP/1.1 101") or accept not in head:
            raise OSError(f"the browser does not speak WebSocket: {head!r}")

    def _more(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise OSError("the browser hung up")
        return data

    def _take(self, count):
        while len(self.buffer) < count:
            self.buffer += self._more()
        out, self.buffer = self.buffer[:count], self.buffer[count:]
        return out

    def _frame(self, opcode, data):
        size = struct.pack("!B", 0x80 | len(data)) if len(data) < 126 else \
            struct.pack("!BH", 0x80 | 126, len(data)) if len(data) < 1 << 16 else struct.pack("!BQ", 0x80 | 127, len(data))
        mask = os.urandom(4)
        whole = (mask * (len(data) // 4 + 1))[:len(data)]
        masked = (int.from_bytes(data, "big") ^ int.from_bytes(whole, "big")).to_bytes(len(data), "big")
        self.socket.sendall(bytes([0x80 | opcode]) + size + mask + masked)

    def send(self, text):
        self._frame(1, text.encode())

    def receive(self, deadline):
        """The next message; None once the deadline has passed."""
        message = b""
        while True:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.01))
            try:
                # Nothing is lost when the time runs out within a frame: it stays in the buffer.
                kept = self.buffer
                first, second = self._take(2)
                size = second & 0x7F
                if size > 125:
                    size = int.from_bytes(self._take(2 if size == 126 else 8), "big")
                data = self._take(size)
            except TimeoutError:
                self.buffer = kept + self.buffer if len(kept) > len(self.buffer) else self.buffer
                if time.monotonic() >= deadline and not message:
                    return None
                raise OSError("half a message of the browser") from None
            if first & 0x0F == 9:
                self._frame(10, data)
                continue
            if first & 0x0F == 8:
                raise OSError("the browser closed the connection")
            message += data
            if first & 0x80:
                return message.decode()


class Browser:
    """A headless Chromium with one page. `errors` gathers what the page complains of."""

    def __init__(self, binary, dark=False, size=(1280, 900)):
        self.profile = tempfile.mkdtemp(prefix="govhost-console-")
        # No sandbox: containers and root have none, and the only page is ours. No name is ever resolved.
        self.process = subprocess.Popen(
            [binary, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
             "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", f"--user-data-dir={self.profile}", f"--window-size={size[0]},{size[1]}",
             "--remote-debugging-port=0", "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.next_id, self.errors, self.events = 0, [], []
        try:
            port = self._port()
            self.page = WebSocket(port, self._page_path(port))
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(f"{domain}.enable")
            if dark:
                self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        except BaseException:
            self.close()
            raise

    def _port(self):
        """Chromium writes it once it listens: there is no other way to learn of a free port."""
        file, deadline = pathlib.Path(self.profile) / "DevToolsActivePort", time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if file.exists() and file.read_text().count("\n"):
                return int(file.read_text().split("\n")[0])
            if self.process.poll() is not None:
                raise OSError(f"chromium ended with {self.process.returncode}")
            time.sleep(0.02)
        raise OSError("chromium does not listen")

    def _page_path(self, port):
        import http.client
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("GET", "/json/list")
            for target in json.load(connection.getresponse()):
                if target["type"] == "page":
                    return "/" + target["webSocketDebuggerUrl"].split("/", 3)[3]
            time.sleep(0.02)
        raise OSError("chromium has no page")

    def call(self, method, **parameters):
        self.next_id += 1
        self.page.send(json.dumps({"id": self.next_id, "method": method, "params": parameters}))
        deadline = time.monotonic() + PATIENCE
        while True:
            text = self.page.receive(deadline)
            if text is None:
                raise OSError(f"no answer to {method}")
            message = json.loads(text)
            if message.get("id") == self.next_id:
                if "error" in message:
                    raise OSError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            self.errors.append(str([each.get("value", each.get("description")) for each in parameters["args"]]))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            entry = parameters["entry"]  # violations of the policy come here, with source "security"
            self.errors.append(f"{entry['source']}: {entry['text']} {entry.get('url', '')}")
        elif method == "Network.requestWillBeSent":
            self.events.append(parameters["request"]["url"])

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise OSError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, expression, limit=PATIENCE):
        """Seconds until the expression is true; None: it did not become so."""
        began = time.monotonic()
        while True:
            if self.evaluate(expression):
                return time.monotonic() - began
            if time.monotonic() - began > limit:
                return None
            time.sleep(0.05)

    def key(self, name):
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode={"Tab": 9, "Enter": 13}[name])
        if name == "Enter":
            self.call("Input.dispatchKeyEvent", type="char", key=name, code=name, text="\r")

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]))

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)
