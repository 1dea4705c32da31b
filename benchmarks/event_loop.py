"""
How long jobwait holds an asyncio event loop at a time, with 20 000 jobs: `make bench-event-loop`.

A hold is the CPU time of the loop's thread between two looks at its sockets: all that ran in one turn. The garbage
collector's passes go over the whole program and come when it likes, so they are given apart. Each case runs in a
process of its own. The responses come from a transport in the same process, whose time counts; where jobs are only
taken in, from a server.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from statistics import median
from typing import Any, Final

from attrs import define, evolve
from benchmarks.fleet.memory import ids
from benchmarks.fleet.served import raw_server
from benchmarks.summary import Figure, from_table, put, worst

from jobwait import Limit, Policy, Stop, as_completed_async, freeplay, fryte, promptforge, updates_async, wait_all_async
from jobwait._httpx import httpx
from jobwait._jobs.handle import handle_of
from jobwait._polling.job_state import JobState
from jobwait.tracker import Tracker

RESULTS: Final = Path(__file__).parent / "results" / "event_loop.md"
JOBS: Final = 20_000
RUNS: Final = 3
ASKED: Final = 50  # ms
TAKEN: Final = 100_000  # jobs that are taken in
BARE: Final = 200  # bare polls by aiohttp; to take jobs in holds the loop for no more CPU time than these
PROJECT: Final = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
MOMENT: Final = "2026-01-01T00:00:00Z"
FAST: Final = {"promptforge": Limit(1_000_000), "fryte": Limit(1_000_000), "freeplay": Limit(1_000_000)}
POLICY: Final = Policy(interval=600, min_interval=0.001, timeout=None, outage=0)


@define
class Holds:
    """The longest hold since clear(), in seconds of CPU time, and the longest without passes of the collector."""

    longest: float = 0.0
    without_gc: float = 0.0
    began: float = 0.0
    collecting: float = 0.0
    pass_began: float = 0.0
    counting: bool = True

    def clear(self) -> None:
        """Count from now on."""
        self.longest, self.without_gc, self.collecting, self.began = 0.0, 0.0, 0.0, time.thread_time()

    def turned(self) -> None:
        """The loop is about to look at its sockets."""
        if not self.counting:
            return
        held = time.thread_time() - self.began
        self.longest, self.without_gc = max(self.longest, held), max(self.without_gc, held - self.collecting)

    def collector(self, phase: str, _info: dict[str, int]) -> None:
        """A pass of the garbage collector begins or ends."""
        if phase == "start":
            self.pass_began = time.thread_time()
        else:
            self.collecting += time.thread_time() - self.pass_began


HOLDS: Final = Holds()


class Selector(selectors.DefaultSelector):
    """Marks the turns of a loop."""

    def select(self, timeout: float | None = None) -> Any:
        """Look at the sockets."""
        HOLDS.turned()
        try:
            return super().select(timeout)
        finally:
            HOLDS.began, HOLDS.collecting = time.thread_time(), 0.0


class Service(httpx.AsyncBaseTransport):
    """Responds at once: each job has *status*; FRYTE's list has all of its jobs."""

    def __init__(self, status: str = "PROCESSING") -> None:
        self.status = status
        self.listed = b""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response."""
        await asyncio.sleep(0)
        path = request.url.path
        if request.method == "PUT":
            await request.aread()
            return httpx.Response(200)
        if path.endswith("/init"):
            link = {"upload_url": "http://127.0.0.1:9/bucket", "expires_at": MOMENT}
            return httpx.Response(202, json={"job_id": "j", **link})
        if request.method == "POST":
            return httpx.Response(200, json={"job_id": path, "status": "PENDING"})
        if path.endswith("/status"):
            body = {"job_id": path.split("/")[3], "status": self.status, "provider": "openai", "model": "m"}
            counts = {"prompt_count": 10, "completed_count": None, "failed_count": None}
            return httpx.Response(200, json={**body, **counts, "created_at": MOMENT})
        if request.url.params.get("user_id"):
            return httpx.Response(200, content=self.listed, headers={"content-type": "application/json"})
        return httpx.Response(200, json={"job_id": path.split("/")[-1], "status": "running", "tour_id": 7})


def client_of(service: Any, transport: Service) -> Any:
    """A client whose requests *transport* answers."""
    return service.connect("k" * 40, base_url="http://127.0.0.1:9", transport=transport)


def batches(transport: Service) -> list[Any]:
    """Handles on jobs of PromptForge."""
    client = client_of(promptforge, transport)
    return [promptforge.job(client, f"j{number}") for number in range(JOBS)]


async def taken_in() -> None:
    """wait_all_async() with a server of its own, until it has taken all jobs in; what comes after does not count."""
    stop, all_in, left = Stop(), asyncio.Event(), TAKEN

    def policy(_: Any) -> Policy:
        nonlocal left
        left -= 1
        if left == 0:
            all_in.set()
        return POLICY

    with raw_server(moves=False) as url, promptforge.connect("k" * 40, base_url=url) as client:
        jobs = [promptforge.job(client, name) for name in ids(TAKEN)]
        HOLDS.clear()
        task = asyncio.ensure_future(wait_all_async(jobs, policy=policy, stop=stop, limits=FAST))
        await all_in.wait()
        HOLDS.counting = False
        stop.set()
        await task


async def wait_and_stop() -> None:
    """wait_all_async(), taken in, polled a little, stopped."""
    jobs, stop = batches(Service()), Stop()
    HOLDS.clear()
    task = asyncio.ensure_future(wait_all_async(jobs, policy=POLICY, stop=stop, limits=FAST))
    await asyncio.sleep(6)
    stop.set()
    assert {"timed_out"} == {one.state for one in await task}


async def wait_for_the_end() -> None:
    """wait_all_async() of jobs that all have ended."""
    jobs = batches(Service("COMPLETED"))
    HOLDS.clear()
    outcomes = await wait_all_async(jobs, policy=POLICY, limits=FAST)
    HOLDS.turned()
    assert len(outcomes) == JOBS


async def handles_made_meanwhile() -> None:
    """as_completed_async() of a generator of handles; its loop is left at the first outcome."""
    client = client_of(promptforge, Service("COMPLETED"))
    HOLDS.clear()
    source = (promptforge.job(client, f"j{number}") for number in range(JOBS))
    async with aclosing(as_completed_async(source, policy=POLICY, limits=FAST)) as found:  # type: ignore[type-var]
        async for _ in found:
            break


async def canceled() -> None:
    """updates_async(), canceled."""
    jobs = batches(Service())
    HOLDS.clear()

    async def read() -> None:
        async for _ in updates_async(jobs, policy=POLICY, limits=FAST):
            pass

    task = asyncio.ensure_future(read())
    await asyncio.sleep(6)
    task.cancel()
    await asyncio.wait([task])


async def a_source_that_is_always_ready() -> None:
    """as_completed_async() of an async iterator that never waits; the first failure ends it."""
    client = client_of(promptforge, Service("FAILED"))

    async def come() -> AsyncIterator[Any]:
        for number in range(JOBS):
            yield promptforge.job(client, f"j{number}")

    HOLDS.clear()
    async for _ in as_completed_async(come(), policy=POLICY, fail_fast=True, limits=FAST):
        pass


async def one_list_of_all() -> None:
    """wait_all_async() of FRYTE's jobs of one user: a single response has all of them, running, and then ended."""
    transport = Service()
    client = client_of(fryte, transport)
    ids = ({"job_id": f"j{number}", "user_id": "7", "tour_id": "7"} for number in range(JOBS))
    jobs = [handle_of(JobState(fryte.SERVICE, client, one)) for one in ids]

    def listed(status: str) -> bytes:
        plain = {"status": status, "optimization_id": 3, "date_created": MOMENT, "last_update": MOMENT}
        return json.dumps([{**plain, "job_id": job.id} for job in jobs]).encode()

    transport.listed = listed("running")
    HOLDS.clear()
    task = asyncio.ensure_future(wait_all_async(jobs, policy=Policy(interval=2, timeout=None), limits=FAST))
    await asyncio.sleep(8)
    transport.listed = listed("succeeded")
    HOLDS.began = time.thread_time()
    assert {"succeeded"} == {one.state for one in await task}


