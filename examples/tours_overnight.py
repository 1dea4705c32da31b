"""
A fleet of tours overnight: every tour in a folder is planned, and the morning begins with one page.

    python tours_overnight.py tours/ morning.html
"""

import sys
from pathlib import Path

import jobwait
from jobwait import fryte


def main(folder: str, page: str) -> int:
    """Submit all, wait for all, tell of each; 1 if one of them cannot be driven or failed."""
    paths = sorted(Path(folder).glob("*.json"))
    with fryte.connect() as client:
        jobs = [fryte.submit(client, path) for path in paths]
        record = jobwait.Record(jobs)
        outcomes = jobwait.wait_all(jobs, timeout=8 * 3600, progress=True)
        bad = 0
        for path, job, outcome in zip(paths, jobs, outcomes, strict=True):
            plan = job.result() if outcome.state == "succeeded" else None
            told = plan.qualification if plan else f"{outcome.state}: {outcome.error}"
            bad += plan is None or plan.qualification != "Driveable"
            print(f"{path.stem}: {told}")
    print(
        f"{len(jobs) - bad} of {len(jobs)} can be driven; {jobwait.report(record, page, title='Tours', overwrite=True)}"
    )
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
