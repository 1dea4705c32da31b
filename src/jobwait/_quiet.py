"""Keeps signed links out of the logs of others: httpx writes addresses at INFO, httpcore headers at DEBUG."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Literal, TypeAlias

import httpx

from jobwait._hidden import SignedRequest, unsigned

Voice: TypeAlias = Literal["theirs", "masked", "silent"]
_VOICE: ContextVar[Voice] = ContextVar("jobwait_voice", default="theirs")
_LOGGERS: Final = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")


class _NoSignedLinks(logging.Filter):
    """Silent while a signed link is asked; else, within our own requests, without the queries of links."""

    def filter(self, record: logging.LogRecord) -> bool:
        voice = _VOICE.get()
        if voice == "masked":
            record.msg, record.args = unsigned(record.getMessage()), ()
        return voice != "silent"


for _name in _LOGGERS:
    logging.getLogger(_name).addFilter(_NoSignedLinks())


class masked:  # noqa: N801 - used like a function; contextlib's way costs a look more than it does
    """Within it the libraries log no query of a link: a look at a service's own address."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _VOICE.set("masked")

    def __exit__(self, *_: object) -> None:
        _VOICE.reset(self._token)


@contextmanager
def quiet(request: httpx.Request, client: Any) -> Iterator[None]:
    """Within it the libraries log nothing, if *request* is signed or goes to another origin than the service's own."""
    origin = httpx.URL(client.base_url)
    same = (request.url.scheme, request.url.host, request.url.port) == (
        origin.scheme,
        origin.host,
        origin.port,
    )
    token = _VOICE.set("masked" if same and not isinstance(request, SignedRequest) else "silent")
    try:
        yield
    finally:
        _VOICE.reset(token)
