"""What a service responds in a test: a body, a status, a Reply or an exception."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from attrs import frozen

from jobwait._http.attempt import ReceivedResponse
from jobwait._httpx import httpx

_JSON: Final = httpx.Headers({"content-type": "application/json"})


@frozen
class Reply:
    """A response. body: JSON, unless it is text or bytes. seconds: how long the service takes to respond."""

    __module__ = "jobwait.testing"

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] | None = None
    seconds: float = 0.0


Scripted: TypeAlias = Mapping[str, Any] | int | Reply | Exception | type[Exception]


def as_reply(given: Scripted) -> Reply | Exception:
    """The Reply or the exception that *given* stands for."""
    if isinstance(given, type):
        return given("simulated")
    if isinstance(given, Reply | Exception):
        return given
    if isinstance(given, int):
        phrase = HTTPStatus(given).phrase if given in set(HTTPStatus) else "Error"
        return Reply(given, {"message": phrase, "detail": phrase})
    return Reply(200, given)


def to_response(reply: Reply) -> httpx.Response:
    """The response that *reply* describes."""
    content = reply.body if reply.body is not None else b""
    if not isinstance(content, bytes):
        content = (content if isinstance(content, str) else json.dumps(content)).encode()
    headers = _JSON if reply.headers is None else httpx.Headers({**_JSON, **reply.headers})
    return ReceivedResponse(reply.status, headers, content, "GET", "https://simulated.invalid")
