"""What a service states of asking for many jobs at once: its limits, its list, its queue."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from attrs import frozen

from jobwait._httpx import httpx
from jobwait.errors import InvalidInput

C = TypeVar("C")
S = TypeVar("S")


@frozen
class Limit:
    """
    At most *requests* within any *seconds*.

    *apart* says that each operation has an allowance of its own. *shared* says that it counts by the caller's address
    and not by the key, so that all accounts of one machine share it.
    """

    requests: int
    seconds: float = 1.0
    apart: bool = False
    shared: bool = False

    def __attrs_post_init__(self) -> None:
        if not (self.requests >= 1 and 0 < self.seconds < float("inf")):
            raise InvalidInput(
                f"A limit is at least one request in a positive number of seconds, not {self.requests} in "
                f"{self.seconds}."
            )


@frozen
class Listed(Generic[S]):
    """What a list says of one job; *snapshot* is there only where it says as much as a look would."""

    job_id: str
    raw_status: str
    snapshot: S | None = None


@frozen(kw_only=True)
class Listing(Generic[C, S]):
    """
    An operation that answers for a page of jobs at once.

    *group* is what one list covers, as the ids of a job tell it, or None where they tell too little. *build* makes the
    request for a page, from 1, of the jobs with one raw status where *by_status*, else of all. *read* takes its
    answer: what it says, given what is known of the jobs by their ids, and whether there are more pages.
    """

    group: Callable[[Mapping[str, str]], Hashable | None]
    build: Callable[[C, Mapping[str, str], int, str | None], httpx.Request]
    read: Callable[[httpx.Response, Mapping[str, Mapping[str, str]]], tuple[Sequence[Listed[S]], bool]]
    by_status: bool = False


@frozen(kw_only=True)
class SerialQueue(Generic[S]):
    """
    Of a service that runs one job of an account at a time.

    A job whose raw status is in *waiting* cannot end before those ahead of it have; *place* orders them. The one whose
    status is in *running* has the turn.
    """

    waiting: frozenset[str]
    running: frozenset[str]
    place: Callable[[S], Any]
