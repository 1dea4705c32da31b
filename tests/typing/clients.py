"""Every kind of call of a generated client, as type checkers see it; nothing here runs."""

from typing import assert_type

import httpx

from freeplay_client import AuthenticatedClient as Freeplay
from freeplay_client.api.prompt_optimization import list_jobs
from freeplay_client.models import (
    JobProgress,
    PromptOptimizationJobListResponse,
    PromptOptimizationJobStatusResponse,
)
from fryte_client import AuthenticatedClient as Fryte
from fryte_client.api.planner import get_result
from fryte_client.models import OptimizationResultResponse
from promptforge_client import AuthenticatedClient, Client
from promptforge_client.api.health import get_health
from promptforge_client.api.jobs import get_job_status
from promptforge_client.errors import BodyError, DecodeError, NotFound, StatusError
from promptforge_client.models import Health, InitJobRequest, JobState, JobStatus
from promptforge_client.types import Unset


def sync_calls(client: AuthenticatedClient, freeplay: Freeplay, fryte: Fryte) -> None:
    """Models come out typed."""
    assert_type(get_job_status.sync(client, "j"), JobStatus)
    assert_type(get_job_status.build(client, "j"), httpx.Request)
    assert_type(get_job_status.parse(httpx.Response(200)), JobStatus)
    assert_type(get_job_status.sync(client, "j").status, JobState)
    assert_type(list_jobs.sync(freeplay, "p", page=2, status="completed"), PromptOptimizationJobListResponse)
    assert_type(get_result.sync(fryte, 7, tenant_id=None), OptimizationResultResponse)


async def async_calls(client: Client) -> None:
    """The async twin has the same arguments and the same type."""
    async with client as entered:
        assert_type(entered, Client)
        assert_type(await get_health.asyncio(entered), Health)


async def methods(client: AuthenticatedClient, freeplay: Freeplay, fryte: Fryte) -> None:
    """The methods of an attribute have the arguments and the types of the modules."""
    assert_type(client.jobs.get_job_status("j"), JobStatus)
    assert_type(await client.jobs.get_job_status_async(job_id="j"), JobStatus)
    assert_type(client.health.get_health(), Health)
    assert_type(freeplay.prompt_optimization.list_jobs("p", page=2), PromptOptimizationJobListResponse)
    assert_type(fryte.planner.get_result(7, tenant_id=None), OptimizationResultResponse)
    client.jobs.get_job_status()  # type: ignore[call-arg]


async def without_key(client: Client) -> None:
    """A client without a key has the methods of public operations alone."""
    assert_type(client.health.get_health(), Health)
    client.jobs.get_job_status("j")  # type: ignore[misc]
    await client.jobs.get_job_status_async("j")  # type: ignore[misc]


def fields(status: PromptOptimizationJobStatusResponse) -> None:
    """In a model that is only read a field that may be null or absent has exactly these two kinds of value."""
    assert_type(status.progress, JobProgress | None)


def sum_of(done: JobStatus) -> int:
    """A check for None is all that a sum needs."""
    return 0 if done.completed_count is None or done.failed_count is None else done.completed_count + done.failed_count


def sent(request: InitJobRequest) -> None:
    """In a model that is sent a nullable, optional field has these three kinds of value."""
    assert_type(request.rpm, int | None | Unset)


def clients() -> None:
    """Settings are keywords; a changed client has the type of its original."""
    client = AuthenticatedClient(token=lambda: "key", timeout=httpx.Timeout(5), transport=httpx.HTTPTransport())
    assert_type(client.with_timeout(3), AuthenticatedClient)
    assert_type(client.send(get_job_status.build(client, "j")), httpx.Response)


def errors(error: StatusError | BodyError | DecodeError) -> int | str:
    """Errors have typed attributes."""
    match error:
        case NotFound(status=status):
            return status
        case StatusError():
            return error.headers.get("retry-after", "") or error.status
        case BodyError():
            return error.start
        case DecodeError():
            return error.path
