"""Real traffic over an unreliable network, and what is left afterwards."""

import gc
import json
import os
import random
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import pytest

import jobwait
from conftest import QUICK
from faults.catalogue import GZIP_BOMB
from faults.operations import POLLS, ROW, good, open_files
from faults.proxy import Proxy, Toxic
from faults.server import Hostile, response
from support.services import PLAYED
from support.shell import Shell

SOAK = "JOBWAIT_SOAK" in os.environ  # Freeplay's list is asked again after seconds only: that is for `make soak`
ROOT = Path(__file__).parents[2]


def cutting(seed):
    """Two connections of three are cut, reset or chopped up, at places drawn from *seed*."""
    chance = random.Random(seed)
    kinds = ["limit_data", "reset_peer", "slicer", None, None, "slicer"]

    def toxic(number):
        if not number:
            return Toxic(limit_data=40)
        kind = chance.choice(kinds)
        size = chance.randint(1, 90) if kind == "slicer" else chance.randint(1, 3000)
        return Toxic(**{} if kind is None else {kind: size})

    return toxic


@pytest.mark.parametrize("style", ["sync", "async"])
@pytest.mark.parametrize("row", [row for row in PLAYED if row.name != "freeplay" or SOAK], ids=lambda row: row.name)
def test_jobs_end_correctly_over_an_unreliable_network(row, style, box):
    """Connections are cut, reset or split at any byte."""
    address = getattr(box, row.name)
    with row.connect(address.key, base_url=address.url) as straight:
        handles = [(ending, row.submit(straight, **given)) for ending, given in row.endings.items() for _ in range(2)]
        tokens = [(ending, handle.token()) for ending, handle in handles]
    with Proxy(urlsplit(address.url).port, cutting(8)) as proxy:
        client = row.connect(address.key, base_url=proxy.url)
        jobs = [(ending, jobwait.resume(readdressed(token, proxy), client)) for ending, token in tokens]
        policy = jobwait.Policy(interval=0.02, min_interval=0.02, timeout=120, max_consecutive_errors=200)
        if style == "sync":
            with client:
                outcomes = jobwait.wait_all([job for _, job in jobs], policy=policy)
        else:

            async def main():
                async with client:
                    return await jobwait.wait_all_async([job for _, job in jobs], policy=policy)

            outcomes = anyio.run(main)
    assert [ending for ending, _ in jobs] == [outcome.state for outcome in outcomes]
    assert proxy.connections > 1


def readdressed(token, proxy):
    """*token*, for the same job behind *proxy*: a token is held to the host that it was made at."""
    from jobwait._jobs.token import _check

    facts = json.loads(token)
    facts.pop("check")
    facts["host"] = urlsplit(proxy.url).netloc
    return json.dumps({**facts, "check": _check(facts)})


def test_closed_clients_leave_nothing_open():
    """A hundred clients: no socket, no thread and no task."""
    gc.collect()
    operation, before, threads = POLLS[2], open_files(), threading.active_count()
    with Hostile(good) as server:
        for number in range(100):
            client = operation.connect(server.url)
            job = ROW["promptforge"].job(client)
            if number % 2:

                async def main(client=client, job=job):
                    async with client:
                        return await job.outcome_async(policy=QUICK)

                outcome = anyio.run(main)
            else:
                with client:
                    outcome = job.outcome(policy=QUICK)
            assert "succeeded" == outcome.state
    gc.collect()
    assert (before, threads) == (open_files(), threading.active_count())


MEMORY = """
import asyncio, gc, json, os, resource, sys, threading
sys.path[:0] = [{tests!r}, {root!r}]
import jobwait
from jobwait import promptforge
from jobwait._http.pool import Pool
from jobwait._polling.commands import Poll

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

def files():
    gc.collect()
    return len(os.listdir("/proc/self/fd"))

url, polls, style = sys.argv[1], int(sys.argv[2]), sys.argv[3]
before, left = files(), 0
client, pool = promptforge.connect("k", base_url=url), Pool()
def step():
    return Poll(promptforge.SERVICE, client, {{"job_id": "3f7a1c2e"}}, 10.0)
def sync():
    with client:
        for number in range(50 + polls):
            if number == 50:
                began = peak()
            reply = pool.send(step())
    return peak() - began, reply, 0
async def in_a_task():
    async with client:
        for number in range(50 + polls):
            if number == 50:
                began = peak()
            reply = await pool.send_async(step())
    return peak() - began, reply, len(asyncio.all_tasks()) - 1
grown, reply, tasks = sync() if style == "sync" else asyncio.run(in_a_task())
left = (files() - before, threading.active_count() - 1, tasks)
print(json.dumps([grown, type(reply).__name__, left]))
"""


def child(url, polls, style="sync"):
    """How much a process grew over *polls*, the last result, and the sockets, threads and tasks left over."""
    code = MEMORY.format(tests=str(ROOT / "tests"), root=str(ROOT))
    words = [sys.executable, "-c", code, url, str(polls), style]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=3000)
    return json.loads(done.stdout)


def test_a_gzip_bomb_costs_no_memory():
    """70 MiB in 70 KiB, refused after 1 MiB of a status body; measured in a child process."""
    bombs = [None] * 50  # first as many good polls, so that only the bombs count

    def bomb(connection, _):
        connection.sendall(response(GZIP_BOMB, 200, "content-encoding: gzip"))

    with Hostile(good, bomb) as server:
        server.where = lambda request: len(server.requests) > len(bombs)
        grown, kind, _ = child(server.url, 3)
    assert "DecodingError" == kind
    assert grown < 20  # MiB; plain httpx grows by 70 and more


def test_the_doctors_request_has_the_same_limits(tmp_path):
    """`jobwait doctor` refuses a bomb and reports no response."""

    def bomb(connection, _):
        connection.sendall(response(GZIP_BOMB, 200, "content-encoding: gzip"))

    with Hostile(good, bomb) as server:
        env = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_BASE_URL"))}
        env |= {"PROMPTFORGE_API_KEY": "k" * 20, "PROMPTFORGE_BASE_URL": server.url, "HOME": str(tmp_path)}
        done = Shell(tmp_path, env)("doctor")
    assert 1 == len(server.requests)
    assert "does not answer (DecodingError)" in done.stdout


@pytest.mark.parametrize("style", ["sync", "async"])
def test_memory_is_constant_over_many_polls(style, capsys):
    """R10, in a child process (the bound is botocore's); no socket, thread or task is left."""
    polls = 100_000 if SOAK else 1000
    with Hostile(good, requests=deque(maxlen=1)) as server:
        grown, kind, left = child(server.url, polls, style)
    if SOAK:
        with capsys.disabled():
            print(f"\n{polls} polls, {style}: {grown:.1f} MiB more, left over {left}")  # noqa: T201 - a figure
    assert ("ReceivedResponse", True) == (kind, grown < 20)
    assert [0, 0, 0] == left
