"""Updates, outcomes, errors and merged answers as JSON objects; docs/cli.md describes each key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import asdict, filters

if TYPE_CHECKING:
    from jobwait import JobWaitError, Outcome, Update
    from jobwait.promptforge import MergeSummary


def of_update(update: Update[Any]) -> dict[str, Any]:
    """The facts of *update*, without the status as the service wrote it."""
    facts = asdict(update, filter=filters.exclude("snapshot"))
    return {"service": update.service, "job_id": update.job_id, **facts}


def of_outcome(outcome: Outcome[Any]) -> dict[str, Any]:
    """The facts of *outcome*, with the last status as the service wrote it."""
    return {
        **{name: getattr(outcome, name) for name in ("service", "job_id", "state", "polls", "errors")},
        "started": outcome.started.isoformat(),
        "seen_at": outcome.seen_at.isoformat(),
        "error": None if outcome.error is None else of_error(outcome.error),
        "snapshot": of_model(outcome.snapshot),
    }


def of_error(error: JobWaitError) -> dict[str, Any]:
    """The kind, the sentence and the HTTP facts of *error*."""
    facts = {name: getattr(error, name) for name in ("message", "status", "request_id")}
    return {"type": type(error).__name__, **facts}


def of_model(model: Any) -> Any:
    """A model of a generated client as the JSON that it was parsed from."""
    return None if model is None else model.to_dict()


def of_merged(summary: MergeSummary) -> dict[str, Any]:
    """The files and the counts of *summary*."""
    return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(summary).items()}
