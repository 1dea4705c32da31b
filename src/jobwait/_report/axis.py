"""Axes: where their ticks are, and what is written at each."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from jobwait._report.drawing import HEIGHT, WIDTH, path

MOST: Final = 6  # ticks of an axis
_FEW: Final = 4  # of one with long labels
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_SECONDS: Final = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30)
_LONGER: Final = (1, 2, 5, 10, 15, 30)
STEPS: Final = (
    *_SECONDS,
    *(_MINUTE * count for count in _LONGER),
    *(_HOUR * count for count in (1, 2, 3, 6, 12)),
    *(_DAY * count for count in (1, 2, 7, 14, 30, 90, 365)),
)

Tick = tuple[float, str]  # where it is, as a share of the axis, and its label


def step_for(span: float, most: int = MOST) -> float:
    """The smallest round number of seconds that divides *span* at most *most* times."""
    return next((step for step in STEPS if span <= step * most), max(STEPS[-1], span / most))


def elapsed(span: float, most: int = MOST) -> list[Tick]:
    """Ticks of an axis of durations, from 0 to *span* seconds."""
    if span <= 0:
        return [(0.0, "0")]
    step = step_for(span, most)
    return [(count * step / span, _duration(count * step, step)) for count in range(int(span / step + 1e-9) + 1)]


def _duration(seconds: float, step: float) -> str:
    """*seconds* in the unit that makes each multiple of *step* a short number."""
    if seconds == 0:
        return "0"
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if step >= unit:
            return f"{seconds / unit:g} {name}"
    return f"{round(seconds, 3):g} s"


def clock(first: float, last: float) -> list[Tick]:
    """Ticks of an axis of moments, at round times of the day in UTC; one at midnight is the date."""
    step = step_for(last - first)
    step = step if step >= 1 else step_for(last - first, _FEW)
    count = -int(-first // step)
    ticks: list[Tick] = []
    while count * step <= last and last > first:
        ticks.append(((count * step - first) / (last - first), _moment(count * step, step)))
        count += 1
    return ticks or [(0.0, _moment(first, 1))]


def _moment(at: float, step: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    if at % _DAY < step / 2 and step >= 1:
        return f"{moment:%b} {moment.day}"
    if step >= _MINUTE:
        return f"{moment:%H:%M}"
    return f"{moment:%H:%M:%S}" if step >= 1 else f"{moment:%H:%M:%S.%f}"[:-3]


def labels(ticks: Sequence[Tick]) -> str:
    """The labels as HTML; those at the ends of the axis are aligned with it."""
    return "".join(f'<span class="{_side(at)}" style="left:{at:.1%}">{text}</span>' for at, text in ticks)


def _side(at: float) -> str:
    return "from" if at < 0.05 else "to" if at > 0.93 else "at"


def lines(ticks: Sequence[Tick], height: int = HEIGHT) -> str:
    """A line for each tick, through the whole height."""
    return path("grid", "".join(_lines(ticks, height)))


def _lines(ticks: Sequence[Tick], height: int) -> Iterator[str]:
    return (f"M{round(WIDTH * at)} 0v{height}" for at, _ in ticks)
