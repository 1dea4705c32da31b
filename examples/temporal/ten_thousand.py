"""
Ten thousand jobs at two workers, one of which is killed: every job's end is told once.

    python ten_thousand.py [JOBS] [ADDRESS]

Without the ADDRESS of a Temporal server it starts one with the command `temporal`. The jobs are those of stand_in.py;
the account may be asked 300 times a second, by both workers together.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from temporalio.client import Client

from jobwait import Policy
from jobwait.engines.temporal import batches, progress, start

HERE = Path(__file__).parent
PATIENCE = Policy(interval=5.0, max_interval_ratio=0.2, timeout=900)


def started(stack: ExitStack, *words: str, **more: str) -> subprocess.Popen:
    """A process that lives no longer than this one."""
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, **more})
    stack.callback(process.communicate)
    stack.callback(process.terminate)
    return process


def temporal_server(stack: ExitStack) -> str:
    """A Temporal server of our own on loopback."""
    gather = Path(sys.executable).with_name("temporal")
    command = str(gather) if gather.exists() else shutil.which("temporal")
    if command is None:
        sys.exit("There is no command `temporal`: install Temporal's CLI, or name a server's address.")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    words = ["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(port), "--log-level", "never"]
    started(stack, command, *words, HOME=stack.enter_context(tempfile.TemporaryDirectory()))
    return f"127.0.0.1:{port}"


async def connected(address: str) -> Client:
    """A client, once the server answers."""
    while True:
        try:
            return await Client.connect(address)
        except RuntimeError:
            await asyncio.sleep(0.2)


def worker(stack: ExitStack, address: str, url: str) -> subprocess.Popen:
    """A worker; the key is in its environment alone."""
    words = ["worker", "temporal", "--address", address, "--account", "promptforge:demo"]
    process = started(
        stack,
        *(sys.executable, "-m", "jobwait", *words, "--limit", "promptforge:demo=300"),
        PROMPTFORGE_BASE_URL=url,
        PROMPTFORGE_API_KEY_DEMO="the-key-of-the-demo",
    )
    process.stdout.readline()  # it says when it works
    return process


async def run(stack: ExitStack, count: int, address: str | None) -> None:
    """Start all, wait for all, kill one worker on the way."""
    stand_in = started(stack, sys.executable, str(HERE / "stand_in.py"))
    url = f"http://127.0.0.1:{int(stand_in.stdout.readline())}"
    address = address or temporal_server(stack)
    client = await connected(address)
    workers = [worker(stack, address, url) for _ in range(2)]
    longest = max(10, count // 100)
    job_ids = [f"job-{number}-{1000 * (2 + number * longest // count)}" for number in range(count)]
    name, began = f"demo-{os.getpid()}", time.monotonic()
    made = batches("promptforge", "demo", job_ids, policy=PATIENCE, heartbeat=5)
    handles = [await start(client, f"{name}-{number}", batch) for number, batch in enumerate(made)]
    ended = 0
    while ended < count:
        await asyncio.sleep(2)
        far = [await progress(client, one.id) for one in handles]
        ended = sum(sum(one.counts.values()) for one in far)
        print(f"{time.monotonic() - began:4.0f} s: {ended} of {count} have ended", flush=True)
        if ended > count / 4 and len(workers) == 2:
            workers.pop().kill()
            print("one worker was killed", flush=True)
    done = [await one.result() for one in handles]
    told = Counter(one.job_id for batch in done for one in batch.ended)
    states = Counter(one.state for batch in done for one in batch.ended)
    print(f"{len(told)} jobs, {dict(states)}, {sum(told.values()) - len(told)} told twice")


def main() -> None:
    """Run with what the command line says."""
    count, address = [*sys.argv[1:], None, None][:2]
    with ExitStack() as stack:
        asyncio.run(run(stack, int(count or 10_000), address))


if __name__ == "__main__":
    main()
