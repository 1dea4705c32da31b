"""Submission of a PromptForge job: one call creates the job, a second uploads its prompts to a signed link."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from attrs import frozen

from jobwait._jsonl.input_file import Prompts
from jobwait.errors import CallFailed, SubmitUnconfirmed
from jobwait.promptforge.handle import PromptForgeJob
from jobwait.promptforge.prompts import prompts_file
from jobwait.promptforge.service import AWAITING_UPLOAD, SERVICE
from jobwait.service import (
    BatchOptions,
    JobState,
    Limit,
    Link,
    Operation,
    Seconds,
    Stop,
    Submission,
    SubmitAll,
    accepted,
    call,
    httpx,
    submit_all_pair,
    sync_and_async,
    text,
    upload_file,
    whole,
)
from promptforge_client import AuthenticatedClient
from promptforge_client.api.jobs import init_job
from promptforge_client.models import InitJobRequest, JobStatus

# The link is signed for this type; the documentation names another one, which the store refuses.
_CONTENT_TYPE = "application/x-ndjson"
_LOOK = "The status of the job says whether it has its prompts: one that is AWAITING_UPLOAD has none."
_SUBMIT_AGAIN = "A job without its prompts waits forever and costs nothing: submit again."


def _submit(
    client: AuthenticatedClient,
    prompts: Prompts,
    *,
    provider: str,
    model: str,
    max_retries: int = 3,
    rpm: int | None = None,
    tpm: int | None = None,
) -> Operation[PromptForgeJob]:
    """
    Submit *prompts*: a path to JSON Lines, or an iterable of mappings; each with an integer prompt_id and a prompt.

    *max_retries* is the number of attempts for each prompt. *rpm* and *tpm* are the requests and tokens a minute that
    the provider allows; with None the service finds out.

    Raises:
        InvalidInput: an argument or a line is invalid, and the message names it; nothing was sent.
        SubmitUnconfirmed: it was sent, and it is not known whether the job exists or has its prompts; *ids* names it.
        CallFailed: the service could not be asked, or refused.
    """
    text("provider", provider)
    text("model", model)
    rpm, tpm = (one if one is None else whole(name, one) for name, one in (("rpm", rpm), ("tpm", tpm)))
    retries = whole("max_retries", max_retries)
    body = InitJobRequest(provider=provider, model=model, max_retries=retries, rpm=rpm, tpm=tpm)
    with Submission(SERVICE, _SUBMIT_AGAIN) as once, ExitStack() as files:
        checked = yield from prompts_file(prompts, files)
        read = accepted(_created, _salvage)
        created = yield from call(SERVICE, client, lambda: init_job.build(client, body=body), read, once=once)
        once.ids, once.find_out = {"job_id": created.job_id}, _LOOK
        job_state = JobState(SERVICE, client, once.ids, submitted=True)
        job_state.started = yield from _upload(job_state, created.link, checked.path)
        handle = PromptForgeJob(job_state)
        handle.order = checked.order
        return handle


@frozen(eq=False, match_args=False, repr=False)
class _Created:
    job_id: str
    link: Link


def _created(response: httpx.Response) -> _Created:
    reply = init_job.parse(response)
    return _Created(reply.job_id, Link(reply.upload_url))


def _salvage(document: dict[str, Any]) -> _Created | None:
    """What can be read in a response that does not decode; None if it does not name the job."""
    job_id, url = document.get("job_id"), document.get("upload_url")
    if not isinstance(job_id, str):
        return None
    if not isinstance(url, str):
        fact = f"the job was created, but the response has no link for its prompts. {_SUBMIT_AGAIN}"
        raise SubmitUnconfirmed.about(SERVICE, job_id, fact, ids={"job_id": job_id})
    return _Created(job_id, Link(url))


def _upload(job_state: JobState[JobStatus], link: Link, path: Path) -> Operation[float]:
    """
    Upload the file, once; returns when, in seconds since the epoch.

    If the result is unknown, the job's status says whether the file has arrived.
    """
    service, client = job_state.service, job_state.client
    once = Submission(service, _LOOK, {"job_id": job_state.job_id})
    try:
        yield from upload_file(service, client, link, path, _CONTENT_TYPE, job_state.job_id, once)
    except SubmitUnconfirmed as unconfirmed:
        if not once.wall:
            raise  # the caller's program ended it: it has no time for another request
        try:
            snapshot = yield from call(
                service,
                client,
                lambda: service.poll(client, job_state.ids),
                service.parse,
                job_id=job_state.job_id,
                operation="poll",
            )
        except CallFailed:
            raise unconfirmed from unconfirmed.__cause__
        if service.status(snapshot) == AWAITING_UPLOAD:
            raise
    return once.wall


def _submit_all(
    client: AuthenticatedClient,
    batches: Iterable[Prompts],
    *,
    provider: str,
    model: str,
    max_retries: int = 3,
    rpm: int | None = None,
    tpm: int | None = None,
    concurrency: int = 8,
    timeout: Seconds | None = None,
    stop: Stop | None = None,
    limits: Limit | Mapping[str, Limit] | None = None,
    on_submitted: Callable[[int, Any], object] | None = None,
) -> SubmitAll[Prompts, PromptForgeJob]:
    """
    Submit each of *batches* of prompts as a job of its own; a handle or an error for each, in order.

    The iterable is read to its end before anything is sent. An error does not affect the others: NotSubmitted is for a
    batch whose turn did not come before the *timeout* or *stop*, and the rest are those of submit(), which has the
    other arguments too. A 429 slows all submissions, and what it refused is sent again. What may have been taken
    (SubmitUnconfirmed) never is.

    concurrency: the most in flight at once. timeout: in seconds; after it no more are sent, and those in flight are
    completed. stop: a Stop, which does the same. limits: a Limit of yours, or one by service name. on_submitted: called
    in this thread with the number of a batch, from 0, and its handle, as soon as PromptForge has its prompts. An
    exception in between (Ctrl-C, a cancellation) is raised once those in flight are completed; its attribute
    *submitted* is the list as far as it is known.

    Raises InvalidInput if an argument is invalid; nothing was sent.
    """

    def submit(prompts: Prompts) -> Operation[PromptForgeJob]:
        return _submit(client, prompts, provider=provider, model=model, max_retries=max_retries, rpm=rpm, tpm=tpm)

    more = BatchOptions(concurrency=concurrency, timeout=timeout, stop=stop, limits=limits, on_submitted=on_submitted)
    return SubmitAll.of(SERVICE, batches, submit, more)


submit, submit_async = sync_and_async(_submit)
submit_all, submit_all_async = submit_all_pair(_submit_all)
