"""A page that shows how jobs went, in one file that needs no other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jobwait._model.types import Outcome
from jobwait._report.facts import of_outcome, of_trace
from jobwait._report.page import page
from jobwait._report.record import Record
from jobwait.errors import InvalidInput


def write(of: Record | Iterable[Outcome[Any]], path: Path, title: str, *, overwrite: bool) -> Path:
    """
    The page for *of*, at *path*.

    Raises:
        InvalidInput: a file is there already, or cannot be written.

    """
    if path.exists() and not path.is_file():
        raise InvalidInput(f"{path} is no file that could be replaced; name another place.")
    if path.exists() and not overwrite:
        raise InvalidInput(f"{path} is there already; overwrite it, or write elsewhere.")
    facts = [of_trace(trace) for trace in of.traces] if isinstance(of, Record) else [of_outcome(one) for one in of]
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(page(facts, title), "utf-8")
        part.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written ({error.strerror}); name another place.") from error
    finally:
        part.unlink(missing_ok=True)
    return path
