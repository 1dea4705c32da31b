"""What one response says about a job: its state, even if the rest of the response does not decode."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, Final, Generic, Self, TypeVar

from attrs import define

from jobwait._httpx import httpx
from jobwait._model.paths import at_path
from jobwait._model.service import Service
from jobwait._model.status_map import TERMINAL, StatusMeaning
from jobwait._model.types import Progress
from jobwait._polling.retry.classify import is_expected
from jobwait._polling.retry.retry_after import retry_after
from jobwait._polling.scripted import check_scripted

S = TypeVar("S")

MAX_NUMBER: Final = 2**53  # units, or a size; above it floats skip whole numbers
RETURNED: Final = "jobwait.returned"  # the extension of a response that has what a watched function returned
_HINTS: Final = frozenset({b"retry-after", b"retry-after-ms"})
_JSON: Final = httpx.Headers({"content-type": "application/json"})


class WrongJob(Exception):
    """The response is about another job than the requested one; a proxy or a cache can cause that."""

    def __init__(self, job_id: str, response: httpx.Response) -> None:
        super().__init__(f"it is about job {job_id:.100}")
        self.raw = response.text


@define(eq=False, match_args=False, repr=False, weakref_slot=False)
class CachedSnapshot(Generic[S]):
    """
    A status model, and the response body that it was decoded from.

    `release()` drops the model, as thousands of waiting jobs would need much memory; it is decoded again when needed.
    """

    _model: S | None
    _parse: Callable[[httpx.Response], S] | None = None
    _status: int = 200
    _body: bytes = b""

    @classmethod
    def of(cls, model: S, parse: Callable[[httpx.Response], S], response: httpx.Response) -> Self:
        """The *model* that *parse* decoded from *response*; what a function returned is kept, as no body has it."""
        if RETURNED in response.extensions:
            return cls(model)
        return cls(model, parse, response.status_code, response.content)

    def model(self) -> S:
        """The status model."""
        model = self._model  # one read, as another thread may release it
        if model is None:
            assert self._parse is not None, "only a model that can be decoded again is released"  # noqa: S101
            return self._parse(httpx.Response(self._status, headers=_JSON, content=self._body))
        return model

    def release(self) -> None:
        """Drop the model if it can be decoded again."""
        if self._parse is not None:
            self._model = None

    def is_same_as(self, response: httpx.Response) -> bool:
        """Whether *response* has the same status code and body."""
        return self._parse is not None and response.status_code == self._status and response.content == self._body


@define(eq=False, match_args=False, repr=False, weakref_slot=False)
class Observation(Generic[S]):
    """
    The result of one poll.

    state: the meaning of the status; None if the poll failed with *error*. With a state, *error* means that only the
    status could be read. raw_status: as the service wrote it. retry_after: seconds that a successful response asks to
    wait. listed: it is from a list of jobs; the progress is that of an earlier poll. number: the observation's number
    for this job, from 1. sent, received: seconds on the driver's monotonic clock; wall: when it was received, in
    seconds since the epoch.
    """

    state: StatusMeaning | None
    raw_status: str = ""
    cached: CachedSnapshot[S] | None = None
    progress: Progress | None = None
    retry_after: float | None = None
    size: float | None = None
    error: Exception | None = None
    listed: bool = False
    number: int = 0
    sent: float = 0.0
    received: float = 0.0
    wall: float = 0.0

    @property
    def snapshot(self) -> S | None:
        """The status model."""
        return None if self.cached is None else self.cached.model()

    @property
    def is_terminal(self) -> bool:
        """Whether the job has ended."""
        return self.state in TERMINAL

    def is_fresh(self, now: float, interval: float) -> bool:
        """Whether a wait that begins *now* need not poll: the job has ended, or was polled within the *interval*."""
        known = self.state not in {None, "needs_input"}  # the caller may have answered since
        return self.is_terminal or (known and now - self.received < interval)

    def at(self, number: int, sent: float, received: float, wall: float) -> Observation[S]:
        """This observation, with its number and its times."""
        self.number, self.sent, self.received, self.wall = number, sent, received, wall
        return self


def read(
    service: Service[Any, S],
    response: httpx.Response,
    wall: float,
    job_id: str | None = None,
    last: Observation[S] | None = None,
) -> Observation[S]:
    """
    The observation of *response*, which must be about the job *job_id*, if given.

    A body that equals the *last* one is not decoded again: most polls report nothing new.

    Raises:
        Exception: the client's own error, for a response without a usable status.

    """
    hint = retry_after(response.headers, wall) if asks_to_wait(response) else None
    if last is not None and last.cached is not None and last.cached.is_same_as(response):
        return Observation(last.state, last.raw_status, last.cached, last.progress, hint, last.size)
    if last is not None and last.cached is not None and response.status_code == httpx.codes.NOT_MODIFIED:
        return Observation(last.state, last.raw_status, last.cached, last.progress, hint, last.size)
    try:
        snapshot = service.parse(response)
    except Exception as error:
        state, raw, named = _status_alone(service, response)
        if not is_expected(error) or state not in TERMINAL or not response.is_success:
            raise
        check_scripted(response, error)
        _check_job_id(job_id, named, response)
        return Observation(state, raw, error=error)
    _check_job_id(job_id, service.job_id_of(snapshot), response)
    state, raw = state_of(service, response, snapshot)
    raw = sys.intern(raw)  # one string for all jobs
    if hint is None and service.hint is not None:
        hint = service.hint(snapshot)
    cached, size = CachedSnapshot.of(snapshot, service.parse, response), service.size(snapshot)
    progress = countable(service.progress(snapshot))
    return Observation(state, raw, cached, progress, hint, size if size and 0 < size < MAX_NUMBER else None)


def state_of(service: Service[Any, S], response: httpx.Response, snapshot: S) -> tuple[StatusMeaning, str]:
    """The state and the raw status in *snapshot*, to which *service* decoded *response*."""
    if service.judge is None:
        raw = str(service.status(snapshot))
        return service.statuses.known[raw], raw
    state, raw = service.judge(response, snapshot)
    return (service.statuses.known[raw] if state == "unknown" else state), raw  # a policy may have added to these


def asks_to_wait(response: httpx.Response) -> bool:
    """Whether *response* has a Retry-After of either form; few have."""
    raw = getattr(response, "raw_headers", None)  # of a response whose headers nobody has read yet
    for name, _ in response.headers.raw if raw is None else raw:  # noqa: SIM110 - any() takes twice as long
        if name.lower() in _HINTS:
            return True
    return False


def countable(progress: Progress | None) -> Progress | None:
    """*progress*; None if a number in it is too large to calculate with."""
    if progress is None or max(abs(progress.done), abs(progress.total or 0)) >= MAX_NUMBER:
        return None
    return progress


def _check_job_id(job_id: str | None, named: object, response: httpx.Response) -> None:
    if job_id is not None and named is not None and str(named).casefold() != job_id.casefold():
        raise WrongJob(str(named), response)


def _status_alone(service: Service[Any, Any], response: httpx.Response) -> tuple[StatusMeaning, str, object]:
    """State, raw status and job id of a response that does not decode, as far as its JSON has them."""
    try:
        document = json.loads(response.content)
        status = at_path(service.status_path)(document)
    except (ValueError, RecursionError):
        return "unknown", "", None
    named = document.get(service.id) if isinstance(document, dict) else None
    return service.statuses.of(status), str(status), named
