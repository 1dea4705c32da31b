"""A request that must not be sent twice: how far it has got, and the error where its result is not known."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, Self

from attrs import define, field

from jobwait._httpx import httpx
from jobwait._model.service import Service
from jobwait.errors import CallFailed, SubmitUnconfirmed

LONGEST_ID: Final = 500  # characters; a longer id does not fit into a URL
# Told the ids of a job that exists at the service and is not complete yet, before the next request of its submission.
on_ids: Final[ContextVar[Callable[[Mapping[str, str]], object] | None]] = ContextVar("on_ids", default=None)


@define(eq=False, match_args=False, repr=False)
class Submission:
    """
    One submission, for `with`: once its request may have had an effect, any exception is a SubmitUnconfirmed.

    Two kinds pass as they are: a CallFailed, as `call` raises it only where the request had no effect; and an
    interruption that is no Exception (KeyboardInterrupt, a cancellation), which has the SubmitUnconfirmed as its
    `__cause__`.

    find_out: the sentence that says how to find out what became of it. ids: the ids that are known. sent: whether a
    byte of the request may have been sent, and it was not refused. response: the response, once it is complete. wall:
    when it came, in seconds since the epoch.
    """

    service: Service[Any, Any]
    find_out: str = ""
    ids: dict[str, str] = field(factory=dict)
    sent: bool = False
    response: httpx.Response | None = None
    wall: float = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        if error is None or not self.sent or isinstance(error, CallFailed):
            return
        known = SubmitUnconfirmed.behind(error)
        if known is not None:
            known.ids = {**self.known_ids(), **known.ids}
            return
        unconfirmed = self.unconfirmed(f"it ended in {type(error).__name__} before its result was known")
        if isinstance(error, Exception):
            raise unconfirmed from error
        error.__cause__ = unconfirmed

    def begin(self) -> None:
        """Begin an attempt: those before it had no effect."""
        self.sent, self.response = False, None

    def unconfirmed(self, fact: str, status: int | None = None) -> SubmitUnconfirmed:
        """The error for a request that was sent, and of which no more than *fact* is known."""
        ids = self.known_ids()
        named = ", ".join(f"{name} {value}" for name, value in ids.items())
        words = f"{self.service.name}: the submission was sent and {fact}, so the service may have taken it"
        words += f" ({named}). It was not sent again." if named else ". It was not sent again."
        facts = {"service": self.service.name, "job_id": ids.get(self.service.id), "status": status}
        return SubmitUnconfirmed(f"{words} {self.find_out}".rstrip(), ids=ids, **facts)

    def known_ids(self) -> dict[str, str]:
        """The ids that the caller or the response named."""
        return {**_ids_in(self.response, self.service.id), **self.ids}


def _ids_in(response: httpx.Response | None, id_name: str) -> dict[str, str]:
    """The fields of a 2xx response that are ids by their names."""
    if response is None or not response.is_success:
        return {}
    try:
        document = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    entries = document.items() if isinstance(document, dict) else ()
    named = ((name, value) for name, value in entries if name == id_name or name.endswith("_id"))
    found = {name: str(value) for name, value in named if type(value) in {str, int}}
    return {name: value for name, value in found.items() if 0 < len(value) <= LONGEST_ID and len(name) <= LONGEST_ID}
