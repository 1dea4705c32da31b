"""Progress on a pipe: a plain line on stderr for each update."""

import sys
from typing import Any

from jobwait._model.types import Update
from jobwait._text import visible


def write_update(update: Update[Any]) -> None:
    """One line for *update*: the job, its state, its progress, the next poll."""
    sys.stderr.write(visible(f"{update.service}:{update.job_id} {update}") + "\n")
    sys.stderr.flush()
