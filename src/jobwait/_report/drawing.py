"""The drawings of the page as SVG in a box of WIDTH units, which the page stretches to the width that there is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

WIDTH: Final = 1000
HEIGHT: Final = 24  # of a lane, in units and in pixels
_MIDDLE: Final = 9  # of the bars; the polls are below them

Shape: TypeAlias = Callable[[int, int], str]  # from two x, the path between them


def svg(parts: Iterable[str], height: int = HEIGHT, width: int = WIDTH) -> str:
    """*parts* in a box that is stretched; the text beside it says what it shows."""
    box = f'viewBox="0 0 {width} {height}" preserveAspectRatio="none" aria-hidden="true"'
    return f"<svg {box}>{''.join(parts)}</svg>"


def path(name: str, data: str) -> str:
    """A path of the class *name*; empty if there is no *data*."""
    return f'<path class="{name}" d="{data}"/>' if data else ""


def symbol(name: str, left: float | None = None) -> str:
    """The symbol *name* of the page, at *left* percent of the box around it, if given."""
    place = "" if left is None else f' style="left:{left:.1f}%"'
    return f'<svg class="sym {name}"{place} aria-hidden="true"><use href="#{name}"/></svg>'


def solid(top: int, height: int) -> Shape:
    """A filled bar."""
    return lambda left, right: f"M{left} {top}h{right - left}v{height}h{left - right}z"


outline = solid(4, 10)  # the style sheet draws its edge alone


def line(left: int, right: int) -> str:
    """A line; the style sheet makes it plain or dashed."""
    return f"M{left} {_MIDDLE}H{right}"


def rails(left: int, right: int) -> str:
    """Two lines."""
    return f"M{left} 5H{right}M{left} 13H{right}"


def polls(places: Iterable[int], top: int = 17, height: int = 6) -> str:
    """A short line below the bars for each poll; several at one place are one."""
    return "".join(f"M{place} {top}v{height}" for place in sorted(set(places)))


def failed_polls(places: Iterable[int]) -> str:
    """A pin for each poll that failed: a line with a head; the two paths."""
    ordered = sorted(set(places))
    return path("failed-poll", polls(ordered, 15, 8)) + path("failed-head", points([(place, 17) for place in ordered]))


def points(places: Sequence[tuple[int, int]]) -> str:
    """A dot at each place: a line without length, which the style sheet gives round ends."""
    return "".join(f"M{x} {y}h0" for x, y in places)


def polyline(places: Sequence[tuple[int, int]]) -> str:
    """A line through all places."""
    return "M" + "L".join(f"{x} {y}" for x, y in places)


def place(at: float, first: float, last: float, units: int = WIDTH) -> int:
    """Where *at* is between *first* and *last*, in *units*; what is outside is at the edge."""
    return round(units * min(1.0, max(0.0, (at - first) / (last - first)))) if last > first else 0


def merged(spans: Iterable[tuple[str, float, float]]) -> Iterator[tuple[str, float, float]]:
    """*spans* of (state, start, end), with neighbours of one state as one."""
    before: tuple[str, float, float] | None = None
    for state, start, end in spans:
        if before is not None and before[0] == state:
            before = (state, before[1], end)
            continue
        if before is not None:
            yield before
        before = (state, start, end)
    if before is not None:
        yield before
