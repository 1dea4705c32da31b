"""Scaffold: the page, the overlay and the contract row of a new service; whatever is a guess says so."""

import io
import json
from typing import Any

from ruamel.yaml import YAML

from generator.effective import ONLY
from generator.jobs import PATH, Found, answer_schema, fields, inner
from generator.names import class_name, module_name
from generator.pointers import Document, resolved
from generator.states import VOCABULARY
from generator.yields import Progress, Result

GUESS = "# GUESS:"
TAKEN_FIELDS = frozenset({"additional_properties", "to_dict", "from_dict", "cls"})
IDS = {"integer": "int({})", "uuid": "UUID({})"}
SAMPLES = {"integer": 1, "number": 0.5, "boolean": True, "array": [], "object": {}, "null": None}
FORMATS = {"uuid": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "date-time": "2026-06-11T16:47:49Z", "date": "2026-06-11"}


def overlay(name: str, found: Found, only: list[str], *, needs_title: bool) -> str:
    """The overlay of the new service: its operations, and a name for a model that has none."""
    actions: list[dict[str, Any]] = [
        {
            "target": "$",
            "description": "The operations of a job's life; the client has these and what they reach.",
            "update": {ONLY: only},
        }
    ]
    if needs_title:
        code, kind = _answer_place(found)
        keys = (found.path, "get", "responses", code, "content", kind, "schema")
        actions.append(
            {
                "target": f"$.paths{''.join(f'[{_quoted(key)}]' for key in keys)}",
                "description": "The answer stands inline and has no name.",
                "update": {"title": model_name(found)},
            }
        )
    document = {
        "overlay": "1.0.0",
        "info": {"title": f"What jobwait needs of {name}", "version": "1.0.0"},
        "actions": actions,
    }
    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(document, text)
    return text.getvalue()


def model_name(found: Found) -> str:
    """The class of the status answer."""
    reference = found.answer.get("$ref")
    return class_name(reference.rpartition("/")[2]) if reference else "StatusAnswer"


def page(name: str, document: Document, found: Found, progress: Progress, result: Result) -> str:
    """The page jobwait/NAME.py."""
    model, operation = f"models.{model_name(found)}", module_name(found.operation["operationId"])
    tag = _folder(found)
    ids = [_id(document, parameter) for parameter in found.ids(document)]
    needs_uuid = any("UUID(" in value for _, value, _ in ids)
    arguments = ", ".join(sorted((value for _, value, _ in ids), key=lambda value: "=" in value))  # keywords last
    parameters = "".join(f", {python}: {kind}" for python, _, kind in ids)
    handed = ", ".join(f'"{python}": str({python})' for python, _, _ in ids)
    handle = f"{class_name(name)}Job"
    return f'''"""
{class_name(name)}: a job of a service that was added by `codegen.py add`.

Each line that is marked GUESS was read out of the specification and wants a look.
"""

from __future__ import annotations

{"from uuid import UUID" if needs_uuid else ""}

import httpx

from {name}_client import AuthenticatedClient, models
from {name}_client.api.{tag} import {operation} as status_of
from jobwait._connect import connector
from jobwait._course import Course
from jobwait._job import Job
from jobwait._policy import Settled
from jobwait._service import Ids, Service, Verdicts
{"from jobwait._types import Progress" if progress.kind != "none" else ""}

__all__ = ["SERVICE", "{handle}", "connect", "job"]

{GUESS} {_of_result(result)}


def _look(client: AuthenticatedClient, ids: Ids) -> httpx.Request:
    return status_of.build(client, {arguments})


{_progress(progress, model)}
class {handle}(Job[{model}]):
    """A job at {class_name(name)}."""


SERVICE: Service[AuthenticatedClient, {model}] = Service(
    name="{name}",
    id="{ids[-1][0]}",
    look=_look,
    parse=status_of.parse,
    status=lambda snapshot: str({_chain(found.status.path)}),
    raw_status={found.status.path!r},
    verdicts=Verdicts(  {GUESS} {_of_states(found)}
{_verdicts(found)}    ),
    {"progress=_progress," if progress.kind != "none" else GUESS + " nothing in the answer tells progress."}
    defaults=Settled(timeout=3600.0, pace=5.0, first=5.0),  {GUESS} ask the vendor how often one may look.
    key_variable="{name.upper()}_API_KEY",
    url_variable="{name.upper()}_BASE_URL",
    job={handle},
)


connect = connector(AuthenticatedClient, SERVICE)


def job(client: AuthenticatedClient{parameters}) -> {handle}:
    """The job *{ids[-1][0]}*, ready to be waited for."""
    return {handle}(Course(SERVICE, client, {{{handed}}}))
'''


