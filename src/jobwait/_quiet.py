"""Keeps signed links out of the log: httpx writes each request's whole address at INFO."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx

_QUIET: ContextVar[bool] = ContextVar("jobwait_quiet", default=False)


class _NoSignedLinks(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        return not _QUIET.get()


logging.getLogger("httpx").addFilter(_NoSignedLinks())


@contextmanager
def quiet(request: httpx.Request, client: Any) -> Iterator[None]:
    """Within it httpx logs nothing, if *request* goes to another origin than the service's own."""
    origin = httpx.URL(client.base_url)
    same = (request.url.scheme, request.url.host, request.url.port) == (
        origin.scheme,
        origin.host,
        origin.port,
    )
    token = _QUIET.set(not same)
    try:
        yield
    finally:
        _QUIET.reset(token)
