"""openapi-core as the judge of requests and answers, by the original document; and what it is known to read wrongly."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator, V31RequestValidator, V31ResponseValidator
from openapi_core.datatypes import RequestParameters
from openapi_core.testing import MockResponse
from openapi_core.unmarshalling.request.unmarshallers import (
    V30RequestParametersUnmarshaller,
    V31RequestParametersUnmarshaller,
)
from openapi_core.validation.request.exceptions import ParameterValidationError, RequestBodyValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.http import parse_cookie

from jobwait._httpx import httpx

Document = dict[str, Any]
V30 = V30RequestValidator, V30ResponseValidator, V30RequestParametersUnmarshaller
V31 = V31RequestValidator, V31ResponseValidator, V31RequestParametersUnmarshaller
COPY = "x-paths"


@dataclass(frozen=True)
class Objection:
    """What the judge objects to: `body`, `query parameter x`, or `openapi-core` where it fails; and its sentence."""

    subject: str
    text: str
    of_oneof: bool = False  # it says no more than that several members of a oneOf fit

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}"


@dataclass(frozen=True)
class Verdict:
    """What the judge objects to, and the parameters as it read them, by place and name."""

    objections: list[Objection]
    parameters: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Source:
    """What the judge needs of a whole document; found once, as documents have megabytes."""

    document: Document  # its references into `paths` lead to a copy of it, as the judge sees one path at a time
    formats: frozenset[str]
    json_types: frozenset[str]

    @classmethod
    def of(cls, document: Document) -> "Source":
        """That of *document*."""
        text = json.dumps(document)
        if '"#/paths/' in text:
            document = json.loads(text.replace('"#/paths/', f'"#/{COPY}/'))
            document[COPY] = document["paths"]
        json_types = (kind.partition(";")[0].strip() for kind in strings_at("content", document) if "json" in kind)
        return cls(document, frozenset(strings_at("format", document)), frozenset(json_types))


class Received:
    """A request as openapi-core wants it, read by werkzeug."""

    def __init__(self, request: httpx.Request) -> None:
        self.host_url = f"{request.url.scheme}://{request.url.netloc.decode()}"
        self.path = request.url.path
        self.method = request.method.lower()
        self.content_type = request.headers.get("Content-Type", "")
        self.body = request.read() or None
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(query_of(request), keep_blank_values=True)),
            header=Headers(list(request.headers.items())),
            cookie=ImmutableMultiDict(parse_cookie(request.headers.get("Cookie", ""))),
        )


def query_of(request: httpx.Request) -> str:
    """The query as it is sent: a key in it is in no other part of the URL."""
    return request.url.raw_path.decode().partition("?")[2]


class Judge:
    """openapi-core with one *path* of the *source*, so that no other path takes the request."""

    def __init__(self, source: Source, path: str, base_url: str | None) -> None:
        document = source.document
        sent = path.partition("#")[0]  # no request has what follows
        spec = SchemaPath.from_dict({**document, "paths": {sent: document["paths"][path]}})
        formats: dict[str, Any] = dict.fromkeys(source.formats, str)
        kinds: dict[str, Any] = {**dict.fromkeys(source.json_types, read_json), "*/*": read_json_or_text}
        requests, answers, reader = V30 if document["openapi"].startswith("3.0") else V31
        more: dict[str, Any] = {"base_url": base_url, "extra_media_type_deserializers": kinds}
        self._requests, self._answers = requests(spec, **more), answers(spec, **more)
        self._reader = reader(spec, **more, extra_format_unmarshallers=formats)

    def request(self, request: httpx.Request) -> Verdict:
        """What it says about a request. Bodies are not read to values, which takes it minutes for nested unions."""
        seen = Received(request)
        try:
            objections = [objection(one) for one in self._requests.iter_errors(seen)]
            parameters = self._reader.unmarshal(seen).parameters
        except (AssertionError, TypeError) as error:
            return Verdict([Objection("openapi-core", repr(error))], {})
        read = {place: getattr(parameters, place, {}) for place in ("path", "query", "header", "cookie")}
        return Verdict(objections, read)

    def answer(self, request: httpx.Request, answer: httpx.Response) -> list[Objection]:
        """What it objects to in an answer."""
        seen = MockResponse(answer.content, answer.status_code, {}, answer.headers.get("Content-Type", ""))
        try:
            return [objection(one) for one in self._answers.iter_errors(Received(request), seen)]
        except (AssertionError, TypeError) as error:
            return [Objection("openapi-core", repr(error))]


def read_json(content: bytes, **_parameters: str) -> Any:
    """The value of a JSON body, whatever parameters its content type has."""
    return json.loads(content)


def read_json_or_text(content: bytes | str, **_parameters: str) -> Any:
    """The value of a body that may be of any type; openapi-core looks for a reader of `*/*`, not of what was sent."""
    try:
        return json.loads(content)
    except ValueError:
        return content.decode() if isinstance(content, bytes) else content


def strings_at(key: str, node: Any) -> set[str]:
    """All strings that *key* has anywhere in *node*, or the keys of the objects there."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict) and isinstance(one.get(key), str | dict):
            found |= {one[key]} if isinstance(one[key], str) else set(one[key])
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
    return found


