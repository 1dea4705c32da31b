"""The option that names the tracker's file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from attrs import frozen

from jobwait.cli.options import option
from jobwait.cli.services import Own
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait.tracker import Tracker

VARIABLE: Final = "JOBWAIT_TRACKER"


@frozen(kw_only=True)
class TrackerFile:
    """The option of every command that uses a tracker."""

    file: Annotated[Path, option("The tracker's file.", "--file", "-f", envvar=VARIABLE)] = Path("jobwait.db")

    def open(self, own: Own | None = None, *, new: bool = False) -> Tracker:
        """The tracker, to be closed, with services that files declare; its file must exist unless it may be *new*."""
        from jobwait.tracker import Tracker  # noqa: PLC0415 - `--help` must not load a database

        if not new and not self.file.exists():
            makers = "`jobwait track add` and `jobwait track submit` make one"
            raise InvalidInput(f"There is no file {self.file}; {makers}, or name it with --file.")
        return Tracker(self.file, services=(own or {}).values())
