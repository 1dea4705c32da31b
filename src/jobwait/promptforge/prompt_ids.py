"""The ids of prompts: which are equal, and in which order their results come."""

import re
from typing import Final

from jobwait._jsonl.result_line import Order, PromptId

_INTEGER: Final = re.compile(r"\s*[+-]?[0-9]{1,18}\s*", re.ASCII)  # the service takes "7" for 7


def same_id(prompt_id: object) -> PromptId | None:
    """*prompt_id* in a form in which equal ids are equal: "7" and 7.0 are 7. None if it is no id."""
    if isinstance(prompt_id, str):
        return int(prompt_id) if _INTEGER.fullmatch(prompt_id) else prompt_id
    if isinstance(prompt_id, float) and prompt_id.is_integer():
        return int(prompt_id)
    return prompt_id if isinstance(prompt_id, int) and not isinstance(prompt_id, bool) else None


def position(prompt_id: PromptId | None, order: Order) -> tuple[int, int, str]:
    """Where the result of *prompt_id* belongs: as in *order*, else by number, then by text; without an id last."""
    key = same_id(prompt_id)
    if key is None:
        return 3, 0, ""
    if key in order:
        return 0, order[key], ""
    return (1, key, "") if isinstance(key, int) else (2, 0, key)
