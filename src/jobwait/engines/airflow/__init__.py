"""
Waits in Airflow (`pip install 'jobwait[airflow]'`): the triggerer polls, and no worker slot is used meanwhile.

    tours = SubmitFryteOperator.partial(task_id="submit", conn_id="fryte").expand(tour=nightly())
    WaitForJobsOperator(task_id="wait", service="fryte", conn_id="fryte", job_ids=tours.output, timeout=3600)

A connection has the API key as its password; Airflow stores only the connection's id with a task or a trigger.
One task waits for up to 1000 jobs with one trigger: give it many jobs, and map it over batches if there are more.
"""

from jobwait._model.checks import needs

needs(__name__, "airflow", extra="airflow")

from jobwait.engines.airflow.submit_operators import (
    SubmitFreeplayOperator,
    SubmitFryteOperator,
    SubmitPromptForgeOperator,
)
from jobwait.engines.airflow.trigger import JobsTrigger
from jobwait.engines.airflow.wait_operators import WaitForJobsOperator, WaitForJobsSensor

__all__ = [
    "JobsTrigger",
    "SubmitFreeplayOperator",
    "SubmitFryteOperator",
    "SubmitPromptForgeOperator",
    "WaitForJobsOperator",
    "WaitForJobsSensor",
]
