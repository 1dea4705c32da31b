"""The least product that any schedule can have that knows the distribution of the durations, but not the job."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from statistics import fmean
from typing import Final

from attrs import frozen
from benchmarks.measure import HISTORY, Sample, ours, product
from benchmarks.peers import LATENCY
from benchmarks.workloads import Workload

from jobwait.testing import CompletedJob, InMemoryHistory

DRAWS: Final = 20_000
OTHERS: Final = 2_000_000  # added to the seed, for jobs that are not waited for
STEP, RELATIVE_STEP = 0.1, 0.003  # from an age to the next: at least of the interval, and of the age
PRICES: Final = (0.8, 1.0, 1.3, 1.7, 2.2, 3.0)  # of a request, by that at which a memoryless job has the interval


@frozen
class Ages:
    """Ages at which a poll may be sent; how many jobs have *ended* that it shows, and the *sum* of their ends."""

    at: Sequence[float]
    ended: Sequence[int]
    sums: Sequence[float]
    jobs: int

    @classmethod
    def of(cls, ends: Sequence[float], interval: float) -> Ages:
        """From the first of *ends*, which are sorted, to the last."""
        at = [0.0, ends[0]]
        while at[-1] < ends[-1] + LATENCY:
            at.append(at[-1] + max(STEP * interval, RELATIVE_STEP * at[-1]))
        sums = list(accumulate(ends, initial=0.0))
        ended = [0, *(bisect_right(ends, age + LATENCY / 2) for age in at[1:])]
        return cls(at, ended, [sums[number] for number in ended], len(ends))

    def best(self, price: float) -> list[float]:
        """The polls that make lateness plus requests at *price* least."""
        last = len(self.at) - 1
        costs, following = [0.0] * (last + 1), [last] * (last + 1)
        for place in range(last - 1, -1, -1):
            if self.ended[place] == self.jobs:
                continue
            ended, total = self.ended[place], self.sums[place]
            # The lateness of all jobs that the poll at each later age finds ended, and what follows from there.
            costs[place], following[place] = min(
                ((self.ended[then] - ended) * (self.at[then] + LATENCY) - (self.sums[then] - total) + costs[then], then)
                for then in range(place + 1, last + 1)
            )
            costs[place] += price * (self.jobs - ended)
        polls, place = [], 0
        while self.ended[place] < self.jobs:
            place = following[place]
            polls.append(self.at[place])
        return polls


def best(workload: Workload, seed: int) -> float:
    """The least product of a schedule for *workload* that is no later than the fixed interval."""
    ends = sorted(job.ended_at for job in workload.jobs(seed + OTHERS, DRAWS))
    interval = workload.service.defaults.interval or 0.0
    ages = Ages.of(ends, interval)
    memoryless = interval**2 / 2 / fmean(ends)
    rows = [list(_watched(ages.best(price * memoryless), ends)) for price in PRICES]
    return min(product(row) for row in rows if fmean(sample.lateness for sample in row) <= interval / 2 + LATENCY)


def _watched(polls: Sequence[float], ends: Sequence[float]) -> Iterator[Sample]:
    for end in ends:
        number = bisect_left(polls, end - LATENCY / 2)
        yield Sample(number + 1, polls[number] + LATENCY - end, end)


def with_ideal_history(workload: Workload, seed: int, number: int) -> float:
    """Our product for *number* jobs with a history of 30 in which each thirtieth of the distribution has one job."""
    drawn = sorted(job.duration for job in workload.jobs(seed + OTHERS, DRAWS))
    history = [CompletedJob(None, drawn[DRAWS * (2 * place + 1) // (2 * HISTORY)]) for place in range(HISTORY)]
    return product(ours(workload, job, InMemoryHistory(history)) for job in workload.jobs(seed, number))
