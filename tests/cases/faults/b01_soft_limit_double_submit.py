"""
A soft time limit during a POST: the submission is recorded as "refused", so that the same key is sent again.

Task queues (Celery, RQ) raise a plain Exception from a signal handler for that.
"""

import signal
import tempfile
import time

from cases.loopback import KEY, TOUR, Server, attempt
from jobwait import fryte
from jobwait.tracker import Tracker

posts = []


class SoftTimeLimitExceeded(Exception):
    """As in Celery."""


def raise_soft_limit(*_):
    """Handle the signal."""
    raise SoftTimeLimitExceeded


def answer(method, _path, _headers):
    """The service makes the job at once, and its first response is slow."""
    posts.append(method)
    time.sleep(4.0 if len(posts) == 1 else 0)
    return 202, {"job_id": f"job-{len(posts)}", "tour_id": 7615, "status": "queued", "optimization_id": 5}


signal.signal(signal.SIGALRM, raise_soft_limit)
with (
    tempfile.TemporaryDirectory() as folder,
    Server(answer) as server,
    Tracker(f"{folder}/t.db") as tracker,
    fryte.connect(KEY, base_url=server.url) as client,
):
    signal.setitimer(signal.ITIMER_REAL, 2.5)
    attempt("first", lambda: tracker.submit("fryte", "team", client, TOUR, key="order 7"))
    print("unresolved:", [(row.key, row.state) for row in tracker.unresolved()])
    print("rows:", [(row.key, row.state, row.reason) for row in tracker.all()])
    attempt("second", lambda: tracker.submit("fryte", "team", client, TOUR, key="order 7"))
    print("POSTs for the key 'order 7':", len(posts))
