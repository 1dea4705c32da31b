# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""The operations in `api.planner` as methods of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..client import AuthenticatedClient, Client
    from ..models.job_list_response import JobListResponse
    from ..models.job_status_response import JobStatusResponse
    from ..models.optimization_result_response import OptimizationResultResponse
    from ..models.planner_request import PlannerRequest
    from ..models.planner_response import PlannerResponse
    from ..models.planner_v2_submit_response import PlannerV2SubmitResponse

_C = TypeVar("_C", bound="Client", covariant=True)


class PlannerOperations(Generic[_C]):
    """The operations in `api.planner`, sent by one client."""

    def __init__(self, client: _C) -> None:
        self._client = client

    def get_job(
        self: PlannerOperations[AuthenticatedClient],
        job_id: str,
        *,
        tenant_id: int | None | Unset = UNSET,
    ) -> JobStatusResponse:
        """Get job status

        GET /planner/jobs/{job_id}; `api.planner.get_job` says more, and which errors are raised.

        Args:
            job_id (str): Job identifier returned by POST /planner/v2.
            tenant_id (int | None | Unset): Tenant ID
        """
        from ..api.planner.get_job import sync as _call

        return _call(
            self._client,
            job_id,
            tenant_id=tenant_id,
        )

    async def get_job_async(
        self: PlannerOperations[AuthenticatedClient],
        job_id: str,
        *,
        tenant_id: int | None | Unset = UNSET,
    ) -> JobStatusResponse:
        """As `get_job`, from async code."""
        from ..api.planner.get_job import asyncio as _call

        return await _call(
            self._client,
            job_id,
            tenant_id=tenant_id,
        )

    def plan_tour(
        self: PlannerOperations[AuthenticatedClient],
        *,
        corridor: int | Unset = 8000,
        tenant_id: int | None | Unset = UNSET,
        body: PlannerRequest,
    ) -> PlannerResponse:
        """Plan a tour

        POST /planner; `api.planner.plan_tour` says more, and which errors are raised.

        Args:
            corridor (int | Unset): Width of the corridor in metres in which stations are looked for.
                From 1000 to 20000. Default: 8000.
            tenant_id (int | None | Unset): Tenant ID
            body (PlannerRequest): A tour to be planned for one truck.
        """
        from ..api.planner.plan_tour import sync as _call

        return _call(
            self._client,
            corridor=corridor,
            tenant_id=tenant_id,
            body=body,
        )

    async def plan_tour_async(
        self: PlannerOperations[AuthenticatedClient],
        *,
        corridor: int | Unset = 8000,
        tenant_id: int | None | Unset = UNSET,
        body: PlannerRequest,
    ) -> PlannerResponse:
        """As `plan_tour`, from async code."""
        from ..api.planner.plan_tour import asyncio as _call

        return await _call(
            self._client,
            corridor=corridor,
            tenant_id=tenant_id,
            body=body,
        )

    def submit_job(
        self: PlannerOperations[AuthenticatedClient],
        *,
        corridor: int | Unset = 8000,
        min_charge_duration_min: int | Unset = 0,
        tenant_id: int | None | Unset = UNSET,
        body: PlannerRequest,
    ) -> PlannerV2SubmitResponse:
        """Submit route optimization

        POST /planner/v2; `api.planner.submit_job` says more, and which errors are raised.

        Args:
            corridor (int | Unset): Width of the corridor in metres in which stations are looked for.
                From 1000 to 20000. Default: 8000.
            min_charge_duration_min (int | Unset): Least time of a charging stop in minutes, in steps
                of two; 2 and less have no effect. From 0 to 100. Default: 0.
            tenant_id (int | None | Unset): Tenant ID
            body (PlannerRequest): A tour to be planned for one truck.
        """
        from ..api.planner.submit_job import sync as _call

        return _call(
            self._client,
            corridor=corridor,
            min_charge_duration_min=min_charge_duration_min,
            tenant_id=tenant_id,
            body=body,
        )

    async def submit_job_async(
        self: PlannerOperations[AuthenticatedClient],
        *,
        corridor: int | Unset = 8000,
        min_charge_duration_min: int | Unset = 0,
        tenant_id: int | None | Unset = UNSET,
        body: PlannerRequest,
    ) -> PlannerV2SubmitResponse:
        """As `submit_job`, from async code."""
        from ..api.planner.submit_job import asyncio as _call

        return await _call(
            self._client,
            corridor=corridor,
            min_charge_duration_min=min_charge_duration_min,
            tenant_id=tenant_id,
            body=body,
        )

    def list_jobs(
        self: PlannerOperations[AuthenticatedClient],
        *,
        user_id: int,
        tenant_id: int | None | Unset = UNSET,
    ) -> list[JobListResponse]:
        """List jobs

        GET /planner/jobs; `api.planner.list_jobs` says more, and which errors are raised.

        Args:
            user_id (int): The user whose jobs are listed.
            tenant_id (int | None | Unset): Tenant ID
        """
        from ..api.planner.list_jobs import sync as _call

        return _call(
            self._client,
            user_id=user_id,
            tenant_id=tenant_id,
        )

    async def list_jobs_async(
        self: PlannerOperations[AuthenticatedClient],
        *,
        user_id: int,
        tenant_id: int | None | Unset = UNSET,
    ) -> list[JobListResponse]:
        """As `list_jobs`, from async code."""
        from ..api.planner.list_jobs import asyncio as _call

        return await _call(
            self._client,
            user_id=user_id,
            tenant_id=tenant_id,
        )

    def get_result(
        self: PlannerOperations[AuthenticatedClient],
        optimization_id: int,
        *,
        tenant_id: int | None | Unset = UNSET,
    ) -> OptimizationResultResponse:
        """Get optimization result

        GET /planner/optimizations/{optimization_id}/result; `api.planner.get_result` says more, and which errors are raised.

        Args:
            optimization_id (int): Optimization identifier; not the job_id.
            tenant_id (int | None | Unset): Tenant ID
        """
        from ..api.planner.get_result import sync as _call

        return _call(
            self._client,
            optimization_id,
            tenant_id=tenant_id,
        )

    async def get_result_async(
        self: PlannerOperations[AuthenticatedClient],
        optimization_id: int,
        *,
        tenant_id: int | None | Unset = UNSET,
    ) -> OptimizationResultResponse:
        """As `get_result`, from async code."""
        from ..api.planner.get_result import asyncio as _call

        return await _call(
            self._client,
            optimization_id,
            tenant_id=tenant_id,
        )
