"""
Fewer requests than jobs: what a list saves.

500 tours of FRYTE at once, LN(18, .4) long, under its documented 120 requests a minute; 1000 optimizations of one
project of Freeplay, 30 a page, against single polls at the fixed interval with the same lateness.
"""

from __future__ import annotations

import math
import random
from collections import deque
from statistics import fmean
from typing import Any

from attrs import frozen
from benchmarks.fleet.world import Life, World

from jobwait import freeplay, fryte
from jobwait.fleet.fleet_job import FleetOptions

PROJECT = "0d7c6e5c-5a1c-4d0e-8f0a-3b8a5f3c2b11"
STEPS = (90.0, 240.0, 240.0, 60.0)
DAY = 86400.0
PAGE = 30


def tours(seed: int, *, user: bool) -> list[Life]:
    """500 tours, submitted at once."""
    rng = random.Random(seed)
    made = []
    for number in range(500):
        facts = {"user_id": "1", "tour_id": str(number)} if user else {}
        life = Life({"job_id": f"{number}", **facts}, 0.0, 2.0 + rng.lognormvariate(math.log(18), 0.4), dict)
        life.body = lambda at, life=life: {  # type: ignore[misc]
            "job_id": life.job_id,
            "status": _tour(life, at),
            "tour_id": 1,
            "optimization_id": 2,
        }
        made.append(life)
    return made


def _tour(life: Life, at: float) -> str:
    return "succeeded" if at >= life.ended else "running" if at >= life.began + 2 else "queued"


def _tours(world: World, _: dict[str, str], at: float) -> Any:
    return [
        {"job_id": life.job_id, "optimization_id": 2, "date_created": "", "last_update": "", "status": _tour(life, at)}
        for life in world.lives.values()
        if life.began <= at
    ]


@frozen
class Tours:
    """What 500 tours came to: mean lateness, requests, and the share of them that was refused."""

    lateness: float
    requests: int
    refused: float


def fleet_of_tours(seed: int, *, user: bool) -> Tours:
    """The fleet's way."""
    client = fryte.connect("key", base_url="http://127.0.0.1:9")
    world = World(fryte.SERVICE, client, lists=_tours, limit=fryte.SERVICE.limit)
    world.run(tours(seed, user=user), FleetOptions(limiters=world.limiters))
    refused = sum(count for (_, status), count in world.served.items() if status == 429)
    return Tours(fmean(world.lateness()), world.requests, refused / world.requests)


def tours_in_turn(seed: int) -> Tours:
    """Round-robin at the whole limit."""
    turn = deque(tours(seed, user=False))
    now, requests, late = 2.5, 0, []
    while turn:
        life = turn.popleft()
        requests += 1
        if now + 0.05 >= life.ended:
            late.append(now + 0.1 - life.ended)
        else:
            turn.append(life)
        now += 0.5
    return Tours(fmean(late), requests, 0.0)


def optimizations(seed: int) -> list[Life]:
    """1000 jobs of one project, begun within five minutes: a queue of Exp(8), four steps at a speed of their own."""
    rng = random.Random(seed)
    made = []
    for number in range(1000):
        began, speed = rng.uniform(0, 300), rng.lognormvariate(0, 0.5)
        stages = [rng.expovariate(1 / 8), *(command * speed * rng.lognormvariate(0, 0.3) for command in STEPS)]
        name = f"00000000-0000-4000-8000-{number:012d}"
        life = Life({"project_id": PROJECT, "job_id": name}, began, began + sum(stages), dict)
        life.body = lambda at, life=life, stages=stages: _optimization(life, stages, at)  # type: ignore[misc]
        made.append(life)
    return made


def _summary(life: Life, at: float, queued: float) -> dict[str, Any]:
    status = "completed" if at >= life.ended else "in_progress" if at >= life.began + queued else "pending"
    same = {"prompt_template_id": PROJECT, "original_version_id": PROJECT, "created_at": "2026-01-01T00:00:00Z"}
    return {"job_id": life.job_id, "status": status, **same}


def _optimization(life: Life, stages: list[float], at: float) -> dict[str, Any]:
    body = {**_summary(life, at, stages[0]), "run_test_after_optimization": True, "progress": None}
    age = at - life.began - stages[0]
    if body["status"] == "in_progress":
        command = 1
        while command < len(STEPS) and age >= sum(stages[1 : command + 1]):
            command += 1
        body["progress"] = {"step": command, "total_steps": len(STEPS), "step_name": "s"}
    return body


def _project(world: World, query: dict[str, str], at: float) -> Any:
    known = [life for life in world.lives.values() if life.began <= at]
    newest = [life.body(at) for life in sorted(known, key=lambda life: -life.began)]
    wanted = [item for item in newest if query.get("status") in {None, item["status"]}]
    page = int(query.get("page", 1))
    shown = wanted[(page - 1) * PAGE : page * PAGE]
    kept = ("job_id", "status", "prompt_template_id", "original_version_id", "created_at")
    more = len(wanted) > page * PAGE
    return {
        "data": [{name: item[name] for name in kept} for item in shown],
        "pagination": {"page": page, "page_size": PAGE, "has_next": more},
    }


@frozen
class Optimizations:
    """What 1000 optimizations came to, and the single polls at a fixed interval of the same lateness."""

    lateness: float
    requests: int
    lists: int
    single: float


def fleet_of_optimizations(seed: int) -> Optimizations:
    """The fleet's way."""
    client = freeplay.connect("key", base_url="http://127.0.0.1:9")
    world = World(freeplay.SERVICE, client, lists=_project)
    world.run(optimizations(seed), FleetOptions(timeout=DAY, limiters=world.limiters))
    late = fmean(world.lateness())
    gap = 2 * (late - world.latency / 2)
    single = sum((life.ended - life.began) / gap + 0.5 for life in world.lives.values())
    return Optimizations(late, world.requests, world.served["list", 200], single)


if __name__ == "__main__":
    print(fleet_of_tours(5, user=False), tours_in_turn(5), fleet_of_tours(5, user=True))
    found = fleet_of_optimizations(5)
    print(found, found.single / found.requests)
