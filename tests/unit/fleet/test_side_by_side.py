"""Where many polls become due at once, as many are sent side by side as there are connections."""

import asyncio
from uuid import UUID

from jobwait import freeplay, wait_all_async
from jobwait.testing import FakeServer, Reply, virtual_time

JOBS, CONNECTIONS, SECONDS = 25, 16, 1.0
VERSION = str(UUID(int=999))
PATH = "GET /api/v2/projects/{project}/prompt-optimization-jobs"


def status(number, state):
    """Of the job *number*."""
    facts = {"prompt_template_id": VERSION, "original_version_id": VERSION, "run_test_after_optimization": False}
    moment = {"created_at": "2026-01-01T00:00:00Z", "source_session_ids": []}
    return {"job_id": str(UUID(int=number + 1)), "status": state, **facts, **moment}


def test_polls_that_a_list_makes_due_are_sent_side_by_side():
    """A list shows that all jobs have changed; each is asked about, in two rounds and not one after another."""
    first = {}
    with virtual_time() as time:
        server = FakeServer()

        def state():
            return "pending" if time.now < 31 else "running" if time.now < 300 else "completed"

        def listed(request):
            wanted = request.url.params.get("status")
            items = [status(number, state()) for number in range(JOBS)] if wanted in {None, state()} else []
            page = {"page": 1, "page_size": 100, "has_next": False}
            return Reply(body={"data": items, "pagination": page}, seconds=0.5)

        def asked(request):
            name = request.url.path.rsplit("/", 1)[-1]
            first.setdefault(name, time.now)
            return Reply(body=status(UUID(name).int - 1, state()), seconds=SECONDS)

        server.on(PATH, listed)
        server.on(f"{PATH}/{{job_id}}", asked)

        async def main():
            async with freeplay.connect("k" * 20, base_url="https://fp.invalid", transport=server) as client:
                jobs = [freeplay.job(client, "p", str(UUID(int=number + 1))) for number in range(JOBS)]
                await wait_all_async(jobs, timeout=60, on_update=lambda _: None, concurrency=CONNECTIONS)

        asyncio.run(main())
    assert JOBS == len(first)
    assert max(first.values()) - min(first.values()) <= 2 * SECONDS
