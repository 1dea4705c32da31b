"""The rows of a tracker as the command prints them."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from jobwait._model.status_map import state_text
from jobwait.cli.exits import complain
from jobwait.cli.job_names import name_by_ids
from jobwait.cli.output import Output
from jobwait.cli.rows.table import Column, age, iso, print_rows
from jobwait.cli.services import Own
from jobwait.errors import InvalidInput

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


def keys_of(tracker: Tracker, given: Iterable[str]) -> list[str]:
    """
    The key of each row that is *given* by its key or its name, each once; what is neither stays as it is.

    Raises InvalidInput if one is the name or the key of several rows.
    """
    wanted = dict.fromkeys(given)
    by_key: dict[str, list[str]] = {}
    by_name: dict[str, list[str]] = {}
    for row in tracker:
        for found, one in ((by_key, row.key), (by_name, name_of_tracked(row))):
            if one in wanted:
                found.setdefault(one, []).append(row.key)
    return list(dict.fromkeys(_only_key(one, by_key.get(one) or by_name.get(one, [one])) for one in wanted))


def _only_key(name: str, keys: Sequence[str]) -> str:
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        fact = (
            f"Several jobs have the key {twice}: they are at different addresses of the service, with one account name."
        )
        raise InvalidInput(f"{fact} Keep the jobs of each address in a file of their own, named with --file.")
    if len(keys) > 1:
        more = f" or {len(keys) - SHOWN} others" if len(keys) > SHOWN else ""
        listed = ", ".join(map(shlex.quote, keys[:SHOWN]))
        raise InvalidInput(f"Several jobs have the name {name!r:.80}: give a key, one of {listed}{more}.")
    return keys[0]


def own_key(tracked: Tracked) -> str:
    """The caller's key of the job; empty if the tracker made it."""
    made = f"{tracked.service}/{tracked.account}/{tracked.job_id or tracked.number}"
    return "" if tracked.key == made else tracked.key


def state_of(tracked: Tracked) -> str:
    """The state of the job, or how the last wait for it ended if that says more."""
    tried = tracked.state == "waiting" and tracked.last_wait in _TRIED
    state = str(tracked.last_wait) if tried else tracked.state
    return state_text(state, tracked.error_reason if state == "unreachable" else None)


def is_not_found(tracked: Tracked) -> bool:
    """Whether the service did not know the job when it was asked last."""
    return tracked.error_reason == "not_found" and "unreachable" in {tracked.state, tracked.last_wait}


def word_of(tracked: Tracked) -> str:
    """The state as programs read it, in pipes and in JSON."""
    return state_of(tracked).replace(" ", "_")


def columns(own: Own | None = None) -> tuple[Column, ...]:
    """The columns of tracked jobs, in the order that docs/cli.md has."""
    return (
        Column("job", lambda row: job_name(row, own), lambda row: job_name(row, own) or "(no id)"),
        Column("state", word_of, lambda row: state_of(row).replace("_", " ")),
        Column("first known", lambda row: iso(row.started), lambda row: age(row.started)),
        Column("", lambda row: iso(row.seen_at)),
        Column("", lambda row: str(row.polls)),
        Column("key", lambda row: row.key, lambda row: row.key if row.state in _IN_DOUBT else own_key(row)),
        Column("why", lambda row: row.reason or ""),
    )


def print_tracked(rows: Collection[Tracked], output: Output, own: Own | None = None) -> None:
    """Print *rows*, of which the types of JSON are `tracked`."""
    for row in rows:
        output.json("tracked", **facts(row, own))
    print_rows(rows, columns(own), output)


def print_end(
    tracker: Tracker,
    output: Output,
    file: str,
    options: str,
    own: Own | None = None,
    *,
    ended: Iterable[Tracked] = (),
    told: Collection[int] = (),
) -> list[str]:
    """
    Print the rows that have *ended* and those still open, but for the rows *told* before, as one table.

    How the last wait for each open one ended. *file* names the tracker's file
    in a command line, *options* also the declared jobs and the account.
    """
    still: list[Tracked] = []
    followed = 0
    for tracked in tracker.pending():
        output.json("open", **facts(tracked, own))
        if tracked.owner is not None:
            followed += 1
        elif tracked.last_wait is not None:
            still.append(tracked)
    if output.chatty:
        print_rows([*ended, *(one for one in still[:SHOWN] if one.number not in told)], columns(own), output)
        _say_open(tracker, still, followed, file, options)
    return [str(one.last_wait) for one in still]


def _say_open(tracker: Tracker, still: Collection[Tracked], followed: int, file: str, options: str) -> None:
    lost = [one for one in still if is_not_found(one)]
    count = len(still) - len(lost)
    if len(still) > SHOWN:
        complain(f"{len(still) - SHOWN} more are not shown; see: jobwait track list --pending")
    if count:
        complain(f"{count} still open; go on with: jobwait track run{options}")
    if lost:
        names = " ".join(map(shlex.quote, _arguments(tracker, lost[:SHOWN])))
        fact = f"{len(lost)} not found: correct the key or the address and run again, or give up with"
        complain(f"{fact}: jobwait track drop {names}{file}")
    if followed:
        complain(f"{followed} followed by other processes; --standby waits for them.")


def _arguments(tracker: Tracker, rows: Iterable[Tracked]) -> list[str]:
    """What keys_of() takes for each of *rows*: its name, or its key where other rows have that name too."""
    used = Counter(map(name_of_tracked, tracker))
    return [name if used[name := name_of_tracked(row)] == 1 else row.key for row in rows]


def facts(tracked: Tracked, own: Own | None = None) -> dict[str, Any]:
    """What JSON has of a row; docs/cli.md describes each key."""
    keys = ("service", "job_id", "polls", "key", "account", "ids", "state", "reason", "last_wait")
    found = {name: getattr(tracked, name) for name in keys}
    times = {"started": iso(tracked.started) or None, "seen_at": iso(tracked.seen_at) or None}
    known = name_by_ids(tracked.service, tracked.ids, own or {})
    name = None if known is None else str(known)
    owner = tracked.owner if tracked.state in {"waiting", "intent"} else None  # not the run that prints an outcome
    more = {"owner": owner, "error_reason": tracked.error_reason, "listed_as": word_of(tracked), "name": name}
    return {**found, **more, **times}
