"""Finds the operation that starts a job, if the spec leaves no doubt about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.python_names import class_name
from generator.scaffold.detect.response_fields import (
    PATH,
    Field,
    fields,
    inner,
    is_nullable,
    kinds,
    properties,
    response_schema,
    snake_case,
)
from generator.scaffold.detect.status import StatusOperation
from generator.spec.operations import operations, path_parameters
from generator.spec.pointers import Document, resolved

ID_FIELDS = ("id", "job_id", "task_id", "run_id", "uuid")  # of the response, if none has the path parameter's name
STARTS = re.compile(r"^(create|submit|start|run|new|async|batch|launch|trigger)")


@dataclass(frozen=True)
class SubmitOperation:
    """The operation, the model of its body if it has one, and the response field that identifies the job."""

    path: str
    operation: Document
    body: str | None
    id: PATH
    certain: bool  # whether the response always has that field
    ids: tuple[str, ...]  # the parameters of its path
    title: str = ""  # the name that an inline body is to be given, with an overlay


def detect_submit(document: Document, found: StatusOperation) -> SubmitOperation | None:
    """The POST operation that starts a job; None if there are several, or its body or response is unclear."""
    known = set(path_parameters(found.path))
    if len(found.ids(document)) != len(known):
        return None
    for places in _places(found):
        clear = [one for one in _starting(document, found, places) if set(one.ids) <= known]
        if clear:
            return clear[0] if len(clear) == 1 else None
    return None


def _places(found: StatusOperation) -> Iterator[re.Pattern[str]]:
    """Where such an operation may be, the likeliest place first: the collection, below it, and beside it."""
    collection = re.escape(found.collection)
    yield re.compile(f"{collection}/?")
    yield re.compile(rf"{collection}/{STARTS.pattern[1:]}[\w-]*/?")
    singular = collection.removesuffix("s")
    yield re.compile(rf"{singular}(s|es)?(/{STARTS.pattern[1:]}[\w-]*)?/?")
    yield re.compile(rf"{re.escape(found.collection.rpartition('/')[0])}(/[\w-]+)?/?")


def _starting(document: Document, found: StatusOperation, places: re.Pattern[str]) -> Iterator[SubmitOperation]:
    for _, method, path, operation in operations(document):
        if method != "post" or not places.fullmatch(path) or _requires_more(document, path, operation):
            continue
        ids = _id_fields(document, operation, found)
        body, title = _body(document, operation)
        if ids and (body or not operation.get("requestBody")):
            one = ids[0]
            certain = not (one.optional or one.inherited)
            yield SubmitOperation(path, operation, body, one.path, certain, tuple(path_parameters(path)), title)


def _requires_more(document: Document, path: str, operation: Document) -> bool:
    """Whether the operation has a required parameter outside its path."""
    shared = document["paths"][path].get("parameters", [])
    declared = [resolved(document, one) for one in [*shared, *operation.get("parameters", [])]]
    return any(one.get("required") and one["in"] != "path" for one in declared)


def _body(document: Document, operation: Document) -> tuple[str | None, str]:
    """The model class of the JSON body, and the title that gives it that name if it is inline; else None."""
    content = resolved(document, operation.get("requestBody") or {}).get("content") or {}
    schemas = [media.get("schema", {}) for kind, media in content.items() if "json" in kind]
    if len(content) != 1 or len(schemas) != 1 or is_nullable(document, schemas[0]):
        return None, ""
    if not properties(document, resolved(document, schemas[0])):
        return None, ""
    if "$ref" in schemas[0]:
        return class_name(schemas[0]["$ref"].rpartition("/")[2]), ""
    title = unused_name(document, f"{class_name(str(operation['operationId']))}Body")
    return class_name(title), title


def unused_name(document: Document, name: str) -> str:
    """*name*, or with a number if a model has that name."""
    taken = {class_name(one) for one in document.get("components", {}).get("schemas", {})}
    return next(
        one for one in (name, *(f"{name}{number}" for number in range(2, 1000))) if class_name(one) not in taken
    )


def _id_fields(document: Document, operation: Document, found: StatusOperation) -> list[Field]:
    """The fields of the response that may identify the job, strings or integers; the likeliest first."""
    codes = [code for code in operation["responses"] if code.startswith("2")]
    schema = response_schema(document, operation)
    if schema is None or len(codes) != 1:
        return []
    own = snake_case(found.id)
    noun = found.collection.rpartition("/")[2].removesuffix("s")
    wanted = dict.fromkeys([own, own.rpartition("_")[2], f"{snake_case(noun)}_id", *ID_FIELDS])
    holders = {(), found.status.path[:-1]}
    named = [one for one in fields(document, schema) if one.path[:-1] in holders]
    texts = [one for one in named if kinds(inner(document, one.schema)) in ({"string"}, {"integer"})]
    return [one for name in wanted for one in texts if one.name == name]
