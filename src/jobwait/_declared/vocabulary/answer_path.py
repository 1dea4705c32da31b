"""Paths in an answer, such as `data.status`, `tasks[0].state` and `tasks[*].state`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from jobwait._declared.vocabulary.fields import shown
from jobwait.errors import InvalidInput

ANY: Final = "*"
_STEP: Final = re.compile(r'(?:^|\.)(?:"([^"]+)"|(\*)|([^."\[\]*\s]+))|\[(\d{1,6}|\*)\]')
_PLAIN: Final = re.compile(r'[^."\[\]*\s]+')
_MOST_STEPS: Final = 32
_VALUES: Final = (str, bytes, int, float, list, tuple)  # their attributes are Python's, not the service's
_UNSET: Final = "Unset"  # of the clients' models: a field that is not there


class AnswerPath(NamedTuple):
    """
    A path.

    text: as it was written. steps: names, numbers of items, and "*" for any item of a list or mapping. single: whether
    there is no "*".

    A name is a key of a mapping or an attribute of a model. null counts as absent.
    """

    text: str
    steps: tuple[str | int, ...]
    single: bool

    @classmethod
    def of(cls, text: object, place: str) -> AnswerPath:
        """The path *text*; raises InvalidInput that names *place* if it is none."""
        if not isinstance(text, str) or not text.strip():
            raise InvalidInput(f"{place} must be a path such as data.status, not {shown(text)}.")
        steps: list[str | int] = []
        position = 0
        while position < len(text):
            match = _STEP.match(text, position)
            if match is None:
                fact = f"{place} is {shown(text)}, which is no path"
                raise InvalidInput(f"{fact}: write names with dots, [0] or [*] for items, quotes for a name with dots.")
            quoted, star, name, item = match.groups()
            steps.append(quoted or star or name or (ANY if item == ANY else int(item)))
            position = match.end()
        if len(steps) > _MOST_STEPS:
            raise InvalidInput(f"{place} has {len(steps)} steps, and a path has at most {_MOST_STEPS}.")
        return cls(text, tuple(steps), ANY not in steps)

    def values(self, answer: Any) -> list[Any]:
        """All values at the path that are there; more than one only if it has a "*"."""
        found = [answer]
        for step in self.steps:
            found = [after for before in found for after in _after(before, step)]
        return found

    def items(self, answer: Any) -> list[Any]:
        """The items that the last "*" of the path stands for, whether or not they have what follows it."""
        last = len(self.steps) - self.steps[::-1].index(ANY)
        return AnswerPath(self.text, self.steps[:last], single=False).values(answer)

    def first(self, answer: Any) -> Any:
        """The first value at the path; None if there is none."""
        if not self.single:
            return next(iter(self.values(answer)), None)
        for step in self.steps:
            answer = _at(answer, step)
            if answer is None:
                return None
        return answer


def _after(value: Any, step: str | int) -> list[Any]:
    """The values one *step* below *value*, without null."""
    if step == ANY:
        items: Any = value.values() if isinstance(value, Mapping) else value if _is_list(value) else ()
    else:
        items = [_at(value, step)]
    return [one for one in items if one is not None]


def _at(value: Any, step: str | int) -> Any:
    """The value one *step*, a name or a number, below *value*; None if there is none."""
    if type(step) is int:
        return value[step] if _is_list(value) and step < len(value) else None
    name, access = str(step), _access(type(value))  # type: ignore[arg-type]
    if access == "attributes":
        found = None if name[0] == "_" else getattr(value, name, None)
    else:
        found = value.get(name) if access == "keys" else None
    return None if not found and type(found).__name__ == _UNSET else found


@lru_cache(maxsize=256)
def _access(kind: type) -> Literal["keys", "attributes", "none"]:
    """How values of *kind* are read; to find that out takes longer than to read a field."""
    if issubclass(kind, Mapping):
        return "keys"
    return "none" if issubclass(kind, _VALUES) else "attributes"


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def path_text(steps: Sequence[str | int]) -> str:
    """The path through *steps* as it is written; raises ValueError for a name that no path can hold."""
    text = ""
    for step in steps:
        if isinstance(step, int) or step == ANY:
            text += f"[{step}]"
        elif '"' in step or not step:
            raise ValueError("has a name that no path can hold")
        else:
            text += ("." if text else "") + (step if _PLAIN.fullmatch(step) else f'"{step}"')
    return text


def paths(value: object, place: str) -> tuple[AnswerPath, ...]:
    """One path or a list of them, of which the first that is there counts."""
    listed = value if isinstance(value, list | tuple) else [value]
    if not listed:
        raise InvalidInput(f"{place} is an empty list: name a path.")
    return tuple(AnswerPath.of(one, place) for one in listed)


def first_of(among: Sequence[AnswerPath], answer: Any) -> Any:
    """The first value that is there at one of the paths *among*; None if there is none."""
    return next((found for path in among if (found := path.first(answer)) is not None), None)
