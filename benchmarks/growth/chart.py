"""RESULTS.growth.svg: what a wait costs and how late it is, against the number of jobs, for each way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks.growth.rows import Row
from benchmarks.style import mark, place, powers, svg

WIDE, HIGH, LEFT, TOP = 380, 260, 62, 40
X: Final = (1.0, 1e6)
LATENESS: Final = "Lateness, s: mean; dashed: 95th percentile"
POWERS: Final = {10.0**power: f"10{digit}" for power, digit in zip(range(4, 10), "⁴⁵⁶⁷⁸⁹", strict=True)}
SERIES: Final = {"fleet": "a", "tracker": "b", "plain loop": "c", "Temporal": "d"}
PANELS: Final[tuple[tuple[str, tuple[float, float], Callable[[Row], float]], ...]] = (
    ("CPU a poll, µs, all processes", (100, 1e5), lambda row: row.all),
    ("Memory at the peak, MB, all processes", (10, 1e4), lambda row: row.memory),
    (LATENESS, (1, 1000), lambda row: row.mean),
    ("Requests a job", (1, 10), lambda row: row.requests),
)


def draw(path: Path, rows: Sequence[Row]) -> None:
    """Write the picture of *rows* to *path*."""
    shown = "●■▲◆"
    words = [f'<tspan class="{name}">{shown["abcd".index(name)]} {way}</tspan>' for way, name in SERIES.items()]
    legend = (
        f'<text x="{LEFT}" y="20">Against the number of jobs; all axes are logarithmic. Hollow: in virtual time, CPU '
        f'without HTTP, memory of the jobs alone.</text><text x="{LEFT}" y="38">{", ".join(words)}</text>'
    )
    panels = []
    for number, (title, bounds, of) in enumerate(PANELS):
        x, y = number % 2 * WIDE, number // 2 * HIGH + 40
        panels.append(f'<g transform="translate({x} {y})">{_panel(title, bounds, of, rows)}</g>')
    path.write_text(svg(2 * WIDE, 2 * HIGH + 50, [legend, *panels]), "utf-8")


def _panel(title: str, y: tuple[float, float], of: Callable[[Row], float], rows: Sequence[Row]) -> str:
    wide, high = WIDE - LEFT - 20, HIGH - TOP - 40
    parts = [f'<text x="{LEFT}" y="{TOP - 10}" font-weight="bold">{title}</text>']
    parts.append(f'<rect class="rule" x="{LEFT}" y="{TOP}" width="{wide}" height="{high}"/>')
    parts += [_tick(LEFT + place(tick, X, wide), TOP + high + 16, tick, "middle") for tick in powers(X)]
    for tick in powers(y):
        level = TOP + high - place(tick, y, high)
        parts += [
            f'<path class="rule" d="M{LEFT} {level:.1f}h{wide}"/>',
            _tick(LEFT - 6, level + 4, tick, "end"),
        ]
    for way, name in reversed(SERIES.items()):
        found = [row for row in rows if row.way.removesuffix(", simulated") == way]
        points = [(LEFT + place(row.count, X, wide), TOP + high - place(of(row), y, high), row) for row in found]
        parts.append(_line(name, [(x, level) for x, level, row in points if not row.simulated]))
        if title == LATENESS:
            late = [(x, TOP + high - place(row.late, y, high)) for x, _, row in points if not row.simulated]
            parts.append(_line(name, late, ' stroke-dasharray="3 3"'))
        parts += [
            mark(name, x, level, f"{row.count:,} jobs, {row.way}: {of(row):.3g}", hollow=row.simulated)
            for x, level, row in points
        ]
    return "".join(parts)


def _line(name: str, points: Sequence[tuple[float, float]], more: str = "") -> str:
    path = "L".join(f"{x:.1f} {level:.1f}" for x, level in points)
    return f'<path class="{name} line" stroke-width="1.5"{more} d="M{path}"/>' if points else ""


def _tick(x: float, y: float, value: float, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{POWERS.get(value, f"{value:.0f}")}</text>'
