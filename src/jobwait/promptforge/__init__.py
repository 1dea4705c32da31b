"""
PromptForge: a job runs a batch of prompts and counts them as they finish.

    with promptforge.connect() as client:                           # PROMPTFORGE_API_KEY
        job = promptforge.submit(client, "prompts.jsonl", provider="openai", model="gpt-4o-mini")
        job.wait()
        for line in job.results():
            print(line.prompt_id, line.response)
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
from attrs import frozen

from jobwait._http import signed_links as _links
from jobwait._http.connect import connector
from jobwait._http.download import delivered, fetched
from jobwait._http.partial_file import Cap
from jobwait._http.redaction import Link
from jobwait._jobs.drivers import sync_and_async
from jobwait._jobs.handle import Job
from jobwait._model.checks import identifier, text, whole
from jobwait._model.limits import SerialQueue
from jobwait._model.policy import PollingDefaults
from jobwait._model.service import Ids, Service, StatusMap
from jobwait._model.types import Progress
from jobwait._polling.commands import Operation, Sleep
from jobwait._polling.job_state import JobState
from jobwait._polling.operations import call
from jobwait._polling.request_sequences import accepted, read_until_present
from jobwait.errors import CallFailed, InvalidInput, RequestRejected, SubmitUnconfirmed
from jobwait.promptforge.merge import MergeSummary, merge
from jobwait.promptforge.prompts import Prompts, prompts_file
from jobwait.promptforge.results import FailedPrompt, ResultLine, result_lines
from promptforge_client import AuthenticatedClient
from promptforge_client.api.jobs import get_job_results, get_job_status, init_job
from promptforge_client.models import InitJobRequest, JobStatus

__all__ = [
    "SERVICE",
    "FailedPrompt",
    "MergeSummary",
    "PromptForgeJob",
    "ResultLine",
    "connect",
    "job",
    "merge",
    "submit",
    "submit_async",
]

R = TypeVar("R")

# The link is signed for this type; the documentation names another, which the store refuses.
_UPLOAD_TYPE = "application/x-ndjson"
_NOT_UPLOADED = "AWAITING_UPLOAD"
_HARMLESS = "A job without its prompts waits for ever and costs nothing: submit again."


def _poll(client: AuthenticatedClient, ids: Ids) -> httpx.Request:
    return get_job_status.build(client, ids["job_id"])


def _progress(snapshot: JobStatus) -> Progress | None:
    """The published server keeps the counts null until the end, so they are often not there."""
    counts = (snapshot.completed_count, snapshot.failed_count)
    known = [count for count in counts if isinstance(count, int)]
    total = snapshot.prompt_count
    return Progress(sum(known), total if isinstance(total, int) else None) if known else None


def _cap(max_bytes: int | None) -> Cap | None:
    if max_bytes is None:
        return None
    if whole("max_bytes", max_bytes) <= 0:
        raise InvalidInput(f"max_bytes must be more than 0, not {max_bytes}.", service="promptforge")
    return Cap(max_bytes)


def _links_of(response: httpx.Response) -> list[Link]:
    return [Link(file.url) for file in get_job_results.parse(response).files]


def _size(snapshot: JobStatus) -> float | None:
    return snapshot.prompt_count if isinstance(snapshot.prompt_count, int) else None


class PromptForgeJob(Job[JobStatus]):
    """A batch of prompts at PromptForge."""

    def _results(self, *, max_bytes: int | None = None) -> Operation[list[ResultLine]]:
        """
        The answers, typed, in the order of the files; all of them in memory, at most *max_bytes* of them.

        Raises:
            ResultIncomplete: the results did not appear; before the job's end they never do.
            CallFailed: the service could not be asked.
            DownloadFailed: a file could not be fetched.

        """
        cap = _cap(max_bytes)
        files = yield from self._each_file(lambda links: fetched(self._state, links, cap))
        return result_lines(files, self.id)

    def _download(self, folder: str | os.PathLike[str], *, max_bytes: int | None = None) -> Operation[list[Path]]:
        """
        The result files, in *folder*, which is made if need be; files that are there already are kept.

        They are streamed to disk. After a broken connection, in this run or an earlier one, a file goes on where it
        was; links that have expired meanwhile are renewed. `tidy()` makes one file of them. With *max_bytes*,
        nothing beyond that is fetched, however it is packed.

        Raises:
            ResultIncomplete: the results did not appear; before the job's end they never do.
            CallFailed: the service could not be asked.
            DownloadFailed: a file could not be fetched or written; those that had arrived are kept.

        """
        cap = _cap(max_bytes)
        return (yield from self._each_file(lambda links: delivered(self._state, links, Path(folder), cap)))

    def _each_file(self, take: Callable[[list[Link]], Operation[R | None]]) -> Operation[R]:
        """What *take* makes of the listed files; None asks for new links, as old ones expire."""

        def attempt() -> Operation[R | None]:
            client = self._state.client
            try:
                links = yield from call(
                    SERVICE,
                    client,
                    lambda: get_job_results.build(client, self.id),
                    _links_of,
                    job_id=self.id,
                )
            except RequestRejected as error:
                if error.status != 409:
                    raise
                return None  # not yet: the one 409 that another moment can mend
            return (yield from take(links))

        return (yield from read_until_present(SERVICE, self.id, attempt, "its results"))

    results, results_async = sync_and_async(_results)
    download, download_async = sync_and_async(_download)


SERVICE: Service[AuthenticatedClient, JobStatus] = Service(
    name="promptforge",
    poll=_poll,
    parse=get_job_status.parse,
    job_id_of=lambda snapshot: snapshot.job_id,
    status=lambda snapshot: str(snapshot.status),
    statuses=StatusMap(
        queued={_NOT_UPLOADED, "PENDING", "QUEUED"},
        running={"PROCESSING"},
        succeeded={"COMPLETED"},  # even with failed prompts: the counts are in plain sight
        failed={"FAILED"},
        canceled={"CANCELLED"},
    ),
    progress=_progress,
    size=_size,
    has_queue_phase=True,
    defaults=PollingDefaults(timeout=86400.0, interval=5.0, first_interval=5.0),
    serial_queue=SerialQueue(
        waiting=frozenset({"PENDING"}),
        running=frozenset({"QUEUED", "PROCESSING"}),
        place=lambda snapshot: snapshot.created_at,
    ),
    link_hosts=("storage.googleapis.com",),
    key_variable="PROMPTFORGE_API_KEY",
    url_variable="PROMPTFORGE_BASE_URL",
    job=PromptForgeJob,
)


connect = connector(AuthenticatedClient, SERVICE)


def job(client: AuthenticatedClient, job_id: str) -> PromptForgeJob:
    """The PromptForge job *job_id*, ready to be waited for."""
    return PromptForgeJob(JobState(SERVICE, client, {"job_id": identifier("job_id", job_id)}))


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

    *max_retries* counts attempts for each prompt; *rpm* and *tpm* are the requests and tokens a minute that the
    provider allows, None lets the service find out.

    Raises:
        InvalidInput: a line is no prompt, and the sentence names it; nothing was sent.
        SubmitUnconfirmed: it was sent and no certain answer came; its *ids* name the job, if it exists.
        CallFailed: the service could not be asked, or refused.

    """
    text("provider", provider)
    text("model", model)
    whole("max_retries", max_retries)
    for name, limit in (("rpm", rpm), ("tpm", tpm)):
        if limit is not None:
            whole(name, limit)
    body = InitJobRequest(provider=provider, model=model, max_retries=max_retries, rpm=rpm, tpm=tpm)
    with prompts_file(prompts) as path:
        made = yield from call(
            SERVICE,
            client,
            lambda: init_job.build(client, body=body),
            accepted(_made, _salvage),
            repeat=False,
            find_out=_HARMLESS,
        )
        handle = job(client, made.job_id)
        yield from _upload(handle, made.link, path)
    tick = yield Sleep(0)
    handle._state.started, handle._state.submitted = tick.wall, True  # noqa: SLF001 - our own handle
    return handle


