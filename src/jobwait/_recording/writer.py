"""Writes the polls of jobs to a file, line by line, as they come."""

import errno
import json
import os
import secrets
import threading
import time
import warnings
import weakref
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import attrs

from jobwait._files import kind_of, open_plain
from jobwait._model.types import Outcome
from jobwait._polling.commands import Result
from jobwait._polling.job_state import JobState
from jobwait._recording import redaction
from jobwait._recording.lines import End, end_line, first_line, introduction, poll_line
from jobwait._recording.poll import RecordedPoll, response_of
from jobwait._recording.reading import check_version
from jobwait._recording.trace import ended_at, listen
from jobwait._sync import clock
from jobwait.errors import InvalidInput

SUFFIX: Final = ".jsonl"
_START: Final = 1 << 16  # bytes of a file in which its first line must end


class RecordingWarning(UserWarning):
    """A recording cannot be written; the wait goes on without it."""

    __module__ = "jobwait.testing"


class Writer:
    """
    Appends to the recording *path*, or, if that is a folder, to a new file in it, which appears with the first poll.

    Each line is written at once and whole: several threads may write, on POSIX also several processes, and a process
    that is killed leaves at most its last line cut short. *bodies*: with the answers, redacted. Without *check* nothing
    is raised: if *path*, a new file then, cannot be written, there is a warning with the first poll.

    Raises:
        InvalidInput: *path* cannot be written, or is a file that is no recording.

    """

    def __init__(self, path: str | os.PathLike[str], *, bodies: bool = False, check: bool = True) -> None:
        self.path, self.bodies = _checked(Path(path), folder=_is_folder(path)) if check else Path(path), bodies
        self._lock = threading.Lock()
        self._file: int | None = None
        self._closed = self._failed = False
        self._close: Callable[[], object] = _nothing

    def add(self, job_state: JobState[Any]) -> None:
        """Write the polls of the job from now on."""
        job = _Job(self, job_state)
        listen(job_state, job.poll, job.end)

    def write(self, make: Callable[[], str]) -> None:
        """Append the lines that *make* returns; once that fails there is a warning, and nothing more is written."""
        reason = None
        with self._lock:
            if self._closed or self._failed:
                return
            try:
                self._append(make().encode("ascii"))
            except Exception as error:  # noqa: BLE001 - a recording must not end a wait
                self._failed = True
                reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        if reason is not None:
            fact = f"{self.path} cannot be written ({reason}): nothing more is recorded there, and the waits go on."
            warnings.warn(f"{fact} Record to another place.", RecordingWarning, stacklevel=2)

    def close(self) -> None:
        """Write nothing more."""
        with self._lock:
            self._closed = True
            self._close()

    def _append(self, content: bytes) -> None:
        if self._file is None:
            self._file = handle = open_plain(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            self._close = weakref.finalize(self, os.close, handle)
            content = _before(handle, self.path) + content
        if os.write(self._file, content) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class _Job:
    """The lines of one job."""

    def __init__(self, writer: Writer, job_state: JobState[Any]) -> None:
        self._writer, self._job_state = writer, job_state
        self._name = f"{job_state.service.name}:{redaction.job_name(job_state.job_id)}"
        started = job_state.started
        self._began = 0.0 if started is None else max(0.0, clock.current.time() - started)
        self._introduced = False

    def poll(self, poll: RecordedPoll, _found: object, result: Result | None) -> None:
        """Write the line of a poll."""

        def lines() -> str:
            kept = attrs.evolve(poll, body=_body(result)) if self._writer.bodies else poll
            before = "" if self._introduced else introduction(self._name, self._job_state, self._began)
            self._introduced = True
            return before + poll_line(self._name, kept)

        self._writer.write(lines)

    def end(self, outcome: Outcome[Any]) -> None:
        """Write the line of the end of a wait, of a job that was polled."""
        started, seen = self._job_state.started, outcome.seen_at.timestamp()
        if started is None or not self._introduced:
            return
        ended = ended_at(outcome, started, seen)
        completed = None if ended is None else ended - started
        end = End(at=max(0.0, seen - started), state=outcome.state, completed=completed)
        self._writer.write(lambda: end_line(self._name, end))


def _body(result: Result | None) -> Any:
    """The body of the response in *result*, redacted; None without one."""
    response = None if result is None else response_of(result)
    if response is None or not response.content:
        return None
    try:
        return redaction.body(json.loads(response.content))
    except (ValueError, RecursionError):
        return f"[{len(response.content)} bytes, not JSON]"


def new_name() -> str:
    """A name for a file of this run, in the order of time."""
    return f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}-{secrets.token_hex(3)}{SUFFIX}"


def made_folder(path: str | os.PathLike[str]) -> Path:
    """The folder *path*, made if there is none; InvalidInput if it cannot be, or cannot be written to."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK | os.X_OK)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(f"{folder} cannot be a folder of recordings ({reason}); name another.") from error
    if not usable:
        raise InvalidInput(f"{folder} cannot be written to, as a folder of recordings; name another.")
    return folder


def _is_folder(path: str | os.PathLike[str]) -> bool:
    return os.fspath(path).endswith(("/", os.sep))


def _checked(path: Path, *, folder: bool) -> Path:
    """*path*, or a new name in it if it is a *folder*; InvalidInput if it cannot be written, or is another file."""
    try:
        if folder:
            path.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            path /= new_name()
        if kind_of(path) is not None:
            handle = open_plain(path, os.O_RDWR | os.O_APPEND)
            try:
                _before(handle, path)
            finally:
                os.close(handle)
        elif not os.access(path.absolute().parent, os.W_OK | os.X_OK):
            raise InvalidInput(f"{path} cannot be written: there is no folder of yours for it. Name another place.")
    except InvalidInput:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInput(f"{path} cannot be written ({reason}); name another place for the recording.") from error
    return path


def _before(handle: int, path: Path) -> bytes:
    """What stands before the next line of the open file: the first line, or the end of a line that was cut short."""
    size = os.fstat(handle).st_size
    if not size:
        return first_line(version("jobwait")).encode("ascii")
    with os.fdopen(os.dup(handle), "rb") as file:
        file.seek(0)
        check_version(path, file.readline(_START))
        file.seek(size - 1)
        return b"" if file.read() == b"\n" else b"\n"


def _nothing() -> None:
    return None
