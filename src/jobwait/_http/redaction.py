"""What must not be seen: a key inside our own frames, and the frames of others that hold it in the clear."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final

import httpx
from attrs import frozen

_OURS: Final = "jobwait."
_NO_WORD: Final = 12  # characters; the services' own keys have three times as many and more
_QUOTED: Final = re.compile(r""":?\s*\(?(?:bytearray\()?\bb['"].*""", re.DOTALL)  # how h11 quotes a server's bytes
_QUERY: Final = re.compile(r"(https?:\\?/\\?/[^\s?\"'<>]*)\?[^\s\"'<>]*")


def strip_link_queries(text: str) -> str:
    """*text* with the query of each link in it left out: that is where a link is signed."""
    return _QUERY.sub(r"\1?…", text)


class Secret:
    """A key that no repr and no traceback with locals shows."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    @classmethod
    def of_header(cls, value: str) -> Secret:
        """The key in the header *value*, without the word before it."""
        return cls(value.rpartition(" ")[2].encode())

    def __repr__(self) -> str:
        return "<a key>"

    def is_in(self, content: bytes) -> bool:
        """Whether *content*, a good answer, repeats the key."""
        return len(self._value) >= _NO_WORD and self._value in content

    def redact(self, content: bytes, *, good: bool = False) -> bytes:
        """
        *content* without the key: some servers repeat the one that they refuse, some pages all that they were sent.

        In a *good* answer a short key is let be: it may well be a word of the answer's own.
        """
        hides = len(self._value) >= (_NO_WORD if good else 1)
        return content.replace(self._value, b"[key]") if hides else content


class HiddenHeaders(dict[str, str]):
    """Headers, a key among them, that no repr shows."""

    def __repr__(self) -> str:
        return "<headers>"


@frozen(eq=False, match_args=False, repr=False)
class Link:
    """A signed link: whoever has it may use it, so no repr and no traceback with locals shows it."""

    url: str

    def __repr__(self) -> str:
        return "<a signed link>"


class SignedRequest(httpx.Request):
    """A request to a signed link; httpx's own repr would show it."""

    def __repr__(self) -> str:
        return f"<{self.method} of a signed link>"


class strip_foreign_frames:  # noqa: N801 - used like a function; contextlib's way would put the frames back
    """
    Whatever leaves this block has forgotten the frames of the libraries below us.

    Their locals hold the request as it went out, key and all, and crash reporters print locals. A note says where it
    was raised. What the server sent instead of HTTP, which may be the request itself, is not quoted either.
    """

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _frames: object) -> None:
        if error is not None:
            strip_frames(error)


def strip_frames(error: BaseException) -> None:
    """Cut the frames of others off *error* and all that is behind it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        _quote_nothing(one)
        waiting += [one.__cause__, one.__context__, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]
        if not _is_ours(one.__traceback__):
            _note_place(one)
            one.__traceback__ = _our_part(one.__traceback__)


def _quote_nothing(error: BaseException) -> None:
    """Leave out of *error*'s words what it quotes from the wire."""
    if error.args and isinstance(error.args[0], str) and type(error).__name__.endswith("ProtocolError"):
        error.args = (_QUOTED.sub("", error.args[0]), *error.args[1:])


def _is_ours(frames: TracebackType | None) -> bool:
    return all(frame.f_globals.get("__name__", "").startswith(_OURS) for frame, _ in traceback.walk_tb(frames))


def _note_place(error: BaseException) -> None:
    innermost = traceback.extract_tb(error.__traceback__)[-1]
    error.add_note(f"raised in {innermost.name}, {Path(innermost.filename).name}:{innermost.lineno}")


def _our_part(frames: TracebackType | None) -> TracebackType | None:
    """The first of *frames*, as far as they are ours."""
    if frames is None or not frames.tb_frame.f_globals.get("__name__", "").startswith(_OURS):
        return None
    return TracebackType(_our_part(frames.tb_next), frames.tb_frame, frames.tb_lasti, frames.tb_lineno)
