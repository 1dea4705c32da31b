"""A real Temporal server from a package, on loopback, and workers as processes that can be killed."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.engines.processes import free_port
from benchmarks.engines.served import CANARY
from temporalio.client import Client

BINARY = Path(sys.executable).parent / "temporal"


@contextmanager
def temporal_server(folder: Path, *settings: str) -> Iterator[str]:
    """The address of a server with these *settings*, as long as the block lasts; what it keeps is in *folder*."""
    address = f"127.0.0.1:{free_port()}"
    words = [str(BINARY), "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", address.split(":")[1]]
    words += ["--db-filename", str(folder / "temporal.db"), "--log-level", "warn"]
    words += ["--http-port", str(free_port()), "--metrics-port", str(free_port())]
    words += [word for one in settings for word in ("--dynamic-config-value", one)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "HOME": str(folder)})
        try:
            until_open(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def until_open(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until it answers there: it listens before it is healthy."""
    while process.poll() is None:
        try:
            asyncio.run(Client.connect(address))
        except RuntimeError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the Temporal server ended by itself")


@contextmanager
def worker(address: str, url: str, log: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """`jobwait worker temporal` in a process of its own, ready for work; ended with the block."""
    words = [sys.executable, "-m", "jobwait", "worker", "temporal", "--address", address]
    environment = {**os.environ, "PROMPTFORGE_API_KEY_TEAM": CANARY, "PROMPTFORGE_BASE_URL": url}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*words, "--account", "promptforge:team", *more], stdout=subprocess.PIPE, stderr=file, env=environment
        )
        try:
            assert process.stdout is not None
            assert b"working" in process.stdout.readline(), log.read_text()
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=30)
