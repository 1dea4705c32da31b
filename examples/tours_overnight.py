"""
Many tours overnight: plan every tour in a folder, and write one report for the morning.

    python tours_overnight.py tours/ morning.html

The name of each job is appended to submitted.txt as soon as FRYTE has it: if this program is interrupted,
`jobwait wait - < submitted.txt` goes on. Without FRYTE_API_KEY a sandbox plans them; without arguments there are two.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import jobwait
from jobwait import fryte
from jobwait.sandbox import sandbox_without_key


def main(folder: str, page: str) -> int:
    """Submit all, wait for all, print a line for each; 1 if one was not submitted, failed or cannot be driven."""
    paths = sorted(Path(folder).glob("*.json"))
    with fryte.connect() as client, Path("submitted.txt").open("a", encoding="utf-8") as names:

        def submitted(number: int, job: fryte.FryteJob) -> None:
            print(f"fryte:{job.id}", paths[number].stem, file=names, flush=True)

        handles = fryte.submit_all(client, paths, on_submitted=submitted)
        jobs = [handle for handle in handles if not isinstance(handle, jobwait.JobWaitError)]
        record = jobwait.Record(jobs)
        outcomes = iter(jobwait.wait_all(jobs, timeout=8 * 3600, progress=True))
        drivable = 0
        for path, handle in zip(paths, handles, strict=True):
            result = str(handle) if isinstance(handle, jobwait.JobWaitError) else plan(handle, next(outcomes))
            drivable += result == "Driveable"
            print(f"{path.stem}: {result}")
    print(
        f"{drivable} of {len(paths)} can be driven; {jobwait.report(record, page, title='Tours', overwrite=True)}",
    )
    return drivable < len(paths)


def plan(job: fryte.FryteJob, outcome: jobwait.Outcome[object]) -> str:
    """Whether the tour can be driven, or why that is not known."""
    if outcome.state != "succeeded":
        return f"{outcome.state}: {outcome.error}"
    try:
        return job.result().qualification
    except jobwait.JobWaitError as error:
        return f"no plan: {error}"


def two_tours() -> int:
    """A night with two tours, in a folder of its own that is removed."""
    example = Path(__file__).with_name("tour_hamburg_munich.json").resolve()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("monday", "tuesday"):
            shutil.copy(example, Path(folder, f"{name}.json"))
        os.chdir(folder)
        try:
            return main(folder, "morning.html")
        finally:
            os.chdir(example.parent)


if __name__ == "__main__":
    sandbox_without_key("fryte")
    sys.exit(main(*sys.argv[1:]) if sys.argv[1:] else two_tours())
