"""Submits: the operation that starts a job, where a spec shows one clearly, and the code that a page makes of it."""

import re
from dataclasses import dataclass

from generator.jobs import Found, answer_schema, inner, kinds, plain
from generator.lint import operations
from generator.names import class_name, module_name
from generator.pointers import Document, resolved

GUESS = "# GUESS:"
NAMES = ("id", "job_id", "task_id", "run_id", "uuid")  # of a job in the answer to its submission, if not as in the path


@dataclass(frozen=True)
class Submit:
    """What starts a job: the operation, the model of its body if it takes one, and where its answer names the job."""

    operation: Document
    body: str | None
    id: str
    ids: tuple[str, ...]  # the parameters of its path


def submit(document: Document, found: Found) -> Submit | None:
    """The one POST on the collection that the job stands in; None where its body or answer leave a doubt."""
    collection = found.path[: found.path.rindex("{")].rstrip("/")
    posts = [
        Submit(operation, _model(document, operation), _named(document, operation, found), _ids(path))
        for _, method, path, operation in operations(document)
        if method == "post" and path.rstrip("/") == collection and not _wants_more(document, path, operation)
    ]
    clear = [one for one in posts if one.id and (one.body or not one.operation.get("requestBody"))]
    known = set(_ids(found.path))
    if len(clear) != 1 or not set(clear[0].ids) <= known or len(found.ids(document)) != len(known):
        return None
    return clear[0]


def code(handle: str, client: str, one: Submit, others: list[tuple[str, str, str]], id_name: str) -> str:
    """The code of *one* in a page; *others* are the ids beside the job's own: name, code and type of each."""
    given = [f"{python}: {kind}" for python, _, kind in others] + ([f"body: models.{one.body}"] if one.body else [])
    passed = [value for _, value, _ in others] + (["body=body"] if one.body else [])
    kept = ", ".join(f'"{python}": str({python})' for python, _, _ in others)
    return f'''
def _submit({", ".join([f"client: {client}", *given])}) -> Script[{handle}]:
    """
    Start a job.

    Raises:
        SubmitUnconfirmed: it was sent and no certain answer came; it is never sent twice.
        CallFailed: the service could not be asked, or refused.

    """
    ids: dict[str, str] = {{{kept}}}
    {GUESS} {one.operation["operationId"]} starts a job, and the field {one.id} of its answer names it.
    answer = yield from call(
        SERVICE, client, lambda: start.build({", ".join(["client", *passed])}), start.parse, repeat=False
    )
    tick = yield Sleep(0)
    ids["{id_name}"] = str(answer.{module_name(one.id)})
    return {handle}(Course(SERVICE, client, ids, started=tick.wall, submitted=True))


submit, submit_async = twins(_submit)
'''


def _ids(path: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\{([^}]*)\}", path))


def _wants_more(document: Document, path: str, operation: Document) -> bool:
    """Whether a call needs a parameter that is no part of the path."""
    shared = document["paths"][path].get("parameters", [])
    declared = [resolved(document, one) for one in [*shared, *operation.get("parameters", [])]]
    return any(one.get("required") and one["in"] != "path" for one in declared)


def _model(document: Document, operation: Document) -> str | None:
    """The class of the one JSON body, if it has a name."""
    content = resolved(document, operation.get("requestBody") or {}).get("content") or {}
    schemas = [media.get("schema", {}) for kind, media in content.items() if "json" in kind]
    if len(content) != 1 or len(schemas) != 1 or "$ref" not in schemas[0]:
        return None
    told = resolved(document, schemas[0])
    return class_name(schemas[0]["$ref"].rpartition("/")[2]) if "properties" in told else None


def _named(document: Document, operation: Document, found: Found) -> str:
    """The field of the answer that names the job: required, at its top, text or a whole number."""
    codes = [code for code in operation["responses"] if code.startswith("2")]
    answer = answer_schema(document, operation)
    told = inner(document, answer) if answer and len(codes) == 1 else {}
    for wanted in (plain(found.id), *NAMES):
        for name in told.get("required") or []:
            schema = inner(document, told.get("properties", {}).get(name, {}))
            if plain(name) == wanted and kinds(schema) in ({"string"}, {"integer"}):
                return str(name)
    return ""
