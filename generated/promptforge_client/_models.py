# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""What all models share: their repr, and the JSON of models that are only read."""

from collections.abc import Collection, Mapping
from typing import Any

from .types import UNSET

EMPTY: Mapping[str, Any] = {}


def described(model: Any) -> str:
    """The repr of *model*, without the fields that are absent or null and without `fields_set`."""
    shown = (
        f"{field.name}={value!r}"
        for field in type(model).__attrs_attrs__
        if field.repr
        and (value := getattr(model, field.name)) is not UNSET
        and value is not None
        and value != EMPTY
    )
    return f"{type(model).__name__}({', '.join(shown)})"


def present(fields: Mapping[str, Any], came: Collection[str]) -> dict[str, Any]:
    """Those of the optional *fields* that have a value, or that *came* as null."""
    return {name: value for name, value in fields.items() if value is not None or name in came}
