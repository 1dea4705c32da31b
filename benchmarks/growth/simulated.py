"""
A fleet in virtual time, for more jobs than a loopback server can answer for: the real rules, a made-up service.

`python -m benchmarks.growth.simulated COUNT RATE FILE`: it answers RATE polls a second, as many as one process was
measured to send, so lateness is what it would be there. CPU is that of rules, decoding and this world, without HTTP.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import asdict, evolve
from benchmarks.fleet.memory import resident
from benchmarks.fleet.served import STATUS
from benchmarks.fleet.world import Life, NoTimes, World
from benchmarks.growth.jobs import PROMPTS, ends
from benchmarks.growth.ways import Meter, Took

from jobwait import promptforge
from jobwait.fleet.fleet_job import FleetOptions

LATENCY: Final = 0.05  # seconds


def life(number: int, end: float) -> Life:
    """A job that completes its prompts at an even rate until *end*."""
    name = f"job-{number:07d}-{int(1000 * end)}"

    def body(at: float) -> Mapping[str, Any]:
        over = at >= end
        done = PROMPTS if over else int(PROMPTS * at / end)
        return {**STATUS, "job_id": name, "completed_count": done, "status": "COMPLETED" if over else "PROCESSING"}

    return Life({"job_id": name}, 0.0, end, body)


def simulated(count: int, rate: float) -> Took:
    """What *count* jobs take where *rate* polls a second are answered."""
    client = promptforge.connect("key", base_url="http://127.0.0.1:9")
    concurrency = max(1, round(rate * LATENCY))
    service = evolve(promptforge.SERVICE, serial_queue=None)  # these jobs run at the same time, as on loopback
    world = World(service, client, latency=LATENCY, concurrency=concurrency, times=NoTimes())
    lives = [life(number, end) for number, end in enumerate(ends(count, 0, 1))]
    before, spent = resident(), time.process_time()
    world.run(lives, FleetOptions(limiters=world.limiters), submitted=False)
    spent = time.process_time() - spent
    memory = Meter([os.getpid()]).memory() - int(before)
    last = max(one.known or 0.0 for one in lives)
    return Took(last, spent, spent, memory, world.requests, world.lateness())


if __name__ == "__main__":
    took = json.dumps(asdict(simulated(int(sys.argv[1]), float(sys.argv[2]))))
    Path(sys.argv[3]).write_text(took, "utf-8")
