"""The ids of a job, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class OneId(Mapping[str, str]):
    """The only id of a job. A dict would take four times the memory, for each of thousands of jobs."""

    __slots__ = ("_name", "_value")

    def __init__(self, name: str, value: str) -> None:
        self._name, self._value = name, value

    def __getitem__(self, name: str) -> str:
        if name != self._name:
            raise KeyError(name)
        return self._value

    def __iter__(self) -> Iterator[str]:
        yield self._name

    def __len__(self) -> int:
        return 1

    def __repr__(self) -> str:
        return repr(dict(self))


def compact(ids: Mapping[str, str]) -> Mapping[str, str]:
    """*ids* as a job keeps them."""
    return OneId(*next(iter(ids.items()))) if len(ids) == 1 else ids
