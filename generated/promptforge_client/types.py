# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""Types of models and endpoints: UNSET for absent values, and files to upload."""

from collections.abc import Mapping
from typing import IO, BinaryIO, Final, Literal, NamedTuple, final

FileContent = IO[bytes] | bytes | str
FileTypes = (
    tuple[str | None, FileContent, str | None] | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)


@final
class Unset:
    """The type of UNSET, the value of absent fields and arguments; None is a null."""

    _only: "Unset | None" = None

    def __new__(cls) -> "Unset":
        """Always the same object, also after copy and pickle, so that `is UNSET` works."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


class File(NamedTuple):
    """A file to upload."""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None


__all__ = ["UNSET", "File", "FileTypes", "Unset"]
