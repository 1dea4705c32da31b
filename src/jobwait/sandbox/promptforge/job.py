"""A job of PromptForge, and the plan of its run."""

from random import Random
from typing import Any

import attrs

from jobwait.sandbox.clock import Clock
from jobwait.sandbox.job_plan import FOREVER, Plan, Stage, varied
from jobwait.sandbox.promptforge.prompt_file import PromptFile

NOT_UPLOADED = Plan((), "AWAITING_UPLOAD")
STORED = attrs.filters.include("n", "created", "request", "uploaded", "starts")


@attrs.define(eq=False)
class Job:
    """A job; times are real ones in seconds since the epoch. *prompts* and *plan* are set by the upload."""

    n: int
    created: float
    request: dict[str, Any]
    uploaded: float | None
    starts: float | None
    id: str
    clock: Clock
    prompts: PromptFile | None = None
    plan: Plan = NOT_UPLOADED

    @property
    def ends(self) -> float:
        """When the run ends; infinite for a job that has not started."""
        return FOREVER if self.starts is None else self.clock.after(self.starts, self.plan.seconds)

    @property
    def starts_next(self) -> bool:
        """Whether its end starts the next job; by the documentation every end does."""
        return self.plan.ending == "COMPLETED" or (self.prompts is not None and self.prompts.mode == "docs")


def make_plan(rng: Random, prompts: PromptFile, model: str) -> Plan:
    """The plan of a run with *prompts*; without stages the run ends with the upload."""
    if prompts.empty or not prompts.valid:
        return Plan((), "COMPLETED" if prompts.empty else "FAILED")
    if model == "sandbox-quick":
        return Plan((Stage("PROCESSING", 1.0),), "COMPLETED")
    run = 20.0 + 0.3 * len(prompts.items)
    plan = Plan(varied(rng, (("QUEUED", 30.0), ("PROCESSING", run))), "COMPLETED")
    if model == "sandbox-stuck":
        return attrs.evolve(plan, stages=(plan.stages[0], Stage("PROCESSING", FOREVER)))
    if prompts.breaks_run or model == "sandbox-fail":
        return attrs.evolve(plan, ending="FAILED").cut(0.5)
    if model == "sandbox-cancel" and prompts.mode == "docs":
        return attrs.evolve(plan, ending="CANCELLED").cut(0.5)
    return plan
