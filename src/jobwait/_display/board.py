"""What is known of the jobs of a wait at this moment: the latest update of each, how many have ended, and how."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

import attrs
from attrs import frozen

from jobwait._display.lines import counted, share_of
from jobwait._model.types import Update, state_text
from jobwait._sync import clock as _clock

JobKey: TypeAlias = tuple[str, str]
"""Service and id."""

STATES: Final = ("succeeded", "failed", "canceled", "needs_input", "timed_out", "not found", "unreachable")
_KEPT: Final = 50  # jobs that did not succeed, the last ones, whose updates are kept
_LEAST_SHARE: Final = 0.05  # done of all jobs, before the time left is estimated by it


@frozen
class Latest:
    """The latest *update* of a job, and how many seconds *ago* it came."""

    update: Update[Any]
    ago: float


class Board:
    """
    The jobs of a wait.

    jobs: those that are known from the start; others are added with their first update. total: how many there are in
    all, where that may grow. Updates may come while another thread reads.
    """

    def __init__(
        self,
        jobs: Iterable[JobKey] = (),
        total: Callable[[], int] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._clock = clock or _clock.current.monotonic
        self._began = self._clock()
        self._open: dict[JobKey, tuple[Update[Any], float] | None] = dict.fromkeys(jobs)
        self._total = total
        self._failures: dict[JobKey, tuple[Update[Any], float]] = {}
        self.ended: Counter[str] = Counter()
        self.last: Update[Any] | None = None

    def show(self, update: Update[Any]) -> None:
        """Show *update* from now on as the latest one of its job."""
        key, latest = (update.service, update.job_id), (update, self._clock())
        self.last = update
        if not update.terminal:
            self._open[key] = latest
            return
        self.ended[state_text(update.state, update.reason)] += 1
        if update.state != "succeeded":
            self._failures[key] = latest
            if len(self._failures) > _KEPT:
                del self._failures[next(iter(self._failures))]
        self._open.pop(key, None)

    def moved(self, service: str, job_id: str, seconds: float) -> None:
        """The next poll of that job is sent in *seconds*, whatever its latest update said."""
        latest = self._open.get((service, job_id))
        if latest is not None:
            update, at = latest
            self._open[service, job_id] = (attrs.evolve(update, next_poll=self._clock() - at + seconds), at)

    @property
    def total(self) -> int:
        """How many jobs there are."""
        known = len(self._open) + self.ended.total()
        return known if self._total is None else max(known, self._total())

    @property
    def elapsed(self) -> float:
        """Seconds since the wait began."""
        return self._clock() - self._began

    @property
    def share(self) -> float:
        """How much of all jobs is done, from 0 to 1, as far as it is known."""
        shares = [share_of(one.update) or 0.0 for _, one in self.open_jobs() if one is not None]
        return (self.ended.total() + sum(shares)) / max(1, self.total)

    def open_jobs(self) -> list[tuple[JobKey, Latest | None]]:
        """The jobs that have not ended, with what is shown of them; None: no poll of it has ended yet."""
        now = self._clock()
        return [(key, one and Latest(one[0], now - one[1])) for key, one in list(self._open.items())]

    def failures(self) -> list[tuple[JobKey, Latest]]:
        """The last jobs that did not succeed, in the order in which they ended."""
        now = self._clock()
        return [(key, Latest(update, now - at)) for key, (update, at) in list(self._failures.items())]

    def left(self) -> float | None:
        """Seconds until all have ended: by what is done so far, but not less than what single jobs say; or None."""
        shown = [one for _, one in self.open_jobs() if one is not None]
        found = [one.update.eta.value - one.ago for one in shown if one.update.eta is not None]
        share = self.share
        if _LEAST_SHARE <= share < 1:
            found.append(self.elapsed * (1 - share) / share)
        return max(found, default=None)


def counted_states(ended: Counter[str]) -> str:
    """How many jobs ended in which state, successes first."""
    return counted({state: ended[state] for state in STATES})
