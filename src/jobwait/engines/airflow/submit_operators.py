"""Operators that submit a job; the value of each is the id of its job."""

from collections.abc import Sequence
from typing import Any, ClassVar

from airflow.sdk import BaseHook, BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from jobwait._jobs.registry import service_module
from jobwait.engines.airflow.connections import client_for
from jobwait.engines.airflow.submission_note import SubmissionNote
from jobwait.engines.submit_once import is_final, unconfirmed, watch_requests


class _Submit(BaseOperator):
    """
    Submits once, however often Airflow tries: a retry sends only what certainly was not sent, or not taken, before.

    A retry after a submission that was taken returns its job's id; after one that may have been taken, the task fails.
    """

    service: ClassVar[str]
    template_fields: Sequence[str] = ("conn_id", "arguments")

    def __init__(self, *, conn_id: str, arguments: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.arguments = arguments

    def execute(self, context: Any) -> str:
        """Submit, unless an earlier try did; returns the job's id."""
        note = SubmissionNote.of(context, self.retries or 0)
        known = note.earlier_job(self.service)
        if known is not None:
            self.log.info("%s job %s was submitted by an earlier try; nothing is sent.", self.service, known)
            return known
        module, job = service_module(self.service), None
        with watch_requests() as watch:
            try:
                with client_for(self.service, BaseHook.get_connection(self.conn_id)) as client:
                    note.begin()
                    job = module.submit(client, **self.arguments)
                    note.took(str(job.id))
                    self.log.info("%s job %s was submitted.", self.service, job.id)
                return str(job.id)
            except BaseException as error:  # a time limit of the task too, after which Airflow would try again
                if job is not None:
                    raise self._taken(note, str(job.id), error) from error
                uncertain = unconfirmed(error, watch, self.service)
                if uncertain is not None:
                    raise AirflowFailException(f"{uncertain} Airflow does not send it again.") from error
                note.remove()
                if is_final(error):
                    raise AirflowFailException(f"{error} Airflow does not send it again.") from error
                raise

    def _taken(self, note: SubmissionNote, job_id: str, error: BaseException) -> AirflowException:
        """The failure of a task whose submission was taken; Airflow tries again only if that finds the job."""
        fact = f"{self.service} job {job_id} was submitted, and {type(error).__name__} ended the task."
        try:
            noted = note.took(job_id)
        except Exception:  # noqa: BLE001 - whatever Airflow raises where its database cannot be reached
            noted = False
        if noted:
            return AirflowException(f"{fact} A retry returns the job's id and sends nothing.")
        return AirflowFailException(f"{fact} Airflow does not send it again.")


class SubmitPromptForgeOperator(_Submit):
    """
    Submit *prompts*, a path on the worker or a list of mappings, to PromptForge.

    *more*: other arguments of `promptforge.submit`.
    """

    service = "promptforge"

    def __init__(
        self,
        *,
        conn_id: str,
        prompts: Any,
        provider: str,
        model: str,
        more: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        arguments = {"prompts": prompts, "provider": provider, "model": model, **(more or {})}
        super().__init__(conn_id=conn_id, arguments=arguments, **kwargs)


class SubmitFryteOperator(_Submit):
    """Submit a *tour*, a path on the worker or a mapping, to FRYTE; *more*: other arguments of `fryte.submit`."""

    service = "fryte"

    def __init__(self, *, conn_id: str, tour: Any, more: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(conn_id=conn_id, arguments={"tour": tour, **(more or {})}, **kwargs)


class SubmitFreeplayOperator(_Submit):
    """
    Start an optimization at Freeplay; it is billed. Its wait needs `common={"project_id": …}`.

    *more*: other arguments of `freeplay.submit`.
    """

    service = "freeplay"

    def __init__(
        self,
        *,
        conn_id: str,
        project_id: str,
        prompt_template_version_id: str,
        dataset_id: str,
        more: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        ids = {
            "project_id": project_id,
            "prompt_template_version_id": prompt_template_version_id,
            "dataset_id": dataset_id,
        }
        super().__init__(conn_id=conn_id, arguments={**ids, **(more or {})}, **kwargs)
