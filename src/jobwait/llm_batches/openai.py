"""OpenAI's batches: a file of requests is uploaded, then a batch is made of it, which takes up to a day."""

from collections.abc import Mapping
from typing import Any

from jobwait._jsonl.input_file import Prompts
from jobwait.llm_batches.handle import FileBatchJob
from jobwait.llm_batches.input_lines import CHAT, Form, chat_line, checked_parameters, json_mapping
from jobwait.llm_batches.lines import RESPONSES
from jobwait.llm_batches.service import batch_service, state_of
from jobwait.llm_batches.submission import MULTIPART, with_file
from jobwait.service import Operation, sync_and_async, text

__all__ = ["SERVICE", "OpenAIBatch", "connect", "job", "list_jobs", "list_jobs_async", "submit", "submit_async"]


class OpenAIBatch(FileBatchJob):
    """A batch at OpenAI."""

    form = RESPONSES
    file_fields = ("output_file_id", "error_file_id")


SERVICE = batch_service("openai", OpenAIBatch)
connect, list_jobs, list_jobs_async = SERVICE.connect, SERVICE.list_jobs, SERVICE.list_jobs_async


def job(client: Any, id: str) -> OpenAIBatch:  # noqa: A002 - the service's own name
    """The handle on the batch *id*; nothing is sent. Raises InvalidInput if it cannot be an id."""
    return OpenAIBatch(state_of(SERVICE, client, id))


def _submit(
    client: Any,
    prompts: Prompts,
    *,
    model: str | None = None,
    endpoint: str = CHAT,
    parameters: Mapping[str, Any] | None = None,
    completion_window: str = "24h",
    metadata: Mapping[str, str] | None = None,
) -> Operation[OpenAIBatch]:
    """
    Submit *prompts*: a path to JSON Lines, or an iterable of mappings.

    A line has a prompt_id and a prompt, of which a chat completion by *model* is made, with *parameters*; or it is as
    OpenAI takes it, with custom_id, method, url and body, and is sent as it is. The file is uploaded, and the batch
    then created, once.

    Raises:
        InvalidInput: an argument or a line is invalid, and the message names it; nothing was sent.
        SubmitUnconfirmed: it is not known whether the batch exists; *ids* has the file's.
        CallFailed: the service could not be asked, or refused.
    """
    where = text("endpoint", endpoint)
    line = chat_line(checked_parameters(model, parameters), where, {"method": "POST", "url": where})
    window = {"endpoint": where, "completion_window": text("completion_window", completion_window)}
    named = {} if metadata is None else {"metadata": json_mapping("metadata", metadata)}
    return with_file(
        OpenAIBatch,
        SERVICE,
        client,
        prompts,
        Form("body", line, MULTIPART, where),
        lambda file_id: {"input_file_id": file_id, **window, **named},
    )


submit, submit_async = sync_and_async(_submit)
