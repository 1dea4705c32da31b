# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
# mypy: disable-error-code="misc"
"""The JSON bodies that are sent and received, as TypedDicts."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class InitJobRequest(TypedDict):
    provider: str
    """
    Who runs the model, one of openai, anthropic, gemini and mistral.
    """
    model: str
    """
    Name of the model with its provider; not checked when the job is made.
    """
    max_retries: NotRequired[int]
    """
    How often a prompt is tried in all, the first attempt included.
    """
    rpm: NotRequired[int | None]
    """
    Requests a minute that the provider allows; null lets the server find out.
    """
    tpm: NotRequired[int | None]
    """
    Tokens a minute that the provider allows; null lets the server find out.
    """


class InitJobResponse(TypedDict):
    job_id: str
    """
    Identifier of the job, a random UUID as text.
    """
    upload_url: str
    """
    Signed link for one PUT of the prompts.
    """
    expires_at: str
    """
    When the link ends, 15 minutes ahead; it dies a moment earlier than this says.
    """


JobState: TypeAlias = Literal[
    "AWAITING_UPLOAD", "PENDING", "QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"
]
"""
Current status of a job.

- AWAITING_UPLOAD: Job created, waiting for the prompts file to be uploaded.
- QUEUED: File received, waiting for a processing pod to become available.
- PENDING: Another job for this client is active; this one will start when that finishes.
- PROCESSING: Actively dispatching prompts to the LLM provider.
- COMPLETED: All prompts processed. Results are ready to download. It does not say that any prompt succeeded.
- FAILED: Job failed due to an unrecoverable error.
- CANCELLED: Job was cancelled. The published server never sets it.
"""


class JobStatus(TypedDict):
    job_id: str
    """
    Identifier of the job.
    """
    status: JobState
    provider: str
    """
    Who runs the model.
    """
    model: str
    """
    Name of the model.
    """
    prompt_count: NotRequired[int | None]
    """
    Total prompts in the file. Null until the file is parsed.
    """
    completed_count: NotRequired[int | None]
    """
    Prompts successfully processed. The published server fills it in at the end only.
    """
    failed_count: NotRequired[int | None]
    """
    Prompts that exhausted retries. The published server fills it in at the end only.
    """
    created_at: str
    """
    When the job was created.
    """
    started_processing_at: NotRequired[str | None]
    """
    When processing began.
    """
    completed_at: NotRequired[str | None]
    """
    When the job reached a terminal state. The published server leaves it null on FAILED.
    """


class ResultFile(TypedDict):
    filename: str
    """
    Name of the file, results_part_001.jsonl or results_final.jsonl for instance.
    """
    url: str
    """
    Signed link for a GET without the API key.
    """
    expires_at: str
    """
    When the link ends, 60 minutes ahead; it dies a moment earlier than this says.
    """


class Health(TypedDict):
    status: str
    """
    ok.
    """


class ErrorDetail(TypedDict):
    detail: str
    """
    What is wrong, in a sentence.
    """


class ValidationIssue(TypedDict):
    type: str
    """
    Kind of the fault.
    """
    loc: list[str | int]
    """
    Where it is, from the outside in.
    """
    msg: str
    """
    The fault in words.
    """
    input: NotRequired[Any]
    """
    What was sent there.
    """
    ctx: NotRequired[dict[str, Any]]
    """
    More about the fault.
    """


class JobResults(TypedDict):
    job_id: str
    """
    Identifier of the job.
    """
    status: JobState
    files: list[ResultFile]
    """
    The result files, sorted by name.
    """


class ValidationProblem(TypedDict):
    detail: str | list[ValidationIssue]
    """
    What is wrong, in a sentence or fault by fault.
    """
