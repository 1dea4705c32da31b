"""What the pictures have in common: colours for light and dark screens and for paper, and logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

# Classes, not variables, because some programs that show SVG know no variables. The marks differ in shape, too.
_LIGHT: Final = {"ink": "#1e293b", "rule": "#cbd5e1", "a": "#c2410c", "b": "#0f766e", "c": "#475569", "d": "#6d28d9"}
_DARK: Final = {"ink": "#e2e8f0", "rule": "#475569", "a": "#fb923c", "b": "#2dd4bf", "c": "#94a3b8", "d": "#c4b5fd"}
_PAPER, _NIGHT = "#ffffff", "#0f172a"


def _rules(colours: dict[str, str], paper: str) -> str:
    words = [f".paper{{fill:{paper}}}text{{fill:{colours['ink']}}}.rule{{stroke:{colours['rule']};fill:none}}"]
    words += [
        f".{name}{{stroke:{colours[name]};fill:{colours[name]}}}"
        f".{name}.hollow{{fill:{paper}}}.{name}.line{{fill:none}}tspan.{name},text.{name}{{stroke:none}}"
        for name in "abcd"
    ]
    return "".join(words)


STYLE: Final = (
    f"<style>text{{font-family:sans-serif;font-size:11px}}{_rules(_LIGHT, _PAPER)}"
    f"@media screen and (prefers-color-scheme:dark){{{_rules(_DARK, _NIGHT)}}}</style>"
)


def svg(wide: float, high: float, parts: Sequence[str]) -> str:
    """A picture of that size, on paper."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}">{STYLE}'
    return f'{head}<rect class="paper" width="100%" height="100%"/>{"".join(parts)}</svg>\n'


def place(value: float, bounds: tuple[float, float], length: float) -> float:
    """Where *value* is on a logarithmic axis of that *length*; what is outside of *bounds* is at its end."""
    low, high = math.log(bounds[0]), math.log(bounds[1])
    return (math.log(min(max(value, bounds[0]), bounds[1])) - low) / (high - low) * length


def powers(bounds: tuple[float, float]) -> Iterator[float]:
    """The powers of ten within *bounds*."""
    for power in range(math.ceil(math.log10(bounds[0]) - 1e-9), math.floor(math.log10(bounds[1]) + 1e-9) + 1):
        yield 10.0**power


def mark(name: str, x: float, y: float, title: str, *, hollow: bool = False) -> str:
    """The mark of the series *name* (a to d), each of a shape of its own, with a *title*."""
    shape = {
        "a": f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"',
        "b": f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"',
        "c": f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z"',
        "d": f'<path d="M{x:.1f} {y - 5.5:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z"',
    }[name]
    tag = shape[1 : shape.index(" ")]
    kind = f"{name} hollow" if hollow else name
    return f'{shape} class="{kind}" stroke-width="1.5"><title>{title}</title></{tag}>'
