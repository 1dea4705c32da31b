"""Finds the operation that starts a job, if the spec leaves no doubt about it."""

from dataclasses import dataclass

from generator.python_names import class_name
from generator.scaffold.detect_status import StatusOperation, inner, kinds, response_schema, snake_case
from generator.spec.operations import operations, path_parameters
from generator.spec.pointers import Document, resolved

ID_FIELDS = ("id", "job_id", "task_id", "run_id", "uuid")  # of the response, if none has the path parameter's name


@dataclass(frozen=True)
class SubmitOperation:
    """The operation, the model of its body if it has one, and the response field that identifies the job."""

    operation: Document
    body: str | None
    id: str
    ids: tuple[str, ...]  # the parameters of its path


def detect_submit(document: Document, found: StatusOperation) -> SubmitOperation | None:
    """The POST operation on the collection of jobs; None if there are several, or its body or response is unclear."""
    collection = found.path[: found.path.rindex("{")].rstrip("/")
    posts = [
        SubmitOperation(operation, _body_model(document, operation), _id_field(document, operation, found), _ids(path))
        for _, method, path, operation in operations(document)
        if method == "post" and path.rstrip("/") == collection and not _requires_more(document, path, operation)
    ]
    clear = [one for one in posts if one.id and (one.body or not one.operation.get("requestBody"))]
    known = set(_ids(found.path))
    if len(clear) != 1 or not set(clear[0].ids) <= known or len(found.ids(document)) != len(known):
        return None
    return clear[0]


def _ids(path: str) -> tuple[str, ...]:
    return tuple(path_parameters(path))


def _requires_more(document: Document, path: str, operation: Document) -> bool:
    """Whether the operation has a required parameter outside its path."""
    shared = document["paths"][path].get("parameters", [])
    declared = [resolved(document, one) for one in [*shared, *operation.get("parameters", [])]]
    return any(one.get("required") and one["in"] != "path" for one in declared)


def _body_model(document: Document, operation: Document) -> str | None:
    """The model class of the JSON body; None if there are other content types, or the schema has no name."""
    content = resolved(document, operation.get("requestBody") or {}).get("content") or {}
    schemas = [media.get("schema", {}) for kind, media in content.items() if "json" in kind]
    if len(content) != 1 or len(schemas) != 1 or "$ref" not in schemas[0]:
        return None
    schema = resolved(document, schemas[0])
    return class_name(schemas[0]["$ref"].rpartition("/")[2]) if "properties" in schema else None


def _id_field(document: Document, operation: Document, found: StatusOperation) -> str:
    """The top-level field of the response that identifies the job: required, a string or an integer; else empty."""
    codes = [code for code in operation["responses"] if code.startswith("2")]
    schema = response_schema(document, operation)
    response = inner(document, schema) if schema and len(codes) == 1 else {}
    for wanted in (snake_case(found.id), *ID_FIELDS):
        for name in response.get("required") or []:
            field = inner(document, response.get("properties", {}).get(name, {}))
            if snake_case(name) == wanted and kinds(field) in ({"string"}, {"integer"}):
                return str(name)
    return ""
