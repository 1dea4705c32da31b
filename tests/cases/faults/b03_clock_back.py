"""
The calendar is set back by half an hour while a tracker runs: its jobs are not polled for as long.

Arguments: [SECONDS]
"""

import sys
import tempfile
import time
from functools import partial

from cases.loopback import KEY, Server, fryte_body, fryte_id
from jobwait import fryte
from jobwait.tracker import Tracker, shared_limits

back = float(sys.argv[1]) if len(sys.argv) > 1 else 1800.0
calendar, shift, polled_at = time.time, [0.0], []
time.time = lambda: calendar() + shift[0]
# The limiter took the real clock as its default when it was imported.
shared_limits.SharedRateLimiter = partial(shared_limits.SharedRateLimiter, clock=time.time)


def answer(_method, path, _headers):
    """A job that goes on; the clock jumps at the fourth request."""
    polled_at.append(round(time.monotonic() - began, 1))
    if len(polled_at) == 4:
        shift[0] = -back
    return 200, fryte_body(fryte_id(path))


with (
    tempfile.TemporaryDirectory() as folder,
    Server(answer) as server,
    Tracker(f"{folder}/t.db") as tracker,
    fryte.connect(KEY, base_url=server.url) as client,
):
    tracker.add_all([(fryte.job(client, f"j{number}"), None) for number in range(2)], "team")
    began = time.monotonic()
    ended = tracker.run(lambda _: client, timeout=25)
    print("polls at", polled_at, "; ended", ended, f"after {time.monotonic() - began:.1f} s,", tracker.counts())
