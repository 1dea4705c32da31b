"""Twenty tasks that wait for fifty jobs each; for a whole Airflow under test."""

import json
import os
from datetime import datetime

from airflow.sdk import dag

from jobwait import Policy
from jobwait.engines.airflow import WaitForJobsOperator


@dag(schedule=None, start_date=datetime(2026, 1, 1), catchup=False)  # noqa: DTZ001 - Airflow takes it as UTC
def many_waits() -> None:
    """All at once."""
    batches = json.loads(os.environ.get("JOBWAIT_TEST_BATCHES", "[]"))
    WaitForJobsOperator.partial(
        task_id="wait",
        service="promptforge",
        conn_id="pf",
        policy=Policy(interval=2.0, min_interval=1.0, max_interval_ratio=0.1),
        timeout=600,
    ).expand(job_ids=batches)


many_waits()
