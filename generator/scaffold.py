"""Scaffold: the page of a new service; whatever is a guess says so."""

from dataclasses import dataclass

from generator import submits
from generator.jobs import PATH, Found, inner
from generator.names import class_name, module_name
from generator.pointers import Document
from generator.sample import type_of
from generator.selection import model_name
from generator.states import VOCABULARY
from generator.submits import GUESS, Submit
from generator.yields import Progress, Result

TAKEN_FIELDS = frozenset({"additional_properties", "to_dict", "from_dict", "cls"})
IDS = {"integer": "int({})", "uuid": "UUID({})"}


@dataclass(frozen=True)
class Hints:
    """What the spec tells of a job beside its status: progress, result, how it starts, and whether it wants a key."""

    progress: Progress
    result: Result
    submit: Submit | None
    keyed: bool


def page(name: str, document: Document, found: Found, hints: Hints) -> str:
    """The page jobwait/NAME.py."""
    model, operation = f"models.{model_name(found)}", module_name(found.operation["operationId"])
    tag = _folder(found.operation)
    ids = [_id(document, parameter) for parameter in found.ids(document)]
    needs_uuid = any("UUID(" in value for _, value, _ in ids)
    arguments = ", ".join(sorted((value for _, value, _ in ids), key=lambda value: "=" in value))  # keywords last
    parameters = "".join(f", {python}: {kind}" for python, _, kind in ids)
    handed = ", ".join(f'"{python}": str({python})' for python, _, _ in ids)
    handle, client = f"{class_name(name)}Job", "AuthenticatedClient" if hints.keyed else "Client"
    progress, result, starts = hints.progress, hints.result, hints.submit
    key = f'key_variable="{name.upper()}_API_KEY",' if hints.keyed else f"{GUESS} the specification asks for no key."
    submitting = ""
    if starts:
        others = [
            one for one, parameter in zip(ids, found.ids(document), strict=True) if parameter["name"] in starts.ids
        ]
        submitting = submits.code(handle, client, starts, others, ids[-1][0])
    return f'''"""
{class_name(name)}: a job of a service that was added by `codegen.py add`.

Each line that is marked GUESS was read out of the specification and wants a look.
"""

from __future__ import annotations

{"from uuid import UUID" if needs_uuid else ""}

import httpx

from {name}_client import {client}, models
from {name}_client.api.{tag} import {operation} as status_of
{_starting(name, starts)}from jobwait._http.connect import connector
from jobwait._polling.job_state import Course
from jobwait._jobs.handle import Job
from jobwait._model.policy import Settled
from jobwait._model.service import Ids, Service, Verdicts
{"from jobwait._model.types import Progress" if progress.kind != "none" else ""}

__all__ = ["SERVICE", "{handle}", "connect", "job"{', "submit", "submit_async"' if starts else ""}]

{GUESS} {_of_result(result)}


def _look(client: {client}, ids: Ids) -> httpx.Request:
    return status_of.build(client, {arguments})


{_progress(progress, model)}
class {handle}(Job[{model}]):
    """A job at {class_name(name)}."""


SERVICE: Service[{client}, {model}] = Service(
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
    {key}
    url_variable="{name.upper()}_BASE_URL",
    job={handle},
)


connect = connector({client}, SERVICE)


def job(client: {client}{parameters}) -> {handle}:
    """The job *{ids[-1][0]}*, ready to be waited for."""
    return {handle}(Course(SERVICE, client, {{{handed}}}))

{submitting}'''


def _starting(name: str, starts: Submit | None) -> str:
    """The imports of a page that can submit."""
    if starts is None:
        return ""
    module = module_name(starts.operation["operationId"])
    return f"""from {name}_client.api.{_folder(starts.operation)} import {module} as start
from jobwait._polling.operations import call
from jobwait._jobs.drivers import twins
from jobwait._polling.commands import Script, Sleep
"""


def _folder(operation: Document) -> str:
    from openapi_python_client.strings import PythonIdentifier  # noqa: PLC0415 - the tool's own rule for tags

    return str(PythonIdentifier((operation.get("tags") or ["default"])[0], "tag"))


def _id(document: Document, parameter: Document) -> tuple[str, str, str]:
    """The name of a parameter in Python, the code that takes it from the ids, and the type that callers pass."""
    schema = inner(document, parameter.get("schema") or {})
    python = module_name(parameter["name"])
    value = IDS.get(schema.get("format") or "", IDS.get(type_of(schema), "{}")).format(f'ids["{python}"]')
    keyword = f"{python}=" if parameter["in"] != "path" else ""
    return python, f"{keyword}{value}", "int" if value.startswith("int") else "str"


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
