"""A service as data: its status request, the meaning of its statuses, and how often to poll it."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeAlias, TypeVar

from attrs import field, frozen

from jobwait._httpx import httpx
from jobwait._model.limits import Limit, Listing, SerialQueue
from jobwait._model.paths import Path, at_path
from jobwait._model.policy import PollingDefaults
from jobwait._model.status_map import StatusMap, StatusMeaning
from jobwait._model.types import Progress

C = TypeVar("C")
S = TypeVar("S")

Ids: TypeAlias = Mapping[str, str]


@frozen(kw_only=True, eq=False, match_args=False)
class RetryRule:
    """
    Which failed requests may be sent again, as the service documents it.

    max_errors_by_status: by status code, the failures in a row that are allowed, if not the policy's. gap: the least
    seconds between a 5xx and the next request. client_errors: whether a request other than a poll is sent again after a
    408, a 425, or a 429 without Retry-After. error_field: the field that each error body of the service has, if there
    is one. A 4xx is the service's own if its body is a JSON object with that field, and then is final; any other comes
    from a proxy on the way, and is temporary. json_errors: False if the service's errors are not JSON; then every 4xx
    counts as its own.
    """

    __module__ = "jobwait"

    max_errors_by_status: Mapping[int, int] = field(factory=dict)
    gap: float = 0.0
    client_errors: bool = True
    error_field: str | None = None
    json_errors: bool = True


def _reader(value: Path | Callable[[Any], Any]) -> Callable[[Any], Any]:
    return at_path(value) if isinstance(value, str) else value


def _progress_reader(value: tuple[Path, Path] | Callable[[Any], Progress | None]) -> Callable[[Any], Progress | None]:
    if callable(value):
        return value
    done, total = map(at_path, value)

    def read(snapshot: Any) -> Progress | None:
        count = done(snapshot)
        return None if count is None else Progress(count, total(snapshot))

    return read


def _nothing(_: Any) -> None:
    return None


@frozen(kw_only=True, eq=False, match_args=False)
class Service(Generic[C, S]):
    """
    What jobwait needs to know of a service to wait for its jobs.

    name: its name in errors, limits and tokens. poll: makes the status request of a client and the ids. parse: makes
    the snapshot of the response. status, job_id_of, reason, size and progress read the snapshot, each by a function or
    a path: status="status", progress=("done", "total"). statuses: the meaning of each raw status. defaults: how often
    to poll. id: which of the ids is the job's own. status_path: the path of the status in the JSON of a response that
    does not decode. retry: which failed requests are sent again.

    live_statuses: whether the service documents the statuses of jobs that still run. has_queue_phase: whether jobs
    queue so long that the history of durations should be about the run alone. judge: the state and the raw status of a
    response and its snapshot, where the status alone does not decide; missing_status: the raw status it gives where the
    snapshot has none. hint: the seconds to the next poll that a snapshot asks for; time_left: to the end of the job,
    as it estimates. conditional: whether polls have If-None-Match where a response had an ETag. poll_within: as poll,
    where the seconds that the request may take go into it. link_hosts: the hosts whose signed links are followed.
    handle: makes the handle of a JobState; None: a plain Job. limit, listing, serial_queue: for polling many jobs.
    optional_ids: those of the ids that only a list needs. key_variable, url_variable: environment variables. cancel:
    makes the request that cancels a job. declared_in: where its users may edit the declaration, for messages; empty:
    nowhere.
    """

    __module__ = "jobwait"

    name: str
    poll: Callable[[C, Ids], httpx.Request]
    parse: Callable[[httpx.Response], S]
    status: Callable[[S], Any] = field(converter=_reader)
    statuses: StatusMap
    defaults: PollingDefaults
    handle: Callable[..., Any] | None = None
    id: str = "job_id"
    status_path: Path = "status"
    progress: Callable[[S], Progress | None] = field(default=_nothing, converter=_progress_reader)
    reason: Callable[[S], str | None] = field(default=_nothing, converter=_reader)
    size: Callable[[S], float | None] = field(default=_nothing, converter=_reader)
    job_id_of: Callable[[S], object] = field(default=_nothing, converter=_reader)
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
    cancel: Callable[[C, Ids], httpx.Request] | None = None
    judge: Callable[[httpx.Response, S], tuple[StatusMeaning, str]] | None = None
    missing_status: str = ""
    hint: Callable[[S], float | None] | None = None
    time_left: Callable[[S], float | None] | None = None
    conditional: bool = False
    poll_within: Callable[[C, Ids, float], httpx.Request] | None = None
    declared_in: str = ""
