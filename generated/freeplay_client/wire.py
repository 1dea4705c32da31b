# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
# mypy: disable-error-code="misc"
"""The JSON bodies that are sent and received, as TypedDicts."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class DataSourcesUsed(TypedDict):
    human_labels_count: int
    customer_feedback_count: int


class JobProgress(TypedDict):
    step: int
    total_steps: int
    step_name: str


class StartPromptOptimizationJobRequest(TypedDict):
    prompt_template_version_id: str
    """
    The version to be improved.
    """
    dataset_id: str
    """
    The dataset that optimization draws on.
    """
    user_instructions: NotRequired[str | None]
    """
    What the new version should do better, in plain words.
    """
    use_best_practices: NotRequired[bool]
    """
    Whether to apply best practices of prompt writing.
    """
    use_labels: NotRequired[bool]
    """
    Whether to learn from human labels.
    """
    use_customer_feedback: NotRequired[bool]
    """
    Whether to learn from customer feedback.
    """
    run_test_after_optimization: NotRequired[bool]
    """
    Whether to test the old and the new version and compare them; costs model calls.
    """


class PromptOptimizationJobCreatedResponse(TypedDict):
    job_id: str
    status: str
    created_at: str


class PromptOptimizationJobSummary(TypedDict):
    job_id: str
    status: str
    prompt_template_id: str
    original_version_id: str
    created_at: str
    completed_at: NotRequired[str | None]
    optimized_version_id: NotRequired[str | None]


class PaginationInfo(TypedDict):
    page: int
    page_size: int
    has_next: bool


class EmptyResponse(TypedDict):
    pass


class ErrorMessage(TypedDict):
    message: str


class PromptOptimizationJobStatusResponse(TypedDict):
    job_id: str
    status: str
    prompt_template_id: str
    original_version_id: str
    run_test_after_optimization: bool
    created_at: str
    optimized_version_id: NotRequired[str | None]
    test_run_id: NotRequired[str | None]
    comparison_id: NotRequired[str | None]
    changes_summary: NotRequired[str | None]
    error_message: NotRequired[str | None]
    data_sources_used: NotRequired[DataSourcesUsed | None]
    completed_at: NotRequired[str | None]
    progress: NotRequired[JobProgress | None]


class PromptOptimizationJobListResponse(TypedDict):
    data: list[PromptOptimizationJobSummary]
    pagination: PaginationInfo
