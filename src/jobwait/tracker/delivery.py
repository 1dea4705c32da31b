"""Outcomes given to the caller's function: each by the run that has leased its row."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final, TypeAlias

from jobwait.errors import InvalidInput
from jobwait.tracker.database import Database
from jobwait.tracker.leases import Leases
from jobwait.tracker.rows import Tracked, set_delivered, tracked

OnOutcome: TypeAlias = Callable[[Tracked], object]
BATCH: Final = 100  # outcomes leased in one transaction; the others are free for other runs


def check(on_outcome: OnOutcome | None) -> None:
    """Raise InvalidInput for a coroutine function."""
    if inspect.iscoroutinefunction(on_outcome):
        raise InvalidInput("on_outcome must be a plain function: a coroutine would be noted as called, and not run.")


def deliver(database: Database, leases: Leases, numbers: Iterable[int], on_outcome: OnOutcome) -> Iterator[None]:
    """
    Call *on_outcome* with the outcomes of the rows *numbers*, which *leases* has, and note each that returned.

    A step for each row.
    """
    for number in numbers:
        for row in tracked(database, "jobs.id = ? and delivered = 0 and owner = ?", (number, leases.owner)):
            with leases.keeper.renewing():
                on_outcome(row)
            database.try_write(partial(set_delivered, number=number, owner=leases.owner), queue=True)
        leases.renew()
        yield


def deliver_all(database: Database, leases: Leases, on_outcome: OnOutcome) -> Iterator[None]:
    """Deliver all outcomes, a step for each, that no other run delivers: of an earlier run, or of an ended process."""
    while numbers := database.write(partial(leases.claim, most=BATCH)):
        yield from deliver(database, leases, numbers, on_outcome)
