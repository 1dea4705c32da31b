"""Operations that service modules share: accepted submissions, repeated reads, lists of several pages."""

import json
from collections.abc import Callable, Hashable, Sequence
from itertools import count
from typing import Any, TypeVar

from jobwait._httpx import httpx
from jobwait._model.service import Service
from jobwait._polling.commands import Operation, Sleep
from jobwait._polling.job_state import JobState
from jobwait._polling.submission import LONGEST_ID
from jobwait.errors import JobCanceled, JobFailed, ResultIncomplete

M = TypeVar("M")
R = TypeVar("R")

REREADS = 3


class UnusableId(Exception):
    """The response to a submission has a job id that cannot be part of a URL."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__("its job_id cannot be part of a URL")
        self.raw = response.text


def check_not_failed(job_state: JobState[Any], what: str) -> None:
    """Raise JobFailed or JobCanceled if the job was seen to end so: then it has no *what*, and nothing need be sent."""
    if job_state.seen and job_state.state in {"failed", "canceled"}:
        kind = JobCanceled if job_state.state == "canceled" else JobFailed
        snapshot = job_state.snapshot
        reason = None if snapshot is None else job_state.service.reason(snapshot)
        why = f"Its reason: {reason.rstrip('.')}." if reason else "The service gives no reason."
        fact = f"it ended as {job_state.raw_status}, so it has no {what}. {why}"
        raise kind.about(job_state.service, job_state.job_id, fact, snapshot=job_state.snapshot)


def read_until_present(
    service: Service[Any, Any], job_id: str, attempt: Callable[[], Operation[R | None]], what: str
) -> Operation[R]:
    """What *attempt* finds, at most four times while it finds None; then raises ResultIncomplete, which says *what*."""
    for number in range(1 + REREADS):
        if number:
            yield Sleep(service.defaults.interval or service.defaults.min_interval)
        found = yield from attempt()
        if found is not None:
            return found
    fact = f"{what} did not appear in {1 + REREADS} reads. Wait for the job's end first; after it, try again later."
    raise ResultIncomplete.about(service, job_id, fact)


def all_pages(
    ask: Callable[[int], Operation[M]],
    read: Callable[[M], tuple[Sequence[R], bool]],
    name: Callable[[R], Hashable],
) -> Operation[list[R]]:
    """
    The items of all pages that *ask* gives by number, from 1; *read* gives a page's items and whether more follow.

    The list may change meanwhile: an item that comes twice, by its *name*, counts once; a page of no new items is last.
    """
    found: dict[Hashable, R] = {}
    for number in count(1):
        items, more = read((yield from ask(number)))
        before = len(found)
        for item in items:
            found.setdefault(name(item), item)
        if not more or len(found) == before:
            break
    return list(found.values())


def accepted(
    parse: Callable[[httpx.Response], M], salvage: Callable[[dict[str, Any]], M | None]
) -> Callable[[httpx.Response], M]:
    """*parse* for the response to a submission, or what *salvage* finds in one that does not decode: no job is lost."""

    def read(response: httpx.Response) -> M:
        found = _read(response)
        named = found if isinstance(found, str) else getattr(found, "job_id", None)
        if named is not None and not _fits_url(str(named)):
            raise UnusableId(response)
        return found

    def _read(response: httpx.Response) -> M:
        try:
            return parse(response)
        except Exception as error:
            if not hasattr(error, "raw"):
                raise
            document = _document(response)
            found = salvage(document) if isinstance(document, dict) else None
            if found is None:
                raise
            return found

    return read


def _fits_url(job_id: str) -> bool:
    """Whether a URL and a file can hold *job_id*."""
    try:
        return job_id not in {"", ".", ".."} and len(job_id.encode()) <= LONGEST_ID
    except UnicodeEncodeError:  # half a surrogate pair
        return False


def _document(response: httpx.Response) -> object:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None
