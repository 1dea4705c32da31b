"""The lane of one job: its states over time, its polls, and when its end was and was seen."""

from collections.abc import Iterator

from jobwait._recording.poll import RecordedPoll
from jobwait._report.drawing import (
    WIDTH,
    failed_polls,
    line,
    merged,
    outline,
    path,
    place,
    polls,
    svg,
    symbol,
)
from jobwait._report.facts import Facts
from jobwait._report.states import STATES

COARSE = 4  # units between two polls of a page with many jobs


def lane(job: Facts, first: float, last: float, *, coarse: bool = False) -> str:
    """The lane of *job* on an axis from *first* to *last*; *coarse*: with fewer polls, for a page with many jobs."""
    if job.span is None:
        return svg(['<use href="#g"/>'])
    end = 100 * place(job.span[1], first, last) / WIDTH
    return svg(['<use href="#g"/>', *_paths(job, first, last, coarse=coarse)]) + symbol(job.state, end)


def _paths(job: Facts, first: float, last: float, *, coarse: bool) -> Iterator[str]:
    for state, start, end in merged(spans(job)):
        left, right = place(start, first, last), place(end, first, last)
        if right > left:
            shape = STATES[state].bar if state in STATES else line
            yield path(state, shape(left, right))
    if job.ended is not None and job.span is not None:
        left, right = place(job.ended, first, last), place(job.span[1], first, last)
        yield path("late", outline(left, right) if right > left else "")
    step = COARSE if coarse else 1
    answered, failed = (
        [place(poll.at, first, last) // step * step for poll in job.recorded if (poll.error is not None) == wanted]
        for wanted in (False, True)
    )
    yield path("poll", polls(answered)) + failed_polls(failed)


def spans(job: Facts) -> Iterator[tuple[str, float, float]]:
    """From each poll to the next the state that it showed, until the job ended: state, start, end since the epoch."""
    assert job.span is not None, "a job that was never polled has no spans"  # noqa: S101
    edges = [(job.span[0], "not_polled" if job.recorded else "waited"), *_states(job.recorded)]
    over = job.span[1] if job.ended is None else job.ended
    for (start, state), (end, _) in zip(edges, [*edges[1:], (over, "")], strict=True):
        if start < over:
            yield state, start, min(end, over)


def _states(recorded: tuple[RecordedPoll, ...]) -> Iterator[tuple[float, str]]:
    answered = False
    for poll in recorded:
        answered = answered or poll.error is None
        yield poll.at, "no_answer" if poll.state == "unknown" and not answered else poll.state
