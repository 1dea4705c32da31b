"""
Events of jobwait as they happen, for the `jobwait` logger and for your own functions.

    from jobwait import hooks

    def show(details: hooks.Details) -> None:
        print(details.event, details.service, details.job_id, details.status, details.seconds)

    remove = hooks.add(show)

Requests, retries and updates without a new status are logged at DEBUG, other updates and outcomes at INFO: ids, states,
counts and durations, but never a header, a body or a link. So at INFO no line is repeated at each poll. The line with
which httpx logs each request at INFO is left out for requests of jobwait, and for no others, unless the logger
`jobwait` is enabled for DEBUG; this shows both:

    logging.getLogger("jobwait").setLevel(logging.DEBUG)

A hook is called in the thread or task in which the event happens, and must return quickly; an exception in it becomes a
RuntimeWarning. Without a hook, and with the logger off, no event is created.
"""

import inspect
import logging
import threading
import warnings
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from attrs import frozen

from jobwait._httpx import httpx
from jobwait._model.types import Update
from jobwait._polling.commands import Notify, Poll, SendRequest
from jobwait._polling.retry.failed_call import FailedCall
from jobwait._sync import clock
from jobwait.errors import InvalidInput

__all__ = ["Details", "Hook", "add"]

Event: TypeAlias = Literal["sent", "answered", "retry", "update", "outcome"]


@frozen(kw_only=True)
class Details:
    """
    One event; a field that does not apply to it is None.

    event: "sent" and "answered" for each request, "retry" before a request that is sent again, "update" and "outcome"
    for each update and the end of a wait. at: its time, in seconds since the epoch. service, job_id: the job. method,
    host, port: the address of the request, without its path; None where a function is called instead, by
    `jobwait.watch`. attempt: the failures before it. status: the HTTP status of the response. error: the class name of
    the error, if there is one. seconds: the duration of the request or the wait. state: the state of the job. polls,
    errors: the polls of the wait and how many of them failed, at its end.
    """

    event: Event
    at: float
    service: str
    job_id: str | None = None
    method: str | None = None
    host: str | None = None
    port: int | None = None
    attempt: int = 0
    status: int | None = None
    error: str | None = None
    seconds: float | None = None
    state: str | None = None
    polls: int | None = None
    errors: int | None = None


Hook: TypeAlias = Callable[[Details], object]

LOG: Final = logging.getLogger("jobwait")
LOG.addHandler(logging.NullHandler())
listeners: tuple[Callable[[Details], object], ...] = ()  # read by drivers before they call the functions below
_LOCK: Final = threading.Lock()


def add(hook: Hook) -> Callable[[], None]:
    """
    Call *hook* with the Details of each event from now on; returns the function that removes it.

    Raises:
        InvalidInput: it is a coroutine function, which would never be awaited.

    """
    global listeners  # noqa: PLW0603 - one tuple for the process, replaced as a whole
    if inspect.iscoroutinefunction(hook) or inspect.iscoroutinefunction(getattr(hook, "__call__", None)):  # noqa: B004
        raise InvalidInput("A hook must be a plain function: a coroutine would be made at each event and never run.")

    def entry(details: Details) -> object:  # the same function may be added twice, and each is removed by itself
        return hook(details)

    with _LOCK:
        listeners = (*listeners, entry)

    def remove() -> None:
        global listeners  # noqa: PLW0603 - the same
        with _LOCK:
            listeners = tuple(one for one in listeners if one is not entry)

    return remove


def sent(command: Poll | SendRequest, method: str | None, url: str) -> float:
    """Report that the request of *command* is sent; returns when."""
    if command.attempt:
        _report(logging.DEBUG, **_facts(command, "retry", method, url))
    _report(logging.DEBUG, **_facts(command, "sent", method, url))
    return clock.current.monotonic()


def answered(
    command: Poll | SendRequest, method: str | None, url: str, began: float, reply: httpx.Response | Exception | None
) -> None:
    """Report the response to the request that was sent at *began*, or what went wrong; None: the wait was stopped."""
    error = type(reply).__name__ if isinstance(reply, Exception) else "Stop" if reply is None else None
    _report(
        logging.DEBUG,
        **_facts(command, "answered", method, url),
        status=reply.status_code if isinstance(reply, httpx.Response) else None,
        error=reply.kind if isinstance(reply, FailedCall) else error,
        seconds=clock.current.monotonic() - began,
    )


def notified(command: Notify, update: Update[Any]) -> None:
    """Report the *update* of *command*, or how a wait ended."""
    outcome = command.outcome
    facts: dict[str, Any] = {"service": update.service, "job_id": update.job_id, "state": update.state}
    if outcome is None:
        _report(logging.DEBUG if command.same_status else logging.INFO, event="update", **facts)
        return
    seconds = (outcome.seen_at - outcome.started).total_seconds()
    error = None if outcome.error is None else type(outcome.error).__name__
    counts = {"polls": outcome.polls, "errors": outcome.errors}
    _report(logging.INFO, event="outcome", **facts, **counts, error=error, seconds=seconds)


def _facts(command: Poll | SendRequest, event: Event, method: str | None, url: str) -> dict[str, Any]:
    address = urlsplit(url)
    return {
        "event": event,
        "service": command.service_name,
        "job_id": command.job_id,
        "method": method,
        "host": address.hostname,
        "port": address.port or {"http": 80, "https": 443}.get(address.scheme),
        "attempt": command.attempt,
    }


def _report(level: int, **facts: Any) -> None:
    details = Details(at=clock.current.time(), **facts)
    if LOG.isEnabledFor(level):
        known = ((name, getattr(details, name)) for name in _SHOWN)
        words = [f"{name}={_plain(value)}" for name, value in known if value is not None]
        LOG.log(level, "%s %s", details.event, " ".join(words))
    for hook in listeners:
        try:
            hook(details)
        except Exception as error:  # noqa: BLE001 - whoever listens must not end a wait
            warnings.warn(f"a hook of jobwait raised {type(error).__name__}: {error}", RuntimeWarning, stacklevel=2)


_SHOWN: Final = ("service", "job_id", "method", "attempt", "status", "error", "seconds", "state", "polls", "errors")


def _plain(value: object) -> str:
    """*value* as one line of text, at most 200 characters: a server's text must not start a new line in a log."""
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return "".join(char if char.isprintable() else "?" for char in text)[:200]
