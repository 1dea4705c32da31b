"""Detects how a job reports progress in its status response."""

import re
from dataclasses import dataclass

from generator.scaffold.detect.response_fields import PATH, Field, fields, inner, kinds, snake_case
from generator.scaffold.detect.status import StatusOperation
from generator.spec.pointers import Document

PERCENT = re.compile(r"percent|pct|^progress$|progress_?(ratio|fraction|value)|^completion$|fraction_?(done|complete)")
TO_ONE = re.compile(
    r"\b(0(\.0+)?|zero)\s*(to|-|\u2013|\u2014|and|\.\.\.?|,|through|(<=?|≤)\s*\w+\s*(<=?|≤))\s*(1(\.0+)?|one)\b(?![.,]\d|\s*%)"
    r"|\bfraction\b|\bratio\b|\b1(\.0+)?\s*(=|is|means|when)"
)
TO_HUNDRED = re.compile(r"\b100\b|%|\bper\s?cent|percentage")
STEP = re.compile(r"^(current_?)?(step|stage|phase)(_?(number|index|no))?$|^steps_?(done|completed)$")
STEPS = re.compile(r"^(total_?|n_?|num_?)(steps|stages|phases)$|^(steps|stages|phases)_?(total|count)$|^of_steps$")
DONE = re.compile(r"completed|processed|done|finished|succeeded|imported|exported|converted|rendered")
TOTAL = re.compile(r"(^|_)(total|expected|planned)(_|$)|^(count|size|\w+_count|num_\w+)$")


@dataclass(frozen=True)
class Progress:
    """
    How a status response reports progress, and in which fields.

    kind: counts, steps, percent, fraction or none; `unclear` if it may end at 1 or at 100.
    """

    kind: str
    done: PATH = ()
    total: PATH = ()


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
    return Progress(_scale(document, percent), percent.path)


def _scale(document: Document, percent: Field) -> str:
    """Whether the number *percent* ends at 1 or at 100: by its maximum, its words, its name, an example or its type."""
    schema = inner(document, percent.schema)
    words = f"{percent.schema.get('description', '')} {schema.get('description', '')}".lower()
    maximum = schema.get("maximum", schema.get("exclusiveMaximum"))
    examples = [schema.get("example"), schema.get("default"), *(schema.get("examples") or ())]
    example = max((one for one in examples if isinstance(one, int | float) and one), default=None)
    if isinstance(maximum, int | float) and maximum is not True:
        return "fraction" if maximum <= 1 else "percent"
    if TO_ONE.search(words):
        return "fraction"
    if TO_HUNDRED.search(words) or re.search("percent|pct", percent.name):
        return "percent"
    if re.search("fraction|ratio", percent.name):
        return "fraction"
    if example is not None and example != 1:
        return "fraction" if example < 1 else "percent"
    return "percent" if kinds(schema) == {"integer"} else "unclear"


def _is_number(document: Document, one: Field) -> bool:
    return kinds(inner(document, one.schema)) <= {"integer", "number"}


def _is_part(one: Field) -> bool:
    """Whether the field counts a part of the items, such as failures, and not all of them."""
    return bool(
        re.search(r"fail|error|skip|pending|remain|complet|process|done|finish|succe|retr", snake_case(one.path[-1]))
    )
