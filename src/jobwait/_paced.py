"""Operations of several requests that the pages share: accepted submissions, paced re-reads, lists of pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from jobwait._service import Service
from jobwait._steps import Script, Sleep
from jobwait.errors import ResultIncomplete

M = TypeVar("M")
R = TypeVar("R")

REREADS = 3


def until_there(
    service: Service[Any, Any], job_id: str, attempt: Callable[[], Script[R | None]], what: str
) -> Script[R]:
    """
    What *attempt* finds, tried again at the pace up to three times while it finds None.

    Raises:
        ResultIncomplete: it never appeared; *what* names it.

    """
    for number in range(1 + REREADS):
        if number:
            yield Sleep(service.defaults.pace or service.defaults.floor)
        found = yield from attempt()
        if found is not None:
            return found
    raise ResultIncomplete(
        f"{service.name} job {job_id} has ended, but {what} did not appear in {1 + REREADS} reads. Try again later.",
        service=service.name,
        job_id=job_id,
    )


def accepted(
    parse: Callable[[httpx.Response], M], salvage: Callable[[dict[str, Any]], M | None]
) -> Callable[[httpx.Response], M]:
    """
    *parse* for the answer to a submission: one that does not decode still yields what *salvage* finds in it.

    A submitted job must not be lost over a field that its vendor renamed.
    """

    def read(response: httpx.Response) -> M:
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


def _document(response: httpx.Response) -> object:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None
