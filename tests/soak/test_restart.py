"""A service that is killed and comes back: the sandbox in a process of its own, from its state file."""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
from contextlib import suppress

import pytest

import jobwait
from jobwait import Policy
from support.services import PLAYED

SOAK = "JOBWAIT_SOAK" in os.environ
SPEED = "600" if SOAK else "1200"
POLICY = Policy(interval=0.1, min_interval=0.1, timeout=300, max_consecutive_errors=1000)


class Killed:
    """A sandbox in a process, always on the same ports."""

    def __init__(self, state):
        self.state, self.port = state, four_in_a_row()
        self.deaths = 0
        self.begin()

    def begin(self):
        words = [
            "--state",
            str(self.state),
            "--port",
            str(self.port),
            "--speed",
            "600" if SOAK else "1200",
            "--seed",
            "8",
            "--promptforge-mode",
            "docs",
            "--json",
        ]
        program = [sys.executable, "-m", "jobwait", "sandbox", *words, "--limit", "fryte=0"]
        self.process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        self.addresses = json.loads(self.process.stdout.readline())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(60)
        self.process.stdout.close()
        self.deaths += 1

    def close(self):
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait(60)
        self.process.stdout.close()


def four_in_a_row():
    """The first of four ports that are free now."""
    chance = random.Random()
    while True:
        first, taken = chance.randrange(20_000, 30_000), []
        try:
            taken.extend(socket.create_server(("127.0.0.1", port)) for port in range(first, first + 4))
        except OSError:
            continue
        finally:
            for one in taken:
                one.close()
        return first


@pytest.mark.parametrize("kills", [8 if SOAK else 1])
def test_a_service_that_dies_and_comes_back(kills, tmp_path, capsys):
    """Kill -9 of the service in the middle, again and again: every job still ends right, and none is lost."""
    box = Killed(tmp_path / "sandbox.db")
    try:
        expected, outcomes, polls = asyncio.run(through(box, kills))
    finally:
        box.close()
    if SOAK:
        with capsys.disabled():
            print(f"\n{len(outcomes)} jobs through {box.deaths} kills of the service, {polls} looks met none")
    assert kills == box.deaths
    assert expected == [outcome.state for outcome in outcomes]
    assert polls > 0


async def through(box, kills):
    """Jobs of each service and ending; the service is killed as soon as the first of them was seen again."""
    expected, jobs, clients, chance = [], [], [], random.Random(8)
    for row in PLAYED:
        at = box.addresses[row.name]
        client = row.connect(at["key"], base_url=at["url"])
        clients.append(client)
        for ending, given in list(row.endings.items()) * (20 if SOAK else 2):
            jobs.append(await row.submit_async(client, **given))
            expected.append(ending)
    seen = asyncio.Event()
    waiting = asyncio.ensure_future(jobwait.wait_all_async(jobs, policy=POLICY, on_update=lambda *_: seen.set()))
    for _ in range(kills):
        seen.clear()
        await seen.wait()
        await asyncio.sleep(chance.uniform(0, 0.5) if SOAK else 0)
        assert not waiting.done(), "the jobs ended before the service was killed"
        await asyncio.to_thread(box.kill)
        await asyncio.to_thread(box.begin)
    outcomes = await waiting
    for client in clients:
        async with client:
            pass
    return expected, outcomes, sum(outcome.errors for outcome in outcomes)
