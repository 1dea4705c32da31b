"""Freeplay: its service as data, its submission and its handle."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import freeplay_client
from freeplay_client import AuthenticatedClient
from freeplay_client.api.prompt_optimization import cancel_job, get_job, start_job
from freeplay_client.api.prompt_optimization import list_jobs as list_call
from freeplay_client.models import (
    PromptOptimizationJobStatusResponse,
    PromptOptimizationJobSummary,
    StartPromptOptimizationJobRequest,
)
from freeplay_client.types import UNSET
from jobwait.errors import InvalidInput
from jobwait.service import (
    TERMINAL,
    BatchOptions,
    Ids,
    Job,
    JobState,
    Limit,
    Listed,
    Listing,
    Operation,
    Seconds,
    Service,
    Sleep,
    Stop,
    Submission,
    SubmitAll,
    accepted,
    all_pages,
    call,
    connector,
    declared,
    httpx,
    identifier,
    submit_all_pair,
    sync_and_async,
)


def _list_request(client: AuthenticatedClient, ids: Ids, page: int, status: str | None) -> httpx.Request:
    return list_call.build(client, ids["project_id"], page=page, status=UNSET if status is None else status)


def _listed(
    response: httpx.Response, _: Mapping[str, Ids]
) -> tuple[list[Listed[PromptOptimizationJobStatusResponse]], bool]:
    """The jobs of a page by their statuses. The list lacks most of a status response, so the end of a job is polled."""
    page = list_call.parse(response)
    return [Listed(str(item.job_id), item.status) for item in page.data], page.pagination.has_next


def _cancel_request(client: AuthenticatedClient, ids: Ids) -> httpx.Request:
    return cancel_job.build(client, ids["project_id"], ids["job_id"])


class FreeplayJob(Job[PromptOptimizationJobStatusResponse]):
    """A prompt optimization at Freeplay."""

    __module__ = "jobwait.freeplay"

    def _cancel(self) -> Operation[None]:
        """Ask Freeplay to cancel the job; a later status says whether it was. Raises CallFailed if it was refused."""
        self._state.cancel_asked = True
        yield from self._call(lambda client: _cancel_request(client, self._state.ids), cancel_job.parse)

    def _result(self) -> Operation[PromptOptimizationJobStatusResponse]:
        """The final status model with the result; nothing is sent. Raises InvalidInput before the end: wait() first."""
        yield Sleep(0)
        snapshot = self._state.snapshot
        if snapshot is None or self.service.statuses.of(snapshot.status) not in TERMINAL:
            raise InvalidInput.about(self.service, self.id, "its end has not been reported yet: wait() for it first.")
        return snapshot

    cancel, cancel_async = sync_and_async(_cancel)
    result, result_async = sync_and_async(_result)


SERVICE: Service[AuthenticatedClient, PromptOptimizationJobStatusResponse] = declared(
    freeplay_client,
    get_job,
    listing=Listing(group=lambda ids: ids["project_id"], build=_list_request, read=_listed, by_status=True),
    cancel=_cancel_request,
    handle=FreeplayJob,
)


connect = connector(AuthenticatedClient, SERVICE)


def job(client: AuthenticatedClient, project_id: str | UUID, job_id: str | UUID) -> FreeplayJob:
    """The handle on a job in the project *project_id*; nothing is sent. Raises InvalidInput if an id is invalid."""
    ids = {"project_id": identifier("project_id", project_id), "job_id": identifier("job_id", job_id)}
    return FreeplayJob(JobState(SERVICE, client, ids))


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
    Submit the optimization of one prompt template version against one dataset; it is billed.

    With *run_test_after_optimization* both versions are tested and compared, which costs more model calls.

    Raises:
        InvalidInput: an id is invalid, or not a UUID where one is needed; nothing was sent.
        SubmitUnconfirmed: it was sent, and it is not known whether the job exists; it is never sent twice.
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
    read = accepted(lambda response: str(start_job.parse(response).job_id), _job_id)
    find_out = "freeplay.list_jobs(client, project_id) shows the newest jobs first."
    with Submission(SERVICE, find_out) as once:
        job_id = yield from call(SERVICE, client, lambda: start_job.build(client, project, body=body), read, once=once)
        ids = {"project_id": project, "job_id": job_id}
        return FreeplayJob(JobState(SERVICE, client, ids, started=once.wall, submitted=True))


def _job_id(document: dict[str, object]) -> str | None:
    job_id = document.get("job_id")
    return job_id if isinstance(job_id, str) and job_id else None


_ARGUMENTS: Final = frozenset(inspect.signature(_submit).parameters) - {"client"}


def _submit_all(
    client: AuthenticatedClient,
    inputs: Iterable[Mapping[str, Any]],
    *,
    project_id: str | UUID | None = None,
    concurrency: int = 8,
    timeout: Seconds | None = None,
    stop: Stop | None = None,
    limits: Limit | Mapping[str, Limit] | None = None,
    on_submitted: Callable[[int, Any], object] | None = None,
) -> SubmitAll[Mapping[str, Any], FreeplayJob]:
    """
    Submit each of *inputs*, mappings of the arguments of submit(); a handle or an error for each, in order.

    *project_id* is for those that name none. The iterable is read to its end before anything is sent. An error does not
    affect the others: NotSubmitted is for an input whose turn did not come before the *timeout* or *stop*, and the rest
    are those of submit(). A 429 slows all submissions, and what it refused is sent again. What may have been taken
    (SubmitUnconfirmed) never is.

    concurrency: the most in flight at once. timeout: in seconds; after it no more are sent, and those in flight are
    completed. stop: a Stop, which does the same. limits: a Limit of yours, or one by service name. on_submitted: called
    in this thread with the number of an input, from 0, and its handle, as soon as Freeplay has taken it. An exception
    in between (Ctrl-C, a cancellation) is raised once those in flight are completed; its attribute *submitted* is the
    list as far as it is known.

    Raises InvalidInput if an argument is invalid; nothing was sent.
    """

    def submit(given: Mapping[str, Any]) -> Operation[FreeplayJob]:
        if not isinstance(given, Mapping):
            raise InvalidInput(f"Each input must be a mapping of submit()'s arguments, not {type(given).__name__}.")
        merged = {"project_id": project_id, **given}
        needed = {"project_id", "prompt_template_version_id", "dataset_id"}
        lacking = sorted(name for name in needed if merged.get(name) is None)
        unknown = sorted(map(str, set(merged) - _ARGUMENTS))
        if lacking or unknown:
            fact = f"lacks {lacking[0]}" if lacking else f"has {unknown[0]!r:.60}, which is no argument of submit()"
            raise InvalidInput(f"An input {fact}.", service="freeplay")
        return _submit(client, **merged)

    more = BatchOptions(concurrency=concurrency, timeout=timeout, stop=stop, limits=limits, on_submitted=on_submitted)
    return SubmitAll.of(SERVICE, inputs, submit, more)


def _list_jobs(
    client: AuthenticatedClient, project_id: str | UUID, *, status: str | None = None
) -> Operation[list[PromptOptimizationJobSummary]]:
    """
    All jobs of the project *project_id*, newest first; with *status*, only those with this raw status.

    Raises InvalidInput if project_id is invalid, and CallFailed if the service could not be asked, or refused.
    """
    ids = {"project_id": identifier("project_id", project_id)}
    return all_pages(
        lambda number: call(
            SERVICE, client, lambda: _list_request(client, ids, number, status), list_call.parse, operation="list"
        ),
        lambda page: (page.data, page.pagination.has_next),
        lambda item: item.job_id,
    )


submit, submit_async = sync_and_async(_submit)
submit_all, submit_all_async = submit_all_pair(_submit_all)
list_jobs, list_jobs_async = sync_and_async(_list_jobs)
