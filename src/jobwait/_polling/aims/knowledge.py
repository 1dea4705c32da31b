"""What is known of a job, as far as it decides how its next poll is planned."""

from typing import Literal, TypeAlias

from jobwait._model.policy import PollingDefaults
from jobwait._polling.progress_estimate import ScheduleInput

Knowledge: TypeAlias = Literal["queued", "steps", "counts", "history", "nothing"]


def knowledge(inputs: ScheduleInput) -> Knowledge:
    """What the schedule goes by: the first of these that there is."""
    history, has_model = inputs.progress_history, inputs.duration_model is not None
    if history.waiting and (history.has_queue_phase or not has_model):
        return "queued"
    steps = history.steps
    if steps is not None and steps.total and steps.total > 1:
        return "steps"
    if inputs.left is not None:
        return "counts"
    return "history" if has_model else "nothing"


def expected_duration(inputs: ScheduleInput) -> float | None:
    """Seconds that the job is expected to last, from its submission or of its run; None if nothing says so."""
    if inputs.duration_model is not None:
        return inputs.duration_model.mean
    return None if inputs.left is None else inputs.age + inputs.left


def interval_of(settings: PollingDefaults) -> float:
    """The service's interval, or the minimum interval if the caller has removed it."""
    return settings.interval or settings.min_interval
