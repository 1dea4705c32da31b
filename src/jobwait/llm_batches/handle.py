"""The handle on a batch of prompts: its results as typed lines, its failures apart, or both as files."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from jobwait._declared.handle import DeclaredJob
from jobwait._http.signed_links import OwnFile
from jobwait._jsonl.input_file import Prompts
from jobwait._jsonl.reading import LineFormat, failures_of, results_of
from jobwait._jsonl.result_line import FailedPrompt, Order, ResultLine
from jobwait.llm_batches.input_lines import order_of
from jobwait.service import TERMINAL, Operation, check_not_failed, compute, download_files, fetch_files, sync_and_async


class BatchJob(DeclaredJob):
    """
    A batch of prompts; snapshots are the service's answers as JSON.

    *order* has the positions of the prompts, by custom_id, if this handle has submitted them. A batch that expired or
    was canceled may have results of what was done before; they can be read too.
    """

    __module__ = "jobwait.llm_batches"

    form: ClassVar[LineFormat]
    order: Order = MappingProxyType({})

    def _files(self, snapshot: Any) -> list[OwnFile]:
        """The result files that *snapshot* names."""
        raise NotImplementedError

    def _results(self, *, prompts: Prompts | None = None, max_bytes: int | None = None) -> Operation[list[ResultLine]]:
        """
        A ResultLine for each prompt that has an answer; all in memory, at most *max_bytes* of them.

        They come in the order of *prompts*, what was submitted; without it in the order in which this handle submitted
        them, else as the service has them. A `prompt_id` is the custom_id, as text. A line that is no result and no
        failure is there too, with the `problem` and the line itself, `raw`.

        Raises:
            ResultIncomplete: the results did not appear; they never do before the job has ended.
            JobFailed: the job failed, or was canceled, and has no results.
            CallFailed: the service could not be asked, or refused, as it does once it has removed the results.
            DownloadFailed: a file could not be fetched.
            InvalidInput: *prompts* cannot be read.
        """
        order = self.order if prompts is None else (yield from self._order(prompts))
        files = yield from fetch_files(self._state, self._list_files, max_bytes)
        return (yield from compute(lambda: results_of(files, order, self.form)))

    def _failures(
        self, *, prompts: Prompts | None = None, max_bytes: int | None = None
    ) -> Operation[list[FailedPrompt]]:
        """
        The prompts that were refused, failed, expired or were canceled, in the order of results().

        Raises as results() does.
        """
        order = self.order if prompts is None else (yield from self._order(prompts))
        files = yield from fetch_files(self._state, self._list_files, max_bytes)
        return (yield from compute(lambda: failures_of(files, order, self.form)))

    def _download(self, folder: str | os.PathLike[str], *, max_bytes: int | None = None) -> Operation[list[Path]]:
        """
        The paths of the result files in *folder*, which is created; files that are there are not fetched again.

        The files are streamed to disk; after a broken connection a file continues where it stopped, if the service can
        do that. Raises as results() does; the files that were complete are kept.
        """
        return download_files(self._state, self._list_files, Path(folder), max_bytes)

    def _order(self, prompts: Prompts) -> Operation[Order]:
        with ExitStack() as files:
            return (yield from order_of(prompts, files))

    def _list_files(self) -> Operation[Sequence[OwnFile] | None]:
        """The result files, as the last status says, or a new one; None while there are none."""
        state = self._state
        ended = state.seen and state.state in TERMINAL
        found = self._files(state.snapshot) if ended else []
        if found:
            return found
        snapshot = yield from self._status()
        if state.state not in TERMINAL:
            return None
        found = self._files(snapshot)
        if not found:
            check_not_failed(state, "results")
        return found or None

    results, results_async = sync_and_async(_results)
    failures, failures_async = sync_and_async(_failures)
    download, download_async = sync_and_async(_download)


class FileBatchJob(BatchJob):
    """A batch whose results are in files of the service, which its status names in *file_fields*."""

    file_fields: ClassVar[tuple[str, ...]]

    def _files(self, snapshot: Any) -> list[OwnFile]:
        endpoint = self._declared.declaration.result.endpoint
        named = [snapshot.get(field) for field in self.file_fields] if isinstance(snapshot, dict) else []
        ids = [{endpoint.variables[-1]: one} for one in named if isinstance(one, str) and one]
        return [OwnFile(lambda client, file=one: endpoint.request(client, file)) for one in ids]  # type: ignore[misc]
