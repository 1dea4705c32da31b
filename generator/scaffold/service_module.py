"""The source of a new service module of jobwait; every guess is marked."""

from dataclasses import dataclass

from generator.python_names import class_name, module_name
from generator.scaffold.detect.progress import Progress
from generator.scaffold.detect.response_fields import inner
from generator.scaffold.detect.result import Reason, Result
from generator.scaffold.detect.status import StatusOperation
from generator.scaffold.detect.submit import SubmitOperation
from generator.scaffold.overlay_file import model_name
from generator.scaffold.sample_answers import type_of
from generator.scaffold.status_code import (
    GUESS,
    items_statuses,
    progress_function,
    reads_progress,
    reason_function,
    status_argument,
    status_function,
    status_map,
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


@dataclass(frozen=True)
class _Names:
    """What the parts of the module share: its classes, and of each id the name, how it is read and its type."""

    service: str
    handle: str
    client: str
    model: str
    ids: list[tuple[str, str, str]]


def service_module(name: str, document: Document, found: StatusOperation, detected: Detected) -> str:
    """The source of the module jobwait/NAME.py, not yet formatted."""
    model = model_name(document, found)
    names = _Names(
        service=name,
        handle=f"{class_name(name)}Job",
        client="AuthenticatedClient" if detected.keyed else "Client",
        model=f"models.{model}" if model else "Any",
        ids=[_id(document, parameter) for parameter in found.ids(document)],
    )
    return "\n\n".join(
        [
            _head(names, found, detected),
            _functions(names, found, detected),
            _service(names, found, detected),
            _handles(names),
            _submitting(names, document, found, detected.submit),
        ]
    )


def _head(names: _Names, found: StatusOperation, detected: Detected) -> str:
    """The docstring, the imports and the public names."""
    typed, starts = names.model != "Any", detected.submit
    from_client = names.client + (", models" if typed or (starts and starts.body) else "")
    more = ", Progress" if reads_progress(detected.progress) else ""
    more += ", Operation, Submission, call, sync_and_async" if starts else ""
    more += ", identifier" if starts and not starts.certain else ""
    return f'''"""
{class_name(names.service)}: a job of a service that was added by `codegen.py add`.

Each line that is marked GUESS was derived from the specification: check it.
"""

from __future__ import annotations

{"" if typed else "from typing import Any"}
{"from uuid import UUID" if any("UUID(" in value for _, value, _ in names.ids) else ""}

from {names.service}_client import {from_client}
from {names.service}_client.api.{_folder(found.operation)} import {module_name(found.name)} as status_of
{_submit_imports(names.service, starts)}from jobwait.service import (
    Ids, Job, JobState, PollingDefaults, Service, StatusMap, connector, httpx{more}
)

__all__ = ["SERVICE", "{names.handle}", "connect", "job"{', "submit", "submit_async"' if starts else ""}]

{GUESS} {_result_comment(detected.result)}
'''


def _functions(names: _Names, found: StatusOperation, detected: Detected) -> str:
    """The functions that poll and read a response, and the class of the handle."""
    arguments = ", ".join(sorted((value for _, value, _ in names.ids), key=lambda value: "=" in value))  # keywords last
    return f'''
def _poll(client: {names.client}, ids: Ids) -> httpx.Request:
    return status_of.build(client, {arguments})


{items_statuses(found)}{status_function(found, names.model)}{progress_function(detected.progress, names.model)}{
        reason_function(detected.reason, names.model)
    }
class {names.handle}(Job[{names.model}]):
    """A job at {class_name(names.service)}."""
'''


def _service(names: _Names, found: StatusOperation, detected: Detected) -> str:
    """The description of the service, and `connect`."""
    variables = names.service.upper()
    key = f'key_variable="{variables}_API_KEY",' if detected.keyed else f"{GUESS} the specification asks for no key."
    return f"""
SERVICE: Service[{names.client}, {names.model}] = Service(
    name="{names.service}",
    id="{names.ids[-1][0]}",
    poll=_poll,
    parse=status_of.parse,
    status={status_argument(found)},
    status_path="{status_path(found)}",
    statuses={"STATUSES" if found.end.kind == "items" else status_map(found)},
    {"" if found.statuses.of("queued") or found.statuses.of("running") else "live_statuses=False,"}
    {"reason=_reason," if detected.reason else GUESS + " no field of the response says why a job failed."}
    {"progress=_progress," if reads_progress(detected.progress) else f"{GUESS} {_no_progress(detected.progress)}"}
    defaults=PollingDefaults(timeout=3600.0, interval=5.0, first_interval=5.0),  {GUESS} ask how often to poll.
    {key}
    url_variable="{variables}_BASE_URL",
    handle={names.handle},
)


connect = connector({names.client}, SERVICE)
"""


def _handles(names: _Names) -> str:
    """The function `job`."""
    parameters = "".join(f", {python}: {kind}" for python, _, kind in names.ids)
    id_items = ", ".join(f'"{python}": str({python})' for python, _, _ in names.ids)
    return f'''
def job(client: {names.client}{parameters}) -> {names.handle}:
    """The job *{names.ids[-1][0]}*, ready to be waited for."""
    return {names.handle}(JobState(SERVICE, client, {{{id_items}}}))
'''


def _submitting(names: _Names, document: Document, found: StatusOperation, starts: SubmitOperation | None) -> str:
    """The function `submit`, where the specification has an operation for it."""
    if starts is None:
        return ""
    pairs = zip(names.ids, found.ids(document), strict=True)
    others = [one for one, parameter in pairs if parameter["name"] in starts.ids]
    return submit_code(names.handle, names.client, starts, others, names.ids[-1][0])


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
