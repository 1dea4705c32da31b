"""What an answer says beside the state: progress, the reason of a failure, the pause that the service asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from jobwait._declared.vocabulary.answer_path import AnswerPath, first_of, paths
from jobwait._declared.vocabulary.fields import Fields
from jobwait._declared.vocabulary.rules import number
from jobwait._model.paths import reason_text
from jobwait._model.types import Progress

ReadProgress = Callable[[Any], Progress | None]
_FRACTION: Final = re.compile(r"(?<![\d./])(\d{1,15}) ?(?:/|of|out of) ?(\d{1,15})(?![\d./])", re.IGNORECASE)
_PER_CENT: Final = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,20})?) ?%")
_LONGEST_TEXT: Final = 1000  # characters of a text that is searched
_HUNDRED: Final = 100


def progress_reader(fields: Fields) -> ReadProgress:
    """The reader of the progress that *fields* describe: counts, per cent, steps, or text such as "3/5"."""
    kind = fields.one_of("done", "percent", "fraction", "step", "text")
    left = fields.any("seconds_left")
    if kind is None and left is None:
        fields.refuse("needs done, percent, fraction, step, text or seconds_left.")
    if kind is None:
        return _nothing
    where = paths(fields.any(kind), fields.at(kind))
    if kind == "done":
        total = fields.any("total")
        return _counts(where, () if total is None else paths(total, fields.at("total")))
    if kind == "step":
        total, name = fields.any("steps"), fields.any("name")
        return _steps(
            where[0],
            () if total is None else paths(total, fields.at("steps")),
            () if name is None else paths(name, fields.at("name")),
        )
    if kind in {"percent", "fraction"}:
        unit = 1 if kind == "percent" else _HUNDRED
        return lambda answer: _percent(first_of(where, answer), unit)
    return lambda answer: _text(first_of(where, answer))


def size_reader(fields: Fields) -> Callable[[Any], float | None] | None:
    """The reader of a job's size, which is the total of its counts, if *fields* of a progress name it."""
    if "done" not in fields.value or "total" not in fields.value:
        return None
    total = paths(fields.value["total"], fields.at("total"))
    return lambda answer: _sum(total, answer)


def _nothing(_: Any) -> None:
    """The time that is left is an estimate of the service's, not a count."""


def seconds_left(fields: Fields) -> Callable[[Any], float | None] | None:
    """The reader of the seconds that the service says are left, if *fields* of a progress name them."""
    if "seconds_left" not in fields.value:
        return None
    where = paths(fields.value["seconds_left"], fields.at("seconds_left"))

    def read(answer: Any) -> float | None:
        found = number(first_of(where, answer))
        return None if found is None or not 0 <= found <= _LONGEST_HINT else found

    return read


def _counts(done: Sequence[AnswerPath], total: Sequence[AnswerPath]) -> ReadProgress:
    """Counts; several paths are added, as some services count what succeeded and what failed apart."""

    def read(answer: Any) -> Progress | None:
        finished = _sum(done, answer)
        return None if finished is None else Progress(finished, _sum(total, answer))

    return read


def _sum(among: Sequence[AnswerPath], answer: Any) -> int | None:
    found: list[float] = []
    for path in among:
        for value in (path.first(answer),) if path.single else path.values(answer):
            one = value if value is None or type(value) is int else number(value)
            if one is not None:
                found.append(one)
    return int(sum(found)) if found else None


def _steps(step: AnswerPath, steps: Sequence[AnswerPath], name: Sequence[AnswerPath]) -> ReadProgress:
    def read(answer: Any) -> Progress | None:
        now, total = number(step.first(answer)), number(first_of(steps, answer))
        if now is None:
            return None
        label = first_of(name, answer)
        return Progress(
            max(0, int(now) - 1), None if total is None else int(total), "" if label is None else str(label)
        )

    return read


def _percent(value: Any, unit: int) -> Progress | None:
    """The per cent that *value*, in hundredths of *unit*, is."""
    if isinstance(value, str) and value.rstrip().endswith("%"):
        return _text(value)
    found = number(value)
    part = None if found is None else found * unit
    return None if part is None or not 0 <= part <= _HUNDRED else Progress(int(part + 1e-9), _HUNDRED)


def _text(value: Any) -> Progress | None:
    """The progress in text such as "Step 3/5", "3 of 5" or "(42 %)"; None if there is none, or more than one."""
    if not isinstance(value, str):
        return None
    fractions, parts = _FRACTION.findall(value[:_LONGEST_TEXT]), _PER_CENT.findall(value[:_LONGEST_TEXT])
    if len(parts) == 1:
        return Progress(int(float(parts[0])), _HUNDRED) if float(parts[0]) <= _HUNDRED else None
    return Progress(int(fractions[0][0]), int(fractions[0][1])) if len(fractions) == 1 and not parts else None


def reason_reader(where: Sequence[AnswerPath]) -> Callable[[Any], str | None]:
    """The reader of the text that says why a job failed; of an object its message, of a list its first that has one."""

    def read(answer: Any) -> str | None:
        found = (reason_text(value) for path in where for value in path.values(answer))
        return next((text for text in found if text), None)

    return read


def hint_reader(fields: Fields) -> Callable[[Any], float | None]:
    """The reader of the seconds to the next poll, from `seconds` or `milliseconds`."""
    kind = fields.one_of("seconds", "milliseconds")
    if kind is None:
        fields.refuse("needs seconds or milliseconds: the path of the pause that the service asks for.")
    where, unit = paths(fields.any(kind), fields.at(kind)), 1.0 if kind == "seconds" else 1000.0

    def read(answer: Any) -> float | None:
        found = number(first_of(where, answer))
        return None if found is None or not 0 <= found / unit <= _LONGEST_HINT else found / unit

    return read


_LONGEST_HINT: Final = 86400.0  # seconds; a longer one is a mistake, as with Retry-After
