"""
A loop of more than 120 submissions to FRYTE ends in RateLimited, though jobwait knows that limit.

The repeats last 15 s, the service's window a minute, and the caller has lost the handles of the first 120.
"""

import json

from cases.loopback import ROOT
from jobwait import fryte
from jobwait.sandbox import Sandbox

tour = json.loads((ROOT / "examples/tour_hamburg_munich.json").read_text())
with Sandbox(speed=60) as box, fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
    print("jobwait knows:", fryte.SERVICE.limit)
    try:
        for _ in range(130):
            fryte.submit(client, tour)
    except Exception as error:
        print(f"{type(error).__name__} {error}")
    print(box.stats()["fryte"])
