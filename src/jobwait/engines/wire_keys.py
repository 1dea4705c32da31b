"""
Dataclasses for what is kept, whose keys are written down beside their attributes: those are for ever, these are not.

What reads and writes dataclasses by the names of their fields, as Temporal's converter and `asdict` do, sees the keys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field
from operator import attrgetter
from typing import Any, ClassVar, TypeVar, dataclass_transform

T = TypeVar("T")


class Keyed:
    """What is made by `keyed`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def key(name: str, *, default: Any = MISSING, default_factory: Any = MISSING) -> Any:
    """A field that is kept under *name*."""
    return field(default=default, default_factory=default_factory, metadata={"key": name})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(key,))
def keyed(cls: type[T]) -> type[T]:
    """
    Make a frozen dataclass of *cls*, each of whose annotated attributes has a `key`.

    Its constructor and `replace` take attributes by their own names, and by their keys.
    """
    hints, specs = dict(cls.__annotations__), {name: vars(cls)[name] for name in cls.__annotations__}
    keys = {name: spec.metadata["key"] for name, spec in specs.items()}
    for name in specs:
        delattr(cls, name)
    for name, spec in specs.items():
        setattr(cls, keys[name], spec)
    cls.__annotations__ = {keys[name]: hint for name, hint in hints.items()}
    made = dataclass(frozen=True, kw_only=True)(cls)
    renamed = {name: other for name, other in keys.items() if name != other}
    for name, other in renamed.items():
        setattr(made, name, property(attrgetter(other)))
    if renamed:
        setattr(made, "__init__", _by_either(made.__init__, renamed))  # noqa: B010 - no type checker may follow this
    return made


def _by_either(init: Callable[..., None], renamed: dict[str, str]) -> Callable[..., None]:
    def by_either(self: object, **given: Any) -> None:
        by_key = {name: value for name, value in given.items() if name not in renamed}
        init(self, **{**by_key, **{renamed[name]: value for name, value in given.items() if name in renamed}})

    return by_either
