"""
Wait for the jobs of Freeplay, PromptForge and FRYTE: one or ten thousand, sync or async.

    from jobwait import promptforge

    with promptforge.connect() as client:
        job = promptforge.submit(client, "prompts.jsonl", provider="openai", model="gpt-4o-mini")
        done = job.wait(timeout=7200, on_update=print)

The pages `freeplay`, `fryte` and `promptforge` are imported one by one, so that nobody pays for three.
"""

from jobwait import errors
from jobwait._bulk import Limit, Listed, Listing, Turns
from jobwait._job import Job
from jobwait._policy import Lateness, MaxRequests, Patience, Policy, Settled
from jobwait._record import Record, report
from jobwait._resume import resume
from jobwait._service import RetryRule, Service, Verdicts
from jobwait._stop import Stop
from jobwait._types import Estimate, Outcome, Progress, Update
from jobwait.errors import JobWaitError
from jobwait.fleet import (
    as_completed,
    as_completed_async,
    updates,
    updates_async,
    wait_all,
    wait_all_async,
)

__all__ = [
    "Estimate",
    "Job",
    "JobWaitError",
    "Lateness",
    "Limit",
    "Listed",
    "Listing",
    "MaxRequests",
    "Outcome",
    "Patience",
    "Policy",
    "Progress",
    "Record",
    "RetryRule",
    "Service",
    "Settled",
    "Stop",
    "Turns",
    "Update",
    "Verdicts",
    "as_completed",
    "as_completed_async",
    "errors",
    "report",
    "resume",
    "updates",
    "updates_async",
    "wait_all",
    "wait_all_async",
]
