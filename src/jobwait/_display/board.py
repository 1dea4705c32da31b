"""What is known of the jobs of a wait at this moment: the latest update of each, how many have ended, and how."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

import attrs
from attrs import frozen

from jobwait._display.lines import counted, share_of
from jobwait._model.status_map import state_text
from jobwait._model.types import Estimate, Update
from jobwait._sync import clock as _clock

JobKey: TypeAlias = tuple[str, str]
"""Service and id."""

STATES: Final = ("succeeded", "failed", "canceled", "needs_input", "timed_out", "not found", "unreachable")
_KEPT: Final = 50  # jobs that did not succeed, the last ones, whose updates are kept
_LEAST_ENDS: Final = 3  # ends that were seen, before the time left is estimated by how often they come


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
        self._first_polls: dict[JobKey, float] = {}
        self._ends = 0  # of jobs that were seen to run or to be queued before
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
        self._ends += self._open.get(key) is not None
        self.ended[state_text(update.state, update.reason)] += 1
        if update.state != "succeeded":
            self._failures[key] = latest
            if len(self._failures) > _KEPT:
                del self._failures[next(iter(self._failures))]
        self._open.pop(key, None)

    def moved(self, service: str, job_id: str, seconds: float) -> None:
        """The next poll of that job is sent in *seconds*, whatever its latest update said."""
        latest = self._open.get((service, job_id))
        if latest is None:
            self._first_polls[service, job_id] = self._clock() + seconds
        else:
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

    def first_poll(self, key: JobKey) -> float | None:
        """Seconds to the first poll of a job that was not polled yet; None if that is not known."""
        at = self._first_polls.get(key)
        return None if at is None else at - self._clock()

    def failures(self) -> list[tuple[JobKey, Latest]]:
        """The last jobs that did not succeed, in the order in which they ended."""
        now = self._clock()
        return [(key, Latest(update, now - at)) for key, (update, at) in list(self._failures.items())]

    def left(self) -> Estimate | None:
        """
        Seconds until all have ended; None if too little is known.

        By what the jobs say themselves, if at least half of them do; and by how often jobs ended that were seen before
        their end, unless all say it. Jobs that had ended before the wait tell nothing of how long others take.
        """
        opened, found = self.total - self.ended.total(), None
        shown = [one for _, one in self.open_jobs() if one is not None and not one.update.failures]
        own = [(one.update.eta, one.ago) for one in shown if one.update.eta is not None]
        if own and 2 * len(own) >= opened:
            value, low, high = (max(getattr(eta, part) - ago for eta, ago in own) for part in ("value", "low", "high"))
            found = Estimate(value, low, high)
        if len(own) < opened and self._ends >= _LEAST_ENDS:
            value = self.elapsed * opened / self._ends
            found = found if found is not None and found.value > value else Estimate(value, value, value)
        return found


def counted_states(ended: Counter[str]) -> str:
    """How many jobs ended in which state, successes first."""
    return counted({state: ended[state] for state in STATES})
