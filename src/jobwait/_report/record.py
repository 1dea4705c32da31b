"""The polls of jobs, recorded on request, for a report."""

from collections.abc import Iterable
from typing import Any, Final

from attrs import define, field, frozen

from jobwait._jobs.handle import Job, state_of
from jobwait._model.types import Progress
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._polling.retry.failed_call import FailedCall

MOST: Final = 1000  # polls kept of one job; beyond, every other one of the older half is dropped


@frozen(eq=False, match_args=False, repr=False)
class RecordedPoll:
    """One poll: *at*, in seconds since the epoch, the state and progress it showed, or the *error* why it failed."""

    at: float
    state: str
    progress: Progress | None
    error: str | None


@define(eq=False)
class Trace:
    """The recorded polls of one job, in order; *thinned*: whether some were dropped."""

    job_state: JobState[Any]
    polls: list[RecordedPoll] = field(factory=list)
    thinned: bool = False

    def add(self, observation: Observation[Any]) -> None:
        """Record one more poll."""
        failed = observation.error if observation.state is None else None
        kind = "" if failed is None or isinstance(failed, FailedCall) else f"{type(failed).__name__}: "
        error = None if failed is None else f"{kind}{failed}"
        self.polls.append(RecordedPoll(observation.wall, self.job_state.known_state, observation.progress, error))
        if len(self.polls) > MOST:
            del self.polls[1 : MOST // 2 : 2]
            self.thinned = True


class Record:
    """
    Records each poll of *jobs*, from now on, so that report() can draw them.

        record = jobwait.Record(jobs)
        jobwait.wait_all(jobs)
        jobwait.report(record, "report.html")
    """

    def __init__(self, jobs: Iterable[Job[Any]] = ()) -> None:
        self.traces: list[Trace] = []
        for job in jobs:
            self.add(job)

    def add(self, job: Job[Any]) -> None:
        """Record the polls of *job* too."""
        trace = Trace(state_of(job))
        trace.job_state.record = trace.add
        self.traces.append(trace)
