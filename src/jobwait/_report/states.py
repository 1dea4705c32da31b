"""The states that the page names: their words, their symbols and their order, problems first."""

from typing import Final

from attrs import frozen

from jobwait._report.drawing import Shape, line, outline, rails, solid


@frozen
class Look:
    """
    How a state is shown.

    word: its name. symbol: SVG in a square of 16 units, different in shape from all others. number: what is written
    after a number of jobs in it, if not the word. bar: how time in it is drawn. meaning: of the bar, in the legend.
    """

    word: str
    symbol: str
    number: str = ""
    bar: Shape = line
    meaning: str = ""


_DISC: Final = '<circle cx="8" cy="8" r="7" class="fill"/>'
_RING: Final = '<circle cx="8" cy="8" r="6.2" class="edge"/>'
_SQUARE: Final = '<rect x="1" y="1" width="14" height="14" rx="2" class="fill"/>'
_TRIANGLE: Final = '<path class="fill" d="M8 .8L15.6 15H.4z"/>'
_DIAMOND: Final = '<path class="fill" d="M8 0l8 8-8 8-8-8z"/>'
_QUESTION: Final = "M6.2 6.4a1.8 1.8 0 1 1 2.7 1.6q-.9.5-.9 1.4M8 11.4v.1"


def _drawn(ground: str, glyph: str, ink: str = "cut") -> str:
    return f'{ground}<path class="{ink}" d="{glyph}"/>'


STATES: Final = {
    "failed": Look("failed", _drawn(_SQUARE, "M5 5l6 6M11 5l-6 6")),
    "unreachable": Look("unreachable", _drawn(_TRIANGLE, "M8 6v4M8 12.4v.1")),
    "not_found": Look("not found", _drawn(_TRIANGLE, "M5.8 8l4.4 5M10.2 8l-4.4 5")),
    "timed_out": Look("timed out", _drawn(_RING, "M8 4.2v4l2.8 1.8", "edge")),
    "needs_input": Look(
        "needs input", _drawn(_DIAMOND, _QUESTION), "waiting for input", outline, "waited for its caller's input"
    ),
    "canceled": Look("canceled", _drawn(_RING, "M3.8 12.2l8.4-8.4", "edge")),
    "no_answer": Look(
        "no answer",
        '<circle cx="8" cy="8" r="6.2" class="edge gaps"/>',
        "without an answer",
        line,
        "polled, but no poll was answered",
    ),
    "unknown": Look(
        "unknown status", _drawn(_RING, _QUESTION, "edge"), "in an unknown status", rails, "in an undocumented status"
    ),
    "not_polled": Look(
        "not polled", '<circle cx="8" cy="8" r="3" class="edge"/>', "never polled", line, "not polled yet"
    ),
    "queued": Look("queued", _RING, "queued", solid(7, 4), "queued"),
    "running": Look("running", '<path class="fill" d="M3 1.5v13L14.5 8z"/>', "running", solid(4, 10), "running"),
    "succeeded": Look("succeeded", _drawn(_DISC, "M4.6 8.2l2.4 2.4 4.4-4.8")),
}
ENDED: Final = frozenset({"succeeded", "failed", "canceled"})  # by the service; a job in any other state may run on
