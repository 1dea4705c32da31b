# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
"""The models; the module of each is imported on first access."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .data_sources_used import DataSourcesUsed
    from .empty_response import EmptyResponse
    from .error_message import ErrorMessage
    from .job_progress import JobProgress
    from .pagination_info import PaginationInfo
    from .prompt_optimization_job_created_response import PromptOptimizationJobCreatedResponse
    from .prompt_optimization_job_list_response import PromptOptimizationJobListResponse
    from .prompt_optimization_job_status_response import PromptOptimizationJobStatusResponse
    from .prompt_optimization_job_summary import PromptOptimizationJobSummary
    from .start_prompt_optimization_job_request import StartPromptOptimizationJobRequest

_MODULES = {
    "DataSourcesUsed": ".data_sources_used",
    "EmptyResponse": ".empty_response",
    "ErrorMessage": ".error_message",
    "JobProgress": ".job_progress",
    "PaginationInfo": ".pagination_info",
    "PromptOptimizationJobCreatedResponse": ".prompt_optimization_job_created_response",
    "PromptOptimizationJobListResponse": ".prompt_optimization_job_list_response",
    "PromptOptimizationJobStatusResponse": ".prompt_optimization_job_status_response",
    "PromptOptimizationJobSummary": ".prompt_optimization_job_summary",
    "StartPromptOptimizationJobRequest": ".start_prompt_optimization_job_request",
}

__all__ = [
    "DataSourcesUsed",
    "EmptyResponse",
    "ErrorMessage",
    "JobProgress",
    "PaginationInfo",
    "PromptOptimizationJobCreatedResponse",
    "PromptOptimizationJobListResponse",
    "PromptOptimizationJobStatusResponse",
    "PromptOptimizationJobSummary",
    "StartPromptOptimizationJobRequest",
]

if not TYPE_CHECKING:  # to a type checker, which would take any name for an attribute

    def __getattr__(name: str) -> Any:
        """Import the model *name*."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
