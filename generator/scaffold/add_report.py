"""The report of `codegen.py add`: what was found, what is guessed, and what is not sure."""

import re
from collections.abc import Iterator

from generator.scaffold.detect.progress import Progress
from generator.scaffold.detect.response_fields import PATH, snake_case
from generator.scaffold.detect.state_words import FINAL, VOCABULARY, is_known, state_of
from generator.scaffold.detect.status import JOB, OTHER, StatusOperation
from generator.scaffold.draft import Draft
from generator.spec.operations import operations
from generator.spec.pointers import Document

MOST_JOBS = 12  # other jobs that are listed
MOST_OTHERS = 5  # operations in one sentence
WAITS_FOR_CALLER = re.compile(r"requires?_?(action|input|confirmation|approval)|action_?required", re.IGNORECASE)


def report(draft: Draft) -> Iterator[str]:
    """The lines of the report, without the next steps."""
    found, detected = draft.found, draft.detected
    yield f"status     GUESS: {found.name} (GET {found.path}), {_decides(found)}"
    yield from _report_states(found)
    progress = " ".join([detected.progress.kind, *(".".join(path) for path in _paths(detected.progress) if path)])
    yield f"progress   GUESS: {progress}"
    yield f"reason     GUESS: {'.'.join(detected.reason.path) if detected.reason else 'none'}"
    yield f"result     GUESS: {detected.result.kind} {detected.result.place}".rstrip()
    yield f"operations GUESS: {', '.join(draft.only)}" + (
        f"; {draft.left_out} others are left out" if draft.left_out > 0 else ""
    )
    if draft.lean:
        yield "           without others on the job, as the client cannot be generated with all of them"
    yield _report_submit(draft)
    if not detected.keyed:
        yield "key        GUESS: none, as the specification asks for none; connect() takes none"
    yield from _report_other_jobs(draft)
    for number, doubt in enumerate([*doubts(found), *_doubts_of_progress(detected.progress)]):
        yield f"{'' if number else 'not sure':10} {doubt}"


def doubts(found: StatusOperation) -> Iterator[str]:
    """What a person must decide, as the specification leaves it open: one sentence each; none if all of it is clear."""
    statuses, words = found.statuses, f"{found.path} {found.name}".lower()
    if not JOB.search(words) or not found.is_clear:
        yield f"whether {found.name} is about a job at all: nothing in it says so clearly"
    if any(OTHER.match(snake_case(step)) for step in found.status.path):
        yield f"whether {'.'.join(found.status.path)} is the status of this job: its name speaks of another one"
    if found.others:
        others = [*dict.fromkeys(found.others)]
        more = f" and {len(others) - MOST_OTHERS} more" if len(others) > MOST_OTHERS else ""
        yield f"which operation it is: as likely are {', '.join(others[:MOST_OTHERS])}{more}"
    if not statuses.states:
        yield "which statuses there are: the specification names none, so a wait ends at its deadline only"
    elif statuses.source == "description":
        yield f"the statuses: they come from a text about {'.'.join(found.status.path)}, not from a list of values"
    if statuses.unknown:
        yield f"the meaning of {', '.join(statuses.unknown)}: put each into a set, or a wait for such a job may not end"
    yield from _doubts_of_words(found)
    yield from _doubts_of_end(found)


def _doubts_of_progress(progress: Progress) -> Iterator[str]:
    if progress.kind == "unclear":
        yield f"progress: {'.'.join(progress.done)} may end at 1 or at 100, so it is not read; add it to the module"


def _doubts_of_words(found: StatusOperation) -> Iterator[str]:
    statuses = found.statuses
    if found.end.kind == "boolean" or not any(state_of(raw) for raw in statuses.states):
        return
    for state in ("succeeded", "failed"):
        if not statuses.of(state):
            yield f"how a job that {state} reports it: no status means that"
    compound = [raw for state in FINAL for raw in statuses.of(state) if not is_known(raw) and state_of(raw)]
    if compound:
        yield f"whether {', '.join(compound)} ends a job: the meaning comes from a part of the word"
    waiting = [raw for raw in statuses.states if WAITS_FOR_CALLER.search(raw)]
    if waiting:
        yield f"{', '.join(waiting)}: the job waits for its caller, so a wait ends at its deadline if nobody acts"
    neutral = [raw for raw in statuses.of("succeeded") if raw.lower() in {"ended", "finished", "done", "completed"}]
    if found.end.kind == "status" and neutral and not statuses.of("failed"):
        yield f"whether {', '.join(neutral)} means success: failed jobs, or failed parts of a job, may end so too"


def _doubts_of_end(found: StatusOperation) -> Iterator[str]:
    end, place = found.end, ".".join(found.status.path)
    if end.kind == "boolean" and not end.second:
        yield f"whether a job succeeded: {place} only says that it has ended; see `ended` in the status map"
    if end.kind == "conclusion" and not (found.statuses.of("succeeded") and found.statuses.of("failed")):
        yield f"which values {'.'.join(end.second)} has: the specification does not list them"
    if end.kind == "items":
        yield f"whether all of {place.partition('.[]')[0]} belong to the job: it ends with the last of them"


def _paths(progress: Progress) -> tuple[PATH, PATH]:
    return progress.done, progress.total


def _decides(found: StatusOperation) -> str:
    place, second = ".".join(found.status.path), ".".join(found.end.second)
    match found.end.kind:
        case "conclusion":
            return f"field {place}, and {second} once that is {' or '.join(found.end.ended)}"
        case "checked":
            return f"field {place}, and {second} once that is {' or '.join(found.end.ended)}"
        case "boolean":
            return f"field {place}, which is {str(found.end.value).lower()} at the end" + (
                f", and {second}" if second else ""
            )
        case "items":
            return f"field {place} of every entry"
        case _:
            return f"field {place}"


def _report_states(found: StatusOperation) -> Iterator[str]:
    statuses = found.statuses
    yield f"states     GUESS, from the {statuses.source or 'specification, which names none: fill them in'}"
    for state in VOCABULARY:
        if statuses.of(state):
            yield f"           {state:9} {', '.join(statuses.of(state))}"
    if statuses.unknown:
        yield f"           unknown   {', '.join(statuses.unknown)}"


def _report_submit(draft: Draft) -> str:
    submit = draft.detected.submit
    if submit:
        place = ".".join(submit.id)
        return f"submit     GUESS: {submit.operation['operationId']}, whose response identifies the job by {place}"
    posts = {str(one["operationId"]) for _, method, _, one in operations(draft.document) if method == "post"}
    if posts & {*draft.only}:
        return "submit     not written: no operation clearly starts a job and returns its id; add it to the module"
    return "           none of them starts a job: name the one that does with --operations, or add it to the overlay"


def _report_other_jobs(draft: Draft) -> Iterator[str]:
    others = [one for one in draft.jobs if one.name != draft.found.name and _is_listed(one)]
    if not others:
        return
    yield f"jobs       the document has {len(others) + 1}; make another one with --job NAME:"
    yield from (f"           {one.name} (GET {one.path})" for one in others[:MOST_JOBS])
    if len(others) > MOST_JOBS:
        yield f"           and {len(others) - MOST_JOBS} more"


def _is_listed(one: StatusOperation) -> bool:
    named = JOB.search(f"{one.path} {one.name}".lower())
    return one.is_clear and (bool(named) or bool(one.statuses.of("running"))) and one.end.kind != "items"


def operation_names(document: Document) -> set[str]:
    """The operationIds of *document*."""
    return {str(operation["operationId"]) for _, _, _, operation in operations(document)}
