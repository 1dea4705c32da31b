"""Truncates a service's text to what an engine may store."""

import json
from typing import overload


def json_length(text: str) -> int:
    """Length of *text* as JSON writes it, without quotes; one character may take up to twelve."""
    return len(json.dumps(text)) - 2


@overload
def truncate(text: str, max_length: int) -> str: ...
@overload
def truncate(text: str | None, max_length: int) -> str | None: ...
def truncate(text: str | None, max_length: int) -> str | None:
    """*text*, or its longest beginning and an ellipsis, in at most *max_length* characters of JSON."""
    if text is None or json_length(text) <= max_length:
        return text
    low, high = 0, min(len(text), max_length)  # binary search for the longest beginning that fits
    while low < high:
        middle = (low + high + 1) // 2
        if json_length(text[:middle] + "…") <= max_length:
            low = middle
        else:
            high = middle - 1
    return text[:low] + "…"
