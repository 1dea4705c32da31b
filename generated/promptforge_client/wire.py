# Generated from specs/promptforge/openapi.yaml (sha256 f4664a62ad5f) by codegen.py; edit the overlay.
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
AWAITING_UPLOAD lasts until a file comes, PENDING until the client's other job has ended. COMPLETED says that the run ended, not that any prompt succeeded. The published server never sets CANCELLED.
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
    Valid prompts of the file; null until it was read.
    """
    completed_count: NotRequired[int | None]
    """
    Prompts that were answered; the published server fills it in at the end only.
    """
    failed_count: NotRequired[int | None]
    """
    Prompts that ran out of attempts; the published server fills it in at the end only.
    """
    created_at: str
    """
    When the job was made.
    """
    started_processing_at: NotRequired[str | None]
    """
    When the run began.
    """
    completed_at: NotRequired[str | None]
    """
    When the run ended; the published server leaves it null on FAILED.
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
