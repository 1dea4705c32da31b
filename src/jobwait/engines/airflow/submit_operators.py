"""Operators that submit a job; the value of each is the id of its job."""

from collections.abc import Sequence
from typing import Any, ClassVar

from airflow.sdk import BaseHook, BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from jobwait._jobs.registry import service_module
from jobwait.engines.airflow.connections import client_for
from jobwait.errors import InvalidInput, RequestRejected, SubmitUnconfirmed


class _Submit(BaseOperator):
    """Submits once: a submission that was refused, or is unconfirmed, is not sent again by Airflow's retries."""

    service: ClassVar[str]
    template_fields: Sequence[str] = ("conn_id", "arguments")

    def __init__(self, *, conn_id: str, arguments: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.arguments = arguments

    def execute(self, context: Any) -> str:  # noqa: ARG002 - Airflow's own signature
        """Submit; returns the job's id."""
        module, job = service_module(self.service), None
        try:
            with client_for(self.service, BaseHook.get_connection(self.conn_id)) as client:
                job = module.submit(client, **self.arguments)
                self.log.info("%s job %s was submitted.", self.service, job.id)
            return str(job.id)
        except BaseException as error:  # a time limit of the task too, after which Airflow would try again
            if job is not None:
                fact = f"{self.service} job {job.id} was submitted, and {type(error).__name__} ended the task."
            elif isinstance(error, InvalidInput | RequestRejected):
                fact = str(error)
            elif unconfirmed := SubmitUnconfirmed.behind(error):
                fact = str(unconfirmed)
            else:
                raise
            raise AirflowFailException(f"{fact} Airflow does not send it again.") from error


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
