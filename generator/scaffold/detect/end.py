"""Detects which fields of a status response decide that a job has ended, and how."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from generator.scaffold.detect.response_fields import ITEM, PATH, Field, inner, is_scalar, kinds
from generator.scaffold.detect.state_words import FINAL, VOCABULARY
from generator.scaffold.detect.states import Statuses
from generator.spec.pointers import Document

CONCLUSION = re.compile(
    r"^(conclusion|outcome|verdict|result|status|(job|run|task|build|final|overall|completion|result)_?"
    r"(conclusion|outcome|result|status|state|code)|exit_?(status|state))$"
)
SURE_CONCLUSION = re.compile(r"^(conclusion|outcome|verdict)$")
NEUTRAL = re.compile("(complete|terminate|stop|close|end|exit)e?d|done|finished", re.IGNORECASE)  # ended, however
ENDED = re.compile(r"^(is_?|has_?|was_?)?(done|completed?|finished|ended)$")
ACTIVE = re.compile(
    r"^(is_?|still_?)(running|processing|in_?progress|pending|active)$|^(running|in_?progress|processing)$"
)
ERROR = re.compile(
    r"^((last|job|task|run|fail(ure)?|status)_?)?(errors?|failures?|exception|fault)"
    r"(_?(message|messages|reason|description|details?|info|text|msg|code))?$|^fail(ed|ure)?_?reason$"
)
SUCCESS = re.compile(r"^(is_?|was_?)?(success|succeeded|successful|ok)$")
FLAG_STATES = {"running": "running", "ended": None}  # of a boolean alone
BOOLEAN_STATES = {"running": "running", "succeeded": "succeeded", "failed": "failed"}


@dataclass(frozen=True)
class End:
    """
    How the end of a job is decided.

    kind: `status`: by the status alone. `conclusion`: by *second*, once the status is one of *ended*. `boolean`: by the
    status, a boolean that is *value* at the end, and then by *second*, an error or a boolean for success. `checked`: by
    the status, but where it is one of *ended*, by *second* too. `items`: by the statuses of all objects in an array.
    """

    kind: str = "status"
    second: PATH = ()
    ended: tuple[str, ...] = ()
    value: bool = True
    second_is_error: bool = True


def detect_end(
    document: Document, status: Field, known: Statuses, named: Sequence[Field], states: Callable[[Field], Statuses]
) -> tuple[End, Statuses]:
    """How *status* ends a job, and the statuses that decide; *states* finds the values of another of the fields."""
    if ITEM in status.path:
        return End("items"), known
    if is_boolean(document, status):
        end = _boolean_end(document, status, named)
        return end, Statuses(dict(BOOLEAN_STATES if end.second else FLAG_STATES), "boolean")
    for one in _siblings(status, named) if known.of("running") or known.of("queued") else ():
        if CONCLUSION.match(one.name) and is_scalar(document, one.schema):
            second = states(one)
            is_final = bool(second.of("succeeded") and second.of("failed")) and not second.of("running")
            decides = is_final or (SURE_CONCLUSION.match(one.name) and not known.of("failed"))
            if decides and _ended(known):
                ended = _ended(known)
                return End("conclusion", one.path, ended), _joined(known, second, ended)
    second_field = _second(document, status, named)
    if known.of("succeeded") and not known.of("failed") and second_field.second:
        end = replace(second_field, kind="checked", ended=tuple(known.of("succeeded")))
        return end, Statuses({**known.states, "failed": "failed"}, known.source)
    return End(), known


def is_boolean(document: Document, one: Field) -> bool:
    """Whether the field *one* is a boolean."""
    return kinds(inner(document, one.schema)) == {"boolean"}


def is_end_flag(document: Document, one: Field) -> bool:
    """Whether the field *one* is a boolean that says whether a job has ended, or whether it still runs."""
    return bool(ENDED.match(one.name) or ACTIVE.match(one.name)) and is_boolean(document, one)


def _boolean_end(document: Document, status: Field, named: Sequence[Field]) -> End:
    return replace(_second(document, status, named), kind="boolean", value=ENDED.match(status.name) is not None)


def _second(document: Document, status: Field, named: Sequence[Field]) -> End:
    """The field beside *status* that says whether a job that has ended succeeded: a boolean, or else an error."""
    siblings = [*_siblings(status, named)]
    error = next((one for one in siblings if ERROR.match(one.name) and one.optional), None)
    success = next((one for one in siblings if SUCCESS.match(one.name) and is_boolean(document, one)), None)
    if success:
        return End(second=success.path, second_is_error=False)
    return End(second=error.path) if error else End()


def _siblings(status: Field, named: Iterable[Field]) -> Iterable[Field]:
    return (one for one in named if one.path[:-1] == status.path[:-1] and one.path != status.path)


def _ended(status: Statuses) -> tuple[str, ...]:
    """The words of a *status* that say that a job has ended, but not how: those for success, or else plain ones."""
    finals = [raw for state in FINAL for raw in status.of(state)]
    return tuple(status.of("succeeded") or [raw for raw in finals if NEUTRAL.fullmatch(raw)])


def _joined(status: Statuses, conclusion: Statuses, ended: tuple[str, ...]) -> Statuses:
    """The states of both fields; where the status is one of *ended*, the conclusion counts."""
    decided = {word.casefold() for word in conclusion.states}
    live = {
        word: "running" if word in ended else state
        for word, state in status.states.items()
        if word.casefold() not in decided
    }
    order = [*VOCABULARY, None]
    merged = {**live, **conclusion.states}
    states = dict(sorted(merged.items(), key=lambda item: order.index(item[1])))
    return Statuses(states, conclusion.source or status.source)
