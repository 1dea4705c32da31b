"""The source of a new service module of jobwait; every guess is marked."""

from dataclasses import dataclass

from generator.python_names import class_name, module_name
from generator.scaffold.detect.progress import Progress
from generator.scaffold.detect.response_fields import inner
from generator.scaffold.detect.result import Reason, Result
from generator.scaffold.detect.state_words import VOCABULARY
from generator.scaffold.detect.status import StatusOperation
from generator.scaffold.detect.submit import SubmitOperation
from generator.scaffold.overlay_file import model_name
from generator.scaffold.sample_answers import type_of
from generator.scaffold.status_code import (
    GUESS,
    progress_function,
    reason_function,
    status_argument,
    status_function,
    status_path,
)
from generator.scaffold.submit_code import submit_code
from generator.spec.pointers import Document

IDS = {"integer": "int({})", "uuid": "UUID({})"}


@dataclass(frozen=True)
class Detected:
    """What was detected beside the status: progress, reason, result, submit operation, and whether a key is needed."""

    progress: Progress
    reason: Reason | None
    result: Result
    submit: SubmitOperation | None
    keyed: bool


def service_module(name: str, document: Document, found: StatusOperation, detected: Detected) -> str:
    """The source of the module jobwait/NAME.py, not yet formatted."""
    named, operation = model_name(document, found), module_name(found.name)
    model = f"models.{named}" if named else "Any"
    tag = _folder(found.operation)
    ids = [_id(document, parameter) for parameter in found.ids(document)]
    needs_uuid = any("UUID(" in value for _, value, _ in ids)
    arguments = ", ".join(sorted((value for _, value, _ in ids), key=lambda value: "=" in value))  # keywords last
    parameters = "".join(f", {python}: {kind}" for python, _, kind in ids)
    id_items = ", ".join(f'"{python}": str({python})' for python, _, _ in ids)
    handle, client = f"{class_name(name)}Job", "AuthenticatedClient" if detected.keyed else "Client"
    progress, result, starts = detected.progress, detected.result, detected.submit
    key = f'key_variable="{name.upper()}_API_KEY",' if detected.keyed else f"{GUESS} the specification asks for no key."
    uses_models = named or (starts and starts.body)
    reads_progress = progress.kind not in {"none", "unclear"}
    progress_import = ", Progress" if reads_progress else ""
    submit_import = ", Operation, Submission, call, sync_and_async" if starts else ""
    submit_import += ", identifier" if starts and not starts.certain else ""
    functions = "".join(
        [
            _items_statuses(found),
            status_function(found, model),
            progress_function(progress, model),
            reason_function(detected.reason, model),
        ]
    )
    submitting = ""
    if starts:
        others = [
            one for one, parameter in zip(ids, found.ids(document), strict=True) if parameter["name"] in starts.ids
        ]
        submitting = submit_code(handle, client, starts, others, ids[-1][0])
    return f'''"""
{class_name(name)}: a job of a service that was added by `codegen.py add`.

Each line that is marked GUESS was derived from the specification: check it.
"""

from __future__ import annotations

{"" if named else "from typing import Any"}
{"from uuid import UUID" if needs_uuid else ""}

from {name}_client import {client}{", models" if uses_models else ""}
from {name}_client.api.{tag} import {operation} as status_of
{_submit_imports(name, starts)}from jobwait.service import (
    Ids, Job, JobState, PollingDefaults, Service, StatusMap, connector, httpx{progress_import}{submit_import}
)

__all__ = ["SERVICE", "{handle}", "connect", "job"{', "submit", "submit_async"' if starts else ""}]

{GUESS} {_result_comment(result)}


def _poll(client: {client}, ids: Ids) -> httpx.Request:
    return status_of.build(client, {arguments})


{functions}
class {handle}(Job[{model}]):
    """A job at {class_name(name)}."""


SERVICE: Service[{client}, {model}] = Service(
    name="{name}",
    id="{ids[-1][0]}",
    poll=_poll,
    parse=status_of.parse,
    status={status_argument(found)},
    status_path="{status_path(found)}",
    statuses={"STATUSES" if found.end.kind == "items" else _status_map(found)},
    {"" if found.statuses.of("queued") or found.statuses.of("running") else "live_statuses=False,"}
    {"reason=_reason," if detected.reason else GUESS + " no field of the response says why a job failed."}
    {"progress=_progress," if reads_progress else f"{GUESS} {_no_progress(progress)}"}
    defaults=PollingDefaults(timeout=3600.0, interval=5.0, first_interval=5.0),  {GUESS} ask how often to poll.
    {key}
    url_variable="{name.upper()}_BASE_URL",
    job={handle},
)


connect = connector({client}, SERVICE)


def job(client: {client}{parameters}) -> {handle}:
    """The job *{ids[-1][0]}*, ready to be waited for."""
    return {handle}(JobState(SERVICE, client, {{{id_items}}}))

{submitting}'''


def _submit_imports(name: str, starts: SubmitOperation | None) -> str:
    """The imports that submit() needs."""
    if starts is None:
        return ""
    module = module_name(starts.operation["operationId"])
    return f"""from {name}_client.api.{_folder(starts.operation)} import {module} as start
"""


def _folder(operation: Document) -> str:
    from openapi_python_client.strings import PythonIdentifier  # noqa: PLC0415 - its rule for the names of tag folders

    return str(PythonIdentifier((operation.get("tags") or ["default"])[0], "tag"))


def _id(document: Document, parameter: Document) -> tuple[str, str, str]:
    """A parameter's Python name, the expression that reads it from the ids, and the type that callers pass."""
    schema = inner(document, parameter.get("schema") or {})
    python = module_name(parameter["name"])
    value = IDS.get(schema.get("format") or "", IDS.get(type_of(schema), "{}")).format(f'ids["{python}"]')
    keyword = f"{python}=" if parameter["in"] != "path" else ""
    return python, f"{keyword}{value}", "int" if value.startswith("int") else "str"


def _status_map(found: StatusOperation) -> str:
    return f"StatusMap(  {GUESS} {_states_comment(found)}\n{_statuses(found)}    )"


def _items_statuses(found: StatusOperation) -> str:
    """The status map as a constant, for a status function that compares several statuses."""
    return f"STATUSES = {_status_map(found)}\n\n\n" if found.end.kind == "items" else ""


def _states_comment(found: StatusOperation) -> str:
    if not found.statuses.states:
        return "the specification names no states; put each into one of these sets."
    unknown = f"; their meaning is unknown: {', '.join(found.statuses.unknown)}" if found.statuses.unknown else ""
    return f"from the {found.statuses.source} of {'.'.join(found.status.path)}{unknown}."


def _statuses(found: StatusOperation) -> str:
    sets = [(meaning, found.statuses.of(meaning)) for meaning in VOCABULARY]
    return "".join(f"        {meaning}={{{', '.join(map(repr, states))}}},\n" for meaning, states in sets if states)


def _result_comment(result: Result) -> str:
    sentences = {
        "inline": "the result is in the status response, in {}.",
        "link": "the result is at the link in {}.",
        "second id": "the result has an id of its own: {}.",
        "operation": "the result is read by the operation {}.",
        "none": "the specification does not say where the result is.",
    }
    return sentences[result.kind].format(result.place)


def _no_progress(progress: Progress) -> str:
    if progress.kind == "unclear":
        return f"{'.'.join(progress.done)} reports progress, but the specification does not say whether to 1 or to 100."
    return "no field of the response reports progress."
