"""Many jobs in one call: any mix of services and accounts, each by the rules of a single wait."""

from jobwait._model.limits import Limit
from jobwait._sync.wake_up import Stop
from jobwait.fleet.functions import (
    as_completed,
    as_completed_async,
    updates,
    updates_async,
    wait_all,
    wait_all_async,
)

__all__ = [
    "Limit",
    "Stop",
    "as_completed",
    "as_completed_async",
    "updates",
    "updates_async",
    "wait_all",
    "wait_all_async",
]
