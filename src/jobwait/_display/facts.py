"""What there is to say of one job, the most important first: a line takes as much of it as there is room for."""

import re
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
from jobwait._model.status_map import TERMINAL, state_text
from jobwait._model.types import Estimate, Update, end_of, tried
from jobwait._text import visible

Facts: TypeAlias = Iterator[tuple[str, str]]
"""Slots of a line with their texts; a later text of a slot is a longer one."""

SHORT: Final = 8  # characters of an id that tell jobs apart
_REASON: Final = 24  # columns that a reason takes at least
_LEAST_BAR, _LONGEST_BAR, _OF_BAR = 5, 40, 6  # columns of a bar, which has that part of the width
_STEP: Final = re.compile(r"\. (?:Fix the cause, then submit|Submit it again if|Look there for) [^.]*\.$")
_COUNTED_DOWN: Final = re.compile(r" s are left$")  # the line has the time that is left now
_EXACT: Final = 10.0  # seconds; a shorter time left has no range


@frozen
class Row:
    """
    A job: its *names* from the shortest to the longest, the latest *update* and how many seconds *ago* that was.

    elapsed: seconds since the wait began; None: it is not shown. next_at: the time of the next poll, where the line
    stands still until then. first_poll: seconds to the first one. name_width, state_width: columns that these take at
    least, in a table.
    """

    names: tuple[str, ...]
    update: Update[Any] | None = None
    ago: float = 0.0
    elapsed: float | None = None
    next_at: str = ""
    first_poll: float | None = None
    name_width: int = 0
    state_width: int = 0


def facts_of(row: Row, width: int) -> Facts:
    """What there is to say of the job of *row* on a line of *width* columns."""
    update = row.update
    yield "name", row.names[0]
    if update is not None and update.failures and not update.terminal:
        yield from _of_outage(row, update)
        return
    if update is not None and _has_bar(update):
        yield from _of_counts(row, update, width)
        return
    yield "state", state_of(update)
    if update is None:
        if row.first_poll is not None:
            yield "state", f"{state_of(update)} · first poll {next_poll_text(row.first_poll)}"
        yield from (*_longer_names(row)[:1], *_elapsed(row), *_longer_names(row)[1:])
    elif update.terminal and update.state != "succeeded":
        yield from _of_failure(row, update)
    else:
        yield from _of_stages(row, update)


def _has_bar(update: Update[Any]) -> bool:
    if update.progress is None or update.from_list or share_of(update) is None:
        return False
    return not update.terminal or update.state == "succeeded"


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
    """Why the job did not succeed, without its name, its state and the next step."""
    text = end_of(update)
    return _STEP.sub(".", text) if update.state in TERMINAL else text


def _of_outage(row: Row, update: Update[Any]) -> Facts:
    kind, _, reason = update.failure.partition(" (")
    short, following = reason.removesuffix(")") or kind, _next(row)
    times = tried(short, update.failures)
    whole = outage_text(update, following)
    texts = (kind, short, times, f"{times}, next {following}" if following else times, whole)
    yield from (("state", text) for text in texts)
    yield from (*_longer_names(row)[:1], *_elapsed(row), *_longer_names(row)[1:])
    if update.state != "unknown":
        yield "why", f"was {update.state}" + (f", {update.progress}" if update.progress else "")


def _of_failure(row: Row, update: Update[Any]) -> Facts:
    yield from (("done", text) for text in _done(update)[:1])
    yield from _longer_names(row)[:1]
    if update.why:
        yield "why", within(reason_of(update), _REASON)
    yield from (*_elapsed(row), *_longer_names(row)[1:])


def _of_counts(row: Row, update: Update[Any], width: int) -> Facts:
    """The bar's length follows from the width alone: it does not shrink where a wider screen has more facts."""
    state = [("state", state_of(update))]
    left = [("left", text) for text in left_texts(update, row.ago)]
    implied = row.elapsed is not None and update.state == "running" and not update.stalled
    yield from [] if implied else state
    yield "percent", percent(share_of(update) or 0.0)
    yield from left[:1]
    yield "bar", "━" * max(_LEAST_BAR, min(width // _OF_BAR, _LONGEST_BAR))
    yield from (*(state if implied else ()), *_longer_names(row)[:1])
    yield from (("done", text) for text in _done(update))
    yield from (*_elapsed(row), *_longer_names(row)[1:], *_next_poll(row), *left[1:])
    yield from _about(row, update)


def _of_stages(row: Row, update: Update[Any]) -> Facts:
    yield from (("done", text) for text in _done(update)[:1])
    yield from (*_longer_names(row)[:1], *_elapsed(row), *_next_poll(row))
    yield from (("done", text) for text in _done(update)[1:])
    yield from _longer_names(row)[1:]
    yield from (("left", text) for text in left_texts(update, row.ago))
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


def left_texts(update: Update[Any], ago: float) -> list[str]:
    """The time left by the *update* of so many seconds *ago*, and that with its range."""
    return [] if update.eta is None or update.terminal else left_of(update.eta, ago)


def left_of(eta: Estimate, ago: float = 0.0) -> list[str]:
    """The time left by the estimate of so many seconds *ago*, and that with its range; empty once it has passed."""
    if eta.value - ago <= 0.5:
        return []
    left = f"~{duration_text(round(eta.value - ago))} left"
    low, high = (duration_text(max(0.0, one - ago)) for one in (eta.low, eta.high))
    return [left] if low == high or eta.value - ago < _EXACT else [left, f"{left} ({low} to {high})"]


def _about(row: Row, update: Update[Any]) -> Facts:
    """An unusual fact; of a single job also what set the time of the next poll."""
    alone = row.elapsed is not None and not update.terminal and not update.from_list
    why = "; ".join(part for part in update.why.split("; ") if not _COUNTED_DOWN.search(part))
    about = update.note or (why if alone else "")
    if about:
        yield "why", visible(about)
