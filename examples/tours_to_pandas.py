"""
Many tours into one table: a row for each, also for those that were refused, failed or cannot be driven.

    python tours_to_pandas.py tours.json plans.csv

It needs pandas: `pip install pandas`. *tours.json* is a list of tours. Without FRYTE_API_KEY it plans 300 tours of its
own at a sandbox, in virtual time: within FRYTE's limit of 120 requests a minute they take six minutes, and here a few
seconds.
"""

import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

from jobwait import JobWaitError, Outcome, fryte, wait_all
from jobwait.sandbox import Sandbox
from jobwait.testing import virtual_time

EXAMPLE = Path(__file__).with_name("tour_hamburg_munich.json")


def planned(tours: list[dict[str, Any]]) -> pd.DataFrame:
    """The plan of each of *tours*, or why there is none, with the index of *tours*."""
    with fryte.connect() as client:
        handles = fryte.submit_all(client, tours, user_id=1)  # the number of the user to whom the key belongs
        jobs = [handle for handle in handles if isinstance(handle, fryte.FryteJob)]
        outcomes = dict(zip(jobs, wait_all(jobs, timeout=3600, progress=True), strict=True))
        return pd.DataFrame(
            [refused(one) if isinstance(one, JobWaitError) else row(one, outcomes[one]) for one in handles]
        )


def refused(error: JobWaitError) -> dict[str, object]:
    """The row of a tour that was not submitted."""
    return {"state": "refused", "error": type(error).__name__, "message": str(error)}


def row(job: fryte.FryteJob, outcome: Outcome[object]) -> dict[str, object]:
    """The row of a tour whose job has ended, or was not seen to end."""
    facts: dict[str, object] = {"job_id": job.id, "state": outcome.state}
    try:
        outcome.unwrap()
        plan = job.result()
    except JobWaitError as error:
        return {**facts, "error": type(error).__name__, "message": str(error)}
    facts |= {"qualification": plan.qualification, "battery_level_end": plan.battery_level_end}
    if plan.not_drivable_reason:
        facts["message"] = plan.not_drivable_reason.code
    return facts


def own_tours() -> list[dict[str, Any]]:
    """300 tours: the sandbox lets one fail, one cannot be driven, and the battery of one is too full."""
    tour = json.loads(EXAMPLE.read_text("utf-8"))
    tours = [{**tour, "vehicle_id": f"{number:012}"} for number in range(100, 400)]
    tours[7]["vehicle_id"] = "000000000001"
    tours[8]["battery_level_start"] = 0.1
    tours[9]["battery_level_start"] = 7
    return tours


def main(source: str | None = None, target: str = "plans.csv") -> None:
    """Plan all tours, write the table, and say how they ended."""
    tours = json.loads(Path(source).read_text("utf-8")) if source else own_tours()
    table = planned(tours)
    table.to_csv(target)
    print(table["state"].value_counts().to_string())
    print(table[table["qualification"] != "Driveable"].to_string(columns=["state", "qualification", "error"]))


if __name__ == "__main__":
    with ExitStack() as stack:
        if "FRYTE_API_KEY" not in os.environ:
            print("FRYTE_API_KEY not set: a sandbox plans the tours, in virtual time.", file=sys.stderr)
            clock = stack.enter_context(virtual_time())
            os.environ |= stack.enter_context(Sandbox(clock=clock.time)).environment()
        main(*sys.argv[1:])