def row(document: Document, found: Found) -> str:
    """The row of the contract test: the states, an answer without them, and ids."""
    body = _sample(document, found.answer)
    holder = body
    for step in found.status.path[:-1]:
        holder = holder.setdefault(step, {})
    first = next(iter(found.states.verdicts), "")
    number = _type(inner(document, found.status.schema)) == "integer"
    holder[found.status.path[-1]] = int(first) if number and first else first
    ids = {module_name(one["name"]): _id_sample(document, one) for one in found.ids(document)}
    known = {state: verdict for state, verdict in found.states.verdicts.items() if verdict}
    told = {"statuses": known, "body": body, "ids": ids, "guessed": "all of it: look at the service's documentation"}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _answer_place(found: Found) -> tuple[str, str]:
    for code, response in sorted(found.operation["responses"].items()):
        for kind, media in (response.get("content") or {}).items():
            if media.get("schema") is found.answer:
                return code, kind
    raise LookupError(found.path)


def _quoted(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _folder(found: Found) -> str:
    from openapi_python_client.strings import PythonIdentifier  # noqa: PLC0415 - the tool's own rule for tags

    return str(PythonIdentifier((found.operation.get("tags") or ["default"])[0], "tag"))


def _id(document: Document, parameter: Document) -> tuple[str, str, str]:
    """The name of a parameter in Python, the code that takes it from the ids, and the type that callers pass."""
    schema = inner(document, parameter.get("schema") or {})
    python = module_name(parameter["name"])
    value = IDS.get(schema.get("format") or "", IDS.get(_type(schema), "{}")).format(f'ids["{python}"]')
    keyword = f"{python}=" if parameter["in"] != "path" else ""
    return python, f"{keyword}{value}", "int" if value.startswith("int") else "str"


def _id_sample(document: Document, parameter: Document) -> str:
    schema = inner(document, parameter.get("schema") or {})
    return FORMATS.get(schema.get("format") or "", "1" if _type(schema) == "integer" else "an-id")


def _chain(path: PATH) -> str:
    """The way to a field, through objects that may be absent."""
    names = [f"{name}_" if name in TAKEN_FIELDS else name for name in map(module_name, path)]
    return " and ".join(".".join(["snapshot", *names[: index + 1]]) for index in range(len(names)))


def _of_states(found: Found) -> str:
    if not found.states.verdicts:
        return "the specification names no states; put each into one of these sets."
    unknown = f"; these say nothing: {', '.join(found.states.unknown)}" if found.states.unknown else ""
    return f"from the {found.states.source} of {'.'.join(found.status.path)}{unknown}."


def _verdicts(found: Found) -> str:
    sets = [(verdict, found.states.of(verdict)) for verdict in VOCABULARY]
    return "".join(f"        {verdict}={{{', '.join(map(repr, states))}}},\n" for verdict, states in sets if states)


def _of_result(result: Result) -> str:
    said = {
        "inline": "the result stands in the status answer, at {}.",
        "link": "the result lies behind the link in {}.",
        "second id": "the result has an id of its own: {}.",
        "operation": "the result is read by the operation {}.",
        "none": "where the result is, the specification does not say.",
    }
    return said[result.kind].format(result.place)


def _progress(progress: Progress, model: str) -> str:
    if progress.kind == "none":
        return ""
    done = _chain(progress.done)
    head = f"def _progress(snapshot: {model}) -> Progress | None:\n    {GUESS} {progress.kind}.\n"
    if progress.kind in {"percent", "fraction"}:
        scale = "100 * " if progress.kind == "fraction" else ""
        return (
            f"{head}    done: object = {done}\n"
            f"    return Progress(round({scale}done), 100) if isinstance(done, int | float) else None\n\n\n"
        )
    finished = 'max(done - 1, 0), total if isinstance(total, int) else None, f"step {done}"'
    counted = "done, total if isinstance(total, int) else None"
    told = finished if progress.kind == "steps" else counted
    return (
        f"{head}    done: object = {done}\n    total: object = {_chain(progress.total)}\n"
        f"    return Progress({told}) if isinstance(done, int) else None\n\n\n"
    )


def _sample(document: Document, schema: Document) -> Any:
    """The least that the schema asks for."""
    schema = inner(document, schema)
    if schema.get("enum"):
        return schema["enum"][0]
    if "properties" in schema or "allOf" in schema:
        needed = _required(document, schema)
        return {
            one.path[0]: _sample(document, one.schema)
            for one in fields(document, schema)
            if one.path[0] in needed and len(one.path) == 1
        }
    if _type(schema) == "string":
        return FORMATS.get(schema.get("format") or "", "text")
    return SAMPLES.get(_type(schema), {})


def _type(schema: Document) -> str:
    """The one type of *schema*, of several the first that is told."""
    types = schema.get("type") or ""
    return types if isinstance(types, str) else next(one for one in [*types, ""] if one != "null")


def _required(document: Document, schema: Document) -> set[str]:
    parts = [resolved(document, part) for part in schema.get("allOf", [])]
    return {*schema.get("required", []), *(name for part in parts for name in _required(document, part))}


__all__ = ["GUESS", "answer_schema", "model_name", "overlay", "page", "row"]
