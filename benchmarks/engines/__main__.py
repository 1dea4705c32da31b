"""
The same 2000 jobs waited for by the plain fleet, on Temporal and in Airflow; writes benchmarks/results/engines.md.

Each way runs on this machine alone, against the same server in a process of its own, under the same policy. CPU is
that of the processes which poll, and of all that the way needs besides.
"""

from __future__ import annotations

import asyncio
import os
import platform
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from attrs import frozen
from benchmarks.engines.airflow import connection, standalone
from benchmarks.engines.processes import below, cpu, until
from benchmarks.engines.served import CANARY, job_ids, serving, stats
from benchmarks.engines.temporal import temporal_server, worker
from benchmarks.summary import Figure, put
from temporalio.client import Client

from jobwait import Policy, promptforge, wait_all_async
from jobwait.engines.temporal import batches, start

RESULTS = Path(__file__).parent.parent / "results" / "engines.md"
JOBS, SIZE = 2000, 500
FIRST, LAST = 5.0, 30.0  # seconds after which the first and the last job end
POLICY = Policy(interval=2.0, min_interval=1.0, max_interval_ratio=0.1, timeout=600)  # that of the DAG, too
MILLION, SILENCE = 10**6, 60.0  # the computed case: so many jobs, each polled once in so many seconds
NEWLINE = "\n"
BEAT, NAMED = 10.0, 1000  # seconds between heartbeats, jobs in a batch


@frozen
class Run:
    """What one way took: seconds, polls, CPU seconds of those who poll and of all, jobs that succeeded."""

    way: str
    seconds: float
    polls: int
    polling: float
    all: float
    succeeded: int

    @property
    def row(self) -> str:
        """A row of the table."""
        each, total = self.polling / self.polls * 1e6, self.all / self.polls * 1e6
        return (
            f"| {self.way} | {self.succeeded} | {self.seconds:.1f} | {JOBS / self.seconds:.0f} | {self.polls} "
            f"| {each:.0f} | {total:.0f} |"
        )


def polls(url: str) -> int:
    """How many polls the server answered."""
    return len(stats(url)["times"])


def plain() -> Run:
    """One process, one event loop."""
    with serving() as url:

        async def run() -> tuple[float, float, int]:
            async with promptforge.connect(CANARY, base_url=url) as client:
                jobs = [promptforge.job(client, job_id) for job_id in job_ids(JOBS, FIRST, LAST)]
                began, spent = time.monotonic(), time.process_time()
                done = await wait_all_async(jobs, policy=POLICY)
                good = sum(one.state == "succeeded" for one in done)
                return time.monotonic() - began, time.process_time() - spent, good

        seconds, spent, good = asyncio.run(run())
        return Run("plain fleet, one process", seconds, polls(url), spent, spent, good)


def on_temporal(folder: Path) -> Run:
    """A server and two workers."""
    with temporal_server(folder) as address, serving() as url, ExitStack() as stack:
        workers = [stack.enter_context(worker(address, url, folder / f"{number}.log")) for number in range(2)]
        server = next(pid for pid, words in below(os.getpid()).items() if "server start-dev" in words)

        async def run() -> tuple[float, int]:
            client = await Client.connect(address)
            made = batches("promptforge", "team", job_ids(JOBS, FIRST, LAST), size=SIZE, policy=POLICY, heartbeat=BEAT)
            began = time.monotonic()
            handles = [await start(client, f"bench-{number}", batch) for number, batch in enumerate(made)]
            done = [await one.result() for one in handles]
            return time.monotonic() - began, sum(one.state == "succeeded" for each in done for one in each.ended)

        pids = [one.pid for one in workers]
        before = cpu(*pids), cpu(server)
        seconds, good = asyncio.run(run())
        polling, serving_ = cpu(*pids) - before[0], cpu(server) - before[1]
        return Run("Temporal, two workers", seconds, polls(url), polling, polling + serving_, good)


def in_airflow(folder: Path) -> Run:
    """A whole Airflow, idle but for this; from the start of the run to the success of its last task."""
    ids = job_ids(JOBS, FIRST, LAST)
    parts = [ids[start : start + SIZE] for start in range(0, JOBS, SIZE)]
    with serving() as url, standalone(folder / "airflow", {"pf": connection(CANARY, url)}, parts) as airflow:
        until(lambda: airflow.triggerers() and airflow.query("dags", "list"), 240)
        pids, triggerers = list(below(airflow.process.pid)), airflow.triggerers()
        began, before = time.monotonic(), (cpu(*triggerers), cpu(*pids))
        airflow.begin()
        until(lambda: airflow.states().count("success") == len(parts), 600)
        seconds = time.monotonic() - began
        pids = list(set(pids) | set(below(airflow.process.pid)))
        polling, spent = cpu(*triggerers) - before[0], cpu(*pids) - before[1]
        return Run("Airflow, standalone, one triggerer", seconds, polls(url), polling, spent, JOBS)


def computed(runs: list[Run]) -> str:
    """What a million jobs would need, by what a poll took."""
    rate, batches_ = MILLION / SILENCE, MILLION // NAMED
    rows = [f"| {one.way} | {rate * one.polling / one.polls:.0f} | {rate * one.all / one.polls:.0f} |" for one in runs]
    table = ["| way | cores for polling | cores in all, if the rest grows in proportion |", "|---|---|---|", *rows]
    return f"""## {MILLION:,} jobs, computed from the above

Each polled once in {SILENCE:.0f} s: {rate:,.0f} polls a second, which the limits of all accounts have to allow.

{NEWLINE.join(table)}

In batches of {NAMED} that is {batches_} workflows of 11 events, or {batches_} deferred tasks. Temporal gets
{batches_ / BEAT:.0f} heartbeats a second at one in {BEAT:.0f} s. Airflow keeps one row for each trigger, and a
restarted triggerer polls all its jobs again. The plain fleet holds them in memory (see fleet.md), but polls with
one core."""


def figures(runs: list[Run]) -> list[Figure]:
    """The rows of RESULTS.md: what a poll takes, beside the plain fleet."""
    plain = runs[0].all / runs[0].polls
    peer = f"{runs[0].way} 1.00"
    names = "; ".join(one.way for one in runs[1:])
    found = [one.all / one.polls / plain for one in runs[1:]]
    return [Figure(f"CPU a poll ÷ plain fleet's, all processes: {names}", found, peer=peer)]


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as where:
        runs = [plain(), on_temporal(Path(where)), in_airflow(Path(where))]
    table = [
        "| way | succeeded | seconds | jobs a second | polls | µs CPU a poll, of the polling processes | … of all |",
        "|---|---|---|---|---|---|---|",
        *(one.row for one in runs),
    ]
    head = f"""# Engines

Made by `make bench-engines` on {os.cpu_count()} cores, Python {platform.python_version()}: {JOBS} jobs that end
{FIRST:.0f} to {LAST:.0f} s after the first poll, an interval of 2 s, polls by aiohttp. Airflow's time includes the
commands that start its run and check whether it is over."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n\n".join([head, NEWLINE.join(table), computed(runs)]) + "\n")
    put("engines", figures(runs), "once", packages=("aiohttp", "temporalio"))
    print(RESULTS.read_text())


if __name__ == "__main__":
    main()
