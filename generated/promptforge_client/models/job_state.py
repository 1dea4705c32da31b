# Generated from specs/promptforge/openapi.yaml (sha256 f4664a62ad5f) by codegen.py; edit the overlay.
"""JobState, one of the values that the spec lists or another one."""

from enum import StrEnum


class JobState(StrEnum):
    """An open enum: a value that the spec does not list is kept."""

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    QUEUED = "QUEUED"

    @classmethod
    def _missing_(cls, value: object) -> "JobState | None":
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member
