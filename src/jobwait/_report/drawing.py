"""The drawings of the page, as SVG: a job's states over time, and the progress that its polls showed."""

from collections.abc import Iterator
from typing import Final

from jobwait._report.facts import Facts
from jobwait._text import visible

WIDTH: Final = 1000.0  # units of a drawing; the page stretches it
_BAR: Final = 22.0
_CURVE: Final = 90.0


def escaped(text: object) -> str:
    """*text* as HTML, also within an attribute; what is not printable is shown."""
    plain = visible(str(text))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def timeline(facts: Facts, first: float, last: float) -> str:
    """A bar for each state, a tick for each poll, and a mark where the job had ended before that was seen."""
    parts = "".join(_bars(facts, first, last)) + "".join(_ticks(facts, first, last))
    return f'<svg viewBox="0 0 {WIDTH:.0f} {_BAR:.0f}" preserveAspectRatio="none" aria-hidden="true">{parts}</svg>'


def curve(facts: Facts) -> str:
    """Progress over time, where the polls showed any."""
    points = [
        (poll.at, min(1.0, poll.progress.done / poll.progress.total))
        for poll in facts.recorded
        if poll.progress is not None and poll.progress.total
    ]
    if len(points) < 2:
        return ""
    drawn = [(_x(at, facts.began, facts.seen_at), _CURVE - 4 - share * (_CURVE - 8)) for at, share in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in drawn)
    label = f"Progress from {points[0][1]:.0%} to {points[-1][1]:.0%}"
    return (
        f'<svg class="curve" viewBox="0 0 {WIDTH:.0f} {_CURVE:.0f}" role="img" aria-label="{label}">'
        f'<polyline points="{line}"/>{dots}</svg>'
    )


def _x(at: float, first: float, last: float) -> float:
    return WIDTH * min(1.0, max(0.0, (at - first) / (last - first))) if last > first else 0.0


def _bars(facts: Facts, first: float, last: float) -> Iterator[str]:
    """From each poll to the next the state that it showed; "unknown" before the first."""
    edges = [(facts.began, "unknown" if facts.recorded else facts.state)]
    edges += [(poll.at, poll.state) for poll in facts.recorded]
    for (start, state), (end, _) in zip(edges, [*edges[1:], (facts.seen_at, "")], strict=True):
        left, right = _x(start, first, last), _x(end, first, last)
        if right > left:
            yield f'<rect class="{escaped(state)}" x="{left:.1f}" y="5" width="{right - left:.1f}" height="12"/>'
    x = _x(facts.seen_at, first, last)
    yield f'<rect class="{escaped(facts.state)}" x="{max(0.0, x - 3):.1f}" y="1" width="6" height="20"/>'


def _ticks(facts: Facts, first: float, last: float) -> Iterator[str]:
    for poll in facts.recorded:
        x = _x(poll.at, first, last)
        kind = "poll failed-poll" if poll.error else "poll"
        yield f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="20"/>'
    if facts.ended is not None and facts.ended <= facts.seen_at:
        left, right = _x(facts.ended, first, last), _x(facts.seen_at, first, last)
        yield f'<rect class="late" x="{left:.1f}" y="8" width="{right - left:.1f}" height="6"/>'
