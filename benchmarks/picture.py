"""RESULTS.svg: requests against lateness, each workload's jobs waited for in every way."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

from benchmarks.measure import Row
from benchmarks.style import mark, place, powers, svg

WIDE, HIGH, LEFT, TOP = 380, 250, 56, 46
COLUMNS: Final = 2
X, Y = (1.0, 1000.0), (0.3, 100.0)  # requests and seconds, both logarithmic


def _series(way: str) -> str:
    return "a" if way.startswith("ours") else "b" if way == "fixed interval" else "c"


def _panel(name: str, rows: dict[str, Row]) -> str:
    wide, high = WIDE - LEFT - 20, HIGH - TOP - 40
    parts = [f'<text x="{LEFT}" y="{TOP - 12}" font-weight="bold">{name}</text>']
    parts.append(f'<rect class="rule" x="{LEFT}" y="{TOP}" width="{wide}" height="{high}"/>')
    for tick in powers(X):
        x = LEFT + place(tick, X, wide)
        parts.append(f'<text x="{x:.0f}" y="{TOP + high + 14}" text-anchor="middle">{tick:g}</text>')
    for tick in powers(Y):
        y = TOP + high - place(tick, Y, high)
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{tick:g} s</text>')
    for way, row in sorted(rows.items(), key=lambda each: _series(each[0]), reverse=True):  # ours on top
        x, y = LEFT + place(row.polls, X, wide), TOP + high - place(row.lateness, Y, high)
        title = f"{way}: {row.polls:.1f} requests, {row.lateness:.2f} s"
        parts.append(mark(_series(way), x, y, title, hollow=way == "ours, with a history"))
    return "".join(parts)


def draw(path: Path, tables: dict[str, dict[str, Row]]) -> None:
    """Write the picture of *tables* to *path*."""
    panels = []
    for number, (name, rows) in enumerate(tables.items()):
        x, y = number % COLUMNS * WIDE, number // COLUMNS * HIGH + 30
        panels.append(f'<g transform="translate({x} {y})">{_panel(name, rows)}</g>')
    legend = (
        f'<text x="{LEFT}" y="22">Requests (across) and mean lateness (up), both logarithmic; down and to the left is '
        f'better.</text><text x="{LEFT}" y="40"><tspan class="a">● ours (hollow: with a history)</tspan>, '
        '<tspan class="b">■ fixed interval</tspan>, <tspan class="c">▲ peers</tspan></text>'
    )
    height = HIGH * math.ceil(len(tables) / COLUMNS) + 40
    path.write_text(svg(WIDE * COLUMNS, height, [legend, *panels]), "utf-8")