async def tracked() -> None:
    """tracker.run_async(), with all outcomes delivered."""
    client = client_of(promptforge, Service("COMPLETED"))
    with tempfile.TemporaryDirectory() as folder, Tracker(Path(folder) / "jobs.db") as tracker:
        tracker.add_all((promptforge.job(client, f"j{number}"), f"k{number}") for number in range(JOBS))
        HOLDS.clear()
        ended = await tracker.run_async(lambda _: client, on_outcome=lambda _: None, policy=POLICY, limits=FAST)
        assert ended == JOBS


async def submitted() -> None:
    """submit_all_async() of optimizations at Freeplay."""
    client = client_of(freeplay, Service())
    inputs = [{"prompt_template_version_id": PROJECT, "dataset_id": PROJECT} for _ in range(JOBS)]
    HOLDS.clear()
    await freeplay.submit_all_async(client, inputs, project_id=PROJECT, limits=FAST)


async def prompts_submitted() -> None:
    """submit_all_async() of three jobs of PromptForge, each with as many prompts."""
    client = client_of(promptforge, Service())
    prompts = [{"prompt_id": number, "prompt": "x" * 200} for number in range(JOBS)]
    HOLDS.clear()
    found = await promptforge.submit_all_async(client, [prompts] * 3, provider="openai", model="m", limits=FAST)
    assert [one.id for one in found] == ["j"] * 3


