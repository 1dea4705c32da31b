"""The text, the model and the tokens in the answers of language models."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jobwait._jsonl.reading import number, text

Body = Mapping[str, Any]


def response_in(body: Body) -> str | None:
    """The model's text in *body*, where completions, messages and responses have it; None if it has none."""
    choice = _first(body.get("choices"))
    message = choice.get("message")
    found = [
        _text_in(message.get("content")) if isinstance(message, Mapping) else text(choice.get("text")),
        _text_in(body.get("content")),
        _text_in([part for item in _mappings(body.get("output")) for part in _mappings(item.get("content"))]),
    ]
    return next((one for one in found if one is not None), None)


def facts_in(body: Body) -> dict[str, Any]:
    """The fields of a ResultLine that *body* has: the model and the tokens."""
    usage = body.get("usage")
    usage = usage if isinstance(usage, Mapping) else {}
    prompt = number(usage.get("prompt_tokens", usage.get("input_tokens")))
    completion = number(usage.get("completion_tokens", usage.get("output_tokens")))
    both = prompt + completion if prompt is not None and completion is not None else None
    total = number(usage.get("total_tokens"))
    return {
        "model": text(body.get("model")),
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": both if total is None else total,
    }


def error_in(value: Any) -> str:
    """The sentence in an error, which may hold it some levels down; the error as JSON if it has none."""
    inner = value
    for _ in range(3):
        if isinstance(inner, str):
            return inner
        if not isinstance(inner, Mapping):
            break
        inner = next((inner[name] for name in ("message", "error", "detail") if inner.get(name)), None)
    return json.dumps(value, ensure_ascii=False)


def _text_in(content: object) -> str | None:
    """The text of *content*: text, or parts of which some have text."""
    if isinstance(content, str):
        return content
    parts = [found for part in _mappings(content) if (found := text(part.get("text"))) is not None]
    return "".join(parts) if parts else None


def _first(items: object) -> Body:
    return next(_mappings(items), {})


def _mappings(items: object) -> Iterator[Body]:
    return (one for one in items if isinstance(one, Mapping)) if isinstance(items, list) else iter(())
