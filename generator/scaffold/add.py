"""`codegen.py add`: writes the files of a new service and reports what was guessed."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator import paths
from generator.emit.formatting import format_module
from generator.errors import GeneratorError, finding_sentences
from generator.options import Options
from generator.scaffold.contract_row import contract_row
from generator.scaffold.detect_result import detect_progress, detect_result
from generator.scaffold.detect_states import VOCABULARY
from generator.scaffold.detect_status import StatusOperation, find_status_operation
from generator.scaffold.detect_submit import SubmitOperation, detect_submit
from generator.scaffold.overlay_file import overlay_text
from generator.scaffold.service_module import Detected, service_module
from generator.spec.effective import display_name, read_with_findings
from generator.spec.keys import key_requirement
from generator.spec.operations import operations
from generator.spec.pointers import Document

FINAL_STATES = ("succeeded", "failed")


@dataclass(frozen=True)
class Draft:
    """A new service: its document, the status operation, what else was detected, and the client's operations."""

    document: Document
    found: StatusOperation
    detected: Detected
    only: list[str]


def add(name: str, spec: Path, asked: Options) -> str:
    """Write the files of the new service *name*; return a report of what was found and guessed, and the next steps."""
    _check_name(name)
    document, findings = read_with_findings(spec, asked.overlay, asked.selection)
    found = find_status_operation(document)
    if found is None:
        raise GeneratorError(
            f"{spec.name} has no operation that reports a job's status: a GET with an id in its path whose response "
            "has a field such as status or state. If there is one, name it with --operations; else write the service "
            "module by hand."
        )
    only = sorted(
        _names(document) if asked.selection.operations or asked.selection.tags else job_operations(document, found)
    )
    draft = Draft(document, found, _detect(document, found, only), only)
    texts = _files(name, draft, asked.overlay)
    (paths.SPECS / name).mkdir(parents=True)
    shutil.copyfile(spec, paths.SPECS / name / "openapi.yaml")
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _register(name)
    return "\n".join([*finding_sentences(findings, display_name(spec)), *_report(draft), *_next_steps(name, [*texts])])


def _detect(document: Document, found: StatusOperation, only: list[str]) -> Detected:
    return Detected(
        detect_progress(document, found),
        detect_result(document, found),
        _if_included(only, detect_submit(document, found)),
        any(key_requirement(one) != "none" for _, _, _, one in operations(document) if one["operationId"] in only),
    )


def _files(name: str, draft: Draft, given: Path | None) -> dict[Path, str]:
    """The text of each file to be written."""
    document, found = draft.document, draft.found
    return {
        paths.SPECS / name / "overlay.yaml": overlay_text(
            name, found, draft.only, given, needs_title="$ref" not in found.response
        ),
        paths.SOURCES / "jobwait" / f"{name}.py": format_module(service_module(name, document, found, draft.detected)),
        paths.ROOT / paths.ADDED_SERVICES / f"{name}.json": contract_row(document, found),
    }


def job_operations(document: Document, found: StatusOperation) -> set[str]:
    """The operations on the collection of jobs and on a job, and the one that returns the result."""
    collection = found.path[: found.path.rindex("{")].rstrip("/")
    names = {
        str(operation["operationId"])
        for _, _, path, operation in operations(document)
        if path.rstrip("/") == collection or path.startswith(f"{collection}/")
    }
    place = detect_result(document, found).place.rpartition(" → ")[2]
    return names | ({place} & _names(document))


def _names(document: Document) -> set[str]:
    return {str(operation["operationId"]) for _, _, _, operation in operations(document)}


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise GeneratorError(f"{name} is not a name for a service: use lower-case letters, digits and underscores.")
    for path in (paths.SPECS / name, paths.service_module(name)):
        if path and path.exists():
            raise GeneratorError(f"{path.relative_to(paths.ROOT)} exists already; choose another name.")


def _register(name: str) -> None:
    """Add *name* to jobwait's tuple of services."""
    file = paths.ROOT / paths.SERVICE_LIST
    text = file.read_text(encoding="utf-8")
    new, count = re.subn(r"(SERVICES: tuple\[str, \.\.\.\] = \([^()]*?),?\)", rf'\1, "{name}")', text, count=1)
    if not count:
        raise GeneratorError(f"{paths.SERVICE_LIST} has no tuple of services to add {name} to.")
    file.write_text(new, encoding="utf-8")


def _if_included(only: list[str], one: SubmitOperation | None) -> SubmitOperation | None:
    """*one* if the client contains that operation."""
    return one if one and one.operation["operationId"] in only else None


def _report(draft: Draft) -> Iterator[str]:
    found, progress, result = draft.found, draft.detected.progress, draft.detected.result
    yield f"status     GUESS: {found.operation['operationId']} (GET {found.path}), field {'.'.join(found.status.path)}"
    if found.others:
        yield f"           other candidates: {', '.join(dict.fromkeys(found.others))}"
    yield from _report_states(found)
    yield f"progress   GUESS: {progress.kind} {'.'.join(progress.done)} {'.'.join(progress.total)}".rstrip()
    yield f"result     GUESS: {result.kind} {result.place}".rstrip()
    left = len(_names(draft.document)) - len(draft.only)
    yield f"operations GUESS: {', '.join(draft.only)}" + (f"; {left} others are left out" if left else "")
    yield _report_submit(draft)
    if not draft.detected.keyed:
        yield "key        GUESS: none, as the specification asks for none; connect() takes none"


def _report_states(found: StatusOperation) -> Iterator[str]:
    statuses = found.statuses
    yield f"states     GUESS, from the {statuses.source or 'specification, which names none: fill them in'}"
    for state in VOCABULARY:
        if statuses.of(state):
            yield f"           {state:9} {', '.join(statuses.of(state))}"
    if statuses.unknown:
        yield f"           unknown   {', '.join(statuses.unknown)}: put each into a set, or a wait never ends"
    for state in FINAL_STATES:
        if statuses.states and not statuses.of(state):
            yield f"           no status means {state}: a job that ends so is waited for until the deadline"


def _report_submit(draft: Draft) -> str:
    submit = draft.detected.submit
    if submit:
        return f"submit     GUESS: {submit.operation['operationId']}, whose response identifies the job by {submit.id}"
    posts = {str(one["operationId"]) for _, method, _, one in operations(draft.document) if method == "post"}
    if posts & {*draft.only}:
        return "submit     not written: no operation clearly starts a job and returns its id; add it to the module"
    return "           none of them starts a job: name the one that does with --operations, or add it to the overlay"


def _next_steps(name: str, written: list[Path]) -> Iterator[str]:
    files = [paths.SPECS / name / "openapi.yaml", *written]
    yield "written    " + ", ".join(str(path.relative_to(paths.ROOT)) for path in files)
    yield f"next       check every GUESS in src/jobwait/{name}.py and {paths.ADDED_SERVICES / name}.json,"
    yield "           then run `make generate`"
