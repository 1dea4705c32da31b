"""
Processes that start in milliseconds: forks of one that has loaded jobwait already.

Each has a process id, a folder, an environment, streams, signals and an exit status of its own, as a program that is
started has. Only the start of Python itself is not there: what is a test of that starts a process with `subprocess`.
"""

import fcntl
import multiprocessing
import multiprocessing.forkserver
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import termios
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

CONTEXT = multiprocessing.get_context("forkserver")
PATIENCE = 300  # seconds until a test gives up on what never ends


class Fork:
    """
    A forked process that runs *do* with *arguments*.

    *streams* are the paths that become its stdin, stdout and stderr: files, pipes with a name or a terminal. With
    *session* it leads a session, and a terminal among the streams becomes its own, so that Ctrl-C reaches it.
    """

    def __init__(self, do: Callable[..., None], arguments, *, cwd, env, streams, session=False):
        preload()
        start = (do, [*arguments], str(cwd), dict(env), [str(path) for path in streams], session)
        self._process = CONTEXT.Process(target=_begin, args=start)
        self._process.start()
        self.sentinel = self._process.sentinel  # what select() and its like take to wait for the end

    @property
    def returncode(self) -> int | None:
        """Its exit status, or None while it runs; a signal that ended it is negative."""
        return self._process.exitcode

    def wait(self) -> int:
        """Wait for its end; its exit status."""
        self._process.join(PATIENCE)
        if self.returncode is None:
            self.send_signal(signal.SIGKILL)
            raise TimeoutError(f"this process never ended: {self._process}")
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self._process.pid, number)


def run(do: Callable[..., None], *arguments, cwd, env=None, stdin="") -> subprocess.CompletedProcess[str]:
    """Run *do* to its end in a fork; what it wrote, and its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("stdin", "stdout", "stderr")]
        for stream in streams:
            stream.write_text(stdin if stream.name == "stdin" else "", "utf-8")
        code = Fork(do, arguments, cwd=cwd, env=os.environ if env is None else env, streams=streams).wait()
        return subprocess.CompletedProcess(arguments, code, *(path.read_text("utf-8") for path in streams[1:]))


def jobwait(*words: str) -> None:
    """What `python -m jobwait WORDS` does."""
    from jobwait.cli import main

    sys.argv = ["jobwait", *words]
    main()


def script(path: str, *words: str) -> None:
    """What `python PATH WORDS` does."""
    sys.argv = [path, *words]
    sys.path.insert(0, str(Path(path).parent))
    runpy.run_path(path, run_name="__main__")


def code(text: str, *words: str) -> None:
    """What `python -c TEXT WORDS` does."""
    sys.argv = ["-c", *words]
    exec(compile(text, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - a test's own text


def preload() -> None:
    """Have the forked processes know the modules that ours finds, and load what they need once for all."""
    CONTEXT.set_forkserver_preload(["support.preload"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


def _begin(do, arguments, cwd, env: Mapping[str, str], streams, session) -> None:
    if session:
        os.setsid()
    for number, path in enumerate(streams):
        opened = os.open(path, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    if session and os.isatty(0):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches it
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, encoding="utf-8") for number, mode in enumerate("rww"))
    warnings.simplefilter("error")
    do(*arguments)
