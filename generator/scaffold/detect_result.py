"""Detects how a job reports progress and where its result is, from its status response and nearby operations."""

import re
from dataclasses import dataclass

from generator.scaffold.detect_status import PATH, Field, StatusOperation, fields, inner, kinds, snake_case
from generator.spec.operations import operations, path_parameters
from generator.spec.pointers import Document

PERCENT = re.compile(r"percent|pct|^progress$|progress_?(ratio|fraction|value)|^completion$|fraction_?(done|complete)")
STEP = re.compile(r"^(current_?)?(step|stage|phase)(_?(number|index|no))?$|^steps_?(done|completed)$")
STEPS = re.compile(r"^(total_?|n_?|num_?)(steps|stages|phases)$|^(steps|stages|phases)_?(total|count)$|^of_steps$")
DONE = re.compile(r"completed|processed|done|finished|succeeded|imported|exported|converted|rendered")
TOTAL = re.compile(r"(^|_)(total|expected|planned)(_|$)|^(count|size|\w+_count|num_\w+)$")
LINK = re.compile(r"(url|uri|href|link|location)s?$")
OTHER_LINK = re.compile(r"self|status|callback|webhook|cancel|next|prev|first|last|avatar|icon|docs|help")
RESULT = re.compile(r"^(result|output|answer|artifact|data|transcript|report|prediction|response|file|download)s?(_|$)")


@dataclass(frozen=True)
class Progress:
    """How a status response reports progress, and in which fields."""

    kind: str  # counts, steps, percent, fraction or none
    done: PATH = ()
    total: PATH = ()


@dataclass(frozen=True)
class Result:
    """Where a job's result is: in the status response, at a link, under a second id, or at another operation."""

    kind: str  # inline, link, second id, operation or none
    place: str = ""


def detect_progress(document: Document, found: StatusOperation) -> Progress:
    """How the response of *found* reports progress."""
    numbers = [one for one in fields(document, found.response) if _is_number(document, one)]
    for kind, first, second in (("steps", STEP, STEPS), ("counts", DONE, TOTAL)):
        done = next((one for one in numbers if first.search(snake_case(one.path[-1]))), None)
        rest = [one for one in numbers if one is not done and not _is_part(one)]
        total = next((one for one in rest if second.search(snake_case(one.path[-1]))), None)
        if done and total and done.path[:-1] == total.path[:-1]:
            return Progress(kind, done.path, total.path)
    percent = next((one for one in numbers if PERCENT.search(snake_case(one.path[-1]))), None)
    if percent is None:
        return Progress("none")
    maximum = inner(document, percent.schema).get("maximum")
    words = str(percent.schema.get("description", "")).lower()
    fraction = maximum == 1 or bool(re.search(r"\b0(\.0)?\s*(to|-|\u2013|and|\.\.)\s*1(\.0)?\b", words))
    return Progress("fraction" if fraction else "percent", percent.path)


def detect_result(document: Document, found: StatusOperation) -> Result:
    """Where the result of a job is whose status *found* reports."""
    named = list(fields(document, found.response))
    for one in named:
        name = snake_case(one.path[-1])
        text = kinds(inner(document, one.schema)) == {"string"}
        if text and LINK.search(name) and not OTHER_LINK.search(name):
            return Result("link", ".".join(one.path))
    for one in named:
        other = re.fullmatch(r"(\w+?)_?ids?", snake_case(one.path[-1]))
        if other and len(one.path) <= 2:
            fetched = _operation_by(document, found, one.path[-1])
            if fetched:
                return Result("second id", f"{'.'.join(one.path)} → {fetched}")
    below = _operation_below(document, found)
    if below:
        return Result("operation", below)
    for one in named:
        if RESULT.search(snake_case(one.path[-1])) and one.path != found.status.path[: len(one.path)]:
            kind = "second id" if snake_case(one.path[-1]).endswith("_id") else "inline"
            return Result(kind, ".".join(one.path))
    return Result("none")


def _operation_by(document: Document, found: StatusOperation, name: str) -> str | None:
    """The GET operation with a path parameter of the same name as the field *name*."""
    for _, method, path, operation in operations(document):
        parameters = {snake_case(one) for one in path_parameters(path)}
        names_other_id = snake_case(name) in parameters and snake_case(found.id) != snake_case(name)
        if method == "get" and path != found.path and names_other_id:
            return str(operation["operationId"])
    return None


def _operation_below(document: Document, found: StatusOperation) -> str | None:
    """The GET operation below the job's path whose name is that of a result."""
    base = found.path.rpartition("}")[0] + "}/"
    for _, method, path, operation in operations(document):
        rest = path.removeprefix(base)
        if method == "get" and path not in {rest, found.path} and RESULT.search(snake_case(rest)):
            return str(operation["operationId"])
    return None


def _is_number(document: Document, one: Field) -> bool:
    return kinds(inner(document, one.schema)) <= {"integer", "number"}


def _is_part(one: Field) -> bool:
    """Whether the field counts a part of the items, such as failures, and not all of them."""
    return bool(
        re.search(r"fail|error|skip|pending|remain|complet|process|done|finish|succe|retr", snake_case(one.path[-1]))
    )
