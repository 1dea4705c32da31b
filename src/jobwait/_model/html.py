"""Handles, outcomes and tracked rows as HTML for notebooks: a line or a table."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final, TypeVar

from jobwait._model.status_map import state_text
from jobwait._text import visible
from jobwait.errors import JobWaitError

I = TypeVar("I")  # noqa: E741 - an item of a list

_MARKS: Final = {
    "succeeded": "✓",
    "failed": "✗",
    "canceled": "⊘",
    "needs_input": "?",
    "timed_out": "◔",
    "unreachable": "✗",
}

SHOWN: Final = 100  # rows of a table of outcomes
_ORDERED: Final = f"{SHOWN} are shown, those that did not succeed first"


def shown(text: object) -> str:
    """*text* as HTML; characters that are not printable appear as escapes."""
    return escape(visible(str(text)))


def of_job(job: Any) -> str:
    """A handle as one line: service, job, state and progress."""
    job_state, service = job._state, job.service  # noqa: SLF001 - a view of the handle
    parts = [f"<b>{shown(service.name)}</b> job <code>{shown(job.id)}</code>: {shown(job_state.summary)}"]
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
        ("state", _marked(outcome.state, outcome.reason)),
        ("took", f"{took:.1f} s, {outcome.polls} polls, {outcome.errors} of them failed"),
    ]
    if outcome.error is not None:
        rows.append(("why", outcome.error))
    lines = (f"<tr><th style='text-align:left'>{name}</th><td>{shown(value)}</td></tr>" for name, value in rows)
    return f"<table>{''.join(lines)}</table>"


def of_outcomes(outcomes: Sequence[Any]) -> str:
    """Outcomes as a table with a row for each, at most SHOWN of them, and a line that counts; successes come last."""

    def row(numbered: tuple[int, Any]) -> tuple[object, ...]:
        index, outcome = numbered
        took = f"{(outcome.seen_at - outcome.started).total_seconds():.1f} s"
        job = f"{outcome.service} {outcome.job_id}"
        return index, job, _marked(outcome.state, outcome.reason), took, outcome.polls, outcome.error or ""

    counts = Counter(state_text(outcome.state, outcome.reason) for outcome in outcomes)
    ordered = sorted(enumerate(outcomes), key=lambda numbered: numbered[1].state == "succeeded")
    return _table(ordered, row, ("index", "job", "state", "took", "polls", "why"), counts, _ORDERED)


def of_submitted(results: Sequence[Any]) -> str:
    """Handles and errors, as submit_all() gives them, in the same form."""

    def row(numbered: tuple[int, Any]) -> tuple[object, ...]:
        number, result = numbered
        if isinstance(result, JobWaitError):
            return number, result.job_id or "", type(result).__name__, result
        return number, f"{result.service.name} {result.id}", "submitted", ""

    counts = Counter(type(one).__name__ if isinstance(one, JobWaitError) else "submitted" for one in results)
    return _table(list(enumerate(results)), row, ("input", "job", "state", "why"), counts)


def _state(update: Any) -> Any:
    """The state, or how the polls of a job that has not ended fail."""
    return update.failure if update.failure and not update.terminal else _marked(update.state, update.reason)


def of_updates(updates: Iterable[tuple[Any, float | None]]) -> str:
    """Updates as a table with a row for each: job, state or how its polls fail, and a bar for what is done."""
    lines = (
        f"<tr><td style='text-align:left'>{shown(f'{one.service} {one.job_id}')}</td>"
        f"<td style='text-align:left'>{shown(_state(one))}</td>"
        f"<td>{'' if share is None else bar(share)} {shown(_done(one))}</td></tr>"
        for one, share in updates
    )
    return f"<table>{''.join(lines)}</table>"


def of_tracked(rows: Sequence[Any], counts: Mapping[str, int] | None = None) -> str:
    """The rows of a tracker in the same form; *counts* of its states, if *rows* are not all."""

    def row(tracked: Any) -> tuple[object, ...]:
        job = f"{tracked.service} {tracked.job_id or ''}"
        return tracked.key, tracked.account, job, _marked(tracked.state), tracked.polls, tracked.reason or ""

    counts = Counter(tracked.state for tracked in rows) if counts is None else counts
    return _table(rows, row, ("key", "account", "job", "state", "polls", "why"), counts)


def _done(update: Any) -> object:
    """What is done; a list does not say that."""
    return "from the list" if update.from_list else update.progress or ""


def _marked(state: str, reason: str | None = None) -> str:
    return f"{_MARKS.get(state, '')} {state_text(state, reason).replace('_', ' ')}".strip()


def _table(
    items: Sequence[I],
    row: Callable[[I], Iterable[object]],
    head: Iterable[str],
    counts: Mapping[str, int],
    shown_are: str = f"the first {SHOWN} are shown",
) -> str:
    more = f"; {shown_are}" if sum(counts.values()) > SHOWN else ""
    counted = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in counts.items()) or "no jobs"
    lines = [_cells("th", head), *(_cells("td", row(item)) for item in items[:SHOWN])]
    return f"<p>{shown(counted)}{more}</p><table>{''.join(lines)}</table>"


def _cells(tag: str, values: Iterable[object]) -> str:
    cells = (f"<{tag} style='text-align:left'>{shown(value)}</{tag}>" for value in values)
    return f"<tr>{''.join(cells)}</tr>"


def bar(share: float | None) -> str:
    """A progress bar filled to *share*, from 0 to 1; None: indeterminate."""
    value = "" if share is None else f' value="{min(1.0, max(0.0, share)):.4f}"'
    return f'<progress max="1"{value}></progress>'
