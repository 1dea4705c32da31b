"""
Run in a fresh interpreter: prints, as JSON, what the event loop's thread imports while the loop runs.

    python -m support.first_use asyncio inside promptforge
"""

import json
import sys
import threading
from importlib import import_module

SERVICE, BACKEND, WHERE = sys.argv[3], sys.argv[1], sys.argv[2]
BODIES = {
    "promptforge": {"job_id": "j", "status": "COMPLETED", "provider": "openai", "model": "m", "prompt_count": 1,
                    "completed_count": 1, "failed_count": 0, "created_at": "2026-01-01T00:00:00Z"},
    "fryte": {"job_id": "j", "status": "succeeded", "tour_id": 1, "optimization_id": 2},
}  # fmt: skip
seen = []


class Recorder:
    """Notes each import of the loop's thread."""

    def find_spec(self, name, path=None, target=None):
        """Find nothing."""
        if threading.current_thread() is threading.main_thread():
            seen.append(name)


def connect():
    """A client, whose requests go over the network."""
    return service.connect("key", base_url=URL)


async def main():
    """One wait and two fleets, and a wait that is refused."""
    client = connect() if WHERE == "inside" else CLIENT
    sys.meta_path.insert(0, Recorder())
    outcomes = [await service.job(client, "j").outcome_async(**FEW)]
    outcomes += await wait_all_async([service.job(client, "j"), service.job(client, "refused")], **FEW)
    outcomes += [one async for one in as_completed_async([service.job(client, "j")], **FEW)]
    updates = [update async for update in service.job(client, "j").updates_async(**FEW)]
    sys.meta_path.pop(0)
    await client.aclose()
    print(json.dumps({"states": [one.state for one in outcomes] + [updates[-1].state], "imported": seen}))


if __name__ == "__main__":
    from faults.server import Hostile, response
    from jobwait import Policy, as_completed_async, wait_all_async

    service = import_module(f"jobwait.{SERVICE}")
    FEW = {"policy": Policy(interval=0.01, min_interval=0.01, outage=0), "timeout": 20}

    def respond(request):
        """The status of the job, or 401."""
        refused = "refused" in request.target
        return response(json.dumps(BODIES[SERVICE]).encode(), 401 if refused else 200)

    with Hostile(respond) as server:
        URL = server.url
        CLIENT = None if WHERE == "inside" else connect()
        if BACKEND == "asyncio":
            import asyncio

            asyncio.run(main())
        else:
            import trio

            trio.run(main)
