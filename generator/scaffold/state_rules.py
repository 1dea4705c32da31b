"""The fields `state` and `rules` of a new declaration: how a job's state follows from its status response."""

import re
from typing import Any

from generator.scaffold.detect.response_fields import ITEM, PATH, fields, inner, kinds
from generator.scaffold.detect.state_words import FINAL, VOCABULARY
from generator.scaffold.detect.status import StatusOperation
from generator.spec.pointers import Document

TO_NAME = "name-the-word-for-success"  # no answer has it; a declaration must say how a job succeeds
Rules = list[dict[str, Any]]
PLAIN = re.compile(r'[^."\[\]*\s]+')


def path_text(path: PATH) -> str:
    """The path as a declaration writes it."""
    names = [one if one == ITEM or PLAIN.fullmatch(one) else f'"{one}"' for one in path]
    return ".".join(names).replace(f".{ITEM}", "[*]")


def state_fields(document: Document, found: StatusOperation) -> dict[str, Any]:
    """The fields, as far as *found* needs them."""
    match found.end.kind:
        case "conclusion":
            return _conclusion(document, found)
        case "checked":
            return _checked(document, found)
        case "boolean":
            return {"rules": _boolean(document, found)}
        case "items":
            return {"rules": _items(document, found)}
        case _:
            return {"state": _words(document, found, dict(found.statuses.states))}


def _words(document: Document, found: StatusOperation, states: dict[str, str | None]) -> dict[str, Any]:
    """The field `state` for these *states* of the status field."""
    sets = {
        meaning: [_value(document, found.status.schema, raw) for raw, one in states.items() if one == meaning]
        for meaning in VOCABULARY
    }
    named = {meaning: listed for meaning, listed in sets.items() if listed}
    if found.end.kind == "status" and "succeeded" not in named:
        named["succeeded"] = [TO_NAME]
    live = {} if named.keys() & {"queued", "running"} else {"others": "live"}
    return {"path": path_text(found.status.path), **named, **live}


def _conclusion(document: Document, found: StatusOperation) -> dict[str, Any]:
    """The conclusion decides once the status is one of those that end a job; without one the job has not ended."""
    status, second, ended = path_text(found.status.path), path_text(found.end.second), _ended(document, found)
    folded = {word.casefold() for word in found.end.ended}
    states = found.statuses.states
    concluded = [raw for raw in states if raw not in found.own_states or raw.casefold() in folded]
    schema = next((one.schema for one in fields(document, found.response) if one.path == found.end.second), {})
    rules: Rules = [{"state": "running", "when": {status: ended, second: {"present": False}}}]
    for state in FINAL:
        words = [_value(document, schema, raw) for raw in concluded if states[raw] == state]
        if words:
            rules.append({"state": state, "when": {status: ended, second: words}})
    if not any(rule["state"] == "succeeded" for rule in rules):
        rules.append({"state": "succeeded", "when": {status: ended, second: TO_NAME}})
    own = {raw: state for raw, state in states.items() if raw not in concluded}
    return {"rules": rules, "state": _words(document, found, own)}


def _checked(document: Document, found: StatusOperation) -> dict[str, Any]:
    """Once the status says that the job has ended, an error or a flag says how."""
    status, second, ended = path_text(found.status.path), path_text(found.end.second), _ended(document, found)
    own = {
        raw: state
        for raw, state in found.statuses.states.items()
        if raw in found.own_states and raw not in found.end.ended
    }
    return {"rules": _by_second(document, found, {status: ended}, second), "state": _words(document, found, own)}


def _boolean(document: Document, found: StatusOperation) -> Rules:
    """The flag says whether the job has ended, and an error or a second flag how."""
    flag, at_end = path_text(found.status.path), found.end.value
    rules: Rules = [
        {"state": "running", "when": {flag: {"present": False}}},
        {"state": "running", "when": {flag: not at_end}},
    ]
    if not found.end.second:
        return [*rules, {"state": "succeeded", "when": {flag: at_end, TO_NAME: True}}]
    return [*rules, *_by_second(document, found, {flag: at_end}, path_text(found.end.second))]


def _by_second(document: Document, found: StatusOperation, ended: dict[str, Any], second: str) -> Rules:
    """How a job with *ended* has ended: by an error, which may be empty text or an empty list, or by a flag."""
    if not found.end.second_is_error:
        return [{"state": "succeeded", "when": {**ended, second: True}}, {"state": "failed", "when": ended}]
    schema = next((one.schema for one in fields(document, found.response) if one.path == found.end.second), {})
    types = kinds(inner(document, schema))
    empty: Rules = [{"state": "succeeded", "when": {**ended, second: ""}}] if "string" in types else []
    place = f"{second}[*]" if types == {"array"} else second
    return [
        *empty,
        {"state": "failed", "when": {**ended, place: {"present": True}}},
        {"state": "succeeded", "when": ended},
    ]


def _items(document: Document, found: StatusOperation) -> Rules:
    """The job ends with the last of its items, as the one of them that is furthest from success."""
    path, statuses = path_text(found.status.path), found.statuses
    live = next((state for state in ("queued", "running") if statuses.of(state)), "running")
    rules: Rules = [{"state": live, "when": {path: {"present": False}}}]
    rules += [{"state": one, "when": {path: statuses.of(one)}} for one in ("queued", "running") if statuses.of(one)]
    so_far: list[str] = []
    for state in ("succeeded", "canceled", "failed"):
        if statuses.of(state):
            so_far = [*so_far, *statuses.of(state)]
            rules.append({"state": state, "when": {path: {"all": so_far}}})
    if not statuses.of("succeeded"):
        rules.append({"state": "succeeded", "when": {path: {"all": [TO_NAME]}}})
    schema = found.status.schema
    return rules if "integer" not in kinds(inner(document, schema)) else _numbers(rules)


def _numbers(rules: Rules) -> Rules:
    """*rules* with numbers in place of their texts."""

    def number(one: Any) -> Any:
        if isinstance(one, list):
            return [number(each) for each in one]
        if isinstance(one, dict):
            return {name: number(each) for name, each in one.items()}
        return int(one) if isinstance(one, str) and one.lstrip("-").isdigit() else one

    return [{**rule, "when": number(rule["when"])} for rule in rules]


def _ended(document: Document, found: StatusOperation) -> list[Any]:
    return [_value(document, found.status.schema, raw) for raw in found.end.ended]


def _value(document: Document, schema: Document, raw: str) -> Any:
    """The status *raw* as the response has it: a number where *schema* is one."""
    return int(raw) if "integer" in kinds(inner(document, schema)) and raw.lstrip("-").isdigit() else raw
