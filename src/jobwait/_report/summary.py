"""The head of the page: how the jobs went, in figures, and beside them what a fixed interval would have done."""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from jobwait._display.lines import duration_text
from jobwait._model.html import shown
from jobwait._report import axis
from jobwait._report.comparison import Comparison, Lateness, compared, middle
from jobwait._report.drawing import failed_polls, line, outline, path, place, polls, solid, svg
from jobwait._report.facts import Facts, only_service, span_of_all
from jobwait._report.states import STATES

_ROW: Final = 24


def counted(number: int, what: str) -> str:
    """Such as "1 job" or "2,000 jobs"."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def moment(at: float) -> str:
    """The moment in UTC, without the name of the zone."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def late_text(late: tuple[float, float]) -> str:
    """How late an end was seen: "4 s late", or "at most 10 s late" where only that is known."""
    low, high = late
    return f"{duration_text(low)} late" if low == high else f"at most {duration_text(high)} late"


def summary(jobs: Sequence[Facts]) -> Iterator[str]:
    """The sentence, the figures, and the comparison if there is one."""
    yield f'<p class="lead">{_states(jobs)}</p>'
    yield from _figures(jobs)
    comparison = compared(jobs)
    if comparison is not None:
        yield from _comparison(comparison)


def _states(jobs: Sequence[Facts]) -> str:
    """How many jobs, of which service if all have one, are in which state; first what to look at first."""
    if not jobs:
        return "There are no jobs in this report."
    counts = Counter(job.state for job in jobs)
    parts = [f"{counts[state]:,} {look.number or look.word}" for state, look in STATES.items() if counts[state]]
    service = only_service(jobs)
    of = "" if service is None else f"{shown(service)} "
    return f"{counted(len(jobs), f'{of}job')}: {', '.join(parts)}."


def _figures(jobs: Sequence[Facts]) -> Iterator[str]:
    span = span_of_all(jobs)
    late = [job.late for job in jobs if job.late is not None]
    yield '<dl class="figures">'
    if span is not None:
        first, last = span
        yield _figure("Time", duration_text(last - first), f"{moment(first)} to {moment(last)} UTC")
    failed = sum(job.errors for job in jobs)
    note = f"{failed:,} failed" if failed else "none failed"
    yield _figure("Polls", f"{sum(job.polls for job in jobs):,}", note)
    if late:
        worst = max(late, key=lambda one: one[1])
        half = duration_text(statistics.median(map(middle, late)))
        note = (
            f"the latest of {len(late):,} ends; half of them within {half}"
            if len(late) > 1
            else "the one end that is known"
        )
        yield _figure("Ends seen", late_text(worst), note)
    yield "</dl>"


def _figure(name: str, value: str, note: str) -> str:
    return f"<div><dt>{name}</dt><dd><b>{value}</b><small>{note}</small></dd></div>"


def _comparison(found: Comparison) -> Iterator[str]:
    most = max(found.recorded.worst, found.fixed.worst)
    ticks = axis.elapsed(most, 5)
    every = duration_text(found.interval)
    spread = path("fixed", solid(8, 8)(0, place(found.interval, 0, most)))
    ends = path("poll", polls((place(late, 0, most) for late in found.each), 6, 12))
    yield '<section aria-labelledby="compared"><h2 id="compared">Beside a fixed interval</h2>'
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Comparison"><table><thead><tr><td></td>'
    yield "".join(f'<th scope="col" class="n">{name}</th>' for name in ("polls", "half seen within", "all seen within"))
    yield '<th scope="col">how late each end was seen</th></tr></thead><tbody>'
    yield _row("As recorded", found.polls, found.recorded, ends, most, ticks)
    yield _row(f"A poll every {every}", found.polls, found.fixed, spread, most, ticks)
    yield '</tbody><tfoot aria-hidden="true"><tr><td colspan="4"></td>'
    yield f'<td><div class="axis">{axis.labels(ticks)}</div></td></tr></tfoot></table></div>'
    of = f"the {found.jobs:,} jobs whose end is known" if found.jobs > 1 else "the one job whose end is known"
    yield f'<p class="note">Of {of}. The second line is computed, not measured: {every} is the fixed interval that '
    yield "sends as many polls for jobs that take as long. An end can fall anywhere between two of its polls."
    if not found.exact:
        yield " In the first line, an end that the service gives no time for is taken to be in the middle between the "
        yield "two polls around it."
    yield "</p></section>"


def _row(name: str, number: int, late: Lateness, drawn: str, most: float, ticks: Sequence[axis.Tick]) -> str:
    half = path("half", polls([place(late.half, 0, most)], 2, 20))
    cells = (f"{number:,}", duration_text(late.half), duration_text(late.worst))
    texts = "".join(f'<td class="n">{cell}</td>' for cell in cells)
    return f'<tr><th scope="row">{name}</th>{texts}<td>{svg([axis.lines(ticks, _ROW), drawn, half], _ROW)}</td></tr>'


def legend(jobs: Sequence[Facts], bars: Sequence[str]) -> Iterator[str]:
    """What is drawn in the lanes, as far as it occurs: the states of *bars*, polls, and ends that were seen late."""
    yield '<ul class="legend" aria-label="Legend">'
    for state in bars:
        look = STATES.get(state)
        yield _key(
            path(state, look.bar(0, 40)) if look else path(state, line(0, 40)),
            look.meaning if look else "waited; its polls were not recorded",
        )
    if any(poll.error is None for job in jobs for poll in job.recorded):
        yield _key(path("poll", polls([8, 20, 32])), "polls")
    if any(poll.error is not None for job in jobs for poll in job.recorded):
        yield _key(failed_polls([8, 20, 32]), "polls that failed")
    if any(job.ended is not None and job.late and job.late[1] > 0 for job in jobs):
        yield _key(path("late", outline(4, 36)), "ended, and not seen yet")
    yield "</ul>"


def _key(drawn: str, meaning: str) -> str:
    return f"<li>{svg([drawn], width=40)}{meaning}</li>"
