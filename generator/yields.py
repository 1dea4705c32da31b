"""Yields: how far a job is and what comes of it, as the fields of its status answer and its neighbours tell."""

import re
from dataclasses import dataclass

from generator.jobs import PATH, Field, Found, fields, inner, kinds, plain
from generator.lint import operations
from generator.pointers import Document

PERCENT = re.compile(r"percent|pct|^progress$|progress_?(ratio|fraction|value)|^completion$|fraction_?(done|complete)")
STEP = re.compile(r"^(current_?)?(step|stage|phase)(_?(number|index|no))?$|^steps_?(done|completed)$")
STEPS = re.compile(r"^(total_?|n_?|num_?)(steps|stages|phases)$|^(steps|stages|phases)_?(total|count)$|^of_steps$")
DONE = re.compile(r"(completed|processed|done|finished|succeeded|imported|exported|converted|rendered)(_?\w*)?$")
TOTAL = re.compile(r"(^|_)(total|expected|planned)(_|$)|^(count|size|\w+_count|num_\w+)$")
LINK = re.compile(r"(url|uri|href|link|location)s?$")
OTHER_LINK = re.compile(r"self|status|callback|webhook|cancel|next|prev|first|last|avatar|icon|docs|help")
RESULT = re.compile(r"^(result|output|answer|artifact|data|transcript|report|prediction|response|file|download)s?(_|$)")


@dataclass(frozen=True)
class Progress:
    """How a status answer tells progress: as counts, steps or percent of a number, and in which fields."""

    kind: str  # counts, steps, percent, fraction or none
    done: PATH = ()
    total: PATH = ()


@dataclass(frozen=True)
class Result:
    """Where a job's result is: inline, behind a link, by a second id, at an operation of its own, or nowhere told."""

    kind: str  # inline, link, second id, operation or none
    place: str = ""


def progress(document: Document, found: Found) -> Progress:
    """How the answer of *found* tells progress."""
    numbers = [one for one in fields(document, found.answer) if _is_number(document, one)]
    for kind, first, second in (("steps", STEP, STEPS), ("counts", DONE, TOTAL)):
        done = next((one for one in numbers if first.search(plain(one.path[-1]))), None)
        rest = [one for one in numbers if one is not done and not _is_part(one)]
        total = next((one for one in rest if second.search(plain(one.path[-1]))), None)
        if done and total and done.path[:-1] == total.path[:-1]:
            return Progress(kind, done.path, total.path)
    percent = next((one for one in numbers if PERCENT.search(plain(one.path[-1]))), None)
    if percent is None:
        return Progress("none")
    most = inner(document, percent.schema).get("maximum")
    words = str(percent.schema.get("description", "")).lower()
    fraction = most == 1 or bool(re.search(r"\b0(\.0)?\s*(to|-|\u2013|and|\.\.)\s*1(\.0)?\b", words))
    return Progress("fraction" if fraction else "percent", percent.path)


def result(document: Document, found: Found) -> Result:
    """Where the result of a job of *found* is."""
    named = list(fields(document, found.answer))
    for one in named:
        name = plain(one.path[-1])
        text = kinds(inner(document, one.schema)) == {"string"}
        if text and LINK.search(name) and not OTHER_LINK.search(name):
            return Result("link", ".".join(one.path))
    for one in named:
        other = re.fullmatch(r"(\w+?)_?ids?", plain(one.path[-1]))
        if other and len(one.path) <= 2:
            fetched = _operation_by(document, found, one.path[-1])
            if fetched:
                return Result("second id", f"{'.'.join(one.path)} → {fetched}")
    below = _operation_below(document, found)
    if below:
        return Result("operation", below)
    for one in named:
        if RESULT.search(plain(one.path[-1])) and one.path != found.status.path[: len(one.path)]:
            kind = "second id" if plain(one.path[-1]).endswith("_id") else "inline"
            return Result(kind, ".".join(one.path))
    return Result("none")


def _operation_by(document: Document, found: Found, name: str) -> str | None:
    """A GET whose only new path parameter is called like the field *name*."""
    for _, method, path, operation in operations(document):
        parameters = {plain(one) for one in re.findall(r"\{([^}]*)\}", path)}
        if method == "get" and path != found.path and plain(name) in parameters and plain(found.id) != plain(name):
            return str(operation["operationId"])
    return None


def _operation_below(document: Document, found: Found) -> str | None:
    """A GET below the job's own path that is about results."""
    base = found.path.rpartition("}")[0] + "}/"
    for _, method, path, operation in operations(document):
        rest = path.removeprefix(base)
        if method == "get" and path not in {rest, found.path} and RESULT.search(plain(rest)):
            return str(operation["operationId"])
    return None


def _is_number(document: Document, one: Field) -> bool:
    return kinds(inner(document, one.schema)) <= {"integer", "number"}


def _is_part(one: Field) -> bool:
    """Counts of failures and the like are no totals."""
    return bool(
        re.search(r"fail|error|skip|pending|remain|complet|process|done|finish|succe|retr", plain(one.path[-1]))
    )
