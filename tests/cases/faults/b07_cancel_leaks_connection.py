"""
Waits that are canceled at an unlucky turn of the event loop leave their connections in the pool for ever.

After 100 of them (httpx's limit, at some 1200 waits) the client can send nothing. Arguments: [jobwait or httpx] [WAITS]
"""

import asyncio
import sys
from collections import Counter
from contextlib import suppress

from cases.loopback import KEY, Server, promptforge_body, promptforge_id
from jobwait import Policy, promptforge

way = sys.argv[1] if len(sys.argv) > 1 else "jobwait"
waits = int(sys.argv[2]) if len(sys.argv) > 2 else 600
policy = Policy(interval=0.001, min_interval=0.001)


class Loop(asyncio.SelectorEventLoop):
    """An event loop that cancels the task *victim* at its turn *at*."""

    turn, at, victim = 0, -1, None

    def _run_once(self):
        if self.victim is not None and not self.victim.done():
            self.turn += 1
            if self.turn == self.at:
                self.victim.cancel()
        super()._run_once()


def busy(pool):
    """The connections of *pool* that are neither idle nor closed."""
    return [one for one in pool._transport._pool.connections if not (one.is_idle() or one.is_closed())]


async def request_for_ever(pool, url):
    """What remains without jobwait."""
    while True:
        await pool.get(url)


async def cancel_one(client, pool, at):
    """Cancel a wait at the loop's turn *at*; how many connections it left busy."""
    loop, before = asyncio.get_running_loop(), len(busy(pool))
    loop.turn, loop.at = 0, at
    if way == "jobwait":
        wait = promptforge.job(client, "j1").wait_async(policy=policy, timeout=20)
    else:
        wait = request_for_ever(pool, f"{server.url}/v1/jobs/j1/status")
    loop.victim = asyncio.ensure_future(wait)
    with suppress(asyncio.CancelledError):
        await loop.victim
    return len(busy(pool)) - before


async def main():
    """Cancel all waits, each at its own turn, on one client; then wait once more."""
    async with promptforge.connect(KEY, base_url=server.url, request_timeout=2) as client:
        pool, left, number = client.get_async_httpx_client(), Counter(), 0
        try:
            for number in range(1, waits + 1):
                left[1 + number % 24] += await cancel_one(client, pool, 1 + number % 24)
        except Exception as error:
            print(f"wait {number}: {type(error).__name__}: {str(error)[:120]}")
        states = Counter(one.info().split(", ")[2] for one in busy(pool))
        print(f"{way}: {number} waits canceled; busy connections: {dict(states)}, by turn {dict(+left)}")
        outcome = await promptforge.job(client, "fine").outcome_async(policy=policy, timeout=4)
        print("a wait after that:", outcome.state, outcome.polls, "polls,", outcome.errors, "failed;", outcome.error)


with (
    Server(lambda _m, path, _h: (200, promptforge_body(promptforge_id(path)))) as server,
    asyncio.Runner(loop_factory=Loop) as runner,
):
    runner.run(main())
