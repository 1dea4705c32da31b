"""Keeps keys and signed links out of reprs, responses, exceptions and the logs of HTTP libraries."""

from __future__ import annotations

import base64
import logging
import weakref
import zlib
from contextvars import ContextVar
from typing import Any, Final, NoReturn

from attrs import frozen

from jobwait._http.foreign_frames import strip_frames
from jobwait._http.spellings import is_absent, replaced, spans
from jobwait._httpx import httpx
from jobwait._text import strip_link_queries
from jobwait.hooks import LOG

_UNIQUE: Final = 12  # characters; a shorter key may also be a word in a response; real keys have three times as many
_LOGGERS: Final = (
    *("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks"),
    *("httpx2", "httpcore2.connection", "httpcore2.http11", "httpcore2.http2", "httpcore2.proxy", "httpcore2.socks"),
)


class Secret:
    """The keys of a request, one as a rule; no repr shows them, nor does a traceback with local variables."""

    __slots__ = ("_values",)

    def __init__(self, *values: bytes) -> None:
        self._values = values

    @classmethod
    def of_header(cls, value: str) -> Secret:
        """The key in the header *value*, without a prefix such as "Bearer"; of Basic what it encodes, too."""
        prefix, _, key = value.rpartition(" ")
        return cls(key.encode(), *(_decoded(key) if prefix.lower() == "basic" else ()))

    def __repr__(self) -> str:
        return "<a key>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A key cannot be pickled.")

    def is_in(self, content: bytes) -> bool:
        """Whether *content*, of a successful response, contains a key."""
        return any(len(value) >= _UNIQUE and bool(spans(content, value)) for value in self._values)

    def is_absent(self, content: bytes) -> bool:
        """Whether *content*, of a successful response, certainly contains no key; this takes least time."""
        for value in self._values:  # noqa: SIM110 - a loop: this is asked of each response
            if len(value) >= _UNIQUE and not is_absent(content, value):
                return False
        return True

    def redact(self, content: bytes, *, good: bool = False) -> bytes:
        """*content* without the keys; in a *good* response a short one stays, as it may be a word of its own."""
        for value in self._values:
            if len(value) < (_UNIQUE if good else 1):
                continue
            if content.startswith(b"\x1f\x8b") and spans(_inflated(content), value):
                return b"[key]"
            content = replaced(content, value, b"[key]")
        return content

    def redact_text(self, text: str) -> str:
        """The same of *text* in a log or an error."""
        return self.redact(text.encode("utf-8", "backslashreplace"), good=True).decode()


def _decoded(key: str) -> tuple[bytes, ...]:
    """The user name with the password that *key* encodes, and the password."""
    try:
        pair = base64.b64decode(key, validate=True)
    except ValueError:
        return ()
    return tuple(one for one in (pair, pair.partition(b":")[2]) if one)


def _inflated(content: bytes) -> bytes:
    """The start of what gzip compressed to *content*, which no header declares; empty if it did not."""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content, 1 << 20)
    except zlib.error:
        return b""


class HiddenHeaders(dict[str, str]):
    """Headers with a key; their repr does not show them, and they cannot be pickled."""

    def __repr__(self) -> str:
        return "<headers>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("Headers with a key cannot be pickled.")


class HiddenBytes(bytes):
    """Headers with a key, as they are sent; their repr does not show them, and they cannot be pickled."""

    def __repr__(self) -> str:
        return "<headers>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("Headers with a key cannot be pickled.")


class QuietHeaders(httpx.Headers):
    """Headers of a request of which repr and pickle leave out the one with the key, *hidden*."""

    def __init__(self, headers: httpx.Headers | list[tuple[str, str]], hidden: str) -> None:
        super().__init__(headers)
        self._hidden = hidden.lower()

    def _others(self) -> list[tuple[str, str]]:
        hidden = {self._hidden, "authorization", "proxy-authorization", "cookie"}
        return [(name, value) for name, value in self.multi_items() if name not in hidden]

    def __repr__(self) -> str:
        return repr(httpx.Headers(self._others()))

    def copy(self) -> QuietHeaders:
        """The same headers, with the key."""
        return QuietHeaders(self, self._hidden)

    def __deepcopy__(self, _memo: object) -> QuietHeaders:
        return self.copy()

    __copy__ = copy

    def __reduce__(self) -> tuple[Any, ...]:
        return QuietHeaders, (self._others(), self._hidden)


@frozen(eq=False, match_args=False, repr=False)
class Link:
    """A signed link. Whoever has it may use it, so its repr does not show it."""

    url: str

    def __repr__(self) -> str:
        return "<a signed link>"


class SignedRequest(httpx.Request):
    """A request to a signed link; its repr does not show the link."""

    def __repr__(self) -> str:
        return f"<{self.method} of a signed link>"


class Guard:
    """
    Around one request: logs of other libraries show no *key* and, if it is None, nothing; errors lose their frames.

    Their frames hold the request as it went out, and crash reporters print local variables.
    """

    __slots__ = ("__weakref__", "_key", "_token")

    def __init__(self, key: Secret | None) -> None:
        self._key = key

    def __enter__(self) -> None:
        self._token = _GUARDED.set(weakref.ref(self))

    def __exit__(self, _kind: object, error: BaseException | None, _frames: object) -> None:
        _GUARDED.reset(self._token)
        if error is not None:
            strip_frames(error, None if self._key is None else self._key.redact_text)

    def allows(self, record: logging.LogRecord) -> bool:
        """Whether *record* may be logged; its message is redacted."""
        if self._key is None:
            return False
        record.msg, record.args = self._key.redact_text(strip_link_queries(record.getMessage())), ()
        return True


# A weak reference: if an interruption skips the end of a block, its guard does not mute what others log afterwards.
_GUARDED: Final[ContextVar[weakref.ref[Guard] | None]] = ContextVar("jobwait_guard", default=None)


def _allows(record: logging.LogRecord) -> bool:
    """
    Applies the guard of the request in this thread or task; other requests are logged unchanged.

    httpx reports each request at INFO, which would be a line for each poll.
    """
    held = _GUARDED.get()
    guard = held() if held is not None else None
    if guard is None:
        return True
    quiet = record.levelno == logging.INFO and not LOG.isEnabledFor(logging.DEBUG)
    return not quiet and guard.allows(record)


for _name in _LOGGERS:
    logging.getLogger(_name).addFilter(_allows)
