"""
Two processes run one tracker's file and neither crashes: outcomes are delivered to on_outcome twice.

Each process delivers all that is undelivered in the file.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from cases.loopback import KEY, Server, promptforge_body, promptforge_id
from jobwait import Policy, promptforge
from jobwait.tracker import Tracker, leases


def run(path, url, log, seconds):
    """One process: wait for all jobs, with a callback that takes so many *seconds*."""

    def on_outcome(row):
        with Path(log).open("a") as file:
            file.write(f"{os.getpid()} {row.key}\n")
        time.sleep(seconds)

    leases.BATCH = 30  # a lease takes 2000 rows: the first process would take all jobs
    policy = Policy(interval=0.2, min_interval=0.2)
    with Tracker(path) as tracker, promptforge.connect(KEY, base_url=url) as client:
        print("ended", tracker.run(lambda _: client, on_outcome=on_outcome, policy=policy, timeout=60))


def trial(folder, seconds):
    """Start two processes for 300 jobs."""
    path, log = f"{folder}/t.db", Path(folder, "log")
    command = [sys.executable, "-W", "ignore", __file__, path, server.url, log, str(seconds)]
    polls.clear()
    with Tracker(path) as tracker, promptforge.connect(KEY, base_url=server.url) as client:
        tracker.add_all([(promptforge.job(client, f"j{number}"), None) for number in range(300)], "team")
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=90)[0].strip() for process in processes]
    lines = [line.split() for line in log.read_text().splitlines()]
    times, by_process = Counter(key for _, key in lines), Counter(process for process, _ in lines)
    repeated = sum(number > 1 for number in times.values())
    print(f"callback of {seconds} s: {len(times)} jobs, {len(lines)} deliveries, {repeated} jobs more than once")
    print(f"   (most {max(times.values())} times); by process {dict(by_process)}; run(): {said}")


def answer(_method, path, _headers):
    """A job that ends after up to twelve polls."""
    job_id = promptforge_id(path)
    polls[job_id] += 1
    return 200, promptforge_body(job_id, "COMPLETED" if polls[job_id] > int(job_id[1:]) % 12 else "PROCESSING")


if len(sys.argv) > 1:
    run(*sys.argv[1:4], float(sys.argv[4]))
else:
    polls = Counter()
    with Server(answer) as server, tempfile.TemporaryDirectory() as folder:
        trial(folder, 0.02)
