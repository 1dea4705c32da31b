"""Compares two folders byte by byte, and describes each difference."""

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

SHOWN = 40  # lines of the diff of one file


def differences(old: Path, new: Path) -> Iterator[str]:
    """One line for each file that is missing, superfluous or different in *old*, with a diff of text files."""
    ours, theirs = _contents(old), _contents(new)
    for path in sorted({*ours, *theirs}):
        if path not in theirs:
            yield f"{path}: exists, but is no longer generated"
        elif path not in ours:
            yield f"{path}: is missing"
        elif ours[path] != theirs[path]:
            yield f"{path}: differs"
            if not path.endswith(".json"):  # hashes are not readable
                yield from _diff(ours[path], theirs[path])


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _diff(old: bytes, new: bytes) -> list[str]:
    lines = list(unified_diff(_lines(old), _lines(new), "generated", "expected", n=1, lineterm=""))
    return lines[:SHOWN] + ([f"… {len(lines) - SHOWN} more lines"] if len(lines) > SHOWN else [])


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").splitlines()
