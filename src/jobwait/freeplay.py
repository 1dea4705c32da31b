"""
Freeplay: a job optimizes a prompt template against a dataset, in steps.

    with freeplay.connect() as client:                              # FREEPLAY_API_KEY
        job = freeplay.submit(client, PROJECT, prompt_template_version_id=VERSION, dataset_id=DATASET)
        print(job.wait().changes_summary)
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import httpx

from freeplay_client import AuthenticatedClient
from freeplay_client.api.prompt_optimization import cancel_job, get_job, start_job
from freeplay_client.api.prompt_optimization import list_jobs as list_page
from freeplay_client.models import (
    JobProgress,
    PromptOptimizationJobStatusResponse,
    PromptOptimizationJobSummary,
    StartPromptOptimizationJobRequest,
)
from freeplay_client.types import UNSET
from jobwait._http.connect import connector
from jobwait._jobs.drivers import sync_and_async
from jobwait._jobs.handle import Job
from jobwait._model.checks import identifier
from jobwait._model.limits import Listed, Listing
from jobwait._model.policy import PollingDefaults
from jobwait._model.service import TERMINAL, Ids, RetryRule, Service, StatusMap
from jobwait._model.types import Progress
from jobwait._polling.commands import Operation, Sleep
from jobwait._polling.job_state import JobState
from jobwait._polling.operations import call
from jobwait._polling.request_sequences import accepted, all_pages
from jobwait.errors import InvalidInput

__all__ = [
    "SERVICE",
    "FreeplayJob",
    "connect",
    "job",
    "list_jobs",
    "list_jobs_async",
    "submit",
    "submit_async",
]


def _poll(client: AuthenticatedClient, ids: Ids) -> httpx.Request:
    return get_job.build(client, ids["project_id"], ids["job_id"])


def _progress(snapshot: PromptOptimizationJobStatusResponse) -> Progress | None:
    at = snapshot.progress
    if not isinstance(at, JobProgress):
        return None
    return Progress(max(0, at.step - 1), at.total_steps, at.step_name)


def _reason(snapshot: PromptOptimizationJobStatusResponse) -> str | None:
    return snapshot.error_message or None


def _page(client: AuthenticatedClient, ids: Ids, page: int, status: str | None) -> httpx.Request:
    return list_page.build(client, ids["project_id"], page=page, status=UNSET if status is None else status)


def _listed(
    response: httpx.Response, _: Mapping[str, Ids]
) -> tuple[list[Listed[PromptOptimizationJobStatusResponse]], bool]:
    """A list says that a job goes on; how it ended is for a look to say, as a list leaves out most of that."""
    page = list_page.parse(response)
    return [Listed(str(item.job_id), item.status) for item in page.data], page.pagination.has_next


class FreeplayJob(Job[PromptOptimizationJobStatusResponse]):
    """A prompt optimization at Freeplay."""

    def _cancel(self) -> Operation[None]:
        """
        Ask Freeplay to cancel the job; whether it could is for the next status to say.

        Raises:
            CallFailed: the service could not be asked, or refused.

        """
        job_state = self._state
        job_state.cancel_asked = True
        yield from call(
            job_state.service,
            job_state.client,
            lambda: cancel_job.build(job_state.client, job_state.ids["project_id"], job_state.ids["job_id"]),
            cancel_job.parse,
            job_id=self.id,
        )

    def _result(self) -> Operation[PromptOptimizationJobStatusResponse]:
        """
        The final status model, which holds the result; it sends nothing.

        Raises:
            InvalidInput: this handle has not seen the job's end yet: wait() first.

        """
        yield Sleep(0)
        snapshot = self._state.snapshot
        if snapshot is None or SERVICE.statuses.of(snapshot.status) not in TERMINAL:
            raise InvalidInput(f"freeplay job {self.id} has not been seen to end yet: wait() for it first.")
        return snapshot

    cancel, cancel_async = sync_and_async(_cancel)
    result, result_async = sync_and_async(_result)


SERVICE: Service[AuthenticatedClient, PromptOptimizationJobStatusResponse] = Service(
    name="freeplay",
    poll=_poll,
    parse=get_job.parse,
    job_id_of=lambda snapshot: snapshot.job_id,
    status=lambda snapshot: snapshot.status,
    statuses=StatusMap(succeeded={"completed"}, failed={"failed"}, canceled={"cancelled"}),
    live_statuses=False,  # the vendor names none: what is not one of these three is still going
    progress=_progress,
    reason=_reason,
    defaults=PollingDefaults(timeout=3600.0, interval=5.0, first_interval=5.0),
    listing=Listing(group=lambda ids: ids["project_id"], build=_page, read=_listed, by_status=True),
    # Its documentation: never again for a 4xx; a 500 three times at most, five seconds apart.
    retry=RetryRule(max_errors_by_status={500: 3}, gap=5.0, client_errors=False),
    key_variable="FREEPLAY_API_KEY",
    url_variable="FREEPLAY_BASE_URL",
    job=FreeplayJob,
)


connect = connector(AuthenticatedClient, SERVICE)


def job(client: AuthenticatedClient, project_id: str | UUID, job_id: str | UUID) -> FreeplayJob:
    """The Freeplay job *job_id* of *project_id*, ready to be waited for."""
    return FreeplayJob(
        JobState(
            SERVICE,
            client,
            {"project_id": identifier("project_id", project_id), "job_id": identifier("job_id", job_id)},
        )
    )


def _uuid(name: str, value: str | UUID) -> UUID:
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise InvalidInput(f"{name} must be a UUID, not {value!r:.60}.", service="freeplay") from None


def _submit(
    client: AuthenticatedClient,
    project_id: str | UUID,
    *,
    prompt_template_version_id: str | UUID,
    dataset_id: str | UUID,
    user_instructions: str | None = None,
    use_best_practices: bool = True,
    use_labels: bool = True,
    use_customer_feedback: bool = True,
    run_test_after_optimization: bool = True,
) -> Operation[FreeplayJob]:
    """
    Start an optimization of one prompt template version against one dataset; it is billed.

    With *run_test_after_optimization* both versions are tested and compared, which costs model calls too.

    Raises:
        InvalidInput: an id is no UUID; nothing was sent.
        SubmitUnconfirmed: it was sent and no certain answer came; it is never sent twice.
        CallFailed: the service could not be asked, or refused.

    """
    project = identifier("project_id", project_id)
    body = StartPromptOptimizationJobRequest(
        prompt_template_version_id=_uuid("prompt_template_version_id", prompt_template_version_id),
        dataset_id=_uuid("dataset_id", dataset_id),
        user_instructions=user_instructions,
        use_best_practices=use_best_practices,
        use_labels=use_labels,
        use_customer_feedback=use_customer_feedback,
        run_test_after_optimization=run_test_after_optimization,
    )
    job_id = yield from call(
        SERVICE,
        client,
        lambda: start_job.build(client, project, body=body),
        accepted(lambda response: str(start_job.parse(response).job_id), _job_id),
        repeat=False,
        find_out="freeplay.list_jobs(client, project_id) shows the newest jobs first.",
    )
    tick = yield Sleep(0)
    ids = {"project_id": project, "job_id": job_id}
    return FreeplayJob(JobState(SERVICE, client, ids, started=tick.wall, submitted=True))


def _job_id(answer: dict[str, object]) -> str | None:
    job_id = answer.get("job_id")
    return job_id if isinstance(job_id, str) and job_id else None


def _list_jobs(
    client: AuthenticatedClient, project_id: str | UUID, *, status: str | None = None
) -> Operation[list[PromptOptimizationJobSummary]]:
    """
    Every job of a project, newest first, only those of *status* if given.

    Raises:
        InvalidInput: project_id is no id; nothing was sent.
        CallFailed: the service could not be asked, or refused.

    """
    project = identifier("project_id", project_id)
    wanted = UNSET if status is None else status
    return (
        yield from all_pages(
            lambda number: call(
                SERVICE, client, lambda: list_page.build(client, project, page=number, status=wanted), list_page.parse
            ),
            lambda page: (page.data, page.pagination.has_next),
            lambda item: item.job_id,
        )
    )


submit, submit_async = sync_and_async(_submit)
list_jobs, list_jobs_async = sync_and_async(_list_jobs)
