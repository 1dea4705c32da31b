"""What happened to jobs, look by look: kept on request, for a report."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from jobwait._jobs.handle import Job
from jobwait._model.types import Outcome, Progress
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation

LONGEST: Final = 1000  # looks kept of one job; beyond, every other one of the older half goes


@frozen(eq=False, match_args=False, repr=False)
class Seen:
    """One look: *at*, in seconds since the epoch, and what it showed; *fault* says why it showed nothing."""

    at: float
    state: str
    progress: Progress | None
    error: str | None


class Trace:
    """The looks at one job, in order, and what is known of it."""

    def __init__(self, job_state: JobState[Any]) -> None:
        self.job_state = job_state
        self.observations: list[Seen] = []
        self.dropped = 0

    def note(self, observation: Observation[Any]) -> None:
        """Keep one more look."""
        error = None if observation.state is not None else f"{type(observation.error).__name__}: {observation.error}"
        progress = observation.progress
        self.observations.append(Seen(observation.wall, self.job_state.state, progress, error))
        if len(self.observations) > LONGEST:
            del self.observations[1 : LONGEST // 2 : 2]
            self.dropped = 1


class Record:
    """
    Keeps each look at *jobs*, from now on, so that report() can draw them.

        record = jobwait.Record(jobs)
        jobwait.wait_all(jobs)
        jobwait.report(record, "report.html")
    """

    def __init__(self, jobs: Iterable[Job[Any]] = ()) -> None:
        self.traces: list[Trace] = []
        for job in jobs:
            self.add(job)

    def add(self, job: Job[Any]) -> None:
        """Keep the looks at *job* too."""
        trace = Trace(job._state)  # noqa: SLF001 - our own handle
        job._state.record = trace.note  # noqa: SLF001
        self.traces.append(trace)


def report(
    of: Record | Iterable[Outcome[Any]],
    path: str | os.PathLike[str],
    *,
    title: str = "Jobs",
    overwrite: bool = False,
) -> Path:
    """
    Write one page that shows how jobs went, at *path*: it needs no network and no other file.

    Of a Record it draws when each look happened, the progress that it showed and how late the end was seen; of outcomes
    alone it makes the table.

    Raises:
        InvalidInput: a file is there already (*overwrite* replaces it), or cannot be written.

    """
    from jobwait._report import write  # noqa: PLC0415 - a page that few ask for

    return write(of, Path(path), title, overwrite=overwrite)
