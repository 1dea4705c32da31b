# Generated from specs/promptforge/openapi.yaml (sha256 c52426a560fb) by codegen.py; edit the overlay.
"""The base classes of errors; errors.py adds a class for each error status that the spec documents."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Self

import httpx

KEPT = 2000  # characters of a body that is not JSON
SHOWN = 200  # characters of a body that a message may show
LINK = re.compile(r"https?:\\?/\\?/[^\s\"'<>]*", re.IGNORECASE)
REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id", "x-trace-id")


def shortened(text: str, length: int = SHOWN) -> str:
    """*text* on one line, at most *length* characters; the queries of links, which may be signed, are removed.

    Control characters are escaped, so that a terminal does not execute them.
    """
    line = " ".join(LINK.sub(_without_query, text[: 4 * length]).split())
    line = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)
    return line if len(line) <= length else line[: length - 1] + "…"


def _without_query(link: re.Match[str]) -> str:
    address, mark, _ = link[0].partition("?")
    return f"{address}?…" if mark else address


def _restored(kind: "type[ClientError]", message: tuple[Any, ...], state: dict[str, Any]) -> "ClientError":
    error = kind.__new__(kind, *message)
    error.__dict__.update(state)
    return error


class ClientError(Exception):
    """An error of this client about a response; httpx's own errors are passed on unchanged."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle message and attributes: __init__ takes keyword arguments only."""
        return _restored, (type(self), self.args, self.__dict__.copy())


class StatusError(ClientError):
    """The service answered with a status that is not a success."""

    def __init__(
        self,
        *,
        status: int,
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        body: object = None,
    ) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}
        self.request_id = request_id
        self.body = body  # the error model, else parsed JSON, else the start of the text
        super().__init__(f"The service answered {status}{_phrase(status)}{_words(body)}")

    @classmethod
    def of(cls, response: httpx.Response, body: object) -> Self:
        """The error for *response*, whose body was read as *body*."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        request_id = next((headers[name] for name in REQUEST_IDS if headers.get(name)), None)
        return cls(status=response.status_code, headers=headers, request_id=request_id, body=body)


class BodyError(ClientError):
    """The service answered with a success, but the body is HTML, empty or otherwise not JSON."""

    def __init__(self, *, status: int, content_type: str, start: str, why: str = "is not JSON") -> None:
        self.status = status
        self.content_type = content_type
        self.start = start[:KEPT]
        kind = f" ({shortened(content_type)})" if content_type else ""
        shown = f": {shortened(start)}" if start.strip() else ""
        super().__init__(f"The service answered {status}, but its body{kind} {why}{shown}")


class DecodeError(ClientError):
    """JSON that does not match the spec: in a response, or what a caller passed to a model's from_dict()."""

    def __init__(
        self,
        *,
        expected: str,
        got: str,
        model: str = "",
        path: str = "",
        raw: object = None,
        sent: bool = False,
    ) -> None:
        self.model = model
        self.path = path  # in Python's syntax: files[2].url
        self.expected = expected
        self.got = got
        self.raw = raw  # the whole body, parsed
        place = " at ".join(filter(None, (model, shortened(path)))) or "value"
        fault = "The service sent" if sent else "This is"
        super().__init__(f"{fault} no valid {place}: expected {expected}, got {got}")

    def inside(self, step: str | int, *, model: str, raw: object) -> "DecodeError":
        """The same error with the path extended by *step*, the key or index of the object or array around it."""
        own = f"[{step}]" if isinstance(step, int) else step
        path = f"{own}.{self.path}" if self.path and not self.path.startswith("[") else own + self.path
        return DecodeError(expected=self.expected, got=self.got, model=model, path=path, raw=raw)

    def of(self, *, model: str, raw: object) -> "DecodeError":
        """The same error with the name and the content of the whole body that the service sent."""
        return DecodeError(
            expected=self.expected, got=self.got, model=model, path=self.path, raw=raw, sent=True
        )


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""


def _words(body: object) -> str:
    """The service's own error message, if the body has one of the usual fields."""
    source: Any = body
    for name in ("message", "detail", "error", "title"):
        said: object = source.get(name) if isinstance(body, Mapping) else getattr(source, name, None)
        if isinstance(said, str) and said.strip():
            return f": {shortened(said)}"
    return f": {shortened(body)}" if isinstance(body, str) and body.strip() else ""
