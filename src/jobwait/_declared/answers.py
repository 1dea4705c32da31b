"""Responses of a declared service: JSON, whatever else as bytes, errors with what the service says."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from jobwait._httpx import httpx


class AnswerError(Exception):
    """A response that is no success: *status*, *headers* and *body*, as JSON if it is, say why."""

    def __init__(self, response: httpx.Response, body: Any) -> None:
        super().__init__(f"the service responded with {response.status_code}")
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.body = body


class UnreadableAnswer(Exception):
    """A success whose body is not JSON."""

    def __init__(self, response: httpx.Response, fact: str) -> None:
        super().__init__(fact)
        self.raw = response.text


def decoded(response: httpx.Response, codes: Collection[int] = ()) -> Any:
    """The body of a 2xx, or of a response with one of *codes*, as JSON; an empty one is {}. Raises for others."""
    good = response.is_success or response.status_code in codes
    try:
        body = json.loads(response.content) if response.content.strip() else {}
    except (ValueError, RecursionError) as error:
        if not good:
            raise AnswerError(response, response.text) from None
        raise UnreadableAnswer(response, f"its body is not JSON ({error})") from None
    if not good:
        raise AnswerError(response, body)
    return body


def content(response: httpx.Response) -> Any:
    """The body of a 2xx: JSON if the response says that it is, else bytes."""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not response.is_success or media_type == "application/json" or media_type.endswith("+json"):
        return decoded(response)
    return response.content
