"""Merged answers as a JSON object; docs/cli.md describes each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobwait.promptforge import MergeSummary


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
