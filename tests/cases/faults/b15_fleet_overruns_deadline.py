"""
A 429 closes the account's rate limit beyond the deadlines of its jobs: the fleet sleeps until the limit opens.

Arguments: [SERVICE] [sync or async] [RETRY_AFTER] [TIMEOUT] [JOBS]; with a Retry-After of 1e400 it sleeps for ever.
"""

import asyncio
import os
import sys
import threading
import time

from cases.loopback import KEY, Server, fryte_body, fryte_id, promptforge_body, promptforge_id
from jobwait import fryte, promptforge, wait_all, wait_all_async

defaults = ("fryte", "sync", "20", "3", "3")
name, way, retry_after, timeout, count = (*sys.argv[1:], *defaults[len(sys.argv) - 1 :])
timeout, lock = float(timeout), threading.Lock()
pending = [{"Retry-After": retry_after}]


def answer(_method, path, _headers):
    """One refusal, then jobs that go on."""
    with lock:
        headers = pending.pop() if pending else None
    if headers:
        return 429, {"detail": "slow down"}, headers
    return 200, fryte_body(fryte_id(path)) if name == "fryte" else promptforge_body(promptforge_id(path))


def give_up():
    """End the process where it hangs."""
    print(f"   not back {time.monotonic() - began:.0f} s after a call with timeout={timeout:g}", flush=True)
    os._exit(1)


with Server(answer) as server:
    service = {"fryte": fryte, "promptforge": promptforge}[name]
    client = service.connect(KEY, base_url=server.url)
    jobs = [service.job(client, f"c{number}") for number in range(int(count))]
    guard = threading.Timer(timeout + 45, give_up)
    guard.daemon = True
    guard.start()
    began = time.monotonic()
    waits = wait_all if way == "sync" else lambda *jobs, **more: asyncio.run(wait_all_async(*jobs, **more))
    outcomes = waits(jobs, timeout=timeout)
    took = f"Retry-After {retry_after}, timeout={timeout:g}: back after {time.monotonic() - began:.1f} s,"
    print(name, way, took, {outcome.job_id: outcome.state for outcome in outcomes}, "requests", len(server.requests))
