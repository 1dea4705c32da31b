"""Updates, outcomes and errors as JSON; docs/cli.md describes each field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobwait import Estimate, JobWaitError, Outcome, Progress, Update
    from jobwait.promptforge import MergeSummary


def of_update(update: Update[Any]) -> dict[str, Any]:
    """The facts of *update*."""
    return {
        "service": update.service,
        "job_id": update.job_id,
        "state": update.state,
        "raw_status": update.raw_status,
        "progress": _of_progress(update.progress),
        "rate": _of_estimate(update.rate),
        "eta": _of_estimate(update.eta),
        "stalled": update.stalled,
        "next_poll": update.next_poll,
        "why": update.why,
        "note": update.note,
        "terminal": update.terminal,
    }


def of_outcome(outcome: Outcome[Any]) -> dict[str, Any]:
    """The facts of *outcome*, with the last status as the service wrote it."""
    return {
        "service": outcome.service,
        "job_id": outcome.job_id,
        "state": outcome.state,
        "polls": outcome.polls,
        "errors": outcome.errors,
        "started": outcome.started.isoformat(),
        "seen_at": outcome.seen_at.isoformat(),
        "error": None if outcome.error is None else of_error(outcome.error),
        "snapshot": of_model(outcome.snapshot),
    }


def of_error(error: JobWaitError) -> dict[str, Any]:
    """The kind, the sentence and the HTTP facts of *error*."""
    return {
        "type": type(error).__name__,
        "message": error.message,
        "status": error.status,
        "request_id": error.request_id,
    }


def of_model(model: Any) -> Any:
    """A model of a generated client as the JSON that it stands for."""
    return None if model is None else model.to_dict()


def of_merged(made: MergeSummary) -> dict[str, Any]:
    """The files and the counts of *made*."""
    return {
        "file": str(made.file),
        "answers": made.answers,
        "repeated": made.repeated,
        "failures": made.failures,
        "missing": made.missing,
        "failures_file": None if made.failures_file is None else str(made.failures_file),
        "missing_file": None if made.missing_file is None else str(made.missing_file),
    }


def _of_progress(progress: Progress | None) -> dict[str, Any] | None:
    if progress is None:
        return None
    return {"done": progress.done, "total": progress.total, "stage": progress.stage}


def _of_estimate(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
