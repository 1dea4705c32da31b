# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""ConnectorType, one of the values that the spec lists or another one."""

from enum import StrEnum


class ConnectorType(StrEnum):
    """An open enum: a value that the spec does not list is kept."""

    CCS = "CCS"
    MCS = "MCS"

    @classmethod
    def _missing_(cls, value: object) -> "ConnectorType | None":
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member
