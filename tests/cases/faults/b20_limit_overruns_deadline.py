"""As b15, without a fault of the service: a slow Limit of the caller's, and deadlines before the next poll."""

import asyncio
import time

from cases.loopback import KEY, Server, promptforge_body, promptforge_id
from jobwait import Limit, promptforge, wait_all, wait_all_async


def trial(way):
    """Wait for three jobs at an account of two requests in 25 seconds."""
    before = len(server.requests)
    client = promptforge.connect(KEY + way, base_url=server.url)
    jobs = [promptforge.job(client, f"c{number}") for number in range(3)]
    options = {"timeout": 4, "limits": {"promptforge": Limit(2, seconds=25)}}
    began = time.monotonic()
    outcomes = wait_all(jobs, **options) if way == "sync" else asyncio.run(wait_all_async(jobs, **options))
    took = f"timeout=4, Limit(2, seconds=25): back after {time.monotonic() - began:.1f} s,"
    print(way, took, [outcome.state for outcome in outcomes], "requests", len(server.requests) - before)
    print("  ", outcomes[-1].error)


with Server(lambda _m, path, _h: (200, promptforge_body(promptforge_id(path)))) as server:
    trial("sync")
    trial("async")
