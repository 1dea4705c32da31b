"""
Another process holds the file's write lock during a POST: the service takes the job, and the file loses it.

The lock is waited for for 60 s; 3 s are enough here.
"""

import sqlite3
import tempfile

from cases.loopback import KEY, TOUR, Server, attempt
from jobwait import fryte
from jobwait.tracker import Tracker


def answer(_method, _path, _headers):
    """A job; from now on the file is locked."""
    other.execute("begin immediate")
    return 202, {"job_id": f"j{len(server.requests)}", "tour_id": 1, "optimization_id": 2}


with (
    tempfile.TemporaryDirectory() as folder,
    Server(answer) as server,
    Tracker(f"{folder}/t.db") as tracker,
    fryte.connect(KEY, base_url=server.url) as client,
):
    other = sqlite3.connect(f"{folder}/t.db", isolation_level=None, check_same_thread=False)
    tracker._database._db.execute("pragma busy_timeout = 3000")
    attempt("submit", lambda: tracker.submit("fryte", "team", client, TOUR, key="order 7"))
    other.execute("rollback")
    other.close()
    print("POSTs:", len(server.requests), "| rows:", [(row.key, row.state, row.job_id) for row in tracker.all()])
    print("unresolved:", list(tracker.unresolved()))
    attempt("settle", lambda: tracker.settle("order 7", None))
