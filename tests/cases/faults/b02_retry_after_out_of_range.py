"""
One 429 with an absurd Retry-After closes the account's rate limit in the tracker's file for ever; then TypeError.

Arguments: [RETRY_AFTER]
"""

import sys
import tempfile

from cases.loopback import KEY, Server, attempt, fryte_body, fryte_id
from jobwait import fryte
from jobwait.tracker import Tracker

retry_after = sys.argv[1] if len(sys.argv) > 1 else "1e400"


def answer(_method, path, _headers):
    """One refusal, then ended jobs."""
    if len(server.requests) == 1:
        return 429, {"detail": "slow down"}, {"Retry-After": retry_after}
    return 200, fryte_body(fryte_id(path), "succeeded", optimization_id=3)


def run(tracker, client):
    """Wait for all tracked jobs, and show what is known of them."""
    before = len(server.requests)
    ended = tracker.run(lambda _: client, timeout=4)
    return f"ended {ended}, requests {len(server.requests) - before}, {tracker.counts()}"


with (
    tempfile.TemporaryDirectory() as folder,
    Server(answer) as server,
    Tracker(f"{folder}/t.db") as tracker,
    fryte.connect(KEY, base_url=server.url) as client,
):
    for number in range(1, 5):
        tracker.add_all([(fryte.job(client, f"{letter}{number}"), None) for letter in "jk"], "team")
        attempt(f"run {number}", lambda: run(tracker, client))
        print("   bucket:", tracker._database.read("select rate, next, closed, seen, used from buckets"))
