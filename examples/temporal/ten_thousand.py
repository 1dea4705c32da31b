"""
Ten thousand jobs at two workers, one of which is killed: every job's outcome is reported once.

    python ten_thousand.py [JOBS] [ADDRESS]

Without the ADDRESS of a Temporal server it starts one with the command `temporal`. The jobs are at
fake_promptforge.py; both workers together may send 300 requests a second.
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
POLICY = Policy(interval=5.0, max_interval_ratio=0.2, timeout=900)


def started(stack: ExitStack, *command: str, **variables: str) -> subprocess.Popen[str]:
    """A process that ends with *stack*, with these environment variables."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **variables})
    stack.callback(process.communicate)
    stack.callback(process.terminate)
    return process


def first_line(process: subprocess.Popen[str]) -> str:
    """The first line that *process* prints, once it is there."""
    assert process.stdout is not None
    return process.stdout.readline()


def temporal_server(stack: ExitStack) -> str:
    """Start a Temporal server on loopback; returns its address."""
    beside = Path(sys.executable).with_name("temporal")
    command = str(beside) if beside.exists() else shutil.which("temporal")
    if command is None:
        sys.exit("There is no command `temporal`: install Temporal's CLI, or give a server's address.")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    options = ["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(port), "--log-level", "never"]
    started(stack, command, *options, HOME=stack.enter_context(tempfile.TemporaryDirectory()))
    return f"127.0.0.1:{port}"


async def connected(address: str) -> Client:
    """A client; waits until the server answers."""
    while True:
        try:
            return await Client.connect(address)
        except RuntimeError:
            await asyncio.sleep(0.2)


def worker(stack: ExitStack, address: str, url: str) -> subprocess.Popen[str]:
    """Start a worker; only its environment has the API key."""
    options = ["--address", address, "--account", "promptforge:demo", "--limit", "promptforge:demo=300"]
    process = started(
        stack,
        *(sys.executable, "-m", "jobwait", "worker", "temporal", *options),
        PROMPTFORGE_BASE_URL=url,
        PROMPTFORGE_API_KEY_DEMO="the-key-of-the-demo",
    )
    first_line(process)  # it prints one when it is ready
    return process


async def run(stack: ExitStack, count: int, address: str | None) -> None:
    """Start all batches, kill one worker in the middle, wait for all."""
    service = started(stack, sys.executable, str(HERE / "fake_promptforge.py"))
    url = f"http://127.0.0.1:{int(first_line(service))}"
    address = address or temporal_server(stack)
    client = await connected(address)
    workers = [worker(stack, address, url) for _ in range(2)]
    longest = max(10, count // 100)
    job_ids = [f"job-{number}-{1000 * (2 + number * longest // count)}" for number in range(count)]
    name, began = f"demo-{os.getpid()}", time.monotonic()
    all_batches = batches("promptforge", "demo", job_ids, policy=POLICY, heartbeat=5)
    handles = [await start(client, f"{name}-{number}", batch) for number, batch in enumerate(all_batches)]
    ended = 0
    while ended < count:
        await asyncio.sleep(2)
        found = [await progress(client, one.id) for one in handles]
        ended = sum(sum(one.counts.values()) for one in found)
        print(f"{time.monotonic() - began:4.0f} s: {ended} of {count} have ended", flush=True)
        if ended > count / 4 and len(workers) == 2:
            workers.pop().kill()
            print("one worker was killed", flush=True)
    done = [await one.result() for one in handles]
    reported = Counter(one.job_id for batch in done for one in batch.ended)
    states = Counter(one.state for batch in done for one in batch.ended)
    print(f"{len(reported)} jobs, {dict(states)}, {reported.total() - len(reported)} reported twice")


def main() -> None:
    """Read the command line and run."""
    count, address = [*sys.argv[1:], None, None][:2]
    with ExitStack() as stack:
        asyncio.run(run(stack, int(count or 10_000), address))


if __name__ == "__main__":
    main()
