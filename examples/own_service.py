"""
A service of your own in Python code: the request for a job's status, the meaning of each status, how often to poll.

Most services need no code: docs/own_service.md declares one as data. The kiln is made up, and FakeServer plays it: run
the script to see a job end.
"""

from jobwait import wait_all
from jobwait.service import HttpClient, Job, JobState, PollingDefaults, Service, StatusMap, http_client, httpx
from jobwait.testing import FakeServer

KILN: Service[HttpClient, dict[str, object]] = Service(
    name="kiln",
    id="firing_id",
    poll=lambda client, ids: client.build_request("GET", f"/firings/{ids['firing_id']}"),
    parse=lambda response: response.raise_for_status().json(),
    status="state",
    progress=("pots_done", "pots"),
    statuses=StatusMap(queued={"stacked"}, running={"burning"}, succeeded={"cooled"}, failed={"cracked"}),
    defaults=PollingDefaults(timeout=3600.0, interval=0.05, first_interval=0.05, min_interval=0.05),
)


def main() -> None:
    """Wait for job 7, then for two more at once."""
    states = [("stacked", 0), ("burning", 3), ("burning", 9), ("cooled", 12)]
    network = FakeServer(*({"state": state, "pots_done": done, "pots": 12} for state, done in states))
    with httpx.Client(base_url="https://kiln.invalid", transport=network) as pool:
        client = http_client(pool, api_key="a-key", header="x-kiln-key")
        for update in Job(JobState(KILN, client, {"firing_id": "7"})).updates():
            print(f"{update.state}: {update.progress}")
        more = wait_all([Job(JobState(KILN, client, {"firing_id": number})) for number in ("8", "9")])
        print([outcome.state for outcome in more], f"{len(network.requests)} polls")


if __name__ == "__main__":
    main()
