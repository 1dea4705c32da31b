"""Handles and outcomes as HTML for notebooks: a line or a table."""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

from jobwait._text import visible

_MARKS: Final = {"succeeded": "✓", "failed": "✗", "canceled": "⊘", "timed_out": "⏱", "unreachable": "✗"}

SHOWN: Final = 100  # rows of a table of outcomes


def shown(text: object) -> str:
    """*text* as HTML; characters that are not printable appear as escapes."""
    return escape(visible(str(text)))


def of_job(job: Any) -> str:
    """A handle as one line: service, job, state and progress."""
    job_state, service = job._state, job.service  # noqa: SLF001 - a view of the handle
    parts = [f"<b>{shown(service.name)}</b> job <code>{shown(job.id)}</code>: {shown(job_state.state)}"]
    progress = service.progress(job_state.snapshot) if job_state.snapshot is not None else None
    if progress is not None:
        parts.append(shown(progress))
        if progress.total:
            parts.append(bar(progress.done / progress.total))
    return " ".join(parts)


def of_outcome(outcome: Any) -> str:
    """An outcome as a table: job, state, duration and error."""
    took = (outcome.seen_at - outcome.started).total_seconds()
    rows = [
        ("job", f"{outcome.service} {outcome.job_id}"),
        ("state", f"{_MARKS.get(outcome.state, '')} {outcome.state.replace('_', ' ')}"),
        ("took", f"{took:.1f} s, {outcome.polls} polls, {outcome.errors} of them failed"),
    ]
    if outcome.error is not None:
        rows.append(("why", outcome.error))
    lines = (f"<tr><th style='text-align:left'>{name}</th><td>{shown(value)}</td></tr>" for name, value in rows)
    return f"<table>{''.join(lines)}</table>"


def of_outcomes(outcomes: Sequence[Any]) -> str:
    """Outcomes as a table with a row for each, at most SHOWN of them, and a line that counts the states."""
    counts = Counter(outcome.state.replace("_", " ") for outcome in outcomes)
    rows = [_cells("th", ("job", "state", "took", "polls", "why"))]
    for outcome in outcomes[:SHOWN]:
        state = f"{_MARKS.get(outcome.state, '')} {outcome.state.replace('_', ' ')}"
        took = f"{(outcome.seen_at - outcome.started).total_seconds():.1f} s"
        job = f"{outcome.service} {outcome.job_id}"
        rows.append(_cells("td", (job, state, took, outcome.polls, outcome.error or "")))
    more = f"; the first {SHOWN} are shown" if len(outcomes) > SHOWN else ""
    counted = ", ".join(f"{count} {state}" for state, count in counts.items()) or "no jobs"
    return f"<p>{counted}{more}</p><table>{''.join(rows)}</table>"


def _cells(tag: str, values: Iterable[object]) -> str:
    cells = (f"<{tag} style='text-align:left'>{shown(value)}</{tag}>" for value in values)
    return f"<tr>{''.join(cells)}</tr>"


def bar(share: float | None) -> str:
    """A progress bar filled to *share*, from 0 to 1; None: indeterminate."""
    value = "" if share is None else f' value="{min(1.0, max(0.0, share)):.4f}"'
    return f'<progress max="1"{value}></progress>'