def objection(error: Any) -> Objection:
    """An error of openapi-core, with its innermost sentences."""
    subject = type(error).__name__
    if isinstance(error, ParameterValidationError):
        subject = f"{error.location} parameter {error.name}"
    elif isinstance(error, RequestBodyValidationError):
        subject = "body"
    causes = [error]
    while causes[-1].__cause__ is not None:
        causes.append(causes[-1].__cause__)
    inner = [one for cause in causes for one in getattr(cause, "schema_errors", [])]
    places = [f"at {'/'.join(map(str, one.path)) or 'its top'}: {one.message[:120]}" for one in inner]
    several = bool(inner) and all(" is valid under each of " in one.message for one in inner)
    return Objection(subject, "; ".join(dict.fromkeys(places)) or sentence(causes[-1])[:240], several)


def sentence(error: BaseException) -> str:
    """What *error* says; openapi-core's own for a part of a form, which is text already, fails to write itself."""
    try:
        return str(error)
    except AttributeError:
        return f"{type(error).__name__}: {vars(error)}"


def judge_limit(place: str, parameter: dict[str, Any], schema: dict[str, Any], value: Any) -> str:
    """
    Why openapi-core 0.23 cannot read this parameter; empty if it can.

    It reads no exploded objects, no objects in objects, no matrix and label; it splits lists after the
    percent-decoding, knows the type of a schema only where it stands at its top, and takes no empty value.
    """
    if "content" in parameter:
        return ""
    style = parameter.get("style") or {"query": "form", "cookie": "form"}.get(place, "simple")
    inner = list(value.values() if isinstance(value, dict) else value if isinstance(value, list) else [])
    reasons = {
        "the type of a list or object is not at the top of its schema": isinstance(value, dict | list)
        and schema.get("type") not in ("object", "array"),
        "nested values": any(isinstance(one, dict | list) for one in inner),
        f"the style {style}": style in {"matrix", "label", "spaceDelimited"},
        "the style deepObject but for plain objects": style == "deepObject" and not isinstance(value, dict),
        "exploded objects": isinstance(value, dict) and parameter.get("explode", style == "form") and style == "form",
        "an empty value": value in ("", [], {}),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def deep_pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """
    The pairs that stand for *value* in the style deepObject: `a[b]=1` for a field, `a[0]=x` for an item.

    OpenAPI defines no more than the fields, and openapi-core reads no more; these are what servers read.
    """
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield from ((name, text) for text in leaves(value))
    for key, one in inner or ():
        yield from deep_pairs(f"{name}[{key}]", one)


def leaves(value: Any) -> Iterator[str]:
    """The scalars in *value* as text."""
    match value:
        case dict():
            for one in value.values():
                yield from leaves(one)
        case list():
            for one in value:
                yield from leaves(one)
        case bool():
            yield str(value).lower()
        case None:
            return
        case _:
            yield str(value)
