"""What the rules cost: CPU beside a bare httpx GET and beside a request built, and memory for each waiting job."""

from __future__ import annotations

import threading
import time
import tracemalloc
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.measure import POLICY
from benchmarks.workloads import batch

from jobwait import promptforge
from jobwait._httpx import httpx
from jobwait._model.policy import resolve_policy
from jobwait._polling.commands import Poll, Result
from jobwait._polling.job_state import JobState
from jobwait._polling.waiter import waiting
from jobwait.testing import EPOCH, InMemoryHistory, Report, simulate
from promptforge_client import AuthenticatedClient

POLLS, JOBS, LASTED = 2000, 2000, 500.0
KEY = "of-no-use"


def _cpu(action: Callable[[], object], times: int) -> float:
    """Seconds of this thread's CPU that one *action* takes, the best of three."""
    best = float("inf")
    for _ in range(3):
        before = time.thread_time()
        for _ in range(times):
            action()
        best = min(best, (time.thread_time() - before) / times)
    return best


class _Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A body of the usual size."""
        self.send_response(200)
        self.send_header("content-length", "300")
        self.end_headers()
        self.wfile.write(b"x" * 300)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def bare_get() -> float:
    """Seconds of CPU of one GET by a plain httpx client over a kept connection to loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hello) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with httpx.Client() as client:
            cost = _cpu(lambda: client.get(f"http://127.0.0.1:{server.server_port}/"), 300)
        server.shutdown()
    return cost


def rules() -> float:
    """Seconds of CPU that a poll's rules take: the whole of a simulated poll but for decoding its answer."""
    reading = httpx.Response(200, json=batch("PROCESSING", 500, 100))
    return simulated_poll() - _cpu(lambda: promptforge.SERVICE.parse(reading), POLLS)


def simulated_poll() -> float:
    """Seconds of CPU of one simulated poll at a job with counts."""

    def timeline(t: float) -> dict[str, Any]:
        return batch("COMPLETED" if t >= LASTED else "PROCESSING", 500, int(min(500, t)))

    def wait() -> Report:
        return simulate(promptforge.SERVICE, timeline, LASTED, POLICY)

    return _cpu(wait, 20) / wait().polls


def request_and_response() -> float:
    """Seconds of CPU of building one status request and one response."""
    client, body = AuthenticatedClient(token=KEY), batch("PROCESSING", 500, 100)
    service = promptforge.SERVICE
    return _cpu(lambda: (service.poll(client, {"job_id": "x"}), httpx.Response(200, json=body)), POLLS)


def process_history() -> float:
    """Bytes that a waiting job holds beyond its last body."""
    service = promptforge.SERVICE
    settings, history, client = (
        resolve_policy(POLICY, None, service.defaults),
        InMemoryHistory(),
        AuthenticatedClient(token=KEY),
    )
    response = httpx.Response(200, json=batch("PROCESSING", 500, 100))
    operations = []
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(JOBS):
        job_state = JobState(service, client, {"job_id": batch("", 0, 0)["job_id"]}, EPOCH, True, history=history)
        operation = waiting(job_state, settings)
        command = next(operation)
        now = 0.0
        for _ in range(8):
            now += getattr(command, "seconds", 0.1)
            command = operation.send(Result(now, EPOCH + now, response if isinstance(command, Poll) else None))
        assert job_state.cached is not None
        job_state.cached._body = b""
        operations.append(operation)
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return held / len(operations)
