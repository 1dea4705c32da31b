"""What a service documents about polling many jobs: its rate limit, its list of jobs, its queue."""

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
    A rate limit: at most *requests* within any period of *seconds*.

    apart: each operation is counted by itself. shared: requests are counted by client address, not by key, so all
    accounts on one machine share the limit. Raises InvalidInput unless requests >= 1 and seconds is above 0 and finite.
    """

    __module__ = "jobwait"

    requests: int
    seconds: float = 1.0
    apart: bool = False
    shared: bool = False

    def __attrs_post_init__(self) -> None:
        if not (self.requests >= 1 and 0 < self.seconds < float("inf")):
            fact = "A limit is at least one request in a positive number of seconds"
            raise InvalidInput(f"{fact}, not {self.requests} in {self.seconds}.")


@frozen
class Listed(Generic[S]):
    """One job in a list; *snapshot* is None unless the list has all that the response to a poll would have."""

    __module__ = "jobwait"

    job_id: str
    raw_status: str
    snapshot: S | None = None


@frozen(kw_only=True)
class Listing(Generic[C, S]):
    """
    A list request, which reports many jobs at once.

    group(ids): a key that is equal for all jobs of one list; None if the ids are not enough to list the job.
    build(client, ids, page, status): the request for a page, counted from 1, of all jobs, or with *by_status* of those
    with one raw status. read(response, known): the listed jobs, and whether there are more pages; *known* has the ids
    of our jobs, by job id.
    """

    __module__ = "jobwait"

    group: Callable[[Mapping[str, str]], Hashable | None]
    build: Callable[[C, Mapping[str, str], int, str | None], httpx.Request]
    read: Callable[[httpx.Response, Mapping[str, Mapping[str, str]]], tuple[Sequence[Listed[S]], bool]]
    by_status: bool = False


@frozen(kw_only=True)
class SerialQueue(Generic[S]):
    """
    The queue of a service that runs one job of an account at a time.

    waiting: the raw statuses of jobs that cannot end before the jobs ahead of them; place(snapshot) orders them.
    running: the raw statuses of the job that runs.
    """

    __module__ = "jobwait"

    waiting: frozenset[str]
    running: frozenset[str]
    place: Callable[[S], Any]
