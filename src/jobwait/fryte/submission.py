"""Submission of a FRYTE job."""

from typing import Any

from attrs import frozen

from fryte_client import AuthenticatedClient
from fryte_client.api.planner import submit_job
from jobwait.errors import SubmitUnconfirmed
from jobwait.fryte.handle import FryteJob, tenant_of
from jobwait.fryte.service import SERVICE, optional_ids
from jobwait.fryte.tours import Tour, planner_request
from jobwait.service import JobState, Operation, Submission, accepted, call, httpx, sync_and_async, whole, within

_FIND_OUT = "fryte.list_jobs(client, user_id) shows your jobs."


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
    Submit *tour*: a PlannerRequest, a mapping of its fields, or a path to JSON.

    *corridor* is in metres (1000 to 20000), *min_charge_duration_min* in minutes (0 to 100). With *user_id*, your own,
    many jobs are polled by one list request.

    Raises:
        InvalidInput: a value is outside its limits, or the file is not a tour; nothing was sent.
        SubmitUnconfirmed: it was sent, and it is not known whether the job exists; it is never sent twice.
        CallFailed: the service could not be asked, or refused.
    """
    body = planner_request(tour)
    within("corridor", whole("corridor", corridor), 1000, 20000)
    charge = whole("min_charge_duration_min", min_charge_duration_min)
    within("min_charge_duration_min", charge, 0, 100)
    ids = optional_ids(tenant_id=tenant_id, user_id=user_id)
    with Submission(SERVICE, _FIND_OUT) as once:
        reply = yield from call(
            SERVICE,
            client,
            lambda: submit_job.build(
                client, body=body, corridor=corridor, min_charge_duration_min=charge, tenant_id=tenant_of(ids)
            ),
            accepted(_accepted, _salvage),
            once=once,
        )
        if reply.job_id is None:
            fact = f"fryte took the tour but named no job to wait for. {_FIND_OUT}"
            raise SubmitUnconfirmed(fact, ids=reply.ids, service="fryte")
        ids["job_id"] = reply.job_id
        if "tour_id" in reply.ids:
            ids["tour_id"] = reply.ids["tour_id"]
        handle = FryteJob(JobState(SERVICE, client, ids, started=once.wall, submitted=True))
        handle.warnings = reply.warnings
        return handle


@frozen(eq=False, match_args=False, repr=False)
class _Accepted:
    """What the response to a submission names; *ids* are tour_id and optimization_id, if they are numbers."""

    job_id: str | None
    ids: dict[str, str]
    warnings: tuple[str, ...] = ()


def _accepted(response: httpx.Response) -> _Accepted:
    model = submit_job.parse(response)
    return _Accepted(model.job_id or None, _other_ids(model.to_dict()), tuple(model.warnings or ()))


def _salvage(document: dict[str, Any]) -> _Accepted | None:
    """What can be read in a response that does not decode; None if it does not name the job."""
    job_id = document.get("job_id")
    return _Accepted(job_id, _other_ids(document)) if isinstance(job_id, str) and job_id else None


def _other_ids(document: dict[str, Any]) -> dict[str, str]:
    names = ("tour_id", "optimization_id")
    return {name: str(document[name]) for name in names if type(document.get(name)) is int}


submit, submit_async = sync_and_async(_submit)
