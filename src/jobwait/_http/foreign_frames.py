"""Errors without the frames of the libraries below: their locals hold requests, keys and all."""

import re
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final

_OURS: Final = "jobwait."
_QUOTED: Final = re.compile(r""":?\s*\(?(?:bytearray\()?\bb['"].*""", re.DOTALL)  # how h11 quotes a server's bytes


def strip_frames(error: BaseException) -> None:
    """
    Cut the frames of other libraries off *error* and off all errors behind it; a note says where it was raised.

    What a server sent instead of HTTP, which may be the request itself, is not quoted either.
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
    """Leave out of *error*'s message what it quotes from the wire."""
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
