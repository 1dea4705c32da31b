"""Detects why a job failed and where its result is: in its status response or nearby."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator.scaffold.detect.end import ERROR
from generator.scaffold.detect.response_fields import PATH, Field, fields, inner, kinds, properties, snake_case
from generator.scaffold.detect.status import StatusOperation
from generator.spec.operations import operations, path_parameters
from generator.spec.pointers import Document, resolved

RESULTS = r"result|output|answer|artifact|transcript|report|prediction|response|download|file|export|solution|data"
BEFORE = r"(\w{1,40}_)?"  # other words of a name
MEDIA = rf"({RESULTS}|sas|pdf|video|media|resource|asset|content)s?"
LINK = re.compile(rf"^({BEFORE}{MEDIA}_{BEFORE})?(url|uri|href|link|location)s?$")
OTHER_LINK = re.compile(r"self|status|callback|webhook|cancel|next|prev|first|last|upload|input|(^|_)(source|log|html)")
NOT_RESULT = re.compile(
    r"^(meta|request|input|source|log|error|user|user_?meta|client|custom|extra)_?(data|file|report)s?$"
)
SECOND_ID = re.compile(rf"^{BEFORE}({RESULTS})s?_?ids?$")
HOLDER = re.compile(
    rf"^({RESULTS}|link|url|asset|properties|attribute)s?$"
)  # an object whose fields are about the result
MESSAGE = re.compile(r"^((error|fail(ure)?)_?)?(message|msg|reason|detail|description|text)$")
STATUS_MESSAGE = re.compile(r"^(status|state|job)_?(message|msg|reason|detail|description|text)$")
MESSAGES = re.compile(r"^(data|errors|items|list|details|messages|reasons)$")  # the array in an object about errors
RESULT = re.compile(r"^(result|output|answer|artifact|data|transcript|report|prediction|response|file|download)s?(_|$)")


@dataclass(frozen=True)
class Result:
    """Where a job's result is: in the status response, at a link, under a second id, or at another operation."""

    kind: str  # inline, link, second id, operation or none
    place: str = ""


@dataclass(frozen=True)
class Reason:
    """
    The field that says why a job failed.

    many: it is an array, and *item* the field of each of its objects. free: it is an object whose fields are not named.
    """

    path: PATH
    free: bool = False
    many: bool = False
    item: str = ""


def detect_result(document: Document, found: StatusOperation) -> Result:
    """Where the result of a job is whose status *found* reports."""
    named = _late_fields(document, found)
    for one in named:
        text = kinds(inner(document, one.schema)) == {"string"}
        if text and LINK.search(one.name) and not OTHER_LINK.search(one.name):
            return Result("link", ".".join(one.path))
    for one in named:
        if SECOND_ID.match(one.name) and one.path[:-1] == found.status.path[:-1]:
            fetched = _operation_by(document, found, one.path[-1])
            if fetched:
                return Result("second id", f"{'.'.join(one.path)} → {fetched}")
    below = _operation_below(document, found)
    if below:
        return Result("operation", below)
    for one in named:
        decides = one.path in {found.status.path[: len(one.path)], found.end.second}
        if RESULT.search(one.name) and not NOT_RESULT.match(one.name) and not decides:
            return Result("second id" if one.name.endswith("_id") else "inline", ".".join(one.path))
    return Result("none")


def detect_reason(document: Document, found: StatusOperation) -> Reason | None:
    """The field that says why a job failed: an error, or the message in it; None if the response has none."""
    named = [*fields(document, found.response)]
    errors = [one for one in named if ERROR.match(one.name) and kinds(inner(document, one.schema)) != {"integer"}]
    errors = [one for one in errors if kinds(inner(document, one.schema)) != {"boolean"}]
    texts = [
        one for one in named if STATUS_MESSAGE.match(one.name) and kinds(inner(document, one.schema)) == {"string"}
    ]
    for one in (*errors, *texts):
        schema = inner(document, one.schema)
        inside = properties(document, schema)
        message = _message(inside)
        if message:
            return Reason((*one.path, message))
        items = schema.get("items")
        if isinstance(items, dict):
            return Reason(one.path, many=True, item=_message(properties(document, inner(document, items))))
        if not inside:
            return Reason(one.path, free=kinds(schema) != {"string"})
        for name, part in inside.items():
            entries = inner(document, part).get("items")
            if MESSAGES.match(snake_case(name)) and isinstance(entries, dict):
                return Reason(
                    (*one.path, name), many=True, item=_message(properties(document, inner(document, entries)))
                )
    return None


def _message(names: Iterable[str]) -> str:
    """The one of *names* that is a message; empty if none is."""
    return next((name for name in names if MESSAGE.match(snake_case(name))), "")


def _late_fields(document: Document, found: StatusOperation) -> list[Field]:
    """The fields that a response may lack before the job's end; those that only repeat the request are left out."""
    inputs = _inputs(document, found)

    def is_late(one: Field) -> bool:
        beside = one.path[:-1] == found.status.path[: len(one.path) - 1]  # what holds the status is always there
        own = one.optional if beside else HOLDER.match(snake_case(one.path[-2])) and (one.optional or one.inherited)
        return bool(own) and one.name not in inputs

    return [one for one in fields(document, found.response) if is_late(one)]


def _inputs(document: Document, found: StatusOperation) -> set[str]:
    """The fields that a request to the collection of jobs sends: a status response may repeat them."""
    names: set[str] = set()
    for _, method, path, operation in operations(document):
        if method in {"post", "put"} and path.rstrip("/") == found.collection:
            content = resolved(document, operation.get("requestBody") or {}).get("content") or {}
            bodies = [media["schema"] for media in content.values() if isinstance(media.get("schema"), dict)]
            names |= {one.name for body in bodies for one in fields(document, body)}
    return names


def _operation_by(document: Document, found: StatusOperation, name: str) -> str | None:
    """The GET operation with a path parameter of the same name as the field *name*."""
    for _, method, path, operation in operations(document):
        parameters = {snake_case(one) for one in path_parameters(path)}
        names_other_id = snake_case(name) in parameters and f"{{{name}}}" not in found.path
        if method == "get" and path != found.path and names_other_id:
            return str(operation["operationId"])
    return None


def _operation_below(document: Document, found: StatusOperation) -> str | None:
    """The GET operation below the job's path whose name is that of a result."""
    base = found.path.rpartition("}")[0] + "}/"
    for _, method, path, operation in operations(document):
        rest = path.removeprefix(base)
        if method == "get" and path not in {rest, found.path} and RESULT.search(snake_case(rest)):
            return str(operation["operationId"])
    return None
