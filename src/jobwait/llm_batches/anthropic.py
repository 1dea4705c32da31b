"""Anthropic's message batches: all requests are in the submission, and the results at an address of the batch."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from jobwait._http.signed_links import OwnFile
from jobwait._jsonl.input_file import Prompts
from jobwait.llm_batches.handle import BatchJob
from jobwait.llm_batches.input_lines import Form, checked_parameters, message, need_model
from jobwait.llm_batches.lines import RESULTS
from jobwait.llm_batches.service import batch_service, state_of
from jobwait.llm_batches.submission import REQUESTS, in_one_request
from jobwait.service import Operation, httpx, sync_and_async

__all__ = ["SERVICE", "AnthropicBatch", "connect", "job", "list_jobs", "list_jobs_async", "submit", "submit_async"]

MAX_TOKENS: Final = 1024  # of an answer, where the caller says nothing: the service demands a number


class AnthropicBatch(BatchJob):
    """A message batch at Anthropic."""

    form = RESULTS

    def _files(self, snapshot: Any) -> list[OwnFile]:
        url = snapshot.get("results_url") if isinstance(snapshot, dict) else None
        return [OwnFile(lambda client: self._request(client, url))] if isinstance(url, str) and url else []

    def _request(self, client: Any, url: str) -> httpx.Request:
        """The request for the results: *url*, if it is below the client's own address, as no other gets the key."""
        endpoint: Any = self._declared.declaration.result.endpoint
        base = client.base_url.rstrip("/")
        if url.startswith(f"{base}/"):
            path, _, query = url.removeprefix(base).partition("#")[0].partition("?")
            pairs = dict(parse_qsl(query, keep_blank_values=True))
            endpoint = endpoint._replace(path=path.replace("{", "%7B"), query=pairs)
        found: httpx.Request = endpoint.request(client, self._state.ids)
        return found


SERVICE = batch_service("anthropic", AnthropicBatch)
connect, list_jobs, list_jobs_async = SERVICE.connect, SERVICE.list_jobs, SERVICE.list_jobs_async


def job(client: Any, id: str) -> AnthropicBatch:  # noqa: A002 - the service's own name
    """The handle on the batch *id*; nothing is sent. Raises InvalidInput if it cannot be an id."""
    return AnthropicBatch(state_of(SERVICE, client, id))


def _submit(
    client: Any, prompts: Prompts, *, model: str | None = None, parameters: Mapping[str, Any] | None = None
) -> Operation[AnthropicBatch]:
    """
    Submit *prompts*: a path to JSON Lines, or an iterable of mappings.

    A line has a prompt_id and a prompt, of which a message to *model* is made, with *parameters*, where max_tokens is
    1024 unless they say otherwise; or it is as Anthropic takes it, with custom_id and params, and is sent as it is.

    Raises:
        InvalidInput: an argument or a line is invalid, and the message names it; nothing was sent.
        SubmitUnconfirmed: it was sent, and it is not known whether the batch exists.
        CallFailed: the service could not be asked, or refused.
    """
    given = {"max_tokens": MAX_TOKENS, **checked_parameters(model, parameters)}

    def line(custom_id: str, prompt: str) -> Mapping[str, Any]:
        need_model(given)
        return {"custom_id": custom_id, "params": {**given, "messages": message(prompt)}}

    return in_one_request(AnthropicBatch, SERVICE, client, prompts, Form("params", line, REQUESTS))


submit, submit_async = sync_and_async(_submit)
