"""The handle on a PromptForge job: its results as typed lines, or as files."""

import os
from pathlib import Path

from jobwait.errors import RequestRejected
from jobwait.promptforge.results import ResultLine, result_lines
from jobwait.service import Job, Link, Operation, check_not_failed, download_files, fetch_files, httpx, sync_and_async
from promptforge_client.api.jobs import get_job_results
from promptforge_client.models import JobStatus


class PromptForgeJob(Job[JobStatus]):
    """A batch of prompts at PromptForge."""

    def _results(self, *, max_bytes: int | None = None) -> Operation[list[ResultLine]]:
        """
        The results, typed, in the order of the files; all in memory, at most *max_bytes* of them.

        Raises:
            ResultIncomplete: the results did not appear; they never do before the job has ended.
            JobFailed: the job was seen to fail, so it has none.
            CallFailed: the service could not be asked.
            UnexpectedReply: a line is not a result line.
            DownloadFailed: a file could not be fetched.
        """
        files = yield from fetch_files(self._state, self._list_links, max_bytes)
        return result_lines(files, self.id)

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
        return download_files(self._state, self._list_links, Path(folder), max_bytes)

    def _list_links(self) -> Operation[list[Link] | None]:
        """New links to the result files; None while the service answers 409, as the results are not there yet."""
        check_not_failed(self._state, "results")
        try:
            return (yield from self._call(lambda client: get_job_results.build(client, self.id), _links))
        except RequestRejected as error:
            if error.status != 409:
                raise
            return None

    results, results_async = sync_and_async(_results)
    download, download_async = sync_and_async(_download)


def _links(response: httpx.Response) -> list[Link]:
    return [Link(file.url) for file in get_job_results.parse(response).files]
