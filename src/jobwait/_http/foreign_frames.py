"""Removes the frames of other libraries from errors: their local variables hold requests with their keys."""

import re
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final

_OURS: Final = "jobwait."
_QUOTED: Final = re.compile(r""":?\s*\(?(?:bytearray\()?\bb['"].*""", re.DOTALL)  # the bytes that h11 quotes


def strip_frames(error: BaseException) -> None:
    """
    Remove the frames of other libraries from *error* and its causes; a note says where each was raised.

    Bytes that a server sent instead of HTTP are removed from the messages, as they may repeat the request.
    """
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        _strip_quotes(one)
        waiting += [one.__cause__, one.__context__, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]
        if not _is_ours(one.__traceback__):
            _note_place(one)
            one.__traceback__ = _our_part(one.__traceback__)


def _strip_quotes(error: BaseException) -> None:
    """Remove quoted bytes from the message of *error*."""
    if error.args and isinstance(error.args[0], str) and type(error).__name__.endswith("ProtocolError"):
        error.args = (_QUOTED.sub("", error.args[0]), *error.args[1:])


def _is_ours(frames: TracebackType | None) -> bool:
    return all(frame.f_globals.get("__name__", "").startswith(_OURS) for frame, _ in traceback.walk_tb(frames))


def _note_place(error: BaseException) -> None:
    innermost = traceback.extract_tb(error.__traceback__)[-1]
    error.add_note(f"raised in {innermost.name}, {Path(innermost.filename).name}:{innermost.lineno}")


def _our_part(frames: TracebackType | None) -> TracebackType | None:
    """The outermost *frames*, up to the first one of another library."""
    if frames is None or not frames.tb_frame.f_globals.get("__name__", "").startswith(_OURS):
        return None
    return TracebackType(_our_part(frames.tb_next), frames.tb_frame, frames.tb_lasti, frames.tb_lineno)
