"""The adapter of jobwait itself, also as an example."""

import ssl
from typing import Final

from jobwait.service import load
from jobwait.testing.conformance.adapter import WORDS, Adapter

NO_TLS: Final = ssl.SSLContext(
    ssl.PROTOCOL_TLS_CLIENT
)  # of no authorities, which take long to load: the server is here


def wait(url: str, timeout: float, interval: float) -> str:
    """How the job ends."""
    server, _, _ = url.rpartition("/jobs/")
    words = {word: [word] for word in ("queued", "running", *WORDS[:4])}
    jobs = load({
        "name": "conformance", "server": server, "interval": interval, "state": {"path": "status", **words},
        "submit": {"path": "/jobs", "id": "id"}, "poll": {"path": "/jobs/{id}", "id": "id"},
        "progress": {"done": "progress.done", "total": "progress.total"}, "errors": {"field": "error"},
    })  # fmt: skip
    with jobs.connect(verify=NO_TLS) as client:
        return jobs.submit(client, {}).outcome(timeout=timeout).state


JOBWAIT: Final = Adapter("jobwait", wait, virtual=True)
