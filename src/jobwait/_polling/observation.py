"""What one answer says of a job: its verdict even where the rest of it cannot be read."""

from __future__ import annotations

import json
import sys
from typing import Any, Final, Generic, TypeVar

import httpx
from attrs import evolve, frozen

from jobwait._model.service import TERMINAL, Service, StatusMeaning, raw_status
from jobwait._model.types import Progress
from jobwait._polling.retry import is_expected
from jobwait._polling.retry_after import retry_after
from jobwait._polling.snapshot import CachedSnapshot

S = TypeVar("S")

HUGE: Final = 2**53  # units, or a size: no job has so many, and floats cannot count them


class WrongJob(Exception):
    """An answer about another job than the one that was asked for; a proxy or a cache may do that."""

    def __init__(self, job_id: str, response: httpx.Response) -> None:
        super().__init__(f"it is about job {job_id:.100}")
        self.raw = response.text


@frozen(eq=False, match_args=False, repr=False)
class Reading(Generic[S]):
    """
    One answer, read.

    *kept* is None and *error* set where the answer did not decode but its status reads as terminal: then the
    verdict still holds. *hint* is the seconds that a successful answer asks us to wait.
    """

    verdict: StatusMeaning
    raw_status: str
    cached: CachedSnapshot[S] | None
    progress: Progress | None
    retry_after_hint: float | None = None
    size: float | None = None
    error: Exception | None = None

    @property
    def snapshot(self) -> S | None:
        """The status model."""
        return None if self.cached is None else self.cached.model()


def read(
    service: Service[Any, S],
    response: httpx.Response,
    wall: float,
    job_id: str | None = None,
    last: Reading[S] | None = None,
) -> Reading[S]:
    """
    What *response* says of the job *job_id*, or of whichever it is about.

    One that is the same as the *last* says the same; many jobs report nothing new for most of their lives.

    Raises:
        Exception: the client's own error, for an answer that says nothing that can be relied on.

    """
    if last is not None and last.cached is not None and last.cached.came_as(response):
        retry_after_hint = retry_after(response.headers, wall)
        return last if retry_after_hint == last.retry_after_hint else evolve(last, retry_after_hint=retry_after_hint)
    try:
        snapshot = service.parse(response)
    except Exception as error:
        verdict, raw, job_id_of = _salvage(service, response)
        if not is_expected(error) or verdict not in TERMINAL or not response.is_success:
            raise
        _must_be(job_id, job_id_of, response)
        return Reading(verdict, raw, None, None, error=error)
    _must_be(job_id, service.job_id_of(snapshot), response)
    raw = sys.intern(str(service.status(snapshot)))  # one for all jobs that report it
    retry_after_hint = retry_after(response.headers, wall)
    progress, size = _countable(service.progress(snapshot)), service.size(snapshot)
    cached = CachedSnapshot.of(snapshot, service.parse, response)
    return Reading(
        service.statuses.of(raw), raw, cached, progress, retry_after_hint, size if size and 0 < size < HUGE else None
    )


def _countable(progress: Progress | None) -> Progress | None:
    """*progress*, if it can be: no number in it is beyond what we could reckon with."""
    if progress is None or max(abs(progress.done), abs(progress.total or 0)) >= HUGE:
        return None
    return progress


def _must_be(job_id: str | None, job_id_of: object, response: httpx.Response) -> None:
    if job_id is not None and job_id_of is not None and str(job_id_of).casefold() != job_id.casefold():
        raise WrongJob(str(job_id_of), response)


def _salvage(service: Service[Any, Any], response: httpx.Response) -> tuple[StatusMeaning, str, object]:
    """The verdict, the raw status, and the job that they are of, where the answer says so under the id's own name."""
    try:
        document = json.loads(response.content)
        status = raw_status(service, document)
    except (ValueError, RecursionError):
        return "unknown", "", None
    job_id_of = document.get(service.id) if isinstance(document, dict) else None
    return service.statuses.of(status), str(status), job_id_of
