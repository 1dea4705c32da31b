"""record() and recordings(): the polls of real jobs, written to a file and read again."""

import os
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self, TypeAlias

from jobwait._jobs.handle import Job, check_job, state_of
from jobwait._model.arguments import explained
from jobwait._polling.job_state import JobState
from jobwait._recording.reading import iterate, read_all
from jobwait._recording.recording import Recording
from jobwait._recording.writer import Writer

Paths: TypeAlias = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


class Recorder:
    """Writes the polls of jobs to the file *path*, until close() or the end of its block."""

    __module__ = "jobwait.testing"

    def __init__(self, writer: Writer) -> None:
        self._writer, self.path = writer, writer.path
        self._added: dict[int, JobState[Any]] = {}  # by id(); kept, so that it is no other one's

    def add(self, job: Job[Any]) -> None:
        """Record the polls of *job* too, from now on, unless it is recorded. Raises InvalidInput if it is no job."""
        check_job(job)
        job_state = state_of(job)
        if id(job_state) not in self._added:
            self._added[id(job_state)] = job_state
            self._writer.add(job_state)

    def close(self) -> None:
        """Record nothing more."""
        self._writer.close()
        self._added.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Recorder to {self.path}>"


@explained
def record(
    jobs: Job[Any] | Iterable[Job[Any]] = (), path: str | os.PathLike[str] = "recording.jsonl", *, bodies: bool = False
) -> Recorder:
    """
    Append each poll of *jobs*, from now on, to the recording *path*; if that is a folder, to a new file in it.

        with record(jobs, "past.jsonl"):
            jobwait.wait_all(jobs)

    A recording holds times, HTTP statuses, states, progress and the kinds of errors, but no key, no link, no prompt and
    no result: docs/testing.md. *bodies*: also the answers, in which all text but single words is replaced by its
    length. A folder that does not exist is made if *path* ends with a slash. A recording that can no longer be written,
    as the disk is full, ends with one RecordingWarning; the waits go on.

    Raises:
        InvalidInput: *path* cannot be written, or is a file that is no recording; or one of *jobs* is no job.

    """
    recorder = Recorder(Writer(path, bodies=bodies))
    for job in [jobs] if isinstance(jobs, Job) else jobs:
        recorder.add(job)
    return recorder


@explained
def recordings(paths: Paths, *, skip_damaged: bool = False) -> list[Recording]:
    """
    What the files *paths* recorded of each job, in the order in which the jobs started; of a folder, all its *.jsonl.

    What several files have of one job is one recording, as of a job whose process was killed. *skip_damaged*: lines
    that cannot be read are left out, such as the last one of such a process.

    Raises:
        InvalidInput: a file cannot be read, is no recording, has another version of the format, or has a line that is
            damaged or cut short; the message names the file and the line.

    """
    return read_all(iterate(paths), skip_damaged=skip_damaged)
