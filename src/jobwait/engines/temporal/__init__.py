"""
Waits on Temporal (`pip install 'jobwait[temporal]'`): on many machines, and nothing is lost when one of them dies.

A worker has the API keys, each under an account's name. A program gives it job ids and waits:

    # worker.py
    client = await Client.connect("localhost:7233")
    await run(client, [Account("promptforge", "team", limit=Limit(20))])

    # program.py
    done = await wait_all(client, "nightly", batches("promptforge", "team", job_ids))

A batch is a workflow with one activity, which polls the jobs by jobwait's rules and regularly sends a checkpoint to the
server. All batch runs of an account share its rate.
"""

from jobwait._model.checks import needs

needs(__name__, "temporalio", extra="temporal")

from jobwait._model.limits import Limit
from jobwait.engines.batches import batches
from jobwait.engines.payloads import Batch, BatchDone, BatchProgress, Checkpoint, Ended
from jobwait.engines.temporal.account_workflow import AccountRate
from jobwait.engines.temporal.accounts import Account
from jobwait.engines.temporal.activities import Activities
from jobwait.engines.temporal.batch_workflow import WaitJobs
from jobwait.engines.temporal.client import progress, start, wait_all
from jobwait.engines.temporal.names import account_id, queue_of
from jobwait.engines.temporal.submit_once import submit_once, submit_once_async
from jobwait.engines.temporal.worker import WORKFLOWS, run, runner, workers

__all__ = [
    "WORKFLOWS",
    "Account",
    "AccountRate",
    "Activities",
    "Batch",
    "BatchDone",
    "BatchProgress",
    "Checkpoint",
    "Ended",
    "Limit",
    "WaitJobs",
    "account_id",
    "batches",
    "progress",
    "queue_of",
    "run",
    "runner",
    "start",
    "submit_once",
    "submit_once_async",
    "wait_all",
    "workers",
]
