"""Removes the frames of other libraries from errors: their local variables hold requests with their keys."""

import re
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final

_OURS: Final = "jobwait."
_QUOTED: Final = re.compile(r"""\bb['"]""")  # where the bytes begin that h11 quotes


def strip_frames(error: BaseException, redact: Callable[[str], str] | None = None) -> None:
    """
    Cut other libraries' frames, and what they quote of a server's bytes, off *error* and all errors behind it.

    *redact* takes the key out of their texts.
    """
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if one.args and isinstance(one.args[0], str) and type(one).__name__.endswith("ProtocolError"):
            one.args = (_without_bytes(one.args[0]), *one.args[1:])
        if redact is not None and any(isinstance(arg, str) for arg in one.args):
            one.args = tuple(redact(arg) if isinstance(arg, str) else arg for arg in one.args)
        waiting += [one.__cause__, one.__context__, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]
        if not all(_is_ours(frame) for frame, _ in traceback.walk_tb(one.__traceback__)):
            innermost = traceback.extract_tb(one.__traceback__)[-1]
            one.add_note(f"raised in {innermost.name}, {Path(innermost.filename).name}:{innermost.lineno}")
            one.__traceback__ = _our_part(one.__traceback__)


def _without_bytes(message: str) -> str:
    """*message* up to the bytes that it quotes."""
    quoted = _QUOTED.search(message)
    return message if quoted is None else message[: quoted.start()].removesuffix("bytearray(").rstrip(": (")


def _is_ours(frame: FrameType) -> bool:
    return bool(frame.f_globals.get("__name__", "").startswith(_OURS))


def _our_part(frames: TracebackType | None) -> TracebackType | None:
    """The outermost *frames*, up to the first one of another library."""
    if frames is None or not _is_ours(frames.tb_frame):
        return None
    return TracebackType(_our_part(frames.tb_next), frames.tb_frame, frames.tb_lasti, frames.tb_lineno)
