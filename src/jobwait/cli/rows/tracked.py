"""The rows of a tracker as the command prints them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from jobwait._model.types import state_text
from jobwait.cli.exits import complain
from jobwait.cli.job_names import name_by_ids
from jobwait.cli.output import Output
from jobwait.cli.rows.table import Column, age, iso, print_rows
from jobwait.cli.services import Own

if TYPE_CHECKING:
    from jobwait.tracker import Tracked, Tracker

SHOWN: Final = 20  # open jobs of which a run prints a line each
_IN_DOUBT: Final = ("intent", "unresolved")  # `jobwait track settle` takes the key, also one that the tracker made
_TRIED: Final = ("needs_input", "unreachable")  # endings of the last wait that say more than "waiting"


def job_name(tracked: Tracked, own: Own | None = None) -> str:
    """The name of the job as a command takes it; empty for a submission of which no id is known."""
    return str(name_by_ids(tracked.service, tracked.ids, own or {}) or "")


def name_of_tracked(tracked: Tracked, own: Own | None = None) -> str:
    """The name of the job; the key of a submission of which no id is known."""
    return job_name(tracked, own) or tracked.key


def own_key(tracked: Tracked) -> str:
    """The caller's key of the job; empty if the tracker made it."""
    made = f"{tracked.service}/{tracked.account}/{tracked.job_id or tracked.number}"
    return "" if tracked.key == made else tracked.key


def state_of(tracked: Tracked) -> str:
    """The state of the job, or how the last wait for it ended if that says more."""
    tried = tracked.state == "waiting" and tracked.last_wait in _TRIED
    state = str(tracked.last_wait) if tried else tracked.state
    return state_text(state, tracked.error_reason if state == "unreachable" else None)


def columns(own: Own | None = None) -> tuple[Column, ...]:
    """The columns of tracked jobs, in the order that docs/cli.md has."""
    return (
        Column("job", lambda row: job_name(row, own), lambda row: job_name(row, own) or "(no id)"),
        Column("state", lambda row: state_of(row).replace(" ", "_"), lambda row: state_of(row).replace("_", " ")),
        Column("since", lambda row: iso(row.started), lambda row: age(row.started)),
        Column("", lambda row: iso(row.seen_at)),
        Column("", lambda row: str(row.polls)),
        Column("key", lambda row: row.key if row.state in _IN_DOUBT else own_key(row)),
        Column("why", lambda row: row.reason or ""),
    )


def print_tracked(rows: Iterable[Tracked], output: Output, own: Own | None = None, kind: str = "tracked") -> None:
    """Print *rows*, in JSON as objects of this *kind*."""

    def told() -> Iterator[Tracked]:
        for row in rows:
            output.json(kind, **facts(row, own))
            yield row

    if output.chatty:
        print_rows(told(), columns(own), output)
    else:
        for _ in told():
            pass


def print_open(
    tracker: Tracker, output: Output, again: str, own: Own | None = None, told: Collection[int] = ()
) -> list[str]:
    """Print which jobs are still open and why, but for the rows *told* before; how the last wait for each ended."""
    states: list[str] = []
    shown: list[Tracked] = []
    followed = 0
    for tracked in tracker.pending():
        output.json("open", **facts(tracked, own))
        if tracked.owner is not None:
            followed += 1
        elif tracked.last_wait is not None:
            states.append(tracked.last_wait)
            shown.append(tracked)
    print_rows([one for one in shown[:SHOWN] if one.number not in told], columns(own), output)
    if output.chatty:
        _say_open(len(states), followed, again)
    return states


def _say_open(count: int, followed: int, again: str) -> None:
    if count > SHOWN:
        complain(f"{count - SHOWN} more are still open; see: jobwait track list --pending")
    if count:
        complain(f"{count} still open; go on with: {again}")
    if followed:
        complain(f"{followed} followed by other processes; --standby waits for them.")


def facts(tracked: Tracked, own: Own | None = None) -> dict[str, Any]:
    """What JSON has of a row; docs/cli.md describes each key."""
    keys = ("service", "job_id", "polls", "key", "account", "ids", "state", "reason", "last_wait")
    found = {name: getattr(tracked, name) for name in keys}
    times = {"started": iso(tracked.started) or None, "seen_at": iso(tracked.seen_at) or None}
    known = name_by_ids(tracked.service, tracked.ids, own or {})
    name = None if known is None else str(known)
    owner = tracked.owner if tracked.state in {"waiting", "intent"} else None  # not the run that prints an outcome
    return {**found, "owner": owner, "error_reason": tracked.error_reason, "name": name, **times}
