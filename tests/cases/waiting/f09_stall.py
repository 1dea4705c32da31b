"""How long each call holds up the event loop: wait_all_async() makes a TLS context and a session each time."""

import asyncio
import time

from cases.loopback import KEY, Server, promptforge_body, promptforge_id
from jobwait import promptforge, wait_all_async

TICK = 0.002
longest = [0.0]


async def tick():
    """Note how late the loop is."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        longest[0] = max(longest[0], time.perf_counter() - began - TICK)


async def measure(label, wait):
    """Print how long the loop stood still during *wait*."""
    longest[0], began, cpu = 0.0, time.perf_counter(), time.process_time()
    await wait
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(f"{label}: held up for {longest[0] * 1000:.0f} ms at most, took {took:.3f} s, CPU {cpu:.3f} s")


async def main():
    """Three waits for one job, and five calls for many jobs with one job."""
    async with promptforge.connect(KEY, base_url=server.url) as client:
        ticking = asyncio.create_task(tick())
        await asyncio.sleep(0.05)
        for number in range(3):
            await measure(f"wait_async {number}", promptforge.job(client, f"a{number}").wait_async(timeout=5))
        for number in range(5):
            jobs = [promptforge.job(client, f"b{number}")]
            await measure(f"wait_all_async of 1 job {number}", wait_all_async(jobs, timeout=5))
        ticking.cancel()


with Server(lambda _m, path, _h: (200, promptforge_body(promptforge_id(path), "COMPLETED"))) as server:
    asyncio.run(main())
