"""`jobwait track drop`: gives up jobs that are not to be waited for any more."""

from __future__ import annotations

from typing import Annotated

import typer

from jobwait.cli import exits
from jobwait.cli.commands.track.file import TrackerFile
from jobwait.cli.config.profile import ProfileName
from jobwait.cli.exits import complain
from jobwait.cli.output import Output
from jobwait.cli.rows.tracked import keys_of


def drop(
    *,
    keys: Annotated[list[str], typer.Argument(help="The names or keys of jobs, as `list` prints them.")],
    tracker_file: TrackerFile,
    output: Output,
    profile: ProfileName = None,  # noqa: ARG001 - it has defaults of the others
) -> int:
    """
    Give up open jobs, such as those that are not found: no run waits for them any more; `retry` opens them again.

    Example:
      jobwait track drop fryte:c3f1c944
    """
    with tracker_file.open() as tracker:
        wanted = keys_of(tracker, keys)
        count = tracker.drop(*wanted)
    output.json("dropped", count=count)
    output.text(f"{count} given up")
    if output.chatty and count < len(wanted):
        complain(f"{len(wanted) - count} had been given up before.")
    return exits.SUCCEEDED
