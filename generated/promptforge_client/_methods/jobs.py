# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""The operations in `api.jobs` as methods of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from ..client import AuthenticatedClient, Client
    from ..models.init_job_request import InitJobRequest
    from ..models.init_job_response import InitJobResponse
    from ..models.job_results import JobResults
    from ..models.job_status import JobStatus

_C = TypeVar("_C", bound="Client", covariant=True)


class JobsOperations(Generic[_C]):
    """The operations in `api.jobs`, sent by one client."""

    def __init__(self, client: _C) -> None:
        self._client = client

    def init_job(
        self: JobsOperations[AuthenticatedClient],
        *,
        body: InitJobRequest,
    ) -> InitJobResponse:
        """Make a job and a link to upload its prompts.

        POST /v1/jobs/init; `api.jobs.init_job` says more, and which errors are raised.

        Args:
            body (InitJobRequest): The body of the request.
        """
        from ..api.jobs.init_job import sync as _call

        return _call(
            self._client,
            body=body,
        )

    async def init_job_async(
        self: JobsOperations[AuthenticatedClient],
        *,
        body: InitJobRequest,
    ) -> InitJobResponse:
        """As `init_job`, from async code."""
        from ..api.jobs.init_job import asyncio as _call

        return await _call(
            self._client,
            body=body,
        )

    def get_job_status(
        self: JobsOperations[AuthenticatedClient],
        job_id: str,
    ) -> JobStatus:
        """How far a job is.

        GET /v1/jobs/{job_id}/status; `api.jobs.get_job_status` says more, and which errors are raised.

        Args:
            job_id (str): The job ID returned from POST /v1/jobs/init, a UUID as text.
        """
        from ..api.jobs.get_job_status import sync as _call

        return _call(
            self._client,
            job_id,
        )

    async def get_job_status_async(
        self: JobsOperations[AuthenticatedClient],
        job_id: str,
    ) -> JobStatus:
        """As `get_job_status`, from async code."""
        from ..api.jobs.get_job_status import asyncio as _call

        return await _call(
            self._client,
            job_id,
        )

    def get_job_results(
        self: JobsOperations[AuthenticatedClient],
        job_id: str,
    ) -> JobResults:
        """Links to the result files of a completed job.

        GET /v1/jobs/{job_id}/results; `api.jobs.get_job_results` says more, and which errors are raised.

        Args:
            job_id (str): The job ID returned from POST /v1/jobs/init, a UUID as text.
        """
        from ..api.jobs.get_job_results import sync as _call

        return _call(
            self._client,
            job_id,
        )

    async def get_job_results_async(
        self: JobsOperations[AuthenticatedClient],
        job_id: str,
    ) -> JobResults:
        """As `get_job_results`, from async code."""
        from ..api.jobs.get_job_results import asyncio as _call

        return await _call(
            self._client,
            job_id,
        )
