"""A service as data: which call reports a job, what its statuses mean, how patient its vendor wants us to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import httpx
from attrs import field, frozen

from jobwait._model.limits import Limit, Listing, SerialQueue
from jobwait._model.policy import PollingDefaults
from jobwait._model.types import Progress

C = TypeVar("C")
S = TypeVar("S")

Ids: TypeAlias = Mapping[str, str]
StatusMeaning: TypeAlias = Literal["queued", "running", "succeeded", "failed", "canceled", "unknown"]
TERMINAL: frozenset[str] = frozenset({"succeeded", "failed", "canceled"})


def _plain(status: str) -> str:
    """*status* without what services vary for no reason: case, spaces, hyphens, the second l of canceled."""
    return status.strip().lower().replace("-", "_").replace(" ", "_").replace("cancelled", "canceled")


@frozen(kw_only=True, eq=False, match_args=False)
class StatusMap:
    """What each raw status means. A status in no set is unknown: it never ends a wait."""

    queued: AbstractSet[str] = frozenset()
    running: AbstractSet[str] = frozenset()
    succeeded: AbstractSet[str] = frozenset()
    failed: AbstractSet[str] = frozenset()
    canceled: AbstractSet[str] = frozenset()
    _by_plain: dict[str, StatusMeaning] = field(init=False, repr=False, eq=False, hash=False)

    def __attrs_post_init__(self) -> None:
        names: tuple[StatusMeaning, ...] = ("queued", "running", "succeeded", "failed", "canceled")
        table: dict[str, StatusMeaning] = {}
        for name in names:
            for status in getattr(self, name):
                if table.setdefault(_plain(status), name) != name:
                    raise ValueError(f"status {status!r} stands in two sets of verdicts")
        object.__setattr__(self, "_by_plain", table)

    def of(self, status: object) -> StatusMeaning:
        """The verdict on a raw *status*, whatever type the service sent."""
        return self._by_plain.get(_plain(str(status)), "unknown")


@frozen(kw_only=True, eq=False, match_args=False)
class RetryRule:
    """
    Which failed requests a vendor wants to see again.

    *budgets* maps a status code to the failures in a row that end a wait, where it differs from the policy's;
    *gap* is the least number of seconds between a 5xx and the next request; *client_errors* says whether a 408 or
    425, or a 429 without Retry-After, may be asked again.
    """

    max_errors_by_status: Mapping[int, int] = field(factory=dict)
    gap: float = 0.0
    client_errors: bool = True


@frozen(kw_only=True, eq=False, match_args=False)
class Service(Generic[C, S]):
    """
        One of the vendors' APIs.

    look builds the status request from the ids; parse, status, progress, reason and size read its answer, and named
    tells which job that is about, where it says so. raw_status is the path to the status in an answer that does not
    decode. id names the one of the ids that is the job's. key_variable and url_variable are the environment's names.
    live_statuses says whether the vendor documents the statuses of a job that is still going; phased, whether its
    jobs queue so long that a history tells of the run alone. link_hosts are the hosts whose signed links are followed.
    job makes the page's handle from a course. limit, listing and turns are what is known of asking for many jobs;
    hints are those of the ids that no look needs, but a list.
    """

    name: str
    poll: Callable[[C, Ids], httpx.Request]
    parse: Callable[[httpx.Response], S]
    status: Callable[[S], str]
    statuses: StatusMap
    defaults: PollingDefaults
    job: Callable[..., Any]
    id: str = "job_id"
    raw_status: tuple[str, ...] = ("status",)
    progress: Callable[[S], Progress | None] = lambda _: None
    reason: Callable[[S], str | None] = lambda _: None
    size: Callable[[S], float | None] = lambda _: None
    job_id_of: Callable[[S], object] = lambda _: None
    retry: RetryRule = RetryRule()
    live_statuses: bool = True
    has_queue_phase: bool = False
    link_hosts: tuple[str, ...] = ()
    limit: Limit | None = None
    listing: Listing[C, S] | None = None
    serial_queue: SerialQueue[S] | None = None
    optional_ids: frozenset[str] = frozenset()
    key_variable: str = ""
    url_variable: str = ""


def raw_status(service: Service[Any, Any], document: object) -> object:
    """The status in a decoded JSON *document*, or None where there is none."""
    for name in service.raw_status:
        if not isinstance(document, Mapping) or name not in document:
            return None
        document = document[name]
    return document
