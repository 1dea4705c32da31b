"""
Jobs of two services in an asyncio task group: if one fails, the waits for the others end at once.

    python task_group.py prompts.jsonl tour.json

Without FRYTE_API_KEY or PROMPTFORGE_API_KEY a sandbox plays that service.
"""

import asyncio
import sys
from pathlib import Path

from jobwait import fryte, promptforge
from jobwait.sandbox import sandbox_without_key

HERE = Path(__file__).parent


async def answers(path: str) -> str:
    """Submit the batch of prompts, wait, and return a summary of its results."""
    async with promptforge.connect() as client:
        job = await promptforge.submit_async(client, path, provider="openai", model="gpt-4o-mini")
        await job.wait_async()
        lines = await job.results_async()
        return f"{len(lines)} answers, the first: {lines[0].response}"


async def plan(path: str) -> str:
    """Submit the tour, print its updates, and return the qualification of its plan."""
    async with fryte.connect() as client:
        job = await fryte.submit_async(client, path)
        async for update in job.updates_async():
            print(f"tour: {update.state}")
        return (await job.result_async()).qualification


async def main(prompts: str, tour: str) -> None:
    """Run both at once."""
    async with asyncio.TaskGroup() as tasks:
        batch, planned = tasks.create_task(answers(prompts)), tasks.create_task(plan(tour))
    print(batch.result())
    print(planned.result())


if __name__ == "__main__":
    sandbox_without_key("fryte", "promptforge")
    inputs = sys.argv[1:] or (str(HERE / "prompts.jsonl"), str(HERE / "tour_hamburg_munich.json"))
    asyncio.run(main(*inputs))
