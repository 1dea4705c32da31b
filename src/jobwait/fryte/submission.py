"""Submission of a FRYTE job."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import frozen

from fryte_client import AuthenticatedClient
from fryte_client.api.planner import submit_job
from jobwait.errors import SubmitUnconfirmed
from jobwait.fryte.handle import FryteJob, tenant_of
from jobwait.fryte.service import SERVICE, optional_ids
from jobwait.fryte.tour_limits import unknown_fields
from jobwait.fryte.tours import Tour, planner_request
from jobwait.service import (
    BatchOptions,
    JobState,
    Limit,
    Operation,
    Seconds,
    Stop,
    Submission,
    SubmitAll,
    accepted,
    call,
    compute,
    httpx,
    submit_all_pair,
    sync_and_async,
    whole,
    within,
)

_FIND_OUT = "fryte.list_jobs(client, user_id) shows a user's jobs; an empty list may mean that user_id is another's."


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

    *corridor* is in metres (1000 to 20000), *min_charge_duration_min* in minutes (0 to 100). With *user_id*, the
    number of the user to whom the key belongs, many jobs are polled by one list request; it is not sent with the tour,
    and does not choose the owner. In the sandbox it is 1. Within FRYTE's limit of 120 a minute it waits for its turn,
    two minutes at most; submit_all() waits longer.

    Raises:
        InvalidInput: a value is outside its limits, or the file is not a tour; nothing was sent.
        SubmitUnconfirmed: it was sent, and it is not known whether the job exists; it is never sent twice.
        CallFailed: the service could not be asked, or refused; RateLimited, if its turn is too far off.
    """
    body = yield from compute(lambda: planner_request(tour))
    corridor = whole("corridor", corridor)
    within("corridor", corridor, 1000, 20000)
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
        handle.warnings = (*unknown_fields(body), *reply.warnings)
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


def _submit_all(
    client: AuthenticatedClient,
    tours: Iterable[Tour],
    *,
    corridor: int = 8000,
    min_charge_duration_min: int = 0,
    tenant_id: int | None = None,
    user_id: int | None = None,
    concurrency: int = 8,
    timeout: Seconds | None = None,
    stop: Stop | None = None,
    limits: Limit | Mapping[str, Limit] | None = None,
    on_submitted: Callable[[int, Any], object] | None = None,
) -> SubmitAll[Tour, FryteJob]:
    """
    Submit each of *tours*, within FRYTE's limit of 120 a minute; a handle or an error for each, in order.

    The iterable is read to its end before anything is sent. An error does not affect the others: NotSubmitted is for a
    tour whose turn did not come before the *timeout* or *stop*, and the rest are those of submit(), which has the other
    arguments too. A 429 slows all submissions, and what it refused is sent again. What may have been taken
    (SubmitUnconfirmed) never is.

    concurrency: the most in flight at once. timeout: in seconds; after it no more are sent, and those in flight are
    completed. stop: a Stop, which does the same. limits: a Limit of yours, or one by service name. on_submitted: called
    in this thread with the number of a tour, from 0, and its handle, as soon as FRYTE has taken it. An exception in
    between (Ctrl-C, a cancellation) is raised once those in flight are completed; its attribute *submitted* is the list
    as far as it is known.

    Raises InvalidInput if an argument is invalid; nothing was sent.
    """

    def submit(tour: Tour) -> Operation[FryteJob]:
        return _submit(
            client,
            tour,
            corridor=corridor,
            min_charge_duration_min=min_charge_duration_min,
            tenant_id=tenant_id,
            user_id=user_id,
        )

    more = BatchOptions(concurrency=concurrency, timeout=timeout, stop=stop, limits=limits, on_submitted=on_submitted)
    return SubmitAll.of(SERVICE, tours, submit, more)


submit, submit_async = sync_and_async(_submit)
submit_all, submit_all_async = submit_all_pair(_submit_all)
