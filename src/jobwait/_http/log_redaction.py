"""Keeps links and keys out of the logs of others: httpx writes addresses at INFO, httpcore headers at DEBUG."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Literal, TypeAlias

import httpx

from jobwait._http.redaction import Secret, SignedRequest, strip_link_queries

Voice: TypeAlias = Secret | Literal["theirs", "silent"]  # a key: what is said is said without it
_VOICE: ContextVar[Voice] = ContextVar("jobwait_voice", default="theirs")
_LOGGERS: Final = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")


class _NoSignedLinks(logging.Filter):
    """Silent while a signed link is asked; else, within our own requests, without the queries of links and the key."""

    def filter(self, record: logging.LogRecord) -> bool:
        voice = _VOICE.get()
        if isinstance(voice, Secret):
            said = strip_link_queries(record.getMessage()).encode("utf-8", "backslashreplace")
            record.msg, record.args = voice.redact(said, good=True).decode(), ()
        return voice != "silent"


for _name in _LOGGERS:
    logging.getLogger(_name).addFilter(_NoSignedLinks())


class redact_key_in_logs:  # noqa: N801 - used like a function; contextlib's way costs a look more than it does
    """Within it the libraries log no *secret* and no query of a link: a look at a service's own address."""

    __slots__ = ("_secret", "_token")

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def __enter__(self) -> None:
        self._token = _VOICE.set(self._secret)

    def __exit__(self, *_: object) -> None:
        _VOICE.reset(self._token)


@contextmanager
def redact_logs(request: httpx.Request, client: Any, secret: Secret) -> Iterator[None]:
    """Within it the libraries log no *secret*, and nothing if *request* is signed or leaves the service's origin."""
    origin = httpx.URL(client.base_url)
    same = (request.url.scheme, request.url.host, request.url.port) == (
        origin.scheme,
        origin.host,
        origin.port,
    )
    token = _VOICE.set(secret if same and not isinstance(request, SignedRequest) else "silent")
    try:
        yield
    finally:
        _VOICE.reset(token)
