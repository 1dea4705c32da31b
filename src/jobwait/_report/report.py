"""Writing the page to a file."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jobwait._files import check_free, write_text
from jobwait._model.arguments import explained
from jobwait._model.types import Outcome
from jobwait._report.facts import facts_of_outcome, facts_of_trace
from jobwait._report.page import page
from jobwait._report.record import Record
from jobwait.errors import InvalidInput


@explained
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
    check_free(path, overwrite=overwrite)
    jobs = [facts_of_trace(trace) for trace in of.traces] if isinstance(of, Record) else list(map(facts_of_outcome, of))
    try:
        write_text(path, page(jobs, title), overwrite=overwrite)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written ({error.strerror}); name another place.") from error
    return path


report.__module__ = "jobwait"  # where people import it from
