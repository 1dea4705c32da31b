"""A job of PromptForge and the plan of its run."""

from random import Random
from typing import Any

import attrs

from jobwait.sandbox.clock import Clock
from jobwait.sandbox.job_plan import FOR_EVER, Plan, Stage, lasting
from jobwait.sandbox.promptforge.batch import Batch

NOT_UPLOADED = Plan((), "AWAITING_UPLOAD")


@attrs.define(eq=False)
class Job:
    """What is known of a job; *batch* and *plan* exist once its prompts were uploaded."""

    n: int
    created: float
    request: dict[str, Any]
    uploaded: float | None
    starts: float | None
    id: str
    clock: Clock
    batch: Batch | None = None
    plan: Plan = NOT_UPLOADED

    @property
    def ends(self) -> float:
        """The real instant at which the run is over."""
        return FOR_EVER if self.starts is None else self.clock.after(self.starts, self.plan.seconds)

    @property
    def hands_on(self) -> bool:
        """Whether its end starts the next job; the documentation knows no difference."""
        return self.plan.ending == "COMPLETED" or (self.batch is not None and self.batch.mode == "docs")


def make_plan(rng: Random, batch: Batch, model: str) -> Plan:
    """The plan of a run of *batch*; one without stages is over as soon as the upload is."""
    if batch.empty or not batch.valid:
        return Plan((), "COMPLETED" if batch.empty else "FAILED")
    if model == "sandbox-quick":
        return Plan((Stage("PROCESSING", 1.0),), "COMPLETED")
    run = 20.0 + 0.3 * len(batch.items)
    plan = Plan(lasting(rng, (("QUEUED", 30.0), ("PROCESSING", run))), "COMPLETED")
    if model == "sandbox-stuck":
        return attrs.evolve(plan, stages=(plan.stages[0], Stage("PROCESSING", FOR_EVER)))
    if batch.breaks_run or model == "sandbox-fail":
        return attrs.evolve(plan, ending="FAILED").cut(0.5)
    if model == "sandbox-cancel" and batch.mode == "docs":
        return attrs.evolve(plan, ending="CANCELLED").cut(0.5)
    return plan
