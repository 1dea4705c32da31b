"""Finds the status values of a job in enums and descriptions, and guesses the job state that each of them means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from generator.scaffold.detect.state_words import is_known, is_sentinel, is_stage, state_of

QUOTED = re.compile(r"[`\"'\u2018\u2019\u201c\u201d*]([A-Za-z][\w -]{1,30}?)[`\"'\u2018\u2019\u201c\u201d*]")
LISTED = re.compile(r"\b[A-Za-z][A-Za-z_-]{2,30}\b")
# Words with commas, slashes, bars, "or" or "and" between them.
LIST = re.compile(r"\b[A-Za-z][\w-]{1,30}(?:\s{0,3}(?:[,;|/]\s{0,3}|\b(?:or|and)\s{1,3}){1,2}[A-Za-z][\w-]{1,30}\b)+")
NUMBERED = re.compile(
    r"(?<![\w.])(\d{1,3})\s*(?:=|:|-|\u2013|\u2192|is|means)\s*[`\"']?([A-Za-z][\w -]{0,40}?)[`\"']?(?=[,;.)\n]|$| \d)"
)
NAMED = re.compile(r"([A-Za-z][\w -]{0,30}?)[`\"']?\s*(?:=|:|-|\u2013|\()\s*(\d{1,3})(?![\w.])")
ENOUGH = 2  # status words in a text that make it a list of statuses


@dataclass(frozen=True)
class Statuses:
    """The status values that were found, each with its job state or None if unknown, and their source."""

    states: dict[str, str | None] = field(default_factory=dict)
    source: str = ""  # `enum`, `description` or empty

    def of(self, state: str) -> list[str]:
        """The status values that mean *state*."""
        return [status for status, one in self.states.items() if one == state]

    @property
    def unknown(self) -> list[str]:
        """The status values whose state is unknown."""
        return [status for status, state in self.states.items() if state is None]


def detect_states(schema: dict[str, Any], texts: Iterable[str]) -> Statuses:
    """The status values of the field *schema*: those of its enum, else those listed in one of *texts*."""
    values = [value for value in schema.get("enum") or _const(schema) if value is not None]
    listed = [value for value in values if not is_sentinel(str(value))]
    texts = list(texts)
    if listed and all(isinstance(value, int) for value in listed):
        named = _numbered(texts) | _varnames(schema, listed)
        return Statuses(_meanings({str(value): named.get(str(value), "") for value in listed}), "enum")
    if listed:
        return Statuses(_meanings({str(value): str(value) for value in listed}), "enum")
    if "integer" in (schema.get("type") or ""):  # a type, or a list of types
        return Statuses(_meanings(_numbered(texts)), "description")
    for text in texts:
        found = _status_words(text)
        if len(found) >= ENOUGH:
            return Statuses(_meanings({word: word for word in found}), "description")
    return Statuses()


def _meanings(words: dict[str, str]) -> dict[str, str | None]:
    """The state of each value by its word; beside a plain word for success, `ready` and `upload_completed` are none."""
    states = {value: state_of(word) for value, word in words.items()}
    succeeded = [value for value, state in states.items() if state == "succeeded"]
    early = {value for value in succeeded if words[value].lower() == "ready"}
    stages = {value for value in succeeded if is_stage(words[value])}
    if {*succeeded} - early - stages:
        states.update(dict.fromkeys(early, "queued") | dict.fromkeys(stages, "running"))
    return states


def _const(schema: dict[str, Any]) -> list[Any]:
    """The constants of a union of constants, which some specs use for an enum."""
    members = [*schema.get("oneOf", []), *schema.get("anyOf", [])]
    return [one["const"] for one in members if isinstance(one, dict) and "const" in one]


def _varnames(schema: dict[str, Any], values: list[Any]) -> dict[str, str]:
    names = schema.get("x-enum-varnames") or schema.get("x-enumNames") or []
    return {str(value): str(name) for value, name in zip(values, names, strict=False)}


def _numbered(texts: Iterable[str]) -> dict[str, str]:
    for text in texts:
        found = {number: word.strip() for number, word in NUMBERED.findall(text)}
        turned = {number: word.strip() for word, number in NAMED.findall(text)}  # queued = 1
        for names in (found, turned):
            if len(names) >= ENOUGH and any(map(state_of, names.values())):
                return names
    return {}


@lru_cache(maxsize=1024)  # the same text is near many fields
def _status_words(text: str) -> tuple[str, ...]:
    """The status words in *text*: the quoted ones if half of them are known, else known words and those beside them."""
    quoted = tuple(dict.fromkeys(QUOTED.findall(text)))
    known = [word for word in quoted if state_of(word)]
    if len(quoted) >= ENOUGH and ENOUGH * len(known) >= len(quoted):
        return quoted
    beside = {word for run in LIST.findall(text) for word in _run_of_statuses(run)}
    return tuple(dict.fromkeys(word for word in LISTED.findall(text) if is_known(word) or word in beside))


def _run_of_statuses(run: str) -> list[str]:
    """The words of a *run*, if half of them are known: the others are statuses too, of which nothing is known."""
    words = [word for word in LISTED.findall(run) if word.lower() not in {"and", "or"}]
    known = [word for word in words if is_known(word)]
    return words if len(known) >= ENOUGH and ENOUGH * len(known) >= len(words) else []
