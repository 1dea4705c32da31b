"""Responses that a test gives: whether one that cannot be read is meant so."""

from typing import Final

from jobwait._httpx import httpx

OBJECTION: Final = "jobwait.objection"  # the extension of a response that a test gives; no network sets it


def check_scripted(response: object, error: Exception) -> None:
    """Raise what a test's own server says if its *response* could not be read, because of *error*."""
    object_to = response.extensions.get(OBJECTION) if isinstance(response, httpx.Response) else None
    if object_to is not None:
        object_to(error)
