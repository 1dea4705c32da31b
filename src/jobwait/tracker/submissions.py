"""A submission on file: that it was meant before it is sent, and what is known where no certain answer came."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jobwait._polling.job_state import host_of
from jobwait.errors import SubmitUnconfirmed
from jobwait.tracker import rows as _rows
from jobwait.tracker.database import Store
from jobwait.tracker.process import this_process


def intend(store: Store, service: str, account: str, client: Any, key: str | None) -> int | None:
    """Note that a job is about to be submitted; its number, or None where one with that *key* is on file."""
    host, name, wall = host_of(client), this_process(), time.time()
    number: int | None = store.write(
        lambda db: _rows.intend(db, key, _rows.account(db, service, account, host), name, wall)
    )
    return number


@contextmanager
def given_up(store: Store, number: int) -> Iterator[None]:
    """Whatever ends the submission within: its intent tells, whether it was refused or nobody knows."""
    try:
        yield
    except SubmitUnconfirmed as error:
        doubt, ids = str(error), dict(error.ids)
        store.write_later(lambda db: _rows.give_up(db, number, "unresolved", doubt, ids))
        raise
    except Exception as error:
        refusal = str(error)
        store.write_later(lambda db: _rows.give_up(db, number, "refused", refusal, {}))
        raise
    except BaseException:
        store.write_later(lambda db: _rows.give_up(db, number, "unresolved", "it was interrupted", {}))
        raise
