"""What there is to say of one job, the most important first: a line takes as much of it as there is room for."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from attrs import frozen

from jobwait._display.lines import (
    duration_text,
    elapsed_text,
    next_poll_text,
    outage_text,
    percent,
    share_of,
    within,
)
from jobwait._model.types import Update, state_text
from jobwait._text import visible

Facts: TypeAlias = Iterator[tuple[str, str]]
"""Slots of a line with their texts; a later text of a slot is a longer one."""

SHORT: Final = 8  # characters of an id that tell jobs apart
_BAR, _WIDE_BAR, _REASON = 5, 20, 24  # columns that these take at least; the wide bar comes before a range
_EXACT: Final = 10.0  # seconds; a shorter time left has no range


@frozen
class Row:
    """
    A job: its *names* from the shortest to the longest, the latest *update* and how many seconds *ago* that was.

    elapsed: seconds since the wait began; None: it is not shown. next_at: the time of the next poll, where the line
    stands still until then. name_width, state_width: columns that these take at least, in a table.
    """

    names: tuple[str, ...]
    update: Update[Any] | None = None
    ago: float = 0.0
    elapsed: float | None = None
    next_at: str = ""
    name_width: int = 0
    state_width: int = 0


def facts_of(row: Row) -> Facts:
    """What there is to say of the job of *row*."""
    update = row.update
    yield "name", row.names[0]
    if update is not None and update.failures:
        yield from _of_outage(row, update)
        return
    yield "state", state_of(update)
    if update is None:
        yield from (*_elapsed(row), *_longer_names(row))
    elif update.terminal and update.state != "succeeded":
        yield from _of_failure(row, update)
    elif update.progress is not None and share_of(update) is not None and not update.from_list:
        yield from _of_counts(row, update)
    else:
        yield from _of_stages(row, update)


def state_of(update: Update[Any] | None) -> str:
    """The state in a word or two."""
    if update is None:
        return "not polled yet"
    if update.stalled:
        return "stalled"
    if update.state == "unknown":
        return f"unknown ({visible(update.raw_status)})" if update.raw_status else "no status yet"
    return state_text(update.state, update.reason).replace("_", " ")


def reason_of(update: Update[Any]) -> str:
    """Why the job did not succeed, without its name."""
    return visible(update.why).removeprefix(f"{update.service} job {update.job_id}").lstrip(": ")


def _of_outage(row: Row, update: Update[Any]) -> Facts:
    kind, _, reason = update.failure.partition(" (")
    whole = outage_text(update, _next(row))
    without = whole.replace(f" ({reason}", "", 1) if reason else whole
    yield from (("state", text) for text in (kind, without.partition(", next ")[0], without, whole))
    yield from (*_elapsed(row), *_longer_names(row))
    if update.state != "unknown":
        yield "why", f"was {update.state}" + (f", {update.progress}" if update.progress else "")


def _of_failure(row: Row, update: Update[Any]) -> Facts:
    yield from (("done", text) for text in _done(update)[:1])
    yield from _elapsed(row)
    yield from (("name", name) for name in row.names[1:2])
    if update.why:
        yield "why", within(reason_of(update), _REASON)
    yield from (("name", name) for name in row.names[2:])


def _of_counts(row: Row, update: Update[Any]) -> Facts:
    yield "percent", percent(share_of(update) or 0.0)
    yield from (("left", text) for text in _left(row, update)[:1])
    yield from (("done", text) for text in _done(update))
    yield from _elapsed(row)
    yield "bar", "━" * _BAR
    yield from (("name", name) for name in row.names[1:2])
    yield from _next_poll(row)
    yield from (("name", name) for name in row.names[2:])
    yield "bar", "━" * _WIDE_BAR
    yield from (("left", text) for text in _left(row, update)[1:])
    yield from _about(row, update)


def _of_stages(row: Row, update: Update[Any]) -> Facts:
    yield from (("done", text) for text in _done(update)[:1])
    yield from _elapsed(row)
    yield from (*_next_poll(row), *_longer_names(row)[:1])
    yield from (("done", text) for text in _done(update)[1:])
    yield from _longer_names(row)[1:]
    yield from (("left", text) for text in _left(row, update))
    yield from _about(row, update)


def _longer_names(row: Row) -> list[tuple[str, str]]:
    return [("name", name) for name in row.names[1:]]


def _elapsed(row: Row) -> list[tuple[str, str]]:
    return [] if row.elapsed is None else [("elapsed", elapsed_text(row.elapsed))]


def _next(row: Row) -> str:
    if row.update is None or row.update.next_poll is None:
        return ""
    return f"at {row.next_at}" if row.next_at else next_poll_text(row.update.next_poll - row.ago)


def _next_poll(row: Row) -> list[tuple[str, str]]:
    following = _next(row)
    return [("next", f"next poll {following}")] if following else []


def _done(update: Update[Any]) -> list[str]:
    """What is done in the job's own units; of a step also with its name."""
    progress = update.progress
    if update.from_list:
        return ["from the list"]
    if progress is None:
        return []
    if progress.stage is None:
        return [f"{progress.done}" if progress.total is None else f"{progress.done}/{progress.total}"]
    whole = visible(str(progress))
    return list(dict.fromkeys([whole.partition(" (")[0], whole]))


def _left(row: Row, update: Update[Any]) -> list[str]:
    """The time left, and that with its range."""
    eta = update.eta
    if eta is None or update.terminal or eta.value - row.ago <= 0.5:
        return []
    left = f"~{duration_text(round(eta.value - row.ago))} left"
    low, high = (duration_text(max(0.0, one - row.ago)) for one in (eta.low, eta.high))
    return [left] if low == high or eta.value - row.ago < _EXACT else [left, f"{left} ({low} to {high})"]


def _about(row: Row, update: Update[Any]) -> Facts:
    """An unusual fact; of a single job also what set the time of the next poll."""
    alone = row.elapsed is not None and not update.terminal and not update.from_list
    about = update.note or (update.why if alone else "")
    if about:
        yield "why", visible(about)
