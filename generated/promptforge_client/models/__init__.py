# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""The models; the module of each is imported on first access."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .error_detail import ErrorDetail
    from .health import Health
    from .init_job_request import InitJobRequest
    from .init_job_response import InitJobResponse
    from .job_results import JobResults
    from .job_state import JobState
    from .job_status import JobStatus
    from .result_file import ResultFile
    from .validation_issue import ValidationIssue
    from .validation_issue_ctx import ValidationIssueCtx
    from .validation_problem import ValidationProblem

_MODULES = {
    "ErrorDetail": ".error_detail",
    "Health": ".health",
    "InitJobRequest": ".init_job_request",
    "InitJobResponse": ".init_job_response",
    "JobResults": ".job_results",
    "JobState": ".job_state",
    "JobStatus": ".job_status",
    "ResultFile": ".result_file",
    "ValidationIssue": ".validation_issue",
    "ValidationIssueCtx": ".validation_issue_ctx",
    "ValidationProblem": ".validation_problem",
}

__all__ = [
    "ErrorDetail",
    "Health",
    "InitJobRequest",
    "InitJobResponse",
    "JobResults",
    "JobState",
    "JobStatus",
    "ResultFile",
    "ValidationIssue",
    "ValidationIssueCtx",
    "ValidationProblem",
]

if not TYPE_CHECKING:  # to a type checker, which would take any name for an attribute

    def __getattr__(name: str) -> Any:
        """Import the model *name*."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
