"""Types of models and endpoints: UNSET for absent values, ids that are no UUIDs, and files to upload."""

from collections.abc import Mapping
from typing import IO, BinaryIO, Final, Literal, NamedTuple, NoReturn, Self, final
from uuid import UUID, SafeUUID

FileContent = IO[bytes] | bytes | str
FileTypes = tuple[str | None, FileContent, str | None] | tuple[str | None, FileContent, str | None, Mapping[str, str]]


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


class TextId(UUID):
    """
    An id that is described as a UUID, but came as other text: `str()` is that text, and it is sent back unchanged.

    It is compared and hashed by its text. What only a UUID has (`int`, `hex`, `bytes`, `version`, …) raises ValueError.
    """

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)
        object.__setattr__(self, "is_safe", SafeUUID.unknown)

    def __getattr__(self, name: str) -> NoReturn:
        if name == "int":  # which all else of a UUID is made of, and this one does not have
            raise ValueError("This id is not a UUID, though the service's description calls it one; str() is its text.")
        raise AttributeError(name)

    def __str__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextId) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __lt__(self, other: UUID) -> bool:
        return self._text < str(other)

    def __le__(self, other: UUID) -> bool:
        return self._text <= str(other)

    def __gt__(self, other: UUID) -> bool:
        return self._text > str(other)

    def __ge__(self, other: UUID) -> bool:
        return self._text >= str(other)

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self._text,)


class File(NamedTuple):
    """A file to upload."""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None


__all__ = ["UNSET", "File", "FileTypes", "TextId", "Unset"]
