"""
Whether a submission that ended in an error may be sent again: what both engines ask before they try again.

A time limit or a cancellation is raised at any line. So it is not its place that counts, but whether a request had been
begun before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from attrs import define

from jobwait import hooks
from jobwait.errors import CallFailed, InvalidInput, RequestRejected, SubmitUnconfirmed

_WATCH: Final[ContextVar["RequestWatch | None"]] = ContextVar("jobwait_request_watch", default=None)


@define(eq=False)
class RequestWatch:
    """Whether this thread or task has begun a request; set before the first byte of it is sent."""

    begun: bool = False


@contextmanager
def watch_requests() -> Iterator[RequestWatch]:
    """Watch the requests of this thread, or this task and those that it starts, while the block runs."""
    watch = RequestWatch()
    previous = _WATCH.set(watch)

    def note(details: hooks.Details) -> None:
        if details.event == "sent" and _WATCH.get() is watch:
            watch.begun = True

    remove = hooks.add(note)
    try:
        yield watch
    finally:
        remove()
        _WATCH.reset(previous)


def is_final(error: BaseException) -> bool:
    """Whether the same submission would be refused again: an invalid argument, or a refusal by the service."""
    return isinstance(error, InvalidInput | RequestRejected)


def unconfirmed(error: BaseException, watch: RequestWatch, service: str) -> SubmitUnconfirmed | None:
    """What is known of a submission that *error* ended; None if it is certain that it had no effect."""
    known = SubmitUnconfirmed.behind(error)
    if known is not None:
        return known
    if not watch.begun or isinstance(error, CallFailed | InvalidInput):
        return None
    fact = f"{service}: {type(error).__name__} ended the submission after a request was begun"
    return SubmitUnconfirmed(
        f"{fact}, so the service may have taken it. It was not sent again. Look at your jobs there.", service=service
    )
