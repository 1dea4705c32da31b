"""The progress of one job over time, as a chart with axes."""

import math
from collections.abc import Sequence
from typing import Final

from jobwait._model.html import shown
from jobwait._model.types import Progress
from jobwait._report import axis
from jobwait._report.drawing import WIDTH, path, place, points, polyline, svg
from jobwait._report.facts import Facts

HEIGHT: Final = 100
_MOST: Final = 200  # points; a curve is not wider than that can show
_MARGIN: Final = 4  # above and below, so that dots are whole


def curve(job: Facts) -> str:
    """Progress over time; empty where fewer than two polls showed any."""
    polls = [(poll.at, poll.progress) for poll in job.recorded if poll.progress is not None]
    if len(polls) < 2 or job.span is None:
        return ""
    polls = _thinned(polls)
    shares = all(progress.total for _, progress in polls)
    top = 1.0 if shares else _round_up(max(progress.done for _, progress in polls))
    first, last = job.span
    places = [(place(at, first, last), _y(_value(progress, shares=shares) / top)) for at, progress in polls]
    ticks = axis.elapsed(last - first)
    drawn = svg(
        [
            axis.lines(ticks, HEIGHT),
            path("grid", _levels()),
            path("curve", polyline(places)),
            path("dots", points(places)),
        ],
        HEIGHT,
    )
    texts = ("100 %", "50 %", "0 %") if shares else (f"{top:,.0f}", f"{top / 2:,.0f}", "0")
    scale = "".join(f"<span>{text}</span>" for text in texts)
    caption = f"Progress: {shown(polls[0][1])} at the first of these polls, {shown(polls[-1][1])} at the last"
    return (
        f'<figure><figcaption>{caption}; time since its start</figcaption><div class="plot"><div class="scale" '
        f'aria-hidden="true">{scale}</div>{drawn}<div class="axis" aria-hidden="true">{axis.labels(ticks)}</div>'
        "</div></figure>"
    )


def _thinned(polls: Sequence[tuple[float, Progress]]) -> list[tuple[float, Progress]]:
    step = math.ceil(len(polls) / (_MOST - 1))
    return [*polls[:-1:step], polls[-1]]


def _value(progress: Progress, *, shares: bool) -> float:
    return min(1.0, progress.done / progress.total) if shares and progress.total else float(progress.done)


def _y(share: float) -> int:
    return round(HEIGHT - _MARGIN - max(0.0, share) * (HEIGHT - 2 * _MARGIN))


def _levels() -> str:
    return "".join(f"M0 {_y(share)}H{WIDTH}" for share in (0.0, 0.5, 1.0))


def _round_up(number: float) -> float:
    """The next of 2, 4, 10, 20, 40, 100, …: numbers with a short half."""
    power = 10.0 ** math.floor(math.log10(max(number, 1)))
    return next(float(power * factor) for factor in (1, 2, 4, 10) if power * factor >= max(number, 2))
