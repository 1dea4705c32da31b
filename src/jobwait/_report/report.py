"""Writing the page to a file."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jobwait._model.types import Outcome
from jobwait._report.facts import facts_of_outcome, facts_of_trace
from jobwait._report.page import page
from jobwait._report.record import Record
from jobwait.errors import InvalidInput


def report(
    of: Record | Iterable[Outcome[Any]], path: str | os.PathLike[str], *, title: str = "Jobs", overwrite: bool = False
) -> Path:
    """
    Write one HTML page that shows how jobs went, at *path*: it needs no network and no other file.

    Of a Record it draws when each poll was sent, the progress that it showed and how late the end was seen; outcomes
    alone have no polls to draw.

    Raises:
        InvalidInput: a file is there already (*overwrite* replaces it), or cannot be written.

    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise InvalidInput(f"{path} is no file that could be replaced; name another place.")
    if path.exists() and not overwrite:
        raise InvalidInput(f"{path} is there already; overwrite it, or write elsewhere.")
    jobs = [facts_of_trace(trace) for trace in of.traces] if isinstance(of, Record) else list(map(facts_of_outcome, of))
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(page(jobs, title), "utf-8")
        part.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written ({error.strerror}); name another place.") from error
    finally:
        part.unlink(missing_ok=True)
    return path
