"""The base classes of errors; errors.py adds a class for each error status that the spec documents."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Self

from ._httpx import httpx

KEPT = 2000  # characters of a body that is not JSON
SHOWN = 200  # characters of a body that a message may show
LINK = r"(?i)https?:\\?/\\?/[^\s\"'<>]*"  # compiled when it is used
REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id", "x-trace-id")
# The usual fields of error bodies: FastAPI, RFC 9457, JSON:API, Rails, ASP.NET, Spring and Symfony.
MESSAGES = ("message", "detail", "error", "title")
LISTS = ("detail", "errors", "error", "invalid_params", "invalid-params", "violations", "fields")
PLACES = ("loc", "field", "path", "pointer", "param", "parameter", "name", "propertyPath", "source")
TEXTS = ("msg", "message", "detail", "reason", "description", "error", "title", "code")
NAMED = 10  # fields that a message names


def shortened(text: str, length: int = SHOWN) -> str:
    """*text* on one line, at most *length* characters; the queries of links, which may be signed, are removed.

    Control characters are escaped, so that a terminal does not execute them.
    """
    line = " ".join(re.sub(LINK, _without_query, text[: 4 * length]).split())
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
        self, *, expected: str, got: str, model: str = "", path: str = "", raw: object = None, sent: bool = False
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
        return DecodeError(expected=self.expected, got=self.got, model=model, path=self.path, raw=raw, sent=True)


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""


def _words(body: object) -> str:
    """The message of the service, if the body has one of the usual fields, and the fields that it names."""
    to_dict: Any = getattr(body, "to_dict", None)
    source: Any = body if to_dict is None else to_dict()
    if isinstance(source, str):
        return f": {shortened(source)}" if source.strip() else ""
    if not isinstance(source, Mapping):
        return ""
    fields: Mapping[str, Any] = source
    said = [text for name in MESSAGES if isinstance(text := fields.get(name), str) and text.strip()][:1]
    faults = [fault for name in LISTS for fault in _faults(fields.get(name))]
    more = [f"and {len(faults) - NAMED} more"] if len(faults) > NAMED else []
    parts = [shortened(one) for one in said] + [shortened("; ".join([*faults[:NAMED], *more]), 4 * SHOWN)]
    return "".join(f": {part}" for part in parts if part)


def _faults(value: Any) -> Iterator[str]:
    """
    The fields that an error body names, each with what is wrong there; never what was sent.

    Of the forms that frameworks use: a list of objects with a place and a text, or an object with texts by field.
    """
    by_field: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    for field, texts in by_field.items():
        yield from (f"{field}: {text}" for text in _each(texts) if isinstance(text, str))
    for one in _each(value) if isinstance(value, list) else ():
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            text = next((one[name] for name in TEXTS if isinstance(one.get(name), str)), "")
            yield ": ".join(filter(None, (_place(one), text)))


def _place(fault: Mapping[str, Any]) -> str:
    """Where *fault* is: a name, a path of names and indices, or an object that has one (JSON:API)."""
    place: Any = next((fault[name] for name in PLACES if fault.get(name)), "")
    inner: Any = next(iter(place.values()), "") if isinstance(place, Mapping) else place
    return ".".join(str(part) for part in _each(inner) if isinstance(part, str | int))


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
