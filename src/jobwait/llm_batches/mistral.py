"""Mistral's batches: a file of requests is uploaded, then a job is made of it, for one model."""

from collections.abc import Mapping
from typing import Any

from jobwait._jsonl.input_file import Prompts
from jobwait.llm_batches.handle import FileBatchJob
from jobwait.llm_batches.input_lines import CHAT, Form, chat_line, checked_parameters, json_mapping
from jobwait.llm_batches.lines import RESPONSES
from jobwait.llm_batches.service import batch_service, state_of
from jobwait.llm_batches.submission import MULTIPART, with_file
from jobwait.service import Operation, sync_and_async, text, whole

__all__ = ["SERVICE", "MistralBatch", "connect", "job", "list_jobs", "list_jobs_async", "submit", "submit_async"]


class MistralBatch(FileBatchJob):
    """A batch at Mistral."""

    form = RESPONSES
    file_fields = ("output_file", "error_file")


SERVICE = batch_service("mistral", MistralBatch)
connect, list_jobs, list_jobs_async = SERVICE.connect, SERVICE.list_jobs, SERVICE.list_jobs_async


def job(client: Any, id: str) -> MistralBatch:  # noqa: A002 - the service's own name
    """The handle on the batch *id*; nothing is sent. Raises InvalidInput if it cannot be an id."""
    return MistralBatch(state_of(SERVICE, client, id))


def _submit(
    client: Any,
    prompts: Prompts,
    *,
    model: str | None = None,
    endpoint: str = CHAT,
    parameters: Mapping[str, Any] | None = None,
    timeout_hours: int | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Operation[MistralBatch]:
    """
    Submit *prompts*: a path to JSON Lines, or an iterable of mappings.

    A line has a prompt_id and a prompt, of which a chat completion by *model* is made, with *parameters*; or it is as
    Mistral takes it, with custom_id and body, and is sent as it is. The file is uploaded, and the batch then created,
    once.

    Raises:
        InvalidInput: an argument or a line is invalid, and the message names it; nothing was sent.
        SubmitUnconfirmed: it is not known whether the batch exists; *ids* has the file's.
        CallFailed: the service could not be asked, or refused.
    """
    line = chat_line(checked_parameters(model, parameters), text("endpoint", endpoint), {})
    hours = None if timeout_hours is None else whole("timeout_hours", timeout_hours)
    given = {"model": model, "timeout_hours": hours, "metadata": json_mapping("metadata", metadata) or None}
    named = {name: value for name, value in given.items() if value is not None}
    return with_file(
        MistralBatch,
        SERVICE,
        client,
        prompts,
        Form("body", line, MULTIPART),
        lambda file_id: {"input_files": [file_id], "endpoint": endpoint, **named},
    )


submit, submit_async = sync_and_async(_submit)
