"""
Submits a job in an activity of yours, once, whatever Temporal's retries do.

    @activity.defn
    def submit_tour(tour: dict[str, Any]) -> str:
        def submit() -> Job[Any]:
            with fryte.connect() as client:
                return fryte.submit(client, tour)

        return submit_once(submit)

An attempt sends only if the one before it left word that nothing was sent, or taken. A heartbeat may be lost, so its
absence is a doubt: an attempt that was killed, or that ran into a timeout, is followed by a failure without retries.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from attrs import define
from temporalio import activity
from temporalio.exceptions import ApplicationError

from jobwait._jobs.handle import Job
from jobwait._polling.retry.retry_after import LONGEST
from jobwait.engines.submit_once import is_final, unconfirmed, watch_requests
from jobwait.errors import JobWaitError, RateLimited

NOTHING_SENT: Final = "jobwait_nothing_sent"  # keys of a heartbeat's details; stored, so they never change
JOB_ID: Final = "jobwait_job_id"


def submit_once(submit: Callable[[], Job[Any]]) -> str:
    """
    The id of the job that *submit* submits, or that an earlier attempt did.

    Raises:
        ApplicationError: without retries, where it is not known whether the service took the submission, or where the
            service or jobwait refused it; else Temporal may try again.

    """
    known = _earlier_job()
    if known is not None:
        return known
    with _attempt() as attempt:
        return attempt.took(submit())


async def submit_once_async(submit: Callable[[], Awaitable[Job[Any]]]) -> str:
    """The same for an activity that is a coroutine function."""
    known = _earlier_job()
    if known is not None:
        return known
    with _attempt() as attempt:
        return attempt.took(await submit())


def _earlier_job() -> str | None:
    """The id that an earlier attempt left; None if this attempt may submit."""
    info = activity.info()
    if info.is_local:
        fact = "A local activity may be run again without a trace, so it cannot submit once. Make it an activity."
        raise ApplicationError(fact, type="InvalidInput", non_retryable=True)
    details: Any = next(iter(info.heartbeat_details), None)
    left = details if isinstance(details, dict) else {}
    job_id, free = left.get(JOB_ID), left.get(NOTHING_SENT)
    if info.attempt == 1 or (type(free) is int and free == info.attempt - 1):
        return None
    if isinstance(job_id, str) and job_id:
        activity.logger.info("Job %s was submitted by an earlier attempt; nothing is sent.", job_id)
        return job_id
    raise _in_doubt(
        f"Attempt {info.attempt - 1} of this activity left no word of its submission, as when its worker is killed or "
        "it runs into a timeout: the service may have taken it. It was not sent again. Look at your jobs there; if "
        "none is of this workflow, start it again."
    )


@define(eq=False)
class _Attempt:
    """One attempt, once it may submit."""

    job: Job[Any] | None = None

    def took(self, job: Job[Any]) -> str:
        """The service took the submission as *job*; returns its id."""
        self.job = job
        activity.heartbeat({JOB_ID: job.id})
        return job.id


@contextmanager
def _attempt() -> Iterator[_Attempt]:
    """Make of what ends the block a failure that Temporal retries only if nothing was sent, or taken."""
    attempt, number = _Attempt(), activity.info().attempt
    with watch_requests() as watch:
        try:
            yield attempt
        except BaseException as error:  # a timeout of the activity too, at any line
            if attempt.job is not None:
                fact = f"Job {attempt.job.id} was submitted, and {type(error).__name__} ended the activity."
                raise _in_doubt(f"{fact} Nothing was sent again.", job_id=attempt.job.id) from error
            uncertain = unconfirmed(error, watch, "the submission")
            if uncertain is not None:
                raise _in_doubt(str(uncertain), **uncertain.ids) from error
            activity.heartbeat({NOTHING_SENT: number})
            if isinstance(error, JobWaitError):
                raise _failure(error) from error
            raise


def _in_doubt(message: str, **ids: str) -> ApplicationError:
    """A failure without retries; *ids* are its details."""
    return ApplicationError(message, *([ids] if ids else []), type="SubmitUnconfirmed", non_retryable=True)


def _failure(error: JobWaitError) -> ApplicationError:
    """A failure that says *error*; Temporal retries what may pass, after the time for which a service asks."""
    seconds = error.retry_after if isinstance(error, RateLimited) else None
    after = None if seconds is None else timedelta(seconds=min(seconds, LONGEST))
    return ApplicationError(
        str(error), type=type(error).__name__, non_retryable=is_final(error), next_retry_delay=after
    )
