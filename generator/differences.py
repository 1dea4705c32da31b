"""Differences: two folders compared byte for byte, told so that one sees at a glance what happened."""

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

SHOWN = 40  # lines of one file's diff


def differences(old: Path, new: Path) -> Iterator[str]:
    """What must change in *old* to make it *new*, file by file."""
    ours, theirs = _contents(old), _contents(new)
    for path in sorted({*ours, *theirs}):
        if path not in theirs:
            yield f"{path}: is there, but is not made any more"
        elif path not in ours:
            yield f"{path}: is missing"
        elif ours[path] != theirs[path]:
            yield f"{path}: differs"
            if not path.endswith(".json"):  # nobody reads hashes
                yield from _diff(ours[path], theirs[path])


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _diff(old: bytes, new: bytes) -> list[str]:
    lines = list(unified_diff(_lines(old), _lines(new), "generated", "expected", n=1, lineterm=""))
    return lines[:SHOWN] + ([f"… {len(lines) - SHOWN} more lines"] if len(lines) > SHOWN else [])


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").splitlines()
