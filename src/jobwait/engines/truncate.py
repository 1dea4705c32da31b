"""Truncates a service's text to what an engine may store."""

import json
from bisect import bisect_right


def json_length(text: str) -> int:
    """Length of *text* as JSON writes it, without quotes; one character may take up to twelve."""
    return len(json.dumps(text)) - 2


def truncate(text: str | None, max_length: int) -> str | None:
    """*text*, or its longest beginning and an ellipsis, in at most *max_length* characters of JSON."""
    if text is None or json_length(text) <= max_length:
        return text
    lengths = range(1, min(len(text), max_length) + 1)
    return text[: bisect_right(lengths, max_length, key=lambda length: json_length(text[:length] + "…"))] + "…"
