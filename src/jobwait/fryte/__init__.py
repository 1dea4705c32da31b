"""
FRYTE: a job plans an electric truck's tour, with its charging stops.

    with fryte.connect() as client:                                 # FRYTE_API_KEY
        job = fryte.submit(client, "tour.json")
        job.wait()
        print(job.result().qualification)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from attrs import frozen

from fryte_client import AuthenticatedClient
from fryte_client.api.planner import get_job, get_result, submit_job
from fryte_client.api.planner import list_jobs as list_all
from fryte_client.models import (
    JobListResponse,
    JobStatusResponse,
    OptimizationResultResponse,
    PlannerV2SubmitResponse,
)
from fryte_client.types import UNSET
from jobwait._http.connect import connector
from jobwait._jobs.drivers import sync_and_async
from jobwait._jobs.handle import Job
from jobwait._model.checks import identifier, whole, within
from jobwait._model.limits import Limit, Listed, Listing
from jobwait._model.policy import PollingDefaults
from jobwait._model.service import Ids, Service, StatusMap
from jobwait._polling.commands import Operation, Sleep
from jobwait._polling.job_state import JobState
from jobwait._polling.operations import call
from jobwait._polling.request_sequences import accepted, read_until_present
from jobwait.errors import InvalidInput, JobCanceled, JobFailed, JobNotFound, SubmitUnconfirmed
from jobwait.fryte.tours import Tour, planner_request

__all__ = ["SERVICE", "FryteJob", "connect", "job", "list_jobs", "list_jobs_async", "submit", "submit_async"]


def _tenant(ids: Ids) -> Any:
    return int(ids["tenant_id"]) if "tenant_id" in ids else UNSET


def _poll(client: AuthenticatedClient, ids: Ids) -> httpx.Request:
    return get_job.build(client, ids["job_id"], tenant_id=_tenant(ids))


def _group(ids: Ids) -> tuple[str, str] | None:
    """A list is of one user; without a name for that one there is none."""
    return (ids["user_id"], ids.get("tenant_id", "")) if "user_id" in ids else None


def _list(client: AuthenticatedClient, ids: Ids, page: int, status: str | None) -> httpx.Request:  # noqa: ARG001
    return list_all.build(client, user_id=int(ids["user_id"]), tenant_id=_tenant(ids))


def _listed(response: httpx.Response, known: Mapping[str, Ids]) -> tuple[list[Listed[JobStatusResponse]], bool]:
    return [
        Listed(item.job_id, item.status, _as_status(item, known[item.job_id]))
        for item in list_all.parse(response)
        if item.job_id in known
    ], False


def _as_status(item: JobListResponse, ids: Ids) -> JobStatusResponse | None:
    """What a look would say; the list leaves out the tour, which the answer to the submission named."""
    if "tour_id" not in ids:
        return None
    return JobStatusResponse(
        job_id=item.job_id, status=item.status, tour_id=int(ids["tour_id"]), optimization_id=item.optimization_id
    )


class FryteJob(Job[JobStatusResponse]):
    """A tour being planned at FRYTE. *warnings* are those of the answer to its submission."""

    warnings: tuple[str, ...] = ()

    def _result(self) -> Operation[OptimizationResultResponse]:
        """
        The plan; for a tour that is not drivable, the reason why.

        Raises:
            InvalidInput: the job has not ended yet: wait() first.
            JobFailed: it ended without a plan.
            ResultIncomplete: it ended well, but its plan did not appear.
            CallFailed: the service could not be asked.

        """
        return (yield from read_until_present(self.service, self.id, self._attempt, "its result"))

    def _attempt(self) -> Operation[OptimizationResultResponse | None]:
        snapshot = yield from self._status()
        self._ended_well(snapshot)
        optimization_id, client = snapshot.optimization_id, self._state.client
        if not isinstance(optimization_id, int):
            return None
        try:
            return (
                yield from call(
                    SERVICE,
                    client,
                    lambda: get_result.build(client, optimization_id, tenant_id=_tenant(self._state.ids)),
                    get_result.parse,
                    job_id=self.id,
                )
            )
        except JobNotFound:
            return None

    def _ended_well(self, snapshot: JobStatusResponse) -> None:
        verdict = SERVICE.statuses.of(snapshot.status)
        facts: dict[str, Any] = {"service": "fryte", "job_id": self.id, "snapshot": snapshot}
        if verdict in {"failed", "canceled"}:
            kind = JobCanceled if verdict == "canceled" else JobFailed
            raise kind(f"fryte job {self.id} ended as {snapshot.status}: there is no plan.", **facts)
        if verdict != "succeeded":
            raise InvalidInput(f"fryte job {self.id} is {snapshot.status}: wait() for it first.", **facts)

    result, result_async = sync_and_async(_result)


SERVICE: Service[AuthenticatedClient, JobStatusResponse] = Service(
    name="fryte",
    poll=_poll,
    parse=get_job.parse,
    job_id_of=lambda snapshot: snapshot.job_id,
    status=lambda snapshot: snapshot.status,
    statuses=StatusMap(
        queued={"queued"},
        running={"running"},
        succeeded={"succeeded", "not_drivable"},  # the latter: a finished job whose answer is no
        failed={"failed"},
        canceled={"canceled"},
    ),
    defaults=PollingDefaults(timeout=600.0, interval=3.0, first_interval=2.5),
    limit=Limit(120, 60.0, apart=True, shared=True),  # documented: for each client address and each endpoint
    listing=Listing(group=_group, build=_list, read=_listed),
    optional_ids=frozenset({"user_id", "tour_id"}),
    key_variable="FRYTE_API_KEY",
    url_variable="FRYTE_BASE_URL",
    job=FryteJob,
)


connect = connector(AuthenticatedClient, SERVICE)


def _wholes(**others: int | None) -> dict[str, str]:
    """Those of the ids that are given, as text."""
    return {name: str(whole(name, value)) for name, value in others.items() if value is not None}


def _ids(job_id: str, **others: int | None) -> Ids:
    return {"job_id": identifier("job_id", job_id), **_wholes(**others)}


def job(
    client: AuthenticatedClient, job_id: str, tenant_id: int | None = None, *, user_id: int | None = None
) -> FryteJob:
    """
    The FRYTE job *job_id*, ready to be waited for.

    With the *user_id* whose job it is, many jobs are followed by one list.
    """
    return FryteJob(JobState(SERVICE, client, _ids(job_id, tenant_id=tenant_id, user_id=user_id)))


@frozen(eq=False, match_args=False, repr=False)
class _Accepted:
    job_id: str | None
    tour_id: int | None
    optimization_id: int | None
    warnings: tuple[str, ...] = ()


def _accepted(answer: PlannerV2SubmitResponse) -> _Accepted:
    return _Accepted(
        answer.job_id or None, answer.tour_id, answer.optimization_id or None, tuple(answer.warnings or ())
    )


def _salvage(answer: dict[str, Any]) -> _Accepted | None:
    job_id = answer.get("job_id")
    if not isinstance(job_id, str) or not job_id:
        return None
    tour_id, optimization_id = (
        number if isinstance(number, int) and not isinstance(number, bool) else None
        for number in (answer.get("tour_id"), answer.get("optimization_id"))
    )
    return _Accepted(job_id, tour_id, optimization_id)


def _submit(
    client: AuthenticatedClient,
    tour: Tour,
    *,
    corridor: int = 8000,
    min_charge_duration_min: int = 0,
    tenant_id: int | None = None,
    user_id: int | None = None,
) -> Operation[FryteJob]:
    """
    Submit a *tour*: a PlannerRequest, a mapping of its fields, or a path to JSON.

    *corridor* is in metres (1000 to 20000), *min_charge_duration_min* in minutes (0 to 100). With *user_id*, yours,
    many jobs are followed by one list.

    Raises:
        InvalidInput: a value is outside its limits, or the file is no tour; nothing was sent.
        SubmitUnconfirmed: it was sent and no certain answer came; it is never sent twice.
        CallFailed: the service could not be asked, or refused.

    """
    body = planner_request(tour)
    within("corridor", whole("corridor", corridor), 1000, 20000)
    within("min_charge_duration_min", whole("min_charge_duration_min", min_charge_duration_min), 0, 100)
    _wholes(tenant_id=tenant_id, user_id=user_id)
    answer = yield from call(
        SERVICE,
        client,
        lambda: submit_job.build(
            client,
            body=body,
            corridor=corridor,
            min_charge_duration_min=min_charge_duration_min,
            tenant_id=UNSET if tenant_id is None else tenant_id,
        ),
        accepted(lambda response: _accepted(submit_job.parse(response)), _salvage),
        repeat=False,
        find_out="fryte.list_jobs(client, user_id) shows your jobs.",
    )
    if answer.job_id is None:
        known = {"tour_id": answer.tour_id, "optimization_id": answer.optimization_id}
        raise SubmitUnconfirmed(
            "fryte took the tour but named no job to wait for. fryte.list_jobs(client, user_id) shows your jobs.",
            ids={name: str(value) for name, value in known.items() if value is not None},
            service="fryte",
        )
    tick = yield Sleep(0)
    ids = _ids(answer.job_id, tenant_id=tenant_id, user_id=user_id, tour_id=answer.tour_id)
    handle = FryteJob(JobState(SERVICE, client, ids, started=tick.wall, submitted=True))
    handle.warnings = answer.warnings
    return handle


def _list_jobs(
    client: AuthenticatedClient, user_id: int, *, tenant_id: int | None = None
) -> Operation[list[JobListResponse]]:
    """
    Every job of the user *user_id*.

    Raises:
        InvalidInput: an id is no whole number; nothing was sent.
        CallFailed: the service could not be asked, or refused.

    """
    whole("user_id", user_id)
    _wholes(tenant_id=tenant_id)
    return (
        yield from call(
            SERVICE,
            client,
            lambda: list_all.build(client, user_id=user_id, tenant_id=UNSET if tenant_id is None else tenant_id),
            list_all.parse,
        )
    )


submit, submit_async = sync_and_async(_submit)
list_jobs, list_jobs_async = sync_and_async(_list_jobs)
