"""
The words in which rules and drivers talk.

A script is a generator that yields steps and is told, at each, what happened and when. It does no I/O and owns no
clock, so the same script runs under a thread, an event loop, a fleet, an engine, or in virtual time.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

import httpx
from attrs import frozen

from jobwait._http.partial_file import Cap
from jobwait._model.service import Ids, Service
from jobwait._model.types import Outcome, Update
from jobwait._polling.observation import Reading

R = TypeVar("R")


class Client(Protocol):
    """What jobwait needs of a generated client: two pools, and the name of the header that holds the key."""

    auth_header_name: str
    timeout: httpx.Timeout

    @property
    def base_url(self) -> str:
        """The address of the service."""
        ...

    @property
    def renews_key(self) -> bool:
        """Whether each build reads the key anew."""
        ...

    def get_httpx_client(self) -> httpx.Client:
        """The pool for threads."""
        ...

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The pool of the running event loop."""
        ...


class Signal(Protocol):
    """How a wait is told to stop from outside; `_stop` has the one implementation."""

    def set(self) -> None:
        """End the wait."""
        ...

    def is_set(self) -> bool:
        """Whether somebody asked."""
        ...

    def notify(self, wake: Callable[[], object]) -> Callable[[], None]:
        """Have *wake* called when this is set; returns the way to take that back."""
        ...

    def wait(self, timeout: float) -> bool:
        """Block this thread for at most *timeout* seconds."""
        ...

    async def wait_async(self, timeout: float) -> bool:  # noqa: ASYNC109
        """Suspend this task for at most *timeout* seconds."""
        ...


@frozen(eq=False, match_args=False, repr=False)
class Poll:
    """Ask for a job's status, exactly once, in at most *timeout* seconds (None: the client's own)."""

    service: Service[Any, Any]
    client: Any
    ids: Ids
    timeout: float | None
    attempt: int = 0  # failures before it


@frozen(eq=False, match_args=False, repr=False)
class SendRequest:
    """
    Send what *build* makes, once.

    A *bulk* request moves a file: its time is bounded by its bytes, so that it cannot drip. With *into*, a 2xx body
    goes to that file and not into memory. *cap* is the caller's own, over several requests.
    """

    client: Any
    build: Callable[[], httpx.Request]
    timeout: float | None = None
    bulk: bool = False
    into: Path | None = None
    cap: Cap | None = None
    service: str = ""  # whose it is, its job and the failures before it: for those who watch
    job_id: str | None = None
    attempt: int = 0


@frozen(eq=False, match_args=False, repr=False)
class Sleep:
    """Let *seconds* pass, or less if *signal* is set meanwhile."""

    seconds: float
    wake_up: Signal | None = None


@frozen(eq=False, match_args=False, repr=False)
class Notify:
    """Tell of *update*, through *to* where there is one, and warn once of what is odd in it; the last has *outcome*."""

    update: Update[Any]
    to: Callable[[Update[Any]], object] | None = None
    warning: str | None = None
    outcome: Outcome[Any] | None = None


@frozen(eq=False, match_args=False, repr=False)
class Gather:
    """Drive *scripts* beside each other, at most so many at once; the reply is the list of what they come to."""

    operations: Sequence[Operation[Any]]
    most: int


@frozen(eq=False, match_args=False, repr=False)
class Result:
    """
    What happened: *now* on the driver's monotonic clock and *wall* on the calendar's, in seconds.

    *reply* answers a Look or a Send: the response, read, or what went wrong. A Look may also be answered with what a
    list said of the job, and with None where the wait must end before there was room to ask. A Beside has its list.
    """

    now: float
    wall: float
    reply: httpx.Response | Reading[Any] | list[Any] | Exception | None = None


Command: TypeAlias = Poll | SendRequest | Sleep | Notify | Gather
Operation: TypeAlias = Generator[Command, Result, R]
