"""httpx logs a line for each poll at INFO, in the ways of waiting that use it; no key is in its DEBUG logs."""

import asyncio
import io
import logging
from collections import Counter

from cases.loopback import KEY, Server, promptforge_body
from jobwait import Policy, promptforge, wait_all, wait_all_async

POLICY = {"policy": Policy(interval=0.05, min_interval=0.02), "timeout": 5}
WAYS = {
    "wait": lambda job: job.wait(**POLICY),
    "wait_async": lambda job: asyncio.run(job.wait_async(**POLICY)),
    "wait_all": lambda job: wait_all([job], **POLICY),
    "wait_all_async": lambda job: asyncio.run(wait_all_async([job], **POLICY)),
}


def answer(*_):
    """A job that ends at its sixth poll."""
    return 200, promptforge_body(status="COMPLETED" if len(server.requests) == 6 else "PROCESSING")


for level in (logging.INFO, logging.DEBUG):
    for name, wait in WAYS.items():
        log = io.StringIO()
        logging.basicConfig(level=level, stream=log, force=True, format="%(levelname)s %(name)s %(message)s")
        with Server(answer) as server:
            wait(promptforge.job(promptforge.connect(KEY, base_url=server.url), "j1"))
        lines = log.getvalue().splitlines()
        found = "key in the log" if KEY in log.getvalue() else "no key in it"
        print(logging.getLevelName(level), name, dict(Counter(line.split()[1] for line in lines)), found)
        if level == logging.INFO and name == "wait":
            print(log.getvalue())
