#!/usr/bin/env python3
"""The operators' console in a real browser: every page draws its data, nothing is complained of, a fault shows in two seconds.

A headless Chromium is told what to do over the DevTools protocol. Writes a picture of each page. Exit code 77: there is none.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request

sys.dont_write_bytecode = True  # the tree of the sources stays as it is
from devtools import Browser, find_chromium

PAGES = ("overview", "traffic", "content", "search", "clients", "security", "audit", "plugins", "checks", "compliance", "config", "system",
         "runbooks", "knowledge")
PLOTS = {"overview": 4, "traffic": 3, "system": 3}
CONFIG = """[[transport]]
plugin = "http"
options = {{listen = "127.0.0.1:0"}}
[ops]
listen = "127.0.0.1:0"
{ops}
[search]
plugin = "memory"
[audit]
dir = "audit"
[[limit]]
key = "principal"
rate = "100/s"
[[source]]
name = "docs"
plugin = "directory"
refresh = "1h"
watch = false
options = {{path = "docs"}}
"""
problems = []


def check(good, what):
    if not good:
        problems.append(what)


class Server:
    def __init__(self, govhost, folder, ops=f'control = "control"'):
        self.govhost, self.config = govhost, folder / "govhost.toml"
        self.config.write_text(CONFIG.format(ops=ops))
        self.process = subprocess.Popen([govhost, "serve", "--config", str(self.config)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        self.at = {}
        for line in self.process.stderr:
            event = json.loads(line)
            if "endpoint" in event:
                self.at[event["event"]] = event["endpoint"]
            if event["event"] == "search.indexed":
                break
        else:
            sys.exit("FAILED: govhost did not start")
        # What it says from here on must not fill the pipe.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        self.ops, self.mcp = self.at["ops.listening"], self.at["transport.listening"]

    def call(self, tool, arguments):
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments, "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}}}
        request = urllib.request.Request(self.mcp, json.dumps(message).encode(), {
            "Content-Type": "application/json", "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": "tools/call", "Mcp-Name": tool})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(re.sub(rb"^data: ", b"", answer.read()))

    def sync(self):
        return subprocess.run([self.govhost, "content", "sync", "--config", str(self.config)], capture_output=True, text=True)

    def stop(self):
        self.process.terminate()
        check(self.process.wait(timeout=60) == 0, "the server did not end cleanly")


def open_page(browser, server, page):
    browser.call("Page.navigate", url=f"{server.ops}/console#/{page}")
    check(browser.wait(f"document.querySelector('#nav a[aria-current]')?.hash === '#/{page}' "
                       f" && document.querySelector('main h1')?.innerText.toLowerCase() === '{page}'") is not None, f"{page}: was not drawn")


def no_complaints(browser, where):
    browser.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    check(not browser.errors, f"{where}: the browser complains: {browser.errors[:5]}")
    browser.errors.clear()


# Drawn lines, with at least two points each.
LINES = "[...document.querySelectorAll('svg.plot path')].filter((path) => (path.getAttribute('d').match(/[ML]/g) ?? []).length >= 2).length"


def every_page(browser, server, pictures):
    for page in PAGES:
        open_page(browser, server, page)
        for wanted in [PLOTS[page]] if page in PLOTS else []:
            check(browser.evaluate("document.querySelectorAll('svg.plot:not(.bars)').length") == wanted, f"{page}: there are not {wanted} plots")
            check(browser.wait(f"{LINES} >= {wanted - 1}") is not None, f"{page}: too few plots have a line of two points or more")
            check(browser.evaluate("[...document.querySelectorAll('svg.plot path')].every((path) => !/NaN|Infinity|undefined/.test(path.outerHTML))"),
                  f"{page}: a plot has a point that is none")
        text = browser.evaluate("document.querySelector('main').innerText")
        for wrong in ("undefined", "NaN", "[object", "Invalid Date", "did not answer"):
            check(wrong not in text, f"{page}: shows {wrong}: {text[:400]}")
        check(len(text) > 60, f"{page}: shows nothing: {text}")
        browser.screenshot(pictures / f"{page}.png")
        no_complaints(browser, page)
    check(all(url.startswith((server.ops, "about:", "data:")) for url in browser.events), f"it asked elsewhere: {set(browser.events)}")


def what_pages_show(browser, server):
    open_page(browser, server, "traffic")
    check("get_risk" in browser.evaluate("document.querySelector('main').innerText"), "traffic: the tool that was called is missing")
    check(browser.evaluate("document.querySelectorAll('svg.bars rect').length") >= 2, "traffic: no bars are drawn")
    open_page(browser, server, "config")
    browser.evaluate("document.getElementById('written').click()")
    check(browser.wait("!document.querySelector('main table').innerText.includes('default')") is not None, "config: what is not written is not left out")
    check("ops.listen" in browser.evaluate("document.querySelector('main').innerText"), "config: a key is missing")
    open_page(browser, server, "runbooks")
    browser.evaluate("document.querySelector('main ul a').click()")
    check(browser.wait("!!document.querySelector('main article h2') && document.querySelectorAll('main article pre').length > 0") is not None,
          "runbooks: a page is not rendered")
    check("```" not in browser.evaluate("document.querySelector('main').innerText"), "runbooks: Markdown is shown as it is")
    # The title of a document is text, whatever is in it.
    open_page(browser, server, "knowledge")
    check(browser.evaluate("document.querySelector('main').innerText.includes('<img src=x onerror=alert(1)>')"), "knowledge: markup in a title is not shown as text")
    check(browser.evaluate("document.querySelectorAll('main img, main script').length") == 0, "knowledge: a title became markup")


def knowledge(browser, server):
    open_page(browser, server, "knowledge")
    nodes = "document.querySelectorAll('svg.graph circle').length"
    all_nodes = browser.evaluate(nodes)
    check(all_nodes > 30 and browser.evaluate("document.querySelectorAll('svg.graph line').length") > 30, "knowledge: the graph is not drawn")
    browser.evaluate("document.getElementById('find').focus()")
    browser.call("Input.insertText", text="prompt injection")
    check(browser.wait(f"{nodes} < {all_nodes} && {nodes} > 0") is not None, "knowledge: the search finds nothing")
    check(browser.evaluate("document.activeElement.id === 'find' && document.activeElement.value === 'prompt injection'"),
          "knowledge: the field lost the focus or its text")
    browser.evaluate("document.querySelector('svg.graph a').dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))")
    check(browser.wait("!!document.querySelector('main h3') && document.querySelector('main .split section h2')?.innerText.includes('Prompt Injection')") is not None,
          "knowledge: a click on a node does not show it")
    check(browser.evaluate("document.querySelectorAll('main .split section li a').length") > 0, "knowledge: a node's links are not shown")
    no_complaints(browser, "knowledge")


def keyboard(browser, server):
    browser.call("Page.navigate", url="about:blank")
    check(browser.wait("location.href === 'about:blank'") is not None, "keyboard: the page cannot be left")
    open_page(browser, server, "overview")
    browser.key("Tab")
    check(browser.evaluate("document.activeElement.id") == "skip", "keyboard: the first stop is not the skip link")
    browser.key("Enter")
    check(browser.wait("document.activeElement.id === 'main'", 10) is not None, "keyboard: the skip link does not lead to the page")
    browser.evaluate("document.querySelector('#nav a[href=\"#/audit\"]').focus()")
    check(browser.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'"), "keyboard: the focus cannot be seen")
    browser.key("Enter")
    check(browser.wait("location.hash === '#/audit' && document.querySelector('main h1').innerText === 'Audit'", 10) is not None,
          "keyboard: Enter on a link of the navigation does nothing")
    # A page that is drawn anew keeps the focus.
    open_page(browser, server, "overview")
    browser.evaluate("document.getElementById('span-24h').focus(); document.querySelector('h1').dataset.old = 1")
    check(browser.wait("!document.querySelector('h1').dataset.old", 20) is not None, "overview: is not drawn anew")
    check(browser.evaluate("document.activeElement.id") == "span-24h", "keyboard: drawing anew loses the focus")
    no_complaints(browser, "keyboard")


def fault(browser, server, folder, pictures):
    open_page(browser, server, "overview")
    check(browser.wait("document.getElementById('state').innerText === 'ok'") is not None, "overview: not ok before the fault")
    (folder / "docs").rename(folder / "gone")
    check(server.sync().returncode != 0, "the source did not fail")
    took = browser.wait("document.querySelector('main').innerText.includes('GovhostContentStale') && document.getElementById('state').innerText.startsWith('degraded')", 20)
    check(took is not None and took <= 2, f"overview: the fault shows after {took} s, which is not within two")
    print(f"the fault showed {took} s after the reading failed")
    check(browser.evaluate("!!document.querySelector('main a[href=\"#/runbooks/content-stale\"]')"), "overview: the fault has no runbook")
    browser.screenshot(pictures / "fault.png")
    (folder / "gone").rename(folder / "docs")
    check(server.sync().returncode == 0, "the source is not back")
    check(browser.wait("document.getElementById('state').innerText === 'ok'", 20) is not None, "overview: the fault does not go away")
    check(browser.wait("document.querySelector('main').innerText.includes('source docs')") is not None, "overview: the change is not listed")
    no_complaints(browser, "fault")


def with_token(binary, govhost, source, folder):
    """A browser that is asked for a password gets in with the token."""
    (folder / "token").write_text("c4n4ry-of-the-console")
    server = Server(govhost, folder, f'metrics_token = "file:{folder}/token"')
    browser = Browser(binary)
    try:
        browser.call("Page.navigate", url=server.ops.replace("http://", "http://ops:c4n4ry-of-the-console@") + "/console#/overview")
        check(browser.wait("document.querySelector('main h1')?.innerText === 'Overview'", 20) is not None, "with a token: a browser is not let in")
    finally:
        browser.close()
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--govhost", required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--pictures", type=pathlib.Path, required=True)
    options = parser.parse_args()
    binary = find_chromium()
    if binary is None:
        print("SKIPPED: the console was tried in no browser: no chromium is here; install the package chromium")
        sys.exit(77)
    options.pictures.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        shutil.copytree(options.source / "config/catalogue", folder / "docs")
        (folder / "docs/docs/_risks/ri-90_markup.md").write_text("---\nsequence: 90\ntitle: '<img src=x onerror=alert(1)>'\n---\nText\n")
        server = Server(options.govhost, folder)
        try:
            for number in range(30):
                answer = server.call("get_risk", {"risk_id": "ri-1"})
                check("result" in answer, f"a call failed: {answer}")
            browser = Browser(binary)
            try:
                every_page(browser, server, options.pictures)
                what_pages_show(browser, server)
                knowledge(browser, server)
                keyboard(browser, server)
                fault(browser, server, folder, options.pictures)
            finally:
                browser.close()
            dark = Browser(binary, dark=True, size=(420, 900))
            try:
                open_page(dark, server, "overview")
                check(dark.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 29)", "there are no dark colours")
                dark.screenshot(options.pictures / "overview-dark-narrow.png")
                no_complaints(dark, "dark")
            finally:
                dark.close()
        finally:
            server.stop()
        with_token(binary, options.govhost, options.source, folder)
    finally:
        shutil.rmtree(folder)
    print(f"{len(PAGES)} pages, pictures in {options.pictures}")
    if problems:
        sys.exit("FAILED:\n" + "\n".join(problems))


if __name__ == "__main__":
    main()
