"""Kiln: a firing burns a batch of pots and counts them."""

from __future__ import annotations

from kiln_client import AuthenticatedClient
from kiln_client.api.firings import get_firing, list_firings
from kiln_client.models import Firing, FiringEnvelope

from jobwait.service import (
    Ids,
    Job,
    JobState,
    Operation,
    PollingDefaults,
    Progress,
    Service,
    StatusMap,
    call,
    connector,
    httpx,
    sync_and_async,
)


def _poll(client: AuthenticatedClient, ids: Ids) -> httpx.Request:
    return get_firing.build(client, int(ids["firing_id"]))


def _progress(snapshot: FiringEnvelope) -> Progress | None:
    done, total = snapshot.data.pots_done, snapshot.data.pots
    return Progress(done, total if isinstance(total, int) else None) if isinstance(done, int) else None


class KilnJob(Job[FiringEnvelope]):
    """A firing."""


SERVICE: Service[AuthenticatedClient, FiringEnvelope] = Service(
    name="kiln",
    id="firing_id",
    poll=_poll,
    parse=get_firing.parse,
    status="data.state",
    status_path="data.state",
    statuses=StatusMap(queued={"stacked"}, running={"burning"}, succeeded={"cooled"}, failed={"cracked"}),
    progress=_progress,
    defaults=PollingDefaults(timeout=60.0, interval=1.0, first_interval=1.0),
    key_variable="KILN_API_KEY",
    url_variable="KILN_BASE_URL",
    handle=KilnJob,
)

connect = connector(AuthenticatedClient, SERVICE)


def job(client: AuthenticatedClient, firing_id: int) -> KilnJob:
    """The firing *firing_id*, ready to be waited for."""
    return KilnJob(JobState(SERVICE, client, {"firing_id": str(firing_id)}))


def _list_jobs(client: AuthenticatedClient) -> Operation[list[Firing]]:
    """All firings."""
    page = yield from call(SERVICE, client, lambda: list_firings.build(client), list_firings.parse)
    return page.items


list_jobs, list_jobs_async = sync_and_async(_list_jobs)
