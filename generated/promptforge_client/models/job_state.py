# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""JobState, one of the values that the spec lists or another one."""

from enum import StrEnum


class JobState(StrEnum):
    """Current status of a job.

    AWAITING_UPLOAD: Job created, waiting for the prompts file to be uploaded.
    QUEUED: File received, waiting for a processing pod to become available.
    PENDING: Another job for this client is active; this one will start when that finishes.
    PROCESSING: Actively dispatching prompts to the LLM provider.
    COMPLETED: All prompts processed. Results are ready to download. It does not say that any prompt
    succeeded.
    FAILED: Job failed due to an unrecoverable error.
    CANCELLED: Job was cancelled. The published server never sets it.

    An open enum: a value that the spec does not list is kept.
    """

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    """Job created, waiting for the prompts file to be uploaded."""
    CANCELLED = "CANCELLED"
    """Job was cancelled. The published server never sets it."""
    COMPLETED = "COMPLETED"
    """All prompts processed. Results are ready to download. It does not say that any prompt succeeded."""
    FAILED = "FAILED"
    """Job failed due to an unrecoverable error."""
    PENDING = "PENDING"
    """Another job for this client is active; this one will start when that finishes."""
    PROCESSING = "PROCESSING"
    """Actively dispatching prompts to the LLM provider."""
    QUEUED = "QUEUED"
    """File received, waiting for a processing pod to become available."""

    @classmethod
    def _missing_(cls, value: object) -> "JobState | None":
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member
