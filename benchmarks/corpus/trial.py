"""One document through one generator, in a process of its own: what came of it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import IO, Final

from generator.errors import GeneratorError
from generator.paths import ROOT
from generator.publish.type_cache import CHECKED, FOLDER, SHARED
from generator.publish.verify import verify

TIMEOUT: Final = 120.0  # seconds of CPU time, for a generator; of ours with its checks
PATIENCE: Final = 5  # times as long by the clock, as other programs may run beside
CHECKS_TIMEOUT: Final = 600.0  # for our checks of a client of the stock generator
WITHOUT: Final = ("PYTHONDONTWRITEBYTECODE",)  # as users run both: the libraries are compiled once
STOCK: Final = "from openapi_python_client.cli import app; app()"
VERIFY: Final = "import sys; from benchmarks.corpus.trial import check; check(sys.argv[1])"
TRACEBACK: Final = "Traceback (most recent call last)"
# What codegen.py says where the fault is its own; all else that it says is a refusal.
UNKNOWN: Final = "codegen.py failed at something"
FAULTY: Final = "The new clients "
KEPT_PLAIN: Final = re.compile(r"(\d+) things? kept plain")
LOST: Final = re.compile(r"^(?:WARNING parsing|Unable to process) ", re.MULTILINE)


class Verdict(StrEnum):
    """What came of a document."""

    MADE = "made"
    REFUSED = "refused"  # with a sentence
    FAULTY = "faulty"  # the client has type errors or cannot be imported
    CRASHED = "crashed"
    TIMED_OUT = "timed out"


@dataclass(frozen=True)
class Trial:
    """
    What came of one document.

    *told* is how many things the generator says it kept plain or left out, *seconds* what it took by the clock, *cpu*
    in CPU time, and *sentence* why no client was made.
    """

    verdict: Verdict
    told: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    sentence: str = ""


@dataclass(frozen=True)
class Run:
    """How a process ended: its exit status, None if its time was up; what it wrote; seconds by the clock and of CPU."""

    status: int | None
    out: str
    err: str
    seconds: float = 0.0
    cpu: float = 0.0


def run(command: list[str], timeout: float) -> Run:
    """Run *command* in the repository; it and the processes that it started are killed after *timeout* seconds."""
    began = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name not in WITHOUT}
    environment["PYTHONPATH"] = str(ROOT)
    late = threading.Event()

    def stop() -> None:
        late.set()
        os.killpg(process.pid, signal.SIGKILL)

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=err, start_new_session=True)
        timer = threading.Timer(timeout, stop)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)  # unlike communicate() it says what CPU time went into it
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        said, wrong = _text(out), _text(err)
    seconds = time.perf_counter() - began
    return Run(None if late.is_set() else process.returncode, said, wrong, seconds, usage.ru_utime + usage.ru_stime)


def _in_time(command: list[str]) -> Run:
    """The run of a generator; one that took more CPU time than TIMEOUT has not ended in time."""
    done = run(command, PATIENCE * TIMEOUT)
    return done if done.cpu <= TIMEOUT else replace(done, status=None)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def ours(spec: Path, name: str, out: Path) -> Trial:
    """`codegen.py client` of *spec*, with its checks; the package is *name*_client in *out*."""
    return judged(run_ours(spec, name, out))


def run_ours(spec: Path, name: str, out: Path) -> Run:
    """The same as a process; its type checker knows what all clients share, but nothing else of any client."""
    for database in FOLDER.glob("*/*/cache*.db"):
        _forget_clients(database)
    return _in_time([sys.executable, "codegen.py", "client", str(spec), "--name", name, "--out", str(out)])


def _forget_clients(database: Path) -> None:
    """Remove from the *database* of a type checker what is of one client alone."""
    known = tuple(f"{CHECKED}/{name.removesuffix('.py')}." for name in SHARED)
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        listed = connection.execute("SELECT path FROM files2 WHERE path LIKE ?", (f"{CHECKED}/%",))
        of_one = [(path,) for (path,) in listed if not path.startswith(known)]
        connection.executemany("DELETE FROM files2 WHERE path = ?", of_one)


def judged(done: Run) -> Trial:
    """What a run of `codegen.py client` says."""
    lines = done.err.strip().splitlines() or [f"exit status {done.status}"]
    if done.status == 0:
        counted = KEPT_PLAIN.search(done.out)
        return _trial(Verdict.MADE, done, told=int(counted[1]) if counted else 0)
    if done.status is None:
        return _trial(Verdict.TIMED_OUT, done, f"no end within {TIMEOUT:.0f} s")
    if TRACEBACK in done.err:
        return _trial(Verdict.CRASHED, done, lines[-1])
    if done.status != 1 or not done.err or lines[0].startswith(UNKNOWN):
        return _trial(Verdict.CRASHED, done, lines[0])
    verdict = Verdict.FAULTY if lines[0].startswith(FAULTY) else Verdict.REFUSED
    return _trial(verdict, done, " ".join(line.strip() for line in lines[:2]))


def stock(spec: Path, name: str, out: Path) -> Trial:
    """
    The stock generator on *spec*, then our checks of what it made; the time is that of generating alone.

    The package is *name*_client in *out*, which must exist.
    """
    trial = judged_stock(run_stock(spec, name, out))
    if trial.verdict is not Verdict.MADE:
        return trial
    checked = run([sys.executable, "-c", VERIFY, str(out)], CHECKS_TIMEOUT)
    if checked.status == 0:
        return trial
    said = checked.err.strip().splitlines() or ["the checks did not end"]
    return replace(trial, verdict=Verdict.FAULTY, sentence=" ".join(line.strip() for line in said[:2]))


def run_stock(spec: Path, name: str, out: Path) -> Run:
    """The stock generator on *spec*, without any check; the package is *name*_client in *out*, which must exist."""
    options = ["--path", str(spec), "--output-path", str(out / f"{name}_client"), "--meta", "none"]
    return _in_time([sys.executable, "-c", STOCK, "generate", *options])


def judged_stock(done: Run) -> Trial:
    """What a run of the stock generator says; its exit status is 0 if it has made a part."""
    if done.status == 0:
        return _trial(Verdict.MADE, done, told=len(LOST.findall(done.out + done.err)))
    if done.status is None:
        return _trial(Verdict.TIMED_OUT, done, f"no end within {TIMEOUT:.0f} s")
    lines = (done.err or done.out).strip().splitlines() or [f"exit status {done.status}"]
    crashed = TRACEBACK in done.err
    return _trial(Verdict.CRASHED if crashed else Verdict.REFUSED, done, lines[-1 if crashed else 0])


def _trial(verdict: Verdict, done: Run, sentence: str = "", told: int = 0) -> Trial:
    return Trial(verdict, told, round(done.seconds, 2), round(done.cpu, 2), sentence)


def check(folder: str) -> None:
    """Check the packages in *folder* as those of codegen.py are: mypy --strict, imports with warnings as errors."""
    try:
        verify(Path(folder), with_services=False)
    except GeneratorError as error:
        sys.exit(str(error))