CASES: Final[dict[str, tuple[str, Callable[[], Awaitable[None]]]]] = {
    "take": (f"`wait_all_async`, {TAKEN:,} jobs taken in", taken_in),
    "stop": ("`wait_all_async`, stopped", wait_and_stop),
    "end": ("`wait_all_async`, all ended", wait_for_the_end),
    "generator": ("`as_completed_async` of a generator, left at the first outcome", handles_made_meanwhile),
    "cancel": ("`updates_async`, canceled", canceled),
    "ready": ("`as_completed_async` of an async iterator, `fail_fast`", a_source_that_is_always_ready),
    "list": ("`wait_all_async`, one list response with all jobs", one_list_of_all),
    "tracker": ("`tracker.run_async`, all ended and delivered", tracked),
    "submit": ("`submit_all_async`", submitted),
    "prompts": ("`promptforge.submit_all_async`, 3 jobs of as many prompts", prompts_submitted),
}


def measure(case: str) -> tuple[float, float]:
    """The longest holds in *case*, in ms: without and with the garbage collector."""
    gc.callbacks.append(HOLDS.collector)
    loop = asyncio.SelectorEventLoop(Selector())
    loop.run_until_complete(CASES[case][1]())  # type: ignore[arg-type]
    HOLDS.turned()
    return 1000 * HOLDS.without_gc, 1000 * HOLDS.longest


def bare_poll() -> float:
    """The CPU time of a GET by aiohttp, in ms."""
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.fleet.cpu", "aiohttp"]
    run = subprocess.run(words, capture_output=True, text=True, check=True, env={**os.environ, "JOBS": "2000"})
    return float(run.stdout) / 1000


def main(cases: list[str]) -> None:
    """Measure each case, or those named, in processes of their own, and write the table; the other rows stay."""
    rows = dict(zip(CASES, RESULTS.read_text().splitlines()[-len(CASES) :], strict=True)) if cases else {}
    for case in cases or CASES:
        words = [sys.executable, "-W", "ignore", "-m", "benchmarks.event_loop", "--one", case]
        runs = [subprocess.run(words, capture_output=True, text=True, check=True).stdout for _ in range(RUNS)]
        found = [json.loads(run) for run in runs]
        longest, all_in = (median(one[part] for one in found) for part in (0, 1))
        asked: float = ASKED
        if case == "take":
            asked = BARE * median(bare_poll() for _ in range(RUNS))
        rows[case] = f"| {CASES[case][0]} | {longest:.1f} | {all_in:.1f} | {asked:.1f} |"
        print(rows[case], flush=True)
    RESULTS.write_text("\n".join([HEAD, *rows.values(), ""]))
    taking = from_table(rows["take"], measured=1)[0]
    held = "\n".join(row for case, row in rows.items() if case != "take")
    shown = dict.fromkeys([from_table(held, measured=1, form=".0f")[0], *worst(held, measured=1, form=".0f")])
    what = "longest hold of the loop, ms of CPU: "
    figures = [evolve(one, what=f"{what}{one.what}") for one in shown]
    assert isinstance(taking.measured, float)
    assert isinstance(taking.goal, float)
    taken = Figure(TAKING, BARE * taking.measured / taking.goal, BARE, form=".0f")
    put("event_loop", [taken, *figures], f"median of {RUNS}")


TAKING: Final = f"longest hold of the loop while {TAKEN:,} jobs are taken in, in CPU of aiohttp's bare GETs"
HEAD: Final = f"""# The event loop

Made by `make bench-event-loop`: the longest hold of an asyncio loop, in ms of CPU time of its thread; the median of
{RUNS} runs. Passes of the garbage collector over {JOBS} jobs are in the second figure alone. What is asked of taking
jobs in is the CPU time of {BARE} bare GETs by aiohttp, of the same run.

| {JOBS} jobs | ms | with the garbage collector | asked |
|---|---|---|---|"""

if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2])))
    else:
        main(sys.argv[1:])
