"""The page: a summary, a legend, the jobs by state; and the same as a view for a notebook."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import Final

from jobwait._model.html import shown
from jobwait._report import axis
from jobwait._report.drawing import symbol
from jobwait._report.facts import Facts
from jobwait._report.lane import spans
from jobwait._report.listing import LONGEST, Frame, groups, name_of
from jobwait._report.states import STATES
from jobwait._report.summary import legend, summary

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_BARS: Final = ("waited", *(state for state, look in STATES.items() if look.meaning))
NARROWEST: Final = 14  # characters that the column of names has room for


def page(jobs: Sequence[Facts], title: str, *, whole: bool = True) -> str:
    """The document; without the jobs that would be folded if it is not to be *whole*."""
    style = files("jobwait._report").joinpath("style.css").read_text("utf-8")
    frame = Frame.of(jobs)
    present = [state for state in STATES if any(job.state == state for job in jobs)]
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{shown(title)}</title><style>{style}{_rules(jobs, frame, present)}</style></head><body>",
            _definitions(frame),
            f"<header><h1>{shown(title)}</h1></header><main>",
            *summary(jobs),
            *_list(jobs, frame, present, whole=whole),
            "</main></body></html>\n",
        ]
    )


def view(jobs: Sequence[Facts], title: str) -> str:
    """The page for a notebook: in a frame of its own, so that it changes nothing around it, and never large."""
    document = escape(page(jobs, title, whole=False))
    style = f"width:100%;height:{min(900, 600 + 40 * len(jobs))}px;border:0"
    return f'<iframe title="{shown(title)}" sandbox srcdoc="{document}" style="{style}"></iframe>'


def _definitions(frame: Frame) -> str:
    """The symbols, and the lines of the axis that all lanes repeat."""
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 16 16">{look.symbol}</symbol>' for name, look in STATES.items()
    )
    lines = axis.lines(frame.ticks)
    return f'<svg class="defs" aria-hidden="true"><defs>{symbols}<g id="g">{lines}</g></defs></svg>'


def _list(jobs: Sequence[Facts], frame: Frame, present: Sequence[str], *, whole: bool) -> Iterator[str]:
    if not jobs:
        return
    bars = {state for job in jobs if job.span is not None for state, start, end in spans(job) if end > start}
    yield '<section aria-labelledby="jobs"><h2 id="jobs">Jobs by state</h2>'
    if len(present) > 1:
        yield from _filters(jobs, present)
    yield from legend(jobs, [state for state in _BARS if state in bars])
    yield from groups(jobs, frame, whole=whole)
    yield "</section>"


def _filters(jobs: Sequence[Facts], present: Sequence[str]) -> Iterator[str]:
    """Radio buttons that the style sheet alone acts on: there is no script, and the keyboard works."""
    counts = Counter(job.state for job in jobs)
    yield '<fieldset class="filters"><legend>Show</legend>'
    yield f'<input type="radio" name="show" id="show-all" checked><label for="show-all">all {len(jobs):,}</label>'
    for state in present:
        yield f'<input type="radio" name="show" id="show-{state}">'
        yield f'<label for="show-{state}">{symbol(state)}{STATES[state].word} {counts[state]:,}</label>'
    yield "</fieldset>"


def _rules(jobs: Sequence[Facts], frame: Frame, present: Sequence[str]) -> str:
    """The rules of this page: the room that names need, and what each filter hides."""
    longest = max(NARROWEST, min(LONGEST, max((len(name_of(job, frame)) for job in jobs), default=0)))
    hidden = (f"body:has(#show-{state}:checked) .group:not(.is-{state}){{display:none}}" for state in present)
    return f":root{{--name:{longest}ch}}{''.join(hidden)}"
