"""`codegen.py add`: drafts the files of a new service."""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path

from generator import paths
from generator.emit.formatting import format_module
from generator.errors import GeneratorError, finding_sentences
from generator.options import DEFAULTS, Options
from generator.python_names import module_name
from generator.scaffold.add_report import operation_names, report
from generator.scaffold.contract_row import contract_row
from generator.scaffold.declaration import Detected, declaration, declaration_lines
from generator.scaffold.detect.progress import detect_progress
from generator.scaffold.detect.result import detect_reason, detect_result
from generator.scaffold.detect.status import StatusOperation, chosen_job, find_jobs, find_status_operation
from generator.scaffold.detect.submit import detect_submit
from generator.scaffold.draft import Draft
from generator.scaffold.overlay_file import inline_titles, overlay_text
from generator.scaffold.sample_answers import answers
from generator.scaffold.service_module import client_name, folder, service_module
from generator.spec.effective import display_name, selected, whole, with_only
from generator.spec.operations import operations
from generator.spec.overlays.apply import apply_file
from generator.spec.pointers import Document
from generator.spec.requests.keys import key_requirement
from generator.spec.select import Selection, select

MOST_NAMED = 20  # operations in one sentence


def draft(
    name: str,
    spec: Path,
    source: Document,
    asked: Options = DEFAULTS,
    job: str = "",
    *,
    lean: bool = False,
) -> Draft:
    """
    The draft of the service *name* for the likeliest job of *source*, which was read from *spec*, or for that of *job*.

    Only what the client will contain must be without errors. *lean*: that is only what the service module uses.
    *source* is left as it is.
    """
    _check_name(name)
    document = apply_file(source, asked.overlay) if asked.overlay else deepcopy(source)
    chosen = with_only(document, asked.selection, display_name(spec))
    found_repairs = whole(document)
    document = select(document, chosen)
    total = len(operation_names(document))
    jobs = find_jobs(document)
    found = chosen_job(jobs, job)
    if found is None:
        raise GeneratorError(_no_job(spec.name, job, jobs))
    named = chosen.operations or chosen.tags
    only = sorted(operation_names(document) if named else job_operations(document, found, lean=lean))
    others = found.others
    document, findings = selected(document, found_repairs, display_name(spec), Selection(only))
    found = find_status_operation(document, found.name)
    if found is None:
        raise GeneratorError(_no_job(spec.name, job, jobs))
    found.others[:] = others
    detected = Detected(
        detect_progress(document, found),
        detect_reason(document, found),
        detect_result(document, found),
        detect_submit(document, found),
        any(key_requirement(one) != "none" for _, _, _, one in operations(document)),
    )
    declared = declaration_lines(declaration(name, document, found, detected), found, detected)
    return Draft(
        document,
        found,
        detected,
        only,
        lean,
        jobs,
        total - len(only),
        overlay_text(name, only, inline_titles(document, found, detected.submit), declared, asked.overlay),
        format_module(service_module(name, document, found, detected)),
        contract_row(document, found),
        answers(document, found),
        finding_sentences(findings, display_name(spec)),
    )


def new_files(name: str, spec: Path, one: Draft, *, page: bool) -> dict[Path, str | Path]:
    """The files of *one*: texts, and the specification, which is copied; with a *page* its module and its test."""
    files: dict[Path, str | Path] = {
        paths.SPECS / name / "openapi.yaml": spec,
        paths.SPECS / name / "overlay.yaml": one.overlay,
    }
    if page:
        files[paths.SOURCES / "jobwait" / f"{name}.py"] = one.module
        files[paths.ROOT / paths.ADDED_SERVICES / f"{name}.json"] = one.row
    return files


def whole_report(name: str, one: Draft, written: Iterable[Path], *, page: bool) -> str:
    """What was found and guessed, and the next steps."""
    files = ", ".join(str(path.relative_to(paths.ROOT)) for path in written)
    steps = _next_of_page(name) if page else _next_of_declaration(name, one)
    return "\n".join([*one.repairs, *report(one), f"written    {files}", *steps])


def _no_job(spec: str, job: str, jobs: list[StatusOperation]) -> str:
    if job:
        names = ", ".join(one.name for one in jobs[:MOST_NAMED]) or "none"
        return f"{spec} has no operation {job} that reports a job's status; those that may: {names}."
    return (
        f"{spec} has no operation that reports a job's status: a GET with an id in its path whose response "
        "has a field such as status, state or done. If there is one, name it with --operations; else write the service "
        "module by hand."
    )


def job_operations(document: Document, found: StatusOperation, *, lean: bool = False) -> set[str]:
    """
    The operations on the collection of jobs and on a job, the one that starts a job, and that of the result.

    *lean*: only the status operation and the one that starts a job.
    """
    below = rf"{re.escape(found.collection)}/\{{[^{{}}]*\}}(/[^{{}}]*)?"  # not what a job has many of
    submit = detect_submit(document, found)
    starts = {str(submit.operation["operationId"])} if submit else set()
    if lean:
        return {found.name} | starts
    names = {
        str(operation["operationId"])
        for _, _, path, operation in operations(document)
        if path.rstrip("/") == found.collection or re.fullmatch(below, path)
    }
    place = detect_result(document, found).place.rpartition(" → ")[2]
    return names | ({place} & operation_names(document)) | starts


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise GeneratorError(f"{name} is not a name for a service: use lower-case letters, digits and underscores.")
    for path in (paths.SPECS / name, paths.service_module(name)):
        if path and path.exists():
            raise GeneratorError(f"{path.relative_to(paths.ROOT)} exists already; choose another name.")


def registered(name: str) -> dict[Path, str]:
    """The module with jobwait's tuple of services, and its text with *name* in that."""
    file = paths.ROOT / paths.SERVICE_LIST
    text = file.read_text(encoding="utf-8")
    new, count = re.subn(r"(SERVICES: tuple\[str, \.\.\.\] = \([^()]*?),?\)", rf'\1, "{name}")', text, count=1)
    if not count:
        raise GeneratorError(f"{paths.SERVICE_LIST} has no tuple of services to add {name} to.")
    return {file: new}


def _next_of_declaration(name: str, one: Draft) -> Iterator[str]:
    operation, client = module_name(one.found.name), client_name(one.detected)
    yield f"next       check each guess in specs/{name}/overlay.yaml, then run `make generate`; then wait by"
    yield f"           import {name}_client; from {name}_client.api.{folder(one.found.operation)} import {operation}"
    yield f"           SERVICE = jobwait.service.declared({name}_client, {operation})"
    yield f"           connect = jobwait.service.connector({name}_client.{client}, SERVICE)"
    yield "           or let `add --page` write a module of jobwait that does so"


def _next_of_page(name: str) -> Iterator[str]:
    yield f"next       check each guess in specs/{name}/overlay.yaml, src/jobwait/{name}.py and"
    yield f"           {paths.ADDED_SERVICES / name}.json, then run `make generate`"
