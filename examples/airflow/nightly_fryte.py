"""
A DAG: every night FRYTE plans all tours of a folder, and one trigger waits for the whole batch.

The connection `fryte` has the API key as its password. JOBWAIT_TOURS is the folder with the tours, one JSON file each.
"""

import json
import os
from datetime import datetime
from pathlib import Path

from airflow.sdk import dag, task

from jobwait.engines.airflow import SubmitFryteOperator, WaitForJobsOperator


@task
def tours() -> list[dict]:
    """All tours of the folder."""
    folder = Path(os.environ.get("JOBWAIT_TOURS", "tours"))
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]


@task
def report(ended: list[dict]) -> None:
    """Print one line for each job; one whose tour cannot be driven has succeeded too, and its reason says why."""
    for one in ended:
        print(f"{one['job_id']}: {one['state']} after {one['polls']} polls; {one['reason'] or 'drivable'}")


@dag(schedule="0 2 * * *", start_date=datetime(2026, 1, 1), catchup=False)  # noqa: DTZ001 - Airflow takes it as UTC
def nightly_fryte() -> None:
    """Submit each tour, wait for all, report."""
    submitted = SubmitFryteOperator.partial(task_id="submit", conn_id="fryte").expand(tour=tours())
    planned = WaitForJobsOperator(
        task_id="wait", service="fryte", conn_id="fryte", job_ids=submitted.output, timeout=3600, fail_when="all"
    )
    report(planned.output)


nightly_fryte()
