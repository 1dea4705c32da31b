"""What a fixed interval with as many polls would have done, computed from the facts of the jobs."""

import statistics
from collections.abc import Sequence

from attrs import frozen

from jobwait._report.facts import Facts


@frozen
class Lateness:
    """How late ends are seen, in seconds: *half* of them sooner than that, all within *worst*."""

    half: float
    worst: float


@frozen
class Comparison:
    """
    The jobs whose end was seen and is known, as recorded and as a fixed interval would have seen them.

    each: how late each end was seen, where only two polls around it are known as if in their middle. exact: whether the
    time of each end is known. interval: between the polls that are compared, in seconds.
    """

    jobs: int
    polls: int
    interval: float
    each: tuple[float, ...]
    exact: bool
    recorded: Lateness
    fixed: Lateness


def compared(jobs: Sequence[Facts]) -> Comparison | None:
    """
    The comparison; None if no end is known, or each was seen by the first poll.

    A poll every N seconds that begins within N seconds after a job's start sends, on average, one poll and one for each
    N that the job takes. So as many are sent if N is the time that all jobs took, divided by the polls beyond the
    first ones. An end falls anywhere between two of them: it is seen half of N late on average, and all of N at worst.
    """
    known = [(job, job.late) for job in jobs if job.late is not None and job.span is not None]
    beyond = sum(job.polls for job, _ in known) - len(known)
    took = sum(job.seconds - middle(late) for job, late in known)
    if not known or beyond <= 0 or took <= 0:
        return None
    interval = took / beyond
    each = tuple(sorted(middle(late) for _, late in known))
    return Comparison(
        jobs=len(known),
        polls=beyond + len(known),
        interval=interval,
        each=each,
        exact=all(low == high for _, (low, high) in known),
        recorded=Lateness(statistics.median(each), max(late[1] for _, late in known)),
        fixed=Lateness(interval / 2, interval),
    )


def middle(late: tuple[float, float]) -> float:
    """How late an end was seen, where that is between two numbers: in their middle."""
    return (late[0] + late[1]) / 2
