"""
FRYTE: a job plans the tour of an electric truck, with its charging stops.

    with fryte.connect() as client:                                 # FRYTE_API_KEY
        job = fryte.submit(client, "tour.json")
        job.wait()
        print(job.result().qualification)

`plan()` makes a plan in one request, without a job. `service` has the call that reports a job and the meaning of each
status.
"""

from typing import TYPE_CHECKING

from jobwait._lazy import public_names

if TYPE_CHECKING:
    from jobwait.fryte.handle import FryteJob
    from jobwait.fryte.planning import plan, plan_async
    from jobwait.fryte.service import SERVICE, connect, job, list_jobs, list_jobs_async
    from jobwait.fryte.submission import submit, submit_all, submit_all_async, submit_async

__all__ = [
    "SERVICE",
    "FryteJob",
    "connect",
    "job",
    "list_jobs",
    "list_jobs_async",
    "plan",
    "plan_async",
    "submit",
    "submit_all",
    "submit_all_async",
    "submit_async",
]

if not TYPE_CHECKING:  # a type checker must miss what is not there
    __getattr__, __dir__ = public_names(
        __name__,
        {
            ".handle": ("FryteJob",),
            ".planning": ("plan", "plan_async"),
            ".service": ("SERVICE", "connect", "job", "list_jobs", "list_jobs_async"),
            ".submission": ("submit", "submit_all", "submit_all_async", "submit_async"),
        },
    )
