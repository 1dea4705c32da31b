"""
A script for cron: each run submits what is new in a folder, waits for some minutes, and saves the answers.

    */15 * * * *   cd /srv/prompts && python scheduled.py inbox answers

A file of the inbox is submitted once, under its name. What has not ended when a run ends, or is interrupted, is left to
the next. Without PROMPTFORGE_API_KEY it plays two runs at a sandbox, in virtual time.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from jobwait import JobWaitError, promptforge
from jobwait.sandbox import Sandbox
from jobwait.testing import virtual_time
from jobwait.tracker import Tracked, Tracker

TIMEOUT = 14 * 60  # seconds; the next run begins after 15 minutes


def main(inbox: str, answers: str, *, timeout: float = TIMEOUT) -> int:
    """One run; 0, or 1 where somebody has to look at a file."""
    problems = 0
    with Tracker("jobs.db") as tracker, promptforge.connect() as client:
        for path in sorted(Path(inbox).glob("*.jsonl")):
            try:
                tracker.submit(promptforge, "team", client, path, provider="openai", model="gpt-4o-mini", key=path.name)
            except JobWaitError as error:  # the others are submitted all the same
                problems += 1
                print(f"{path.name}: {error}")

        def save(row: Tracked) -> None:
            """Called again in the next run unless it returns, so it may do its work twice."""
            if row.state != "succeeded":
                print(f"{row.key}: {row.state}, {row.reason}")
                return
            paths = row.job(client, promptforge).download(Path(answers) / row.key)
            print(f"{row.key}: {len(paths)} files")

        try:
            print(f"waiting for {len(tracker.pending())}", flush=True)
            tracker.run(connect=lambda _: client, on_outcome=save, timeout=timeout)
        except KeyboardInterrupt:
            print("interrupted")
        for row in tracker.pending():
            print(f"{row.key}: left to the next run")
    return int(problems > 0)


def two_runs() -> None:
    """The first is over before the jobs are; the second, a quarter of an hour later, submits nothing and saves all."""
    with virtual_time() as clock, Sandbox(clock=clock.time, speed=1) as box, tempfile.TemporaryDirectory() as folder:
        os.environ |= box.environment()
        os.chdir(folder)
        Path("inbox").mkdir()
        shutil.copy(Path(__file__).with_name("prompts.jsonl"), "inbox/monday.jsonl")
        for _ in range(2):
            print(f"{clock.datetime():%H:%M}")
            main("inbox", "answers", timeout=60)
            clock.sleep(900)
        print(f"{box.stats()['promptforge']['submits']} submitted")
        os.chdir("/")


if __name__ == "__main__":
    if "PROMPTFORGE_API_KEY" in os.environ:
        sys.exit(main(*sys.argv[1:]))
    print("PROMPTFORGE_API_KEY not set: two runs at a sandbox, in virtual time.", file=sys.stderr)
    two_runs()
