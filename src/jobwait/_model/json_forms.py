"""Updates, outcomes and status models as JSON objects; docs/cli.md describes each key."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from jobwait._model.types import Estimate, Outcome, Update


def of_update(update: Update[Any]) -> dict[str, Any]:
    """The facts of *update*."""
    progress = update.progress
    return {
        "service": update.service,
        "job_id": update.job_id,
        "state": update.state,
        "raw_status": update.raw_status,
        "progress": progress and {"done": progress.done, "total": progress.total, "stage": progress.stage},
        "rate": _of_estimate(update.rate),
        "eta": _of_estimate(update.eta),
        "stalled": update.stalled,
        "next_poll": update.next_poll,
        "why": update.why,
        "note": update.note,
        "terminal": update.terminal,
        "reason": update.reason,
        "failures": update.failures,
        "failure": update.failure,
        "from_list": update.from_list,
    }


def of_outcome(outcome: Outcome[Any]) -> dict[str, Any]:
    """The facts of *outcome*, with the last status as the service wrote it."""
    return {
        "service": outcome.service,
        "job_id": outcome.job_id,
        "state": outcome.state,
        "reason": outcome.reason,
        "polls": outcome.polls,
        "errors": outcome.errors,
        "started": outcome.started.isoformat(),
        "seen_at": outcome.seen_at.isoformat(),
        "error": None if outcome.error is None else outcome.error.to_dict(),
        "snapshot": of_model(outcome.snapshot),
    }


def of_model(model: Any) -> Any:
    """A model of a generated client as the JSON that it was parsed from; one of another client as far as it can be."""
    if hasattr(model, "to_dict"):
        return model.to_dict()
    if hasattr(model, "model_dump"):
        return model.model_dump(mode="json")
    if is_dataclass(model) and not isinstance(model, type):
        return asdict(model)
    return attrs.asdict(model) if attrs.has(type(model)) else model


def _of_estimate(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
