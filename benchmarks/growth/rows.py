"""What the runs of one way with so many jobs come to."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import Final

from attrs import evolve, frozen
from benchmarks.growth.ways import Took

MANY: Final = 1000  # jobs from which on memory is more than that of the program


@frozen
class Row:
    """
    One way with *count* jobs: medians of *runs*, and the lateness of all their jobs.

    cpu: µs a poll of the processes that poll; all: with those of an engine's server. memory: MB at the peak; each:
    bytes a job. mean, late: lateness in seconds, and that which one job in twenty exceeds. requests: a job. rate: polls
    a second by the clock.
    """

    way: str
    count: int
    runs: int
    cpu: float
    all: float
    memory: float
    mean: float
    late: float
    requests: float
    rate: float
    each: float | None = None

    @classmethod
    def of(cls, way: str, count: int, runs: Sequence[Took]) -> Row:
        """The row of those *runs*."""
        late = sorted(seconds for run in runs for seconds in run.late)
        return cls(
            way,
            count,
            len(runs),
            median(run.cpu / run.polls * 1e6 for run in runs),
            median(run.all / run.polls * 1e6 for run in runs),
            median(run.memory / 1e6 for run in runs),
            fmean(late),
            late[int(0.95 * len(late))],
            median(run.polls / count for run in runs),
            median(run.polls / run.seconds for run in runs),
        )

    @property
    def simulated(self) -> bool:
        """Whether that was in virtual time."""
        return self.way.endswith("simulated")

    def line(self, bare: float) -> str:
        """Its line of the table; *bare* is the CPU of aiohttp's bare GET in µs."""
        each = "" if self.each is None else f"{self.each / 1000:.1f}"
        cpu = f"{self.cpu:.0f} | {self.cpu / bare:.1f} | {self.all:.0f}"
        return (
            f"| {self.count:,} | {self.way} | {self.runs} | {cpu} | {self.memory:,.0f} | {each} | {self.mean:.1f} | "
            f"{self.late:.1f} | {self.requests:.1f} |"
        )


def with_memory(rows: Sequence[Row]) -> list[Row]:
    """*rows* with the bytes a job: the peak beyond that of the same way with one job; a simulated one is without it."""
    least = {row.way: row.memory for row in rows if row.count == 1}
    return [
        evolve(row, each=(row.memory - least.get(row.way, 0.0)) * 1e6 / row.count) if row.count >= MANY else row
        for row in rows
    ]


def find(rows: Sequence[Row], way: str, count: int) -> Row:
    """The row of that way with so many jobs, or with the most below that: a run may not have ended."""
    return max((row for row in rows if row.way == way and row.count <= count), key=lambda row: row.count)
