"""
The same waits on Temporal (`pip install 'jobwait[temporal]'`): on many machines, and nothing is lost when one dies.

A worker has the keys, under names; a program names jobs and waits:

    # worker.py
    client = await Client.connect("localhost:7233")
    await run(client, [Account("promptforge", "team", limit=Limit(20))])

    # program.py
    done = await wait_all(client, "nightly", batches("promptforge", "team", job_ids))

A batch is a workflow with one activity, which looks at its jobs by the rules of jobwait, and tells the server now and
then where it stands. All sweeps of an account share its rate.
"""

from jobwait.engines.extra import needs

needs("temporalio", extra="temporal")

from jobwait._model.limits import Limit
from jobwait.engines.payloads import Batch, BatchDone, BatchProgress, Ended, batches
from jobwait.engines.temporal.account_workflow import AccountRate
from jobwait.engines.temporal.accounts import Account
from jobwait.engines.temporal.activities import Activities
from jobwait.engines.temporal.names import account_id, queue_of
from jobwait.engines.temporal.start import progress, start, wait_all
from jobwait.engines.temporal.worker import WORKFLOWS, run, runner, workers
from jobwait.engines.temporal.workflows import WaitJobs

__all__ = [
    "WORKFLOWS",
    "Account",
    "AccountRate",
    "Activities",
    "Batch",
    "BatchDone",
    "BatchProgress",
    "Ended",
    "Limit",
    "Stand",
    "WaitJobs",
    "account_id",
    "batches",
    "progress",
    "queue_of",
    "run",
    "runner",
    "start",
    "wait_all",
    "workers",
]
