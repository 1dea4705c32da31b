"""Reads the fields of a declaration one by one; each refusal names the place, the fact and the next step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn, TypeVar

from jobwait._text import nearest, visible
from jobwait.errors import InvalidInput

T = TypeVar("T")
_LONGEST: Final = 1e9  # seconds


class Fields:
    """
    The fields of the mapping *value* at *place*; those that are taken are known, and `end()` refuses the others.

    A field that is null counts as left out.
    """

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, Mapping):
            raise InvalidInput(f"{place} must be a mapping, not {shown(value)}.")
        odd = [name for name in value if not isinstance(name, str)]
        if odd:
            raise InvalidInput(f"{place} has the name {shown(odd[0])}; names are text: write it in quotes.")
        self.value: Mapping[str, Any] = {name: one for name, one in value.items() if one is not None}
        self.place = place
        self._known: list[str] = []

    def at(self, name: str) -> str:
        """The place of the field *name*."""
        return f"{self.place} {name}" if self.place.endswith(":") else f"{self.place}.{name}"

    def refuse(self, fact: str) -> NoReturn:
        """Raise InvalidInput about this mapping."""
        raise InvalidInput(f"{self.place} {fact}")

    def any(self, name: str) -> Any:
        """The value of *name*, whatever it is; None if it is left out."""
        self._known.append(name)
        return self.value.get(name)

    def text(self, name: str) -> str | None:
        """The text in *name*, not empty."""
        value = self.any(name)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise InvalidInput(f"{self.at(name)} must be text, not {shown(value)}.")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Whether *name* is true; *default* if it is left out."""
        value = self.any(name)
        if value is not None and not isinstance(value, bool):
            raise InvalidInput(f"{self.at(name)} must be true or false, not {shown(value)}.")
        return default if value is None else bool(value)

    def seconds(self, name: str, *, zero: bool = False) -> float | None:
        """The number of seconds in *name*."""
        value = self.any(name)
        if value is None:
            return None
        number = isinstance(value, int | float) and not isinstance(value, bool) and value < _LONGEST
        if not number or value < 0 or (value == 0 and not zero):
            raise InvalidInput(f"{self.at(name)} must be a number of seconds above 0, not {shown(value)}.")
        return float(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """The list of texts in *name*; a single one may stand alone."""
        value = self.any(name)
        listed = [value] if isinstance(value, str) else value
        if listed is None:
            return ()
        if not isinstance(listed, Sequence) or not all(isinstance(one, str) and one for one in listed):
            raise InvalidInput(f"{self.at(name)} must be a list of texts, not {shown(value)}.")
        return tuple(listed)

    def pairs(self, name: str) -> dict[str, str]:
        """The mapping of names to texts in *name*; numbers and truth values as their text."""
        value = self.any(name)
        if value is None:
            return {}
        fields = Fields(value, self.at(name))
        for key, one in fields.value.items():
            if not isinstance(one, str | int | float):
                raise InvalidInput(f"{fields.at(key)} must be text, not {shown(one)}.")
        return {key: _plain(one) for key, one in fields.value.items()}

    def nested(self, name: str, read: Callable[[Fields], T]) -> T | None:
        """What *read* makes of the mapping in *name*; None if that is left out."""
        value = self.any(name)
        if value is None:
            return None
        fields = Fields(value, self.at(name))
        found = read(fields)
        fields.end()
        return found

    def one_of(self, *names: str) -> str | None:
        """The only field of *names* that is there; None if none is; InvalidInput if several are."""
        found = [name for name in names if name in self.value]
        if len(found) > 1:
            self.refuse(f"has {found[0]} and {found[1]}, which exclude each other: leave one out.")
        return found[0] if found else None

    def end(self) -> None:
        """Refuse the fields that nobody took."""
        unknown = [name for name in self.value if name not in self._known]
        if unknown:
            near = nearest(unknown[0], self._known, 1)
            meant = f"; did you mean {near[0]}?" if near else f"; it may have {', '.join(sorted(set(self._known)))}."
            self.refuse(f"has {unknown[0]!r:.60}, which is no field of it{meant}")


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def shown(value: object) -> str:
    """*value* in an error, cut."""
    return visible(f"{value!r:.60}")
