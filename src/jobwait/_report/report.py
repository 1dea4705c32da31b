"""What users call: a record of polls, and the page of it in a file."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jobwait._files import check_free, write_text
from jobwait._jobs.handle import Job, state_of
from jobwait._model.arguments import explained
from jobwait._model.types import Outcome
from jobwait._recording.trace import Trace, listen
from jobwait._report.facts import Facts, facts_of_outcome, facts_of_trace
from jobwait._report.page import page, view
from jobwait._report.summary import counted
from jobwait.errors import InvalidInput


class Record:
    """
    Records each poll of *jobs*, from now on, so that report() can draw them. A notebook shows it as that page.

        record = jobwait.Record(jobs)
        jobwait.wait_all(jobs)
        jobwait.report(record, "report.html")
    """

    __module__ = "jobwait"

    def __init__(self, jobs: Iterable[Job[Any]] = ()) -> None:
        self.traces: list[Trace] = []
        for job in jobs:
            self.add(job)

    def add(self, job: Job[Any]) -> None:
        """Record the polls of *job* too."""
        trace = Trace(state_of(job))
        listen(trace.job_state, trace.add, trace.end)
        self.traces.append(trace)

    def __repr__(self) -> str:
        polls = sum(len(trace.polls) for trace in self.traces)
        return f"<Record of {counted(len(self.traces), 'job')}, {counted(polls, 'poll')}>"

    def _repr_html_(self) -> str:
        return view(_facts(self), "Jobs")


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
    try:
        write_text(path, page(_facts(of), title), overwrite=overwrite)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written ({error.strerror}); name another place.") from error
    return path


report.__module__ = "jobwait"  # where people import it from


def _facts(of: Record | Iterable[Outcome[Any]]) -> list[Facts]:
    return [facts_of_trace(trace) for trace in of.traces] if isinstance(of, Record) else list(map(facts_of_outcome, of))
