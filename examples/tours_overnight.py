"""
Many tours overnight: plan every tour in a folder, and write one report for the morning.

    python tours_overnight.py tours/ morning.html
"""

import sys
from pathlib import Path

import jobwait
from jobwait import fryte


def main(folder: str, page: str) -> int:
    """Submit all, wait for all, print a line for each; 1 if one failed or cannot be driven."""
    paths = sorted(Path(folder).glob("*.json"))
    with fryte.connect() as client:
        jobs = [fryte.submit(client, path) for path in paths]
        record = jobwait.Record(jobs)
        outcomes = jobwait.wait_all(jobs, timeout=8 * 3600, progress=True)
        bad = 0
        for path, job, outcome in zip(paths, jobs, outcomes, strict=True):
            plan = job.result() if outcome.state == "succeeded" else None
            result = plan.qualification if plan else f"{outcome.state}: {outcome.error}"
            bad += plan is None or plan.qualification != "Driveable"
            print(f"{path.stem}: {result}")
    print(
        f"{len(jobs) - bad} of {len(jobs)} can be driven; {jobwait.report(record, page, title='Tours', overwrite=True)}"
    )
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
