"""RESULTS.svg: requests against lateness, each workload's jobs waited for in every way."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

from benchmarks.measure import Row

WIDE, HIGH, LEFT, TOP = 380, 250, 56, 46
COLUMNS: Final = 2
X, Y = (1.0, 1000.0), (0.3, 100.0)  # requests and seconds, both logarithmic
COLOURS: Final = ("#c2410c", "#0f766e", "#64748b")


def _place(value: float, bounds: tuple[float, float], length: float) -> float:
    low, high = math.log(bounds[0]), math.log(bounds[1])
    return (math.log(min(max(value, bounds[0]), bounds[1])) - low) / (high - low) * length


def _panel(name: str, rows: dict[str, Row]) -> str:
    wide, high = WIDE - LEFT - 20, HIGH - TOP - 40
    parts = [f'<text x="{LEFT}" y="{TOP - 12}" font-weight="bold">{name}</text>']
    parts.append(f'<rect x="{LEFT}" y="{TOP}" width="{wide}" height="{high}" fill="none" stroke="#cbd5e1"/>')
    for tick in (1, 10, 100, 1000):
        x = LEFT + _place(tick, X, wide)
        parts.append(f'<text x="{x:.0f}" y="{TOP + high + 14}" text-anchor="middle">{tick}</text>')
    for tick in (1, 10, 100):
        y = TOP + high - _place(tick, Y, high)
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{tick} s</text>')
    for way, row in rows.items():
        x, y = LEFT + _place(row.polls, X, wide), TOP + high - _place(row.lateness, Y, high)
        colour = COLOURS[0] if way.startswith("ours") else COLOURS[1] if way == "fixed interval" else COLOURS[2]
        filled = colour if way != "ours, with a history" else "white"
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{filled}" stroke="{colour}" stroke-width="2">'
            f"<title>{way}: {row.polls:.1f} requests, {row.lateness:.2f} s</title></circle>"
        )
    return "".join(parts)


def draw(path: Path, tables: dict[str, dict[str, Row]]) -> None:
    """Write the picture of *tables* to *path*."""
    panels = []
    for place, (name, rows) in enumerate(tables.items()):
        x, y = place % COLUMNS * WIDE, place // COLUMNS * HIGH + 30
        panels.append(f'<g transform="translate({x} {y})">{_panel(name, rows)}</g>')
    height = HIGH * math.ceil(len(tables) / COLUMNS) + 40
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE * COLUMNS} {height}" font-family="sans-serif" '
        f'font-size="11"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="{LEFT}" y="22">Requests (across) and mean lateness (up), both logarithmic; down and to the left is '
        f'better. <tspan fill="{COLOURS[0]}">ours</tspan> (hollow: with a history), '
        f'<tspan fill="{COLOURS[1]}">fixed interval</tspan>, <tspan fill="{COLOURS[2]}">peers</tspan></text>'
        f"{''.join(panels)}</svg>\n"
    )
