"""
Two plans of one tour at once under trio, with a deadline of trio's own.

    python with_trio.py tour.json

Without FRYTE_API_KEY it talks to a sandbox.
"""

import sys
from pathlib import Path

import trio

from jobwait import fryte
from jobwait.sandbox import sandbox_without_key

TOUR = Path(__file__).with_name("tour_hamburg_munich.json")


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
    sandbox_without_key("fryte")
    trio.run(main, (sys.argv[1:] or [str(TOUR)])[0])
