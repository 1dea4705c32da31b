"""The source of a new service module of jobwait; what waits for its jobs is in its declaration."""

from generator.python_names import class_name, module_name
from generator.scaffold.declaration import Detected
from generator.scaffold.detect.response_fields import inner
from generator.scaffold.detect.status import StatusOperation
from generator.scaffold.detect.submit import SubmitOperation
from generator.scaffold.overlay_file import model_name
from generator.scaffold.sample_answers import type_of
from generator.scaffold.submit_code import submit_code
from generator.spec.pointers import Document

IDS = {"integer": "int({})", "uuid": "UUID({})"}


def service_module(name: str, document: Document, found: StatusOperation, detected: Detected) -> str:
    """The source of the module jobwait/NAME.py, not yet formatted."""
    named, operation = model_name(document, found), module_name(found.name)
    model = f"models.{named}" if named else "Any"
    ids = [_id(document, parameter) for parameter in found.ids(document)]
    parameters = "".join(f", {python}: {kind}" for python, _, kind in ids)
    id_items = ", ".join(f'"{python}": str({python})' for python, _, _ in ids)
    handle, client = f"{class_name(name)}Job", client_name(detected)
    starts = detected.submit
    uses_models = named or (starts and starts.body)
    submit_import = ", Operation, Submission, call, sync_and_async" if starts else ""
    submit_import += ", identifier" if starts and not starts.certain else ""
    submitting = ""
    if starts:
        others = [
            one for one, parameter in zip(ids, found.ids(document), strict=True) if parameter["name"] in starts.ids
        ]
        submitting = submit_code(handle, client, starts, others, ids[-1][0])
    needs_uuid = "UUID(" in submitting
    return f'''"""
{class_name(name)}: a job of a service that was added by `codegen.py add`.

What waits for it is declared in specs/{name}/overlay.yaml: check each guess there.
"""

from __future__ import annotations

{"" if named else "from typing import Any"}
{"from uuid import UUID" if needs_uuid else ""}

import {name}_client
from {name}_client import {client}{", models" if uses_models else ""}
from {name}_client.api.{folder(found.operation)} import {operation} as status_of
{_submit_imports(name, starts)}from jobwait.service import Job, JobState, Service, connector, declared{submit_import}

__all__ = ["SERVICE", "{handle}", "connect", "job"{', "submit", "submit_async"' if starts else ""}]


class {handle}(Job[{model}]):
    """A job at {class_name(name)}."""


SERVICE: Service[{client}, {model}] = declared(
    {name}_client, status_of, handle={handle}
)


connect = connector({client}, SERVICE)


def job(client: {client}{parameters}) -> {handle}:
    """The job *{ids[-1][0]}*, ready to be waited for."""
    return {handle}(JobState(SERVICE, client, {{{id_items}}}))

{submitting}'''


def client_name(detected: Detected) -> str:
    """The class of the client."""
    return "AuthenticatedClient" if detected.keyed else "Client"


def _submit_imports(name: str, starts: SubmitOperation | None) -> str:
    """The imports that submit() needs."""
    if starts is None:
        return ""
    module = module_name(starts.operation["operationId"])
    return f"""from {name}_client.api.{folder(starts.operation)} import {module} as start
"""


def folder(operation: Document) -> str:
    """The folder of the operation's module."""
    from openapi_python_client.strings import PythonIdentifier  # noqa: PLC0415 - its rule for the names of tag folders

    return str(PythonIdentifier((operation.get("tags") or ["default"])[0], "tag"))


def _id(document: Document, parameter: Document) -> tuple[str, str, str]:
    """A parameter's Python name, the expression that reads it from the ids, and the type that callers pass."""
    schema = inner(document, parameter.get("schema") or {})
    python = module_name(parameter["name"])
    value = IDS.get(schema.get("format") or "", IDS.get(type_of(schema), "{}")).format(f'ids["{python}"]')
    keyword = f"{python}=" if parameter["in"] != "path" else ""
    return python, f"{keyword}{value}", "int" if value.startswith("int") else "str"
