"""FRYTE: the Service of its declaration, and the list of jobs."""

from collections.abc import Mapping

import fryte_client
from fryte_client import AuthenticatedClient
from fryte_client.api.planner import get_job
from fryte_client.api.planner import list_jobs as list_call
from fryte_client.models import JobListResponse, JobStatusResponse
from jobwait.fryte.handle import FryteJob, tenant_of
from jobwait.service import (
    Ids,
    JobState,
    Listed,
    Listing,
    Operation,
    Service,
    call,
    connector,
    declared,
    httpx,
    identifier,
    sync_and_async,
    whole,
)


def _list_request(client: AuthenticatedClient, ids: Ids, *_: object) -> httpx.Request:  # neither pages nor filters
    return list_call.build(client, user_id=int(ids["user_id"]), tenant_id=tenant_of(ids))


def _list_group(ids: Ids) -> tuple[str, str] | None:
    """A list has the jobs of one user, so it cannot report a job whose user is not known."""
    return (ids["user_id"], ids.get("tenant_id", "")) if "user_id" in ids else None


def _listed(response: httpx.Response, known: Mapping[str, Ids]) -> tuple[list[Listed[JobStatusResponse]], bool]:
    items = [item for item in list_call.parse(response) if item.job_id in known]
    return [Listed(item.job_id, item.status, _as_status(item, known[item.job_id])) for item in items], False


def _as_status(item: JobListResponse, ids: Ids) -> JobStatusResponse | None:
    """The model that a poll would give. The list has no tour_id, so it is known only of jobs that we submitted."""
    if "tour_id" not in ids:
        return None
    tour_id, plan = int(ids["tour_id"]), item.optimization_id
    return JobStatusResponse(job_id=item.job_id, status=item.status, tour_id=tour_id, optimization_id=plan)


SERVICE: Service[AuthenticatedClient, JobStatusResponse] = declared(
    fryte_client,
    get_job,
    poll=lambda client, ids: get_job.build(client, ids["job_id"], tenant_id=tenant_of(ids)),
    listing=Listing(group=_list_group, build=_list_request, read=_listed),
    optional_ids=frozenset({"user_id", "tour_id"}),
    handle=FryteJob,
)


connect = connector(AuthenticatedClient, SERVICE)


def optional_ids(**ids: int | None) -> dict[str, str]:
    """The *ids* that are not None, as text; raises InvalidInput if one is not a whole number."""
    return {name: str(whole(name, value)) for name, value in ids.items() if value is not None}


def job(
    client: AuthenticatedClient, job_id: str, tenant_id: int | None = None, *, user_id: int | None = None
) -> FryteJob:
    """
    The handle on the FRYTE job *job_id*; nothing is sent. Raises InvalidInput if an id is invalid.

    With *user_id*, the number of the user whose job it is (in the sandbox 1), many jobs are polled by one list request.
    """
    ids = {"job_id": identifier("job_id", job_id), **optional_ids(tenant_id=tenant_id, user_id=user_id)}
    return FryteJob(JobState(SERVICE, client, ids))


def _list_jobs(
    client: AuthenticatedClient, user_id: int, *, tenant_id: int | None = None
) -> Operation[list[JobListResponse]]:
    """
    All jobs of the user *user_id*: the number of the user to whom the key belongs, in the sandbox 1.

    An empty list may mean that the number is another's; what FRYTE answers for such a number is not documented.

    Raises InvalidInput if an id is not a whole number, and CallFailed if the service could not be asked, or refused.
    """
    ids = {"user_id": str(whole("user_id", user_id)), **optional_ids(tenant_id=tenant_id)}
    return call(SERVICE, client, lambda: _list_request(client, ids), list_call.parse, operation="list")


list_jobs, list_jobs_async = sync_and_async(_list_jobs)
