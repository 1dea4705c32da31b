"""
A service of one's own: which call reports a job, what each status means, how patient to be; then wait() is there.

The kiln below is made up, and so is the network that it answers on: run the script to see a firing cool.
"""

import json
from collections.abc import Mapping
from typing import Any

import httpx

from jobwait.service import Job, JobState, PollingDefaults, Progress, Service, StatusMap
from jobwait.testing import FakeServer

Firing = Mapping[str, Any]


class Client:
    """The least that jobwait needs of a client; `codegen.py client` makes a better one from an OpenAPI document."""

    auth_header_name = "x-kiln-key"
    renews_key = False
    base_url = "https://kiln.invalid"
    timeout = httpx.Timeout(10)

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(transport=transport)

    def get_httpx_client(self) -> httpx.Client:
        """The pool."""
        return self._http


def parse(response: httpx.Response) -> Firing:
    """A firing, as the kiln reports it."""
    firing: Firing = json.loads(response.content)
    return firing


KILN: Service[Client, Firing] = Service(
    name="kiln",
    id="firing_id",
    poll=lambda client, ids: httpx.Request("GET", f"{client.base_url}/firings/{ids['firing_id']}"),
    parse=parse,
    status=lambda firing: firing["state"],
    statuses=StatusMap(queued={"stacked"}, running={"burning"}, succeeded={"cooled"}, failed={"cracked"}),
    progress=lambda firing: Progress(firing["pots_done"], firing["pots"]),
    defaults=PollingDefaults(timeout=3600.0, interval=0.05, first_interval=0.05, min_interval=0.05),
    job=Job,
)


def main() -> None:
    """Wait for firing 7."""
    told = [("stacked", 0), ("burning", 3), ("burning", 9), ("cooled", 12)]
    network = FakeServer(*({"state": state, "pots_done": done, "pots": 12} for state, done in told))
    job: Job[Firing] = Job(JobState(KILN, Client(network), {"firing_id": "7"}))
    for update in job.updates():
        print(f"{update.state}: {update.progress}")
    print(f"{len(network.requests)} looks")


if __name__ == "__main__":
    main()
