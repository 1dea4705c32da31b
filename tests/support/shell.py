"""The command as a process: with its streams in files, and on a terminal whose screen can be read."""

import fcntl
import os
import pty
import signal
import struct
import sys
import termios
from collections.abc import Mapping
from multiprocessing.connection import wait

import pyte
from attrs import frozen

from support import forks

PATIENCE = forks.PATIENCE
# What a shell around the tests may say of its own screen.
_OF_SCREENS = frozenset({"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM", "CI"})


def environment(box, **more):
    """The keys and addresses of *box* in an environment without anybody's own."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_BASE_URL"))}
    for service in ("freeplay", "fryte", "promptforge"):
        address = getattr(box, service)
        kept |= {f"{service.upper()}_API_KEY": address.key, f"{service.upper()}_BASE_URL": address.url}
    kept = {name: value for name, value in kept.items() if name not in {"JOBWAIT_CONFIG", "JOBWAIT_PROFILE"}}
    return {**kept, "XDG_CONFIG_HOME": "/nonexistent", "COLUMNS": "80", "PYTHONWARNINGS": "error", **more}


def command(*arguments):
    """The command line of `jobwait` with *arguments*."""
    return [sys.executable, "-m", "jobwait", *map(str, arguments)]


@frozen
class Shell:
    """A folder and an environment in which commands run, each as a fork of a process that knows them all."""

    folder: object
    env: Mapping[str, str]

    def __call__(self, *arguments, stdin="", env=None):
        """A finished process, none of whose streams is a terminal."""
        env = {**self.env, **(env or {})}
        return forks.run(forks.jobwait, *map(str, arguments), cwd=self.folder, env=env, stdin=stdin)

    def start(self, *arguments, streams):
        """A process that runs, with the files *streams* as stdin, stdout and stderr."""
        return forks.Fork(forks.jobwait, map(str, arguments), cwd=self.folder, env=self.env, streams=streams)

    def terminal(self, *arguments, columns=80, lines=24, stdout=None, env=None):
        """A process on a terminal of its own; *stdout* is a file to write to instead, *env* more of the environment."""
        own = {name: value for name, value in self.env.items() if name not in _OF_SCREENS} | (env or {})
        return Terminal(map(str, arguments), self.folder, own, columns, lines, stdout)


class Terminal:
    """A process on a pseudo-terminal, and the screen that it has drawn."""

    def __init__(self, arguments, folder, env, columns, lines, stdout):
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self._ours, self._theirs = pty.openpty()
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        path = os.ttyname(self._theirs)
        self.process = forks.Fork(
            forks.jobwait,
            arguments,
            cwd=folder,
            env={"TERM": "xterm-256color", **env},
            streams=(path, stdout or path, path),
            session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)

    @property
    def text(self):
        """The screen, without the spaces at the ends of lines and the empty lines below."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def until(self, ready):
        """Read until *ready* is true of the screen's text, or of what the process does beside it; the text."""
        for _ in range(20 * PATIENCE):
            if ready(self.text):
                return self.text
            if not self._read(0.05):
                break
        assert ready(self.text), f"it did not come; the screen is:\n{self.text}"
        return self.text

    def interrupt(self):
        """Press Ctrl-C."""
        os.write(self._ours, b"\x03")

    def ended(self):
        """Read to the end; the exit status."""
        while self._read():
            pass
        return self.process.wait()

    def _read(self, seconds=None):
        """Read what is written next, within *seconds*; False when the process has ended and all is read."""
        ready = wait([self._ours, self.process.sentinel], seconds or PATIENCE)
        if not ready and seconds:
            return True
        assert ready, f"nothing came for {PATIENCE} s; the screen is:\n{self.text}"
        if self._ours not in ready and not wait([self._ours], 0):
            return False
        data = os.read(self._ours, 65536)
        self.raw += data
        self._stream.feed(data)
        return True
