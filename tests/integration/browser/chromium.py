"""Headless Chromium, driven through a pipe: no driver, no port, no package."""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time

TIMEOUT = 60  # seconds for one response
PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--remote-debugging-pipe",
)
# The browser reads from descriptor 3 and writes to 4, which nothing else may use until it runs.
LAUNCH = "import os, sys; _, a, b, *line = sys.argv; os.dup2(int(a), 3); os.dup2(int(b), 4); os.execv(line[0], line)"


class Page:
    """A page in a browser of its own."""

    def __init__(self, folder, width=1100, height=900):
        (reads, self._write), (self._read, writes) = os.pipe(), os.pipe()
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (reads, writes)]  # out of the way of 3 and 4
        options = [*OPTIONS, f"--user-data-dir={folder}", f"--window-size={width},{height}"]
        quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *map(str, theirs), PROGRAM, *options],
            pass_fds=theirs,
            start_new_session=True,
            **quiet,
        )
        for end in (reads, writes, *theirs):
            os.close(end)
        self._left, self._number, self._session, self.events = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self._process.pid, signal.SIGKILL)  # its helpers too
        self._process.wait()
        os.close(self._write)
        os.close(self._read)

    def call(self, method, **params):
        """The result of *method*."""
        self._number += 1
        request = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            request["sessionId"] = self._session
        os.write(self._write, json.dumps(request).encode() + b"\0")
        while (message := self._next()).get("id") != self._number:
            self.events.append(message)
        assert "error" not in message, message
        return message["result"]

    def _next(self):
        deadline = time.monotonic() + TIMEOUT
        while b"\0" not in self._left:
            ready = select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))[0]
            data = os.read(self._read, 1 << 20) if ready else b""
            assert data, "the browser does not respond"
            self._left += data
        line, _, self._left = self._left.partition(b"\0")
        return json.loads(line)

    def open(self, url):
        """Go to *url* and wait until it is loaded."""
        self.call("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())

    def value(self, expression):
        """What *expression* comes to in the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def press(self, key, code):
        """Press and release *key*."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def scheme(self, name):
        """Show the page as somebody sees it who prefers *name*, light or dark."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def screenshot(self, path):
        """Keep what is on the screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
