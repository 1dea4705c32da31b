"""A plan without a job: one request, whose response is the plan."""

from typing import Final

from fryte_client import AuthenticatedClient
from fryte_client.api.planner import plan_tour
from fryte_client.models import PlannerResponse
from jobwait.fryte.handle import tenant_of
from jobwait.fryte.service import SERVICE, optional_ids
from jobwait.fryte.tours import Tour, planner_request
from jobwait.service import Operation, Seconds, call, compute, httpx, seconds, sync_and_async, whole, within

_PATIENCE: Final = 300.0  # FRYTE's documentation: a plan takes 10 to 30 s as a rule; give up after five minutes


def _plan(
    client: AuthenticatedClient,
    tour: Tour,
    *,
    corridor: int = 8000,
    tenant_id: int | None = None,
    request_timeout: Seconds = _PATIENCE,
) -> Operation[PlannerResponse]:
    """
    The plan of *tour*, from one request that lasts until the plan is made; there is no job. submit() is the better way.

    *tour* and *corridor* are those of submit(). *request_timeout* bounds each attempt, in seconds: nothing can be read
    later, so a request that failed is sent again. FRYTE publishes no fields of the response: read them by name, as in
    `plan["sections"]`; `"sections" in plan` says whether one is there.

    Raises:
        InvalidInput: a value is outside its limits, or the file is not a tour; nothing was sent.
        CallFailed: the service could not be asked, or refused.
    """
    body = yield from compute(lambda: planner_request(tour))
    within("corridor", whole("corridor", corridor), 1000, 20000)
    longest = seconds("request_timeout", request_timeout, zero=False)
    ids = optional_ids(tenant_id=tenant_id)

    def build() -> httpx.Request:
        request = plan_tour.build(client, body=body, corridor=corridor, tenant_id=tenant_of(ids))
        request.extensions["timeout"] = httpx.Timeout(longest, connect=min(longest, 30.0)).as_dict()
        return request

    return (yield from call(SERVICE, client, build, plan_tour.parse))


plan, plan_async = sync_and_async(_plan)
