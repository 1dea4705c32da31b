"""
Two plans of one tour at once under trio, with a deadline of trio's own.

    python with_trio.py tour.json
"""

import sys

import trio

from jobwait import fryte


async def main(tour: str) -> None:
    """Plan the tour with two corridors, in a nursery."""
    found: dict[int, str] = {}

    async def plan(corridor: int) -> None:
        job = await fryte.submit_async(client, tour, corridor=corridor)
        await job.wait_async()
        result = await job.result_async()
        found[corridor] = f"{len(result.sections)} sections, {result.battery_level_end:.0%} left at the end"

    async with fryte.connect() as client:
        with trio.fail_after(300):
            async with trio.open_nursery() as nursery:
                for corridor in (2000, 8000):
                    nursery.start_soon(plan, corridor)
    for corridor, summary in sorted(found.items()):
        print(f"corridor of {corridor} m: {summary}")


if __name__ == "__main__":
    trio.run(main, sys.argv[1])
