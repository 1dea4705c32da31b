"""
A worker with one activity that submits; `python -m tests.integration.temporal.submitting ADDRESS QUEUE FILE` is one.

What happens to a request is the input of the workflow: "hangs" and "dies" for the first one, "refused" for the first.
Each request adds a line to FILE.
"""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from jobwait import fryte
from jobwait._httpx import httpx
from jobwait.engines.temporal import submit_once_async

TOUR = Path(__file__).parents[3] / "examples" / "tour_hamburg_munich.json"
TAKEN = {"job_id": "j-1", "tour_id": 1, "optimization_id": 2, "message": "m"}


@workflow.defn
class Submits:
    """Submits one job; an attempt may take two seconds."""

    @workflow.run
    async def run(self, fate: str) -> str:
        return await workflow.execute_activity(
            "submit",
            fate,
            result_type=str,
            start_to_close_timeout=timedelta(seconds=2),
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=0.1)),
        )


class Service:
    """FRYTE, whose requests are lines of *file*."""

    def __init__(self, file):
        self.file = file

    def requests(self):
        return self.file.read_text().splitlines() if self.file.exists() else []

    async def respond(self, fate):
        first = not self.requests()
        with self.file.open("a") as lines:
            lines.write(f"{fate}\n")
        if first and fate == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if first and fate == "hangs":
            await asyncio.Event().wait()
        if first and fate == "refused":
            return httpx.Response(401, json={"detail": "not yet"})
        return httpx.Response(202, json=TAKEN)


@asynccontextmanager
async def submitting(client, queue, file):
    """A worker in this loop."""
    service, ended = Service(file), []

    @activity.defn
    async def submit(fate: str) -> str:
        transport = httpx.MockTransport(lambda _: service.respond(fate))

        async def send():
            async with fryte.connect("key", transport=transport) as connected:
                return await fryte.submit_async(connected, TOUR)

        found = await submit_once_async(send)
        if fate == "ends late" and not ended:
            ended.append(found)
            await asyncio.Event().wait()  # it cannot say what it knows
        return found

    async with Worker(
        client,
        task_queue=queue,
        workflows=[Submits],
        activities=[submit],
        workflow_runner=UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=timedelta(),
    ):
        yield service


async def main(address, queue, file):
    async with submitting(await Client.connect(address), queue, Path(file)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
