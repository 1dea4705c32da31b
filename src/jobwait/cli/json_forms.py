"""The lines of JSON that commands print, and merged answers in them; docs/cli.md describes each key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jobwait._sync import clock
from jobwait.cli import echo

if TYPE_CHECKING:
    from jobwait.promptforge import MergeSummary


def print_line(kind: str, **facts: Any) -> None:
    """Print one object on stdout: its *kind* as `type`, the time as `at`, and *facts*."""
    at = datetime.fromtimestamp(clock.current.time(), UTC).isoformat()
    echo(json.dumps({"type": kind, "at": at, **facts}, default=str))


def of_merged(summary: MergeSummary) -> dict[str, Any]:
    """The files and the counts of *summary*."""
    return {
        "file": str(summary.file),
        "answers": summary.answers,
        "repeated": summary.repeated,
        "failures": summary.failures,
        "problems": summary.problems,
        "missing": summary.missing,
        "failures_file": summary.failures_file and str(summary.failures_file),
        "missing_file": summary.missing_file and str(summary.missing_file),
    }
