"""
Commands that operations yield to their driver, and the results that it sends back.

An operation is a generator of commands. It does no I/O and reads no clock, so the same operation runs in a thread, an
event loop, a fleet, an engine or in virtual time. The commands of each poll are tuples, which are soon made.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from attrs import frozen

from jobwait._httpx import httpx
from jobwait._model.client import Client
from jobwait._model.service import Ids, Service
from jobwait._model.size_limit import SizeLimit
from jobwait._model.types import Outcome, Update
from jobwait._polling.observation import Observation
from jobwait._polling.submission import Submission
from jobwait._sync.wake_up import WakeUp

R = TypeVar("R")
LARGE: Final = 1 << 16  # bytes of a response that async code reads in a thread


class Poll(NamedTuple):
    """
    Request a job's status once.

    timeout: seconds, None: the client's own. attempt: the number of failures before. max_retry_after: the longest
    Retry-After, in seconds, that may hold up later requests of the account. wake_up: of the wait, if a client can give
    up what it is asked for when that is set.
    """

    service: Service[Any, Any]
    client: Any
    ids: Ids
    timeout: float | None
    attempt: int = 0
    max_retry_after: float | None = None
    wake_up: WakeUp | None = None

    @property
    def service_name(self) -> str:
        """The name of the service."""
        return self.service.name

    @property
    def job_id(self) -> str | None:
        """The id of the job."""
        return self.ids.get(self.service.id)


@frozen(eq=False, match_args=False, repr=False)
class SendRequest:
    """
    Send the request that *build* makes, once.

    bulk: it transfers a file, and each byte extends its deadline. into: the file for a 2xx body; None: memory. cap: the
    caller's limit over several requests. service_name, job_id, attempt (the number of failures before): for hooks.
    counts_as: the service and the operation whose rate limit it counts against; None: it is not paced.
    once: of a request that must not be sent twice, where its sender notes how far it has got.
    """

    client: Client
    build: Callable[[], httpx.Request]
    timeout: float | None = None
    bulk: bool = False
    into: Path | None = None
    cap: SizeLimit | None = None
    service_name: str = ""
    job_id: str | None = None
    attempt: int = 0
    counts_as: tuple[Service[Any, Any], str] | None = None
    once: Submission | None = None


class Sleep(NamedTuple):
    """Sleep for *seconds*, or until *wake_up* wakes. left: seconds to the deadline of the wait; None: it has none."""

    seconds: float
    wake_up: WakeUp | None = None
    left: float | None = None


class Notify(NamedTuple):
    """
    Pass an update to the function *to*, if any, and to hooks. The last one of a wait has an *outcome*.

    make: makes the update, which nobody may want. same_status: the status is that of the update before, so it is logged
    at DEBUG. changed: False if the update is of another poll that showed nothing new; then *to* is a display, and hooks
    are not told.
    """

    make: Callable[[], Update[Any]]
    to: Callable[[Update[Any]], object] | None = None
    warning: str | None = None
    outcome: Outcome[Any] | None = None
    same_status: bool = False
    changed: bool = True

    @property
    def update(self) -> Update[Any]:
        """The update, made anew."""
        return self.make()


@frozen(eq=False, match_args=False, repr=False)
class Gather:
    """
    Run *operations* concurrently, at most *most* at once; the result is the list of their return values.

    stop: if the caller is interrupted, it is set, no more operations begin, and those that have begun are completed.
    each: called in the caller's thread with the number and the return value of each operation that has ended.
    """

    operations: Sequence[Operation[Any]]
    most: int
    stop: WakeUp | None = None
    each: Callable[[int, Any], object] | None = None


@frozen(eq=False, match_args=False, repr=False)
class Compute:
    """Call *work*, which needs the CPU for long or waits for a disk: in an event loop, in a thread of its own."""

    work: Callable[[], object]


class Result(NamedTuple):
    """
    The result of a command, at *now* on the driver's monotonic clock and *wall* in seconds since the epoch.

    value: of a Poll or SendRequest the response, read, or the error. Of a Poll also an observation from a list poll, or
    None if the deadline came before it could be sent, or a stop before a function had returned. Of a Gather the list of
    return values. sent: when a Poll was sent, if not as soon as it was yielded: it waited for its turn.
    """

    now: float
    wall: float
    value: httpx.Response | Observation[Any] | list[Any] | Exception | None = None
    sent: float | None = None


Command: TypeAlias = Poll | SendRequest | Sleep | Notify | Gather | Compute
Operation: TypeAlias = Generator[Command, Result, R]


def compute(work: Callable[[], R]) -> Operation[R]:
    """
    What *work* returns, or raises; async code calls it in a thread, as an event loop is not to be held.

    A cancellation does not wait for it: it may still run when the operation has ended.
    """
    found: list[R] = []
    yield Compute(lambda: found.append(work()))
    return found[0]
