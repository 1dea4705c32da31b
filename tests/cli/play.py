"""The command as a process: on pipes, and on a terminal whose screen can be read."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping

import pyte
from attrs import frozen

PATIENCE = 60  # seconds until a test gives up on what never comes


def environment(box, **more):
    """The keys and addresses of *box* in an environment without anybody's own."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_BASE_URL"))}
    for service in ("freeplay", "fryte", "promptforge"):
        address = getattr(box, service)
        kept |= {f"{service.upper()}_API_KEY": address.key, f"{service.upper()}_BASE_URL": address.url}
    return {**kept, "COLUMNS": "80", "PYTHONWARNINGS": "error", **more}


def command(*arguments):
    """The command line of `jobwait` with *arguments*."""
    return [sys.executable, "-m", "jobwait", *map(str, arguments)]


@frozen
class Shell:
    """A folder and an environment in which commands run."""

    folder: object
    env: Mapping[str, str]

    def __call__(self, *arguments, stdin="", env=None):
        """A finished process on pipes."""
        return subprocess.run(
            command(*arguments),
            cwd=self.folder,
            env={**self.env, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def terminal(self, *arguments, columns=80, lines=24, stdout=None):
        """A process on a terminal of its own."""
        return Terminal(command(*arguments), self.folder, self.env, columns, lines, stdout)


class Terminal:
    """A process on a pseudo-terminal, and the screen that it has drawn."""

    def __init__(self, line, folder, env, columns, lines, stdout):
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        env = {name: value for name, value in env.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
        self.process = subprocess.Popen(
            line,
            cwd=folder,
            env={**env, "TERM": "xterm-256color"},
            stdin=theirs,
            stdout=theirs if stdout is None else stdout,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - so that Ctrl-C reaches it
        )
        os.close(theirs)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)

    @property
    def text(self):
        """The screen, without the spaces at the ends of lines and the empty lines below."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def until(self, ready):
        """Read until *ready* is true of the screen's text; the text."""
        deadline = time.monotonic() + PATIENCE
        while not ready(self.text):
            assert time.monotonic() < deadline, f"this never came; the screen is:\n{self.text}"
            if not self._read(0.2):
                assert ready(self.text), f"it ended before; the screen is:\n{self.text}"
        return self.text

    def interrupt(self):
        """Press Ctrl-C."""
        os.write(self._ours, b"\x03")

    def ended(self):
        """Read to the end; the exit status."""
        deadline = time.monotonic() + PATIENCE
        while self._read(0.2):
            assert time.monotonic() < deadline, f"it never ended; the screen is:\n{self.text}"
        return self.process.wait(PATIENCE)

    def _read(self, timeout):
        if not select.select([self._ours], [], [], timeout)[0]:
            return self.process.poll() is None
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # how Linux says that nobody has the other end any more
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)
