"""
What rules ask their driver for, and what it gives back.

An operation is a generator: it yields commands, and is sent the result of each. It does no I/O and reads no clock, so
the same operation runs in a thread, an event loop, a fleet, an engine or in virtual time.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from attrs import frozen

from jobwait._httpx import httpx
from jobwait._model.client import Client
from jobwait._model.service import Ids, Service
from jobwait._model.size_limit import SizeLimit
from jobwait._model.types import Outcome, Update
from jobwait._polling.observation import Observation
from jobwait._sync.wake_up import WakeUp

R = TypeVar("R")


@frozen(eq=False, match_args=False, repr=False)
class Poll:
    """Ask for a job's status, once, in at most *timeout* seconds (None: the client's own), after *attempt* failures."""

    service: Service[Any, Any]
    client: Any
    ids: Ids
    timeout: float | None
    attempt: int = 0

    @property
    def service_name(self) -> str:
        """Whose request it is."""
        return self.service.name

    @property
    def job_id(self) -> str | None:
        """The job that it is about."""
        return self.ids.get(self.service.id)


@frozen(eq=False, match_args=False, repr=False)
class SendRequest:
    """
    Send the request that *build* makes, once.

    bulk: it moves a file; its time is bounded by its bytes, so that it cannot trickle. into: the file that a 2xx body
    goes to, instead of memory. cap: the caller's limit over several
    requests. service_name, job_id, attempt (failures before it): for hooks.
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


@frozen(eq=False, match_args=False, repr=False)
class Sleep:
    """Let *seconds* pass, or less if *wake_up* wakes."""

    seconds: float
    wake_up: WakeUp | None = None


@frozen(eq=False, match_args=False, repr=False)
class Notify:
    """Pass *update* to the caller's function *to*, if any, and to hooks; the last one of a wait has an *outcome*."""

    update: Update[Any]
    to: Callable[[Update[Any]], object] | None = None
    warning: str | None = None
    outcome: Outcome[Any] | None = None


@frozen(eq=False, match_args=False, repr=False)
class Gather:
    """Run *operations* concurrently, at most *most* at once; the value is the list of what they return."""

    operations: Sequence[Operation[Any]]
    most: int


@frozen(eq=False, match_args=False, repr=False)
class Result:
    """
    What came of a command, at *now* on the driver's monotonic clock and *wall* in seconds since the epoch.

    value: of a Poll or SendRequest the response, read, or what went wrong. A Poll may also have the observation that a
    list gave, or None where the wait must end before there was room to send it. Of a Gather the list.
    """

    now: float
    wall: float
    value: httpx.Response | Observation[Any] | list[Any] | Exception | None = None


Command: TypeAlias = Poll | SendRequest | Sleep | Notify | Gather
Operation: TypeAlias = Generator[Command, Result, R]
