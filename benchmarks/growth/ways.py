"""
The ways to wait, each run in a process of its own: `python -m benchmarks.growth.ways WAY COUNT RUN RUNS`.

A run prints `ready` once all is started and has polled once, begins at a line on its input, and prints what it took.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen
from benchmarks.engines.processes import below
from benchmarks.growth.jobs import WARM, asked, ids, server

GAP, CONNECTIONS = 5.0, 16  # the interval of PromptForge in seconds, and the fleet's concurrency
AT_ONCE: Final = 50  # batches that a worker waits for at once: all of 100 000 jobs, with two workers
PATIENCE: Final = 400.0  # seconds for one run
KEY: Final = "k" * 40
NAME: Final = "benchmarks.growth.ways"


@frozen
class Took:
    """
    What one run took.

    cpu: seconds of the processes that poll; all: with those of an engine's server. memory: the peak of all, in bytes.
    """

    seconds: float
    cpu: float
    all: float
    memory: int
    polls: int
    late: Sequence[float]


@frozen
class Meter:
    """CPU and memory of processes: those that poll, and an engine's server besides."""

    polling: Sequence[int]
    besides: Sequence[int] = ()

    def cpu(self) -> tuple[float, float]:
        """Seconds of CPU so far: of those that poll, and of all."""
        polling = sum(map(_cpu, self.polling))
        return polling, polling + sum(map(_cpu, self.besides))

    def memory(self) -> int:
        """Their peaks, in bytes."""
        return sum(_peak(pid) for pid in (*self.polling, *self.besides))


def _cpu(pid: int) -> float:
    return time.clock_gettime((~pid << 3) | 2)  # Linux: the clock of a process, in nanoseconds


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


async def measured(url: str, meter: Meter, wait: Callable[[], Awaitable[Any]]) -> Took:
    """Say that all is ready, and measure *wait* from the line of input on."""
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    before, began = meter.cpu(), time.monotonic()
    await wait()
    seconds, after = time.monotonic() - began, meter.cpu()
    polls, late = asked(url)
    return Took(seconds, after[0] - before[0], after[1] - before[1], meter.memory(), polls, late)


async def loop(url: str, names: Sequence[str]) -> Took:
    """The loop that anyone would write: aiohttp, a task for each job."""
    import aiohttp

    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, headers={"x-api-key": KEY}) as session:

        async def follow(name: str) -> None:
            while True:
                async with session.get(f"{url}/v1/jobs/{name}/status") as answer:
                    status = (await answer.json())["status"]
                if status in {"COMPLETED", "FAILED", "CANCELLED"}:
                    return
                await asyncio.sleep(GAP)

        await follow(WARM)
        return await measured(url, Meter([os.getpid()]), lambda: asyncio.gather(*(follow(name) for name in names)))


async def fleet(url: str, names: Sequence[str]) -> Took:
    """`wait_all_async`."""
    from jobwait import promptforge, wait_all_async

    async with promptforge.connect(KEY, base_url=url) as client:

        async def wait(some: Sequence[str]) -> None:
            outcomes = await wait_all_async([promptforge.job(client, name) for name in some], concurrency=CONNECTIONS)
            assert {"succeeded"} == {one.state for one in outcomes}

        await wait([WARM])
        return await measured(url, Meter([os.getpid()]), lambda: wait(names))


async def tracker(url: str, names: Sequence[str]) -> Took:
    """`Tracker.run_async`: each job is a row of a file, and so is its outcome."""
    from jobwait import promptforge
    from jobwait.tracker import Tracker

    with tempfile.TemporaryDirectory() as folder, Tracker(Path(folder) / "jobs.db") as kept:
        async with promptforge.connect(KEY, base_url=url) as client:

            async def wait(some: Sequence[str]) -> None:
                kept.add_all(((promptforge.job(client, name), None) for name in some), "team")
                ended = await kept.run_async(lambda _: client, on_outcome=lambda _: None, concurrency=CONNECTIONS)
                assert len(some) == ended

            await wait([WARM])
            return await measured(url, Meter([os.getpid()]), lambda: wait(names))


async def temporal(url: str, names: Sequence[str]) -> Took:
    """A development server with two workers: batches of 500 to 1000 jobs, a workflow for each."""
    from benchmarks.engines.temporal import temporal_server, worker
    from temporalio.client import Client

    from jobwait.engines.batches import DEFAULT_SIZE, MAX_JOBS
    from jobwait.engines.temporal import batches, wait_all

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = await asyncio.to_thread(stack.enter_context, temporal_server(folder))
        more = "--concurrency", str(AT_ONCE)
        workers = [stack.enter_context(worker(address, url, folder / f"{number}.log", *more)) for number in range(2)]
        started = below(os.getpid()).items()
        besides = [pid for pid, words in started if "server start-dev" in words]
        client = await Client.connect(address)

        async def wait(name: str, some: Sequence[str]) -> None:
            size = max(DEFAULT_SIZE, min(MAX_JOBS, len(some) // 2 // AT_ONCE))
            done = await wait_all(client, name, batches("promptforge", "team", some, size=size, heartbeat=10.0))
            assert {"succeeded"} == {one.state for each in done for one in each.ended}

        await asyncio.gather(*(wait(f"warm-{number}", [WARM]) for number in range(4)))
        meter = Meter([one.pid for one in workers], besides)
        return await measured(url, meter, lambda: wait("jobs", names))


WAYS: Final[dict[str, Callable[[str, Sequence[str]], Awaitable[Took]]]] = {
    "plain loop": loop,
    "fleet": fleet,
    "tracker": tracker,
    "Temporal": temporal,
}


def together(cases: Sequence[tuple[str, int]], run: int, runs: int) -> list[Took | None]:
    """
    Run each way with its number of jobs, all at the same time, in processes of their own.

    None is a run that failed, or has not ended after PATIENCE seconds.
    """
    with ExitStack() as stack:
        children = [stack.enter_context(_child(way, count, run, runs)) for way, count in cases]
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n", "a way to wait has not started"
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        return [_took(child) for child in children]


@contextmanager
def _child(way: str, count: int, run: int, runs: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "ignore", "-m", NAME, way, str(count), str(run), str(runs)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            if child.poll() is None:  # what it started goes with it
                for pid in below(child.pid):
                    os.kill(pid, signal.SIGKILL)


def _took(child: subprocess.Popen[str]) -> Took | None:
    try:
        printed = child.communicate(timeout=PATIENCE)[0]
    except subprocess.TimeoutExpired:
        return None
    return Took(**json.loads(printed)) if child.returncode == 0 else None


def main(way: str, count: int, run: int, runs: int) -> None:
    """One run, in this process."""
    with server() as url:
        print(json.dumps(asdict(asyncio.run(WAYS[way](url, ids(count, run, runs))))))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
