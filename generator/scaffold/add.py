"""`codegen.py add`: drafts the files of a new service."""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

from generator import paths
from generator.emit.formatting import format_module
from generator.errors import GeneratorError, finding_sentences
from generator.options import DEFAULTS, Options
from generator.scaffold.add_report import operation_names, report
from generator.scaffold.contract_row import contract_row
from generator.scaffold.detect.progress import detect_progress
from generator.scaffold.detect.result import detect_reason, detect_result
from generator.scaffold.detect.status import StatusOperation, chosen_job, find_jobs, find_status_operation
from generator.scaffold.detect.submit import detect_submit
from generator.scaffold.draft import Draft
from generator.scaffold.overlay_file import inline_titles, overlay_text
from generator.scaffold.sample_answers import answers
from generator.scaffold.service_module import Detected, service_module
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
    files = _files(name, document, found, detected, only, asked.overlay)
    repairs = finding_sentences(findings, display_name(spec))
    left = total - len(only)
    return Draft(document, found, detected, only, lean, jobs, left, files, answers(document, found), repairs)


def new_files(name: str, spec: Path, one: Draft) -> dict[Path, str | Path]:
    """The files of *one*: texts, and the specification, which is copied."""
    return {paths.SPECS / name / "openapi.yaml": spec, **one.files}


def whole_report(name: str, one: Draft) -> str:
    """What was found and guessed, and the next steps."""
    return "\n".join([*one.repairs, *report(one), *_next_steps(name, [*one.files])])


def _no_job(spec: str, job: str, jobs: list[StatusOperation]) -> str:
    if job:
        names = ", ".join(one.name for one in jobs[:MOST_NAMED]) or "none"
        return f"{spec} has no operation {job} that reports a job's status; those that may: {names}."
    return (
        f"{spec} has no operation that reports a job's status: a GET with an id in its path whose response "
        "has a field such as status, state or done. If there is one, name it with --operations; else write the service "
        "module by hand."
    )


def _files(
    name: str, document: Document, found: StatusOperation, detected: Detected, only: list[str], given: Path | None
) -> dict[Path, str]:
    """The text of each file to be written."""
    titles = inline_titles(document, found, detected.submit)
    return {
        paths.SPECS / name / "overlay.yaml": overlay_text(name, only, titles, given),
        paths.SOURCES / "jobwait" / f"{name}.py": format_module(service_module(name, document, found, detected)),
        paths.ROOT / paths.ADDED_SERVICES / f"{name}.json": contract_row(document, found),
    }


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


def _next_steps(name: str, written: list[Path]) -> Iterator[str]:
    files = [paths.SPECS / name / "openapi.yaml", *written]
    yield "written    " + ", ".join(str(path.relative_to(paths.ROOT)) for path in files)
    yield f"next       check every GUESS in src/jobwait/{name}.py and {paths.ADDED_SERVICES / name}.json,"
    yield "           then run `make generate`"
