"""A job of PromptForge, and the plan of its run."""

from random import Random
from typing import Any

import attrs

from jobwait.sandbox.clock import Clock
from jobwait.sandbox.job_plan import FOREVER, Plan, Stage, varied
from jobwait.sandbox.promptforge.prompt_file import PromptFile

COLD = 540.0  # seconds in the queue that the vendor measured when no machine was running
NOT_UPLOADED = Plan((), "AWAITING_UPLOAD")
_STORED = ("n", "created", "request", "uploaded", "starts")


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
    client: int = 0  # whose job it is
    prompts: PromptFile | None = None
    plan: Plan = NOT_UPLOADED

    @property
    def ends(self) -> float:
        """When the run ends; infinite for a job that has not started."""
        return FOREVER if self.starts is None else self.clock.after(self.starts, self.plan.seconds)

    def record(self) -> dict[str, Any]:
        """What a file keeps of it; the rest follows from that and the seed."""
        stored = {name: getattr(self, name) for name in _STORED}
        return {**stored, "client": self.client} if self.client else stored


def make_plan(rng: Random, prompts: PromptFile, model: str) -> Plan:
    """The plan of a run with *prompts*; without stages the run ends with the upload."""
    if not prompts.valid and (prompts.mode == "docs" or not prompts.empty):
        return Plan((), "COMPLETED" if prompts.empty else "FAILED")
    run = 20.0 + 0.3 * len(prompts.items)
    plan = Plan(varied(rng, (("QUEUED", 30.0), ("PROCESSING", run))), "COMPLETED")
    if model == "sandbox-cold":
        plan = attrs.evolve(plan, stages=(Stage("QUEUED", COLD), plan.stages[1]))
    if model == "sandbox-quick":
        plan = attrs.evolve(plan, stages=(Stage("PROCESSING", 1.0),))
    if model == "sandbox-stuck":
        return attrs.evolve(plan, stages=(plan.stages[0], Stage("PROCESSING", FOREVER)))
    breaks = prompts.mode == "server" and prompts.broken  # the published server fails on such a line
    if breaks or model == "sandbox-fail":
        return attrs.evolve(plan, ending="FAILED").cut(0.5)
    if model == "sandbox-cancel" and prompts.mode == "docs":
        return attrs.evolve(plan, ending="CANCELLED").cut(0.5)
    return plan
