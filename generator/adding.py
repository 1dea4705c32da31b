"""Adding: a new service out of a spec that nobody has seen: its files, and what a person must look at."""

import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from generator import sample, scaffold, selection, submits, yields
from generator.effective import examined
from generator.facts import key_need
from generator.faults import Fault
from generator.formatting import neat
from generator.jobs import Found, find
from generator.lint import operations
from generator.places import ROOT, SOURCES, SPECS, TESTS
from generator.pointers import Document
from generator.states import VOCABULARY

SERVICES = SOURCES / "jobwait" / "_services.py"
ENDS = ("succeeded", "failed")


def add(name: str, spec: Path, wanted: Collection[str], tags: Collection[str]) -> str:
    """Write what a service *name* needs; say what was found, what was guessed, and what to do next."""
    _refuse_name(name)
    document, mended = examined(spec, None, wanted, tags)
    found = find(document)
    if found is None:
        raise Fault(
            f"{spec.name} has no operation that reports a job's status: a GET with an id in its path whose answer has "
            "a field such as status or state. If there is one, name it with --operations, or write the page by hand."
        )
    only = sorted(life_cycle(document, found) if not wanted and not tags else _names(document))
    hints = scaffold.Hints(
        yields.progress(document, found),
        yields.result(document, found),
        _in(only, submits.submit(document, found)),
        any(key_need(one) != "none" for _, _, _, one in operations(document) if one["operationId"] in only),
    )
    texts = {
        SPECS / name / "overlay.yaml": selection.overlay(name, found, only, needs_title="$ref" not in found.answer),
        SOURCES / "jobwait" / f"{name}.py": neat(scaffold.page(name, document, found, hints)),
        TESTS / "added" / f"{name}.json": sample.row(document, found),
    }
    (SPECS / name).mkdir(parents=True)
    shutil.copyfile(spec, SPECS / name / "openapi.yaml")
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _enlist(name)
    return "\n".join([*mended, *_report(document, found, hints, only), *_next_steps(name, [*texts])])


def life_cycle(document: Document, found: Found) -> set[str]:
    """The operations on the collection that the job stands in, and on the job; and the one that its result is at."""
    collection = found.path[: found.path.rindex("{")].rstrip("/")
    names = {
        str(operation["operationId"])
        for _, _, path, operation in operations(document)
        if path.rstrip("/") == collection or path.startswith(f"{collection}/")
    }
    place = yields.result(document, found).place.rpartition(" → ")[2]
    return names | ({place} & _names(document))


def _names(document: Document) -> set[str]:
    return {str(operation["operationId"]) for _, _, _, operation in operations(document)}


def _refuse_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise Fault(f"{name} is no name for a service: lower-case letters, digits and underscores make one.")
    for path in (SPECS / name, SOURCES / "jobwait" / f"{name}.py"):
        if path.exists():
            raise Fault(f"{path.relative_to(ROOT)} is there already; choose another name.")


def _enlist(name: str) -> None:
    """Put *name* into the tuple of services."""
    text = SERVICES.read_text(encoding="utf-8")
    new, count = re.subn(r"(SERVICES: tuple\[str, \.\.\.\] = \([^)]*?),?\)", rf'\1, "{name}")', text, count=1)
    if not count:
        raise Fault(f"{SERVICES.relative_to(ROOT)} has no tuple of services to add {name} to.")
    SERVICES.write_text(new, encoding="utf-8")


def _in(only: list[str], one: submits.Submit | None) -> submits.Submit | None:
    """What starts a job, if the client is to have that operation."""
    return one if one and one.operation["operationId"] in only else None


def _report(document: Document, found: Found, hints: scaffold.Hints, only: list[str]) -> Iterator[str]:
    progress, result = hints.progress, hints.result
    yield f"status     GUESS: {found.operation['operationId']} (GET {found.path}), field {'.'.join(found.status.path)}"
    if found.others:
        yield f"           it might as well be {', '.join(dict.fromkeys(found.others))}"
    yield f"states     GUESS, from the {found.states.source or 'specification, which names none: fill them in'}"
    for verdict in VOCABULARY:
        if found.states.of(verdict):
            yield f"           {verdict:9} {', '.join(found.states.of(verdict))}"
    if found.states.unknown:
        yield f"           unknown   {', '.join(found.states.unknown)}: put each into a set, or a wait goes on for ever"
    for verdict in ENDS:
        if found.states.verdicts and not found.states.of(verdict):
            yield f"           no state means {verdict}: a job that ends so would be waited for until the deadline"
    yield f"progress   GUESS: {progress.kind} {'.'.join(progress.done)} {'.'.join(progress.total)}".rstrip()
    yield f"result     GUESS: {result.kind} {result.place}".rstrip()
    left = len(_names(document)) - len(only)
    yield f"operations GUESS: {', '.join(only)}" + (f"; {left} others are left out" if left else "")
    if hints.submit:
        name = hints.submit.operation["operationId"]
        yield f"submit     GUESS: {name}, whose answer names the job in {hints.submit.id}"
    elif any(method == "post" and one["operationId"] in only for _, method, _, one in operations(document)):
        yield "submit     not written: no operation clearly starts a job and names it in its answer; add it to the page"
    else:
        yield "           none of them starts a job: name the one that does with --operations, or add it to the overlay"
    if not hints.keyed:
        yield "key        GUESS: none, as the specification asks for none; connect() takes none"


def _next_steps(name: str, written: list[Path]) -> Iterator[str]:
    yield "written    " + ", ".join(str(path.relative_to(ROOT)) for path in [SPECS / name / "openapi.yaml", *written])
    yield f"next       look at every GUESS in src/jobwait/{name}.py and tests/added/{name}.json,"
    yield "           then run `make generate`"
