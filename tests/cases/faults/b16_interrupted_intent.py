"""
Ctrl-C between the record of an intent and its request: the key is stuck for as long as this process lives.

unresolved() does not list it, and settle() does not free it.
"""

import tempfile
from unittest.mock import patch

from cases.loopback import KEY, TOUR, Server, attempt
from jobwait import fryte
from jobwait.tracker import Tracker, submissions

with (
    tempfile.TemporaryDirectory() as folder,
    Server(lambda *_: (202, {"job_id": "j", "tour_id": 1, "optimization_id": 2})) as server,
    Tracker(f"{folder}/t.db") as tracker,
    fryte.connect(KEY, base_url=server.url) as client,
):
    with patch.object(submissions, "failure_recorded", side_effect=KeyboardInterrupt):
        attempt("submit", lambda: tracker.submit("fryte", "team", client, TOUR, key="order 7"))
    print("requests:", len(server.requests), "| unresolved:", list(tracker.unresolved()))
    print("rows:", [(row.key, row.state) for row in tracker.all()])
    attempt("submit again", lambda: tracker.submit("fryte", "team", client, TOUR, key="order 7"))
    attempt("settle", lambda: tracker.settle("order 7", None))
