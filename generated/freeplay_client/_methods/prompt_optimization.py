# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
"""The operations in `api.prompt_optimization` as methods of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..client import AuthenticatedClient, Client
    from ..models.empty_response import EmptyResponse
    from ..models.prompt_optimization_job_created_response import PromptOptimizationJobCreatedResponse
    from ..models.prompt_optimization_job_list_response import PromptOptimizationJobListResponse
    from ..models.prompt_optimization_job_status_response import PromptOptimizationJobStatusResponse
    from ..models.start_prompt_optimization_job_request import StartPromptOptimizationJobRequest

_C = TypeVar("_C", bound="Client", covariant=True)


class PromptOptimizationOperations(Generic[_C]):
    """The operations in `api.prompt_optimization`, sent by one client."""

    def __init__(self, client: _C) -> None:
        self._client = client

    def get_job(
        self: PromptOptimizationOperations[AuthenticatedClient],
        project_id: str,
        job_id: str,
    ) -> PromptOptimizationJobStatusResponse:
        """Get prompt optimization job status and details.

        GET /api/v2/projects/{project_id}/prompt-optimization-jobs/{job_id}; `api.prompt_optimization.get_job` says more, and which errors are raised.

        Args:
            project_id (str):
            job_id (str):
        """
        from ..api.prompt_optimization.get_job import sync as _call

        return _call(
            self._client,
            project_id,
            job_id,
        )

    async def get_job_async(
        self: PromptOptimizationOperations[AuthenticatedClient],
        project_id: str,
        job_id: str,
    ) -> PromptOptimizationJobStatusResponse:
        """As `get_job`, from async code."""
        from ..api.prompt_optimization.get_job import asyncio as _call

        return await _call(
            self._client,
            project_id,
            job_id,
        )

    def list_jobs(
        self: PromptOptimizationOperations[AuthenticatedClient],
        project_id: str,
        *,
        page: int | Unset = 1,
        page_size: int | Unset = 30,
        status: None | str | Unset = UNSET,
    ) -> PromptOptimizationJobListResponse:
        """List the prompt optimization jobs of a project, newest first.

        GET /api/v2/projects/{project_id}/prompt-optimization-jobs; `api.prompt_optimization.list_jobs` says more, and which errors are raised.

        Args:
            project_id (str):
            page (int | Unset): Number of the page, from 1. Default: 1.
            page_size (int | Unset): Jobs on a page. Default: 30.
            status (None | str | Unset): Only jobs of this status.
        """
        from ..api.prompt_optimization.list_jobs import sync as _call

        return _call(
            self._client,
            project_id,
            page=page,
            page_size=page_size,
            status=status,
        )

    async def list_jobs_async(
        self: PromptOptimizationOperations[AuthenticatedClient],
        project_id: str,
        *,
        page: int | Unset = 1,
        page_size: int | Unset = 30,
        status: None | str | Unset = UNSET,
    ) -> PromptOptimizationJobListResponse:
        """As `list_jobs`, from async code."""
        from ..api.prompt_optimization.list_jobs import asyncio as _call

        return await _call(
            self._client,
            project_id,
            page=page,
            page_size=page_size,
            status=status,
        )

    def start_job(
        self: PromptOptimizationOperations[AuthenticatedClient],
        project_id: str,
        *,
        body: StartPromptOptimizationJobRequest,
    ) -> PromptOptimizationJobCreatedResponse:
        """Start a prompt optimization job.

        POST /api/v2/projects/{project_id}/prompt-optimization-jobs; `api.prompt_optimization.start_job` says more, and which errors are raised.

        Args:
            project_id (str):
            body (StartPromptOptimizationJobRequest): The body of the request.
        """
        from ..api.prompt_optimization.start_job import sync as _call

        return _call(
            self._client,
            project_id,
            body=body,
        )

    async def start_job_async(
        self: PromptOptimizationOperations[AuthenticatedClient],
        project_id: str,
        *,
        body: StartPromptOptimizationJobRequest,
    ) -> PromptOptimizationJobCreatedResponse:
        """As `start_job`, from async code."""
        from ..api.prompt_optimization.start_job import asyncio as _call

        return await _call(
            self._client,
            project_id,
            body=body,
        )

    def cancel_job(
        self: PromptOptimizationOperations[AuthenticatedClient],
        project_id: str,
        job_id: str,
    ) -> EmptyResponse:
        """Cancel a prompt optimization job.

        POST /api/v2/projects/{project_id}/prompt-optimization-jobs/{job_id}/cancel; `api.prompt_optimization.cancel_job` says more, and which errors are raised.

        Args:
            project_id (str):
            job_id (str):
        """
        from ..api.prompt_optimization.cancel_job import sync as _call

        return _call(
            self._client,
            project_id,
            job_id,
        )

    async def cancel_job_async(
        self: PromptOptimizationOperations[AuthenticatedClient],
        project_id: str,
        job_id: str,
    ) -> EmptyResponse:
        """As `cancel_job`, from async code."""
        from ..api.prompt_optimization.cancel_job import asyncio as _call

        return await _call(
            self._client,
            project_id,
            job_id,
        )
