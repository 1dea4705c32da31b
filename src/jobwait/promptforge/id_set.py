"""A set of prompt ids in little room: a million in a row take a few hundred kilobytes."""

from __future__ import annotations

from typing import Final

_BITS: Final = 4096  # ids in one of the numbers that serve as bitmaps


def plain_id(prompt_id: object) -> int | str | None:
    """*prompt_id* as it is compared: the service takes "7" for 7; None for what can be no id."""
    if isinstance(prompt_id, str):
        text = prompt_id.strip()
        return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20 else prompt_id
    return prompt_id if isinstance(prompt_id, int) and not isinstance(prompt_id, bool) else None


class IdSet:
    """Ids that were seen."""

    def __init__(self) -> None:
        self._maps: dict[int, int] = {}
        self._words: set[str] = set()

    def add(self, one: int | str) -> bool:
        """Note *one*; whether it is new."""
        if one in self:
            return False
        if isinstance(one, str):
            self._words.add(one)
        else:
            key, bit = divmod(one, _BITS)
            self._maps[key] = self._maps.get(key, 0) | 1 << bit
        return True

    def __contains__(self, one: object) -> bool:
        if isinstance(one, int):
            key, bit = divmod(one, _BITS)
            return bool(self._maps.get(key, 0) >> bit & 1)
        return one in self._words
