"""The columns of the live table: what each says of a job's latest update."""

from collections.abc import Callable
from typing import Any, Final

from attrs import frozen
from rich.text import Text

from jobwait._display.lines import bar, duration_text, share_of
from jobwait._model.types import Update, state_text
from jobwait._text import visible

_STYLES = {
    "succeeded": "green",
    "failed": "red",
    "unreachable": "red",
    "canceled": "yellow",
    "needs_input": "yellow",
    "timed_out": "yellow",
}
_BAR: Final = 12  # characters


@frozen
class Row:
    """A job in the table: its *name*, the latest *update* and how many seconds *ago* that was."""

    name: str
    update: Update[Any] | None = None
    ago: float = 0.0


@frozen
class Column:
    """A column of the table."""

    title: str
    from_width: int  # the least width of a screen that has room for it
    text: Callable[[Update[Any], float], Text]  # for an update and its age in seconds
    elastic: bool = False  # whether it gets the width that the others leave


def cells_of(row: Row, columns: list[Column]) -> list[Text]:
    """The name of the job, and its cell in each of *columns*."""
    if row.update is None:
        return [Text(row.name), Text("…"), *(Text() for _ in columns[1:])]
    return [Text(row.name), *(column.text(row.update, row.ago) for column in columns)]


def columns_for(width: int) -> list[Column]:
    """The columns that a screen of *width* characters has room for, beside the job's name."""
    return [column for column in _COLUMNS if width >= column.from_width]


def _state(update: Update[Any], _ago: float) -> Text:
    if update.stalled:
        return Text("stalled", "yellow")
    return Text(state_text(update.state, update.reason).replace("_", " "), _STYLES.get(update.state, ""))


def _bar(update: Update[Any], _ago: float) -> Text:
    filled, empty = bar(share_of(update), _BAR)
    return Text.assemble((filled, "green"), (empty, "bright_black"))


def _rate(update: Update[Any], _ago: float) -> Text:
    if update.rate is None:
        return Text()
    rate = update.rate.value
    return Text(f"{rate:.1f}/s" if rate >= 0.1 else f"{rate * 60:.1f}/min")


def _eta(update: Update[Any], ago: float) -> Text:
    eta = update.eta
    if eta is None or update.terminal:
        return Text()
    value, low, high = (duration_text(max(0.0, seconds - ago)) for seconds in (eta.value, eta.low, eta.high))
    return Text(value if low == high else f"{value} ({low} to {high})")


def _next_poll(update: Update[Any], ago: float) -> Text:
    if update.next_poll is None:
        return Text()
    left = update.next_poll - ago
    return Text(f"in {duration_text(left)}" if left > 0 else "any moment")


def _why(update: Update[Any], _ago: float) -> Text:
    return Text(visible("; ".join(filter(None, (update.note, update.why)))), "bright_black")


_COLUMNS: Final = (
    Column("state", 0, _state),
    Column("", 72, _bar),
    Column("done", 36, lambda update, _ago: Text(visible(str(update.progress or ""))), elastic=True),
    Column("rate", 100, _rate),
    Column("ETA", 84, _eta),
    Column("next poll", 60, _next_poll),
    Column("why", 120, _why, elastic=True),
)
