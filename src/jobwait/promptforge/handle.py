"""The handle on a PromptForge job: its results as typed lines, or as files."""

import os
from pathlib import Path
from types import MappingProxyType

from jobwait import service  # what only results need is loaded when they are asked for
from jobwait._jsonl.result_line import FailedPrompt, Order, ResultLine
from jobwait.errors import RequestRejected
from jobwait.service import (
    Job,
    Link,
    Operation,
    compute,
    httpx,
    sync_and_async,
)
from promptforge_client.api.jobs import get_job_results
from promptforge_client.models import JobStatus


class PromptForgeJob(Job[JobStatus]):
    """
    A batch of prompts at PromptForge.

    *order* has the positions of the prompts, by id, if this handle has submitted them in another order than by id.
    """

    __module__ = "jobwait.promptforge"

    order: Order = MappingProxyType({})

    def _results(self, *, max_bytes: int | None = None) -> Operation[list[ResultLine]]:
        """
        A ResultLine for each prompt that was answered; all in memory, at most *max_bytes* of them.

        They come in the order of the prompts if this handle has submitted them, else by prompt_id. A prompt that failed
        is not among them: see failures(). A line that gives neither a response nor an error is there too, with the
        `problem` and the line itself, `raw`.

        Raises:
            ResultIncomplete: the results did not appear; they never do before the job has ended.
            JobFailed: the job was seen to fail, so it has none.
            CallFailed: the service could not be asked.
            DownloadFailed: a file could not be fetched.
        """
        from jobwait.promptforge.results import results_of  # noqa: PLC0415 - a wait reads none

        files = yield from service.fetch_files(self._state, self._list_links, max_bytes)
        return (yield from compute(lambda: results_of(files, self.order)))

    def _failures(self, *, max_bytes: int | None = None) -> Operation[list[FailedPrompt]]:
        """
        The prompts that failed, as far as the result files name them, in the order of results().

        PromptForge's published server does not list the file that has them: `status().failed_count` says how many
        there are, and `merge(…, prompts=…)` which prompts have no line. Raises as results() does.
        """
        from jobwait.promptforge.results import failures_of  # noqa: PLC0415 - as above

        files = yield from service.fetch_files(self._state, self._list_links, max_bytes)
        return (yield from compute(lambda: failures_of(files, self.order)))

    def _download(self, folder: str | os.PathLike[str], *, max_bytes: int | None = None) -> Operation[list[Path]]:
        """
        The paths of the result files in *folder*, which is created; files that are there are not fetched again.

        The files are streamed to disk. After a broken connection, in this run or an earlier one, a file continues
        where it stopped; expired links are renewed. `promptforge.merge()` makes one file of them. At most *max_bytes*
        are fetched and, if they are compressed, decompressed.

        Raises:
            ResultIncomplete: the results did not appear; they never do before the job has ended.
            JobFailed: the job was seen to fail, so it has none.
            CallFailed: the service could not be asked.
            DownloadFailed: a file could not be fetched or written; the files that were complete are kept.
        """
        return service.download_files(self._state, self._list_links, Path(folder), max_bytes)

    def _list_links(self) -> Operation[list[Link] | None]:
        """New links to the result files; None while the service answers 409, as the results are not there yet."""
        service.check_not_failed(self._state, "results")
        try:
            return (yield from self._call(lambda client: get_job_results.build(client, self.id), _links))
        except RequestRejected as error:
            if error.status != 409:
                raise
            return None

    results, results_async = sync_and_async(_results)
    failures, failures_async = sync_and_async(_failures)
    download, download_async = sync_and_async(_download)


def _links(response: httpx.Response) -> list[Link]:
    return [Link(file.url) for file in get_job_results.parse(response).files]
