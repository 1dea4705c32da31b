"""What one answer says of a job: its verdict even where the rest of it cannot be read."""

from __future__ import annotations

import json
import sys
from typing import Any, Final, Generic, TypeVar

import httpx
from attrs import evolve, frozen

from jobwait._model.service import TERMINAL, Service, Verdict, raw_status
from jobwait._model.types import Progress
from jobwait._polling.retry import is_expected
from jobwait._polling.retry_after import retry_after
from jobwait._polling.snapshot import Kept

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

    verdict: Verdict
    raw_status: str
    kept: Kept[S] | None
    progress: Progress | None
    hint: float | None = None
    size: float | None = None
    error: Exception | None = None

    @property
    def snapshot(self) -> S | None:
        """The status model."""
        return None if self.kept is None else self.kept.model()


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
    if last is not None and last.kept is not None and last.kept.came_as(response):
        hint = retry_after(response.headers, wall)
        return last if hint == last.hint else evolve(last, hint=hint)
    try:
        snapshot = service.parse(response)
    except Exception as error:
        verdict, raw, named = _salvage(service, response)
        if not is_expected(error) or verdict not in TERMINAL or not response.is_success:
            raise
        _must_be(job_id, named, response)
        return Reading(verdict, raw, None, None, error=error)
    _must_be(job_id, service.named(snapshot), response)
    raw = sys.intern(str(service.status(snapshot)))  # one for all jobs that report it
    hint = retry_after(response.headers, wall)
    progress, size = _countable(service.progress(snapshot)), service.size(snapshot)
    kept = Kept.of(snapshot, service.parse, response)
    return Reading(service.verdicts.of(raw), raw, kept, progress, hint, size if size and 0 < size < HUGE else None)


def _countable(progress: Progress | None) -> Progress | None:
    """*progress*, if it can be: no number in it is beyond what we could reckon with."""
    if progress is None or max(abs(progress.done), abs(progress.total or 0)) >= HUGE:
        return None
    return progress


def _must_be(job_id: str | None, named: object, response: httpx.Response) -> None:
    if job_id is not None and named is not None and str(named).casefold() != job_id.casefold():
        raise WrongJob(str(named), response)


def _salvage(service: Service[Any, Any], response: httpx.Response) -> tuple[Verdict, str, object]:
    """The verdict, the raw status, and the job that they are of, where the answer says so under the id's own name."""
    try:
        document = json.loads(response.content)
        status = raw_status(service, document)
    except (ValueError, RecursionError):
        return "unknown", "", None
    named = document.get(service.id) if isinstance(document, dict) else None
    return service.verdicts.of(status), str(status), named
