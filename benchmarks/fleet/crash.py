"""
Kill -9 at random moments of a run with submissions; and eight processes with one file and one account.

What must hold: every job that the service took is tracked by its id or is an unresolved intent, no key was submitted
twice, no outcome was recorded twice, the file is whole.
"""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from attrs import frozen

from jobwait import Limit, Policy, errors, freeplay, promptforge
from jobwait.fleet.functions import Fleet
from jobwait.sandbox import Sandbox
from jobwait.tracker import Tracker
from jobwait.tracker.database import Database
from jobwait.tracker.shared_limits import shared_limiters

NAME = "benchmarks.fleet.crash"
PROJECT = "0d7c6e5c-5a1c-4d0e-8f0a-3b8a5f3c2b11"
AUDIT = """
create table if not exists audit (job integer);
create trigger if not exists audited after update of state on jobs
when new.state in ('succeeded', 'failed', 'canceled', 'timed_out', 'unreachable')
begin insert into audit values (new.id); end;
"""


def work(path: str, url: str, key: str, jobs: int) -> None:
    """One run of the program that is killed: submit what is not tracked yet, and wait for it, in batches."""
    with Tracker(path) as tracker, freeplay.connect(key, base_url=url) as client:
        tracked = {one.key for one in tracker.all()}
        missing = [name for name in (f"key-{number}" for number in range(jobs)) if name not in tracked]
        while missing:
            for name in missing[:20]:
                facts: dict[str, Any] = {"prompt_template_version_id": PROJECT, "dataset_id": PROJECT}
                try:
                    tracker.submit("freeplay", "team", client, PROJECT, key=name, user_instructions=name, **facts)
                except errors.SubmitUnconfirmed:
                    continue
            del missing[:20]
            tracker.run(lambda _: client, policy=Policy(interval=0.05, min_interval=0.05), on_outcome=_print_key)
        tracker.run(lambda _: client, policy=Policy(interval=0.05, min_interval=0.05), on_outcome=_print_key)


def _print_key(one: Any) -> None:
    print(one.key, flush=True)


@frozen
class Crashes:
    """What was left after all the kills, and one run that ended by itself."""

    kills: int
    taken: int
    tracked: int
    unresolved: int
    lost: int
    double_submits: int
    recorded_twice: int
    undelivered: int
    damaged: int


