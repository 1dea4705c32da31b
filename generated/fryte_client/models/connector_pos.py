# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""ConnectorPos, one of the values that the spec lists or another one."""

from enum import StrEnum


class ConnectorPos(StrEnum):
    """An open enum: a value that the spec does not list is kept."""

    LEFT = "LEFT"
    RIGHT = "RIGHT"

    @classmethod
    def _missing_(cls, value: object) -> "ConnectorPos | None":
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member