@frozen(eq=False, match_args=False, repr=False)
class _Made:
    job_id: str
    link: Link


def _made(response: httpx.Response) -> _Made:
    answer = init_job.parse(response)
    return _Made(answer.job_id, Link(answer.upload_url))


def _salvage(answer: dict[str, Any]) -> _Made | None:
    job_id, url = answer.get("job_id"), answer.get("upload_url")
    if not isinstance(job_id, str):
        return None
    if not isinstance(url, str):
        raise SubmitUnconfirmed(
            f"promptforge made job {job_id} but named no link for its prompts. {_HARMLESS}",
            ids={"job_id": job_id},
            service="promptforge",
            job_id=job_id,
        )
    return _Made(job_id, Link(url))


def _upload(handle: PromptForgeJob, link: Link, path: Path) -> Operation[None]:
    """Send the file, once; where that is in doubt, the job's own status tells whether it arrived."""
    try:
        yield from _links.put(SERVICE, handle._state.client, link, path, _UPLOAD_TYPE, handle.id)  # noqa: SLF001
    except SubmitUnconfirmed as doubt:
        try:
            snapshot = yield from handle._status()  # noqa: SLF001
        except CallFailed:
            raise doubt from doubt.__cause__
        if str(snapshot.status) == _NOT_UPLOADED:
            raise


submit, submit_async = sync_and_async(_submit)
