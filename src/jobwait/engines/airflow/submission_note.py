"""
What an earlier try of a task left of its submission, so that a retry after the death of a worker sends nothing again.

The note is in Airflow's task state store, which keeps it between the tries of one task instance: it is written before
the submission is sent and again once the job is known, and removed where it is certain that the service took nothing.
"""

from typing import Any, Final, Self

from airflow.sdk.exceptions import AirflowFailException
from attrs import frozen

KEY: Final = "jobwait_submission"  # in the task state store; stored, so it never changes
_TRY: Final = "try"
_JOB_ID: Final = "job_id"


@frozen
class SubmissionNote:
    """
    The note of one try. *store* is None where Airflow has none: then nothing is noted.

    *first* is the number of the first try since the task was last cleared: clearing it asks for a new submission.
    """

    store: Any
    number: int = 1
    first: int = 1

    @classmethod
    def of(cls, context: Any, retries: int) -> Self:
        """The note of the try that *context* is of, in a task with so many *retries*."""
        store, instance = context.get("task_state_store"), context.get("ti")
        if store is None or instance is None:
            return cls(None)
        return cls(store, instance.try_number, instance.max_tries - retries + 1)

    def earlier_job(self, service: str) -> str | None:
        """
        The id of the job that an earlier try submitted; None if no try since the task was cleared may have sent any.

        Raises AirflowFailException where a try began to submit and did not note what became of it.
        """
        found = None if self.store is None else self.store.get(KEY)
        if found is None:
            return None
        facts = found if isinstance(found, dict) else {}
        number, job_id = facts.get(_TRY), facts.get(_JOB_ID)
        if type(number) is not int:
            number = self.number - 1
        if number < self.first:
            return None
        if isinstance(job_id, str) and job_id:
            return job_id
        raise AirflowFailException(
            f"Try {number} of this task began to submit to {service} and did not note what became of it, as when a "
            f"worker is killed: {service} may have taken it. Airflow does not send it again. Look at your jobs there; "
            "if none is of this task, clear the task, which then submits anew."
        )

    def begin(self) -> None:
        """Note that a submission is about to be sent."""
        if self.store is not None:
            self.store.set(KEY, {_TRY: self.number})

    def took(self, job_id: str) -> bool:
        """Note that the service took it as *job_id*; whether a retry will find that."""
        if self.store is None:
            return False
        self.store.set(KEY, {_TRY: self.number, _JOB_ID: job_id})
        return True

    def remove(self) -> None:
        """Remove the note: the service took nothing."""
        if self.store is not None:
            self.store.delete(KEY)
