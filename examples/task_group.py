"""
Jobs of two services in an asyncio task group: if one fails, the waits for the others end at once.

    python task_group.py prompts.jsonl tour.json

The keys and addresses in the environment (FRYTE_BASE_URL, PROMPTFORGE_BASE_URL) say whom it talks to: the services
themselves, unless they name `jobwait sandbox`, whose PromptForge behaves as the published server does.
"""

import asyncio
import sys

from jobwait import fryte, promptforge


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
    asyncio.run(main(*sys.argv[1:]))
