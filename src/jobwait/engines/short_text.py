"""Text from elsewhere, cut to what an engine keeps of it."""

from __future__ import annotations

import json
from typing import overload

CUT = "…"


@overload
def short(text: str, most: int) -> str: ...
@overload
def short(text: str | None, most: int) -> str | None: ...
def short(text: str | None, most: int) -> str | None:
    """The beginning of *text*, no longer than *most* letters as JSON writes them, where one may need a dozen."""
    if text is None or len(json.dumps(text)) - 2 <= most:
        return text
    low, high = 0, min(len(text), most)  # the longest beginning that fits is somewhere here
    while low < high:
        middle = (low + high + 1) // 2
        if len(json.dumps(text[:middle] + CUT)) - 2 <= most:
            low = middle
        else:
            high = middle - 1
    return text[:low] + CUT
