"""The recorded polls of one job, and how the wait for it ended."""

from typing import Any, Final

from attrs import define, field, frozen

from jobwait._model.types import Outcome, Progress
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._polling.retry.failed_call import FailedCall

MOST: Final = 1000  # polls kept of one job; beyond, every other one of the older half is dropped


@frozen(eq=False, match_args=False, repr=False)
class RecordedPoll:
    """
    One poll: *at*, in seconds since the epoch, the state and progress it showed, or the *error* why it failed.

    The state of a poll that failed is the one known until then; "unknown" if no poll was answered before.
    """

    at: float
    state: str
    progress: Progress | None
    error: str | None


@define(eq=False)
class Trace:
    """
    The recorded polls of one job, in order.

    thinned: whether some were dropped. outcome: how the latest wait ended; None while the job is waited for.
    """

    job_state: JobState[Any]
    polls: list[RecordedPoll] = field(factory=list)
    thinned: bool = False
    outcome: Outcome[Any] | None = None

    def add(self, observation: Observation[Any]) -> None:
        """Record one more poll."""
        failed = observation.error if observation.state is None else None
        kind = "" if failed is None or isinstance(failed, FailedCall) else f"{type(failed).__name__}: "
        error = None if failed is None else f"{kind}{failed}"
        self.polls.append(RecordedPoll(observation.wall, self.job_state.known_state, observation.progress, error))
        self.outcome = None
        if len(self.polls) > MOST:
            del self.polls[1 : MOST // 2 : 2]
            self.thinned = True

    def end(self, outcome: Outcome[Any]) -> None:
        """Record how the wait ended."""
        self.outcome = outcome
