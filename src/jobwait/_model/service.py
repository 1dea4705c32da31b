"""A service as data: which call reports a job, what its statuses mean, how often its vendor wants to be polled."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from attrs import field, frozen

from jobwait._httpx import httpx
from jobwait._model.limits import Limit, Listing, SerialQueue
from jobwait._model.policy import PollingDefaults
from jobwait._model.types import Progress

C = TypeVar("C")
S = TypeVar("S")

Ids: TypeAlias = Mapping[str, str]
StatusMeaning: TypeAlias = Literal["queued", "running", "succeeded", "failed", "canceled", "unknown"]
Path: TypeAlias = str
"""Names joined by dots, each of an attribute or of a key: "status", "progress.done"."""
TERMINAL: Final[frozenset[str]] = frozenset({"succeeded", "failed", "canceled"})
_REMEMBERED: Final = 256  # raw statuses whose meaning is looked up once


class StatusMap:
    """
    What each raw status means: `StatusMap(running={"RUNNING"}, succeeded={"DONE"})`.

    Case, spaces, hyphens and the second l of "cancelled" make no difference. A status in no set is "unknown": it never
    ends a wait. Raises ValueError if a status is in two sets.
    """

    def __init__(
        self,
        *,
        queued: AbstractSet[str] = frozenset(),
        running: AbstractSet[str] = frozenset(),
        succeeded: AbstractSet[str] = frozenset(),
        failed: AbstractSet[str] = frozenset(),
        canceled: AbstractSet[str] = frozenset(),
    ) -> None:
        self.queued, self.running = queued, running
        self.succeeded, self.failed, self.canceled = succeeded, failed, canceled
        names: tuple[StatusMeaning, ...] = ("queued", "running", "succeeded", "failed", "canceled")
        meanings: dict[str, StatusMeaning] = {}
        for name in names:
            for status in getattr(self, name):
                if meanings.setdefault(_plain(status), name) != name:
                    raise ValueError(f"status {status!r} stands in two sets of the status map")
        self.known = _Known(meanings)

    def of(self, status: object) -> StatusMeaning:
        """The meaning of a raw *status*, whatever type the service sent."""
        return self.known[str(status)]


class _Known(dict[str, StatusMeaning]):
    """The meaning of each raw status that came so far, at most so many."""

    def __init__(self, meanings: Mapping[str, StatusMeaning]) -> None:
        self._meanings = meanings

    def __missing__(self, status: str) -> StatusMeaning:
        meaning = self._meanings.get(_plain(status), "unknown")
        if len(self) < _REMEMBERED:
            self[status] = meaning
        return meaning


def _plain(status: str) -> str:
    """*status* without what services vary for no reason."""
    return status.strip().lower().replace("-", "_").replace(" ", "_").replace("cancelled", "canceled")


@frozen(kw_only=True, eq=False, match_args=False)
class RetryRule:
    """
    Which failed requests a vendor wants to see again.

    *max_errors_by_status*: the failures in a row that end a wait, by HTTP status; for others the policy's number holds.
    *gap*: the seconds at least from a 5xx to the next request. *client_errors*: whether a 408, 425, or 429 without
    Retry-After may be sent again.
    """

    max_errors_by_status: Mapping[int, int] = field(factory=dict)
    gap: float = 0.0
    client_errors: bool = True


def at_path(path: Path) -> Callable[[Any], Any]:
    """A function that reads what lies at *path* of a model or a JSON document; None where nothing does."""
    names = path.split(".")

    def read(value: Any) -> Any:
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
        return value

    return read


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
    The API of one vendor, as far as waiting for its jobs needs it.

    name: how errors, limits and tokens name it. poll builds the status request from the client and the ids; parse
    makes the snapshot of the response. status, job_id_of, reason, size and progress read the snapshot, each as a
    function or as a path: status="status", progress=("done", "total"). statuses: what each raw status means. defaults:
    how often to poll. id: which of the ids names the job. status_path: where the status lies in the JSON of a
    response that does not decode. retry: which failed requests the vendor wants to see again.

    live_statuses: whether the vendor documents the statuses of a job that still runs. has_queue_phase: whether its jobs
    queue so long that a history should tell of the run alone. link_hosts: the hosts whose signed links are followed.
    job: makes the handle of a JobState; None: a plain Job. limit, listing, serial_queue: what is known of polling many
    jobs. optional_ids: those of the ids that only a list needs. key_variable, url_variable: names in the environment.
    """

    name: str
    poll: Callable[[C, Ids], httpx.Request]
    parse: Callable[[httpx.Response], S]
    status: Callable[[S], Any] = field(converter=_reader)
    statuses: StatusMap
    defaults: PollingDefaults
    job: Callable[..., Any] | None = None
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
