"""The result of one prompt, and its failure, whatever service ran it."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from attrs import field, frozen

PromptId: TypeAlias = int | str
Order: TypeAlias = Mapping[PromptId, int]
"""Positions in the input, by id."""

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"  # what Windows puts before UTF-8; files that were joined have it in the middle


@frozen(kw_only=True)
class ResultLine:
    """
    The result of one prompt.

    *response* is the text of the model. *latency_ms* is in milliseconds, *attempt* counts from 1. *body* is the model's
    whole answer, where the service gives one; it may have no text, of embeddings for one. Fields that the line does not
    have are None; *extra* has all others, by name.

    If the line does not give a response to a prompt, *response* is None, *problem* a sentence that says why, and *raw*
    the line; otherwise both are None.
    """

    __module__ = "jobwait.promptforge"

    prompt_id: int | str | None
    response: str | None
    model: str | None = None
    provider: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    latency_ms: float | None = None
    attempt: int | None = None
    extra: Mapping[str, Any] = field(factory=dict, hash=False)
    problem: str | None = None
    raw: str | None = None
    body: Mapping[str, Any] | None = field(default=None, hash=False)


@frozen(kw_only=True)
class FailedPrompt:
    """
    A prompt without a result, and its *error*; *prompt_id* is None if its line in the submitted file was invalid.

    *extra* has the other fields of the line, by name.
    """

    __module__ = "jobwait.promptforge"

    prompt_id: int | str | None
    error: str
    stage: str | None = None
    attempts: int | None = None
    extra: Mapping[str, Any] = field(factory=dict, hash=False)