def crashes(folder: Path, jobs: int, kills: int, seed: int) -> Crashes:
    """Kill the program *kills* times, then let it end, and count."""
    rng, path = random.Random(seed), folder / "crash" / "jobs.db"
    Tracker(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(AUDIT)
    notified: Counter[str] = Counter()
    damaged = 0
    with Sandbox(speed=20000, seed=seed) as box:
        words = [sys.executable, "-m", NAME, "work", str(path), box.freeplay.url, box.freeplay.key, str(jobs)]
        requests = _counted(box)
        for number in range(kills + 1):
            child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
            try:
                if number < kills:
                    _after(rng.randint(1, 1 + 2 * jobs // kills), requests, child)
                    time.sleep(rng.uniform(0, 0.02))  # so that it does not always wait for an answer when it is killed
                    child.send_signal(signal.SIGKILL)
                out, _ = child.communicate(timeout=600)
            finally:
                child.kill()
            notified.update(out.split())
            damaged += _check(path) != "ok"
        taken = [job.request["user_instructions"] for job in box._services["freeplay"]._jobs.values()]  # type: ignore[attr-defined]
        ids = {job.id for job in box._services["freeplay"]._jobs.values()}  # type: ignore[attr-defined]
    with Tracker(path) as tracker:
        rows, unresolved = list(tracker.all()), list(tracker.unresolved())
        ended = {one.key for one in tracker.outcomes()}
    known = {one.job_id for one in rows}
    uncertain = {one.key for one in unresolved}
    untracked = ids - known
    with closing(sqlite3.connect(path)) as db, db:
        twice = db.execute("select count(*) from (select job from audit group by job having count(*) > 1)").fetchone()[
            0
        ]
    return Crashes(
        kills,
        len(taken),
        len([one for one in rows if one.job_id is not None]),
        len(unresolved),
        max(0, len(untracked) - len(uncertain)),
        sum(count - 1 for count in Counter(taken).values()),
        twice,
        len(ended - set(notified)),
        damaged,
    )


def _counted(box: Sandbox) -> threading.Semaphore:
    """What is released at each request to Freeplay."""
    service, requests = box._services["freeplay"], threading.Semaphore(0)
    real = service.rate_limit

    def allow(client: str, operation: str) -> int | None:
        requests.release()
        return real(client, operation) if real else None

    service.rate_limit = allow
    return requests


def _after(count: int, requests: threading.Semaphore, child: subprocess.Popen[str]) -> None:
    """Wait until *child* has sent *count* requests, or has ended."""
    while requests.acquire(blocking=False):
        pass
    while count and child.poll() is None:
        count -= requests.acquire(timeout=0.05)


def _check(path: Path) -> str:
    with closing(sqlite3.connect(path, timeout=60)) as db, db:
        found: str = db.execute("pragma integrity_check").fetchone()[0]
    return found


def share(path: str, url: str, key: str, seconds: str, ids: str) -> None:
    """One of many processes with one file: it polls as often as the shared rate limit allows."""
    database = Database(path)
    calm = Policy(interval=0.2, min_interval=0.2, timeout=float(seconds))
    with promptforge.connect(key, base_url=url) as client:
        jobs = [promptforge.job(client, job_id) for job_id in ids.split(",")]
        fleet = Fleet(policy=calm, limits={"promptforge": Limit(20)}, limiters=shared_limiters(database))
        client.get_httpx_client()
        print("ready", flush=True)
        input()  # all begin together, once each has started
        list(fleet.run(jobs))
    database.close()


@frozen
class Shared:
    """What the service saw of many processes: the fullest second, the requests a second, locked files."""

    processes: int
    fullest: int
    rate: float
    locked: int


def shared(folder: Path, processes: int, seconds: float) -> Shared:
    """Let *processes* follow the jobs of one account at 20 requests a second."""
    path = folder / "shared" / "jobs.db"
    times: list[float] = []
    with Sandbox(speed=1, seed=3) as box:
        service = box._services["promptforge"]
        real = service.rate_limit

        def allow(client: str, operation: str) -> int | None:
            if operation == "get_job_status":
                times.append(time.monotonic())
            return real(client, operation) if real else None

        service.rate_limit = allow
        Tracker(path).close()
        with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
            prompts = [{"prompt_id": 1, "prompt": "x"}]
            jobs = [
                promptforge.submit(client, prompts, provider="openai", model="sandbox-stuck")
                for _ in range(processes * 8)
            ]
            words = [sys.executable, "-m", NAME, "share", str(path), box.promptforge.url, box.promptforge.key]
            children = []
            for number in range(processes):
                owned = ",".join(job.id for job in jobs[number::processes])
                pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
                children.append(subprocess.Popen([*words, str(seconds), owned], text=True, **pipes))
            for child in children:
                assert child.stdout is not None
                child.stdout.readline()
            for child in children:
                assert child.stdin is not None
                child.stdin.write("go\n")
                child.stdin.flush()
            errors_seen = [child.communicate(timeout=seconds + 120)[1] for child in children]
    fullest = max(sum(one <= other < one + 1 for other in times[place : place + 60]) for place, one in enumerate(times))
    span = times[-1] - times[0]
    return Shared(processes, fullest, len(times) / span, sum("locked" in text for text in errors_seen))


if __name__ == "__main__":
    if sys.argv[1] == "work":
        work(*sys.argv[2:5], int(sys.argv[5]))
    elif sys.argv[1] == "share":
        share(*sys.argv[2:7])
    else:
        import tempfile

        with tempfile.TemporaryDirectory() as where:
            print(shared(Path(where), 8, 10.0))
            print(crashes(Path(where), 200, 5, 1))
