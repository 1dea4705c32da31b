"""
A service that is down for longer than five polls: each tracked job is "unreachable" for ever.

No public function brings it back. The interval is short so that this takes a second; f01b has the default policy.
"""

import tempfile

from cases.loopback import KEY, Server, attempt, promptforge_body, promptforge_id
from jobwait import Policy, promptforge
from jobwait.tracker import Tracker

down, policy = [True], Policy(interval=0.02, min_interval=0.02)


def answer(_method, path, _headers):
    """503 during the outage, then ended jobs."""
    return (503, {"detail": "maintenance"}) if down else (200, promptforge_body(promptforge_id(path), "COMPLETED"))


with (
    tempfile.TemporaryDirectory() as folder,
    Server(answer) as server,
    Tracker(f"{folder}/jobs.db") as tracker,
    promptforge.connect(KEY, base_url=server.url) as client,
):
    jobs = [(promptforge.job(client, f"j{number}"), f"k{number}") for number in range(20)]
    tracker.add_all(jobs)
    print("during the outage, run():", tracker.run(lambda _: client, policy=policy), tracker.counts())
    print(next(tracker.all()).reason)
    down.clear()
    print("afterwards, run():", tracker.run(lambda _: client, policy=policy), tracker.counts())
    print("add_all() again:", tracker.add_all(jobs))
    print("add_all() with other keys:", tracker.add_all([(job, f"{key}x") for job, key in jobs]))
    attempt("settle()", lambda: tracker.settle("k0", jobs[0][0]))
