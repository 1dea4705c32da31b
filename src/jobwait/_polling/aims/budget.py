"""
How a number of polls is spent on a job, and how late its end is then seen.

With counts, or with a history, all intervals of the schedule are stretched. Where the duration of the job is not known,
the intervals grow with its age, so that the polls last until the deadline. For steps see `step_budget`.
"""

import math
from typing import Final

from attrs import frozen

from jobwait._model.policy import PollingDefaults
from jobwait._polling.aims.knowledge import expected_duration, interval_of, knowledge
from jobwait._polling.aims.step_budget import delay_by_step, gap_by_step, in_seconds
from jobwait._polling.duration_model import DurationModel
from jobwait._polling.progress_estimate import ProgressHistory, ScheduleInput

MIN_POLLS: Final = 8  # of a job with counts, whatever the aim
COUNTS_POWER: Final = 1.2  # the intervals of a job with counts grow with its age, so fewer polls save less
FIRST_AND_LAST: Final = 1.0  # polls of a job with a history that its durations do not ask for
LONGEST: Final = 86_400.0  # seconds: so long the polls last if the deadline is later, or if there is none
LONGEST_QUEUE: Final = 3_600.0  # seconds: so long half of the polls last while a job with a history is queued
RUN_SHARE: Final = 0.5  # of the mean run: the longest interval then, as the run may begin at once
AT_INTERVAL: Final = 1 / 3  # of the polls of a job of unknown duration, as it may be short
BEYOND: Final = 2.0  # growth of a job's age from poll to poll, once all polls are spent
LEAST_GROWTH: Final = 1.01
MOST_GROWTH: Final = 4.0  # with fewer than ten polls to a day, more are sent to long jobs: else they are seen days late
FIRST_SHARE: Final = 0.6  # of the shortest duration, until the first poll at the latest


@frozen(eq=False, match_args=False, repr=False)
class Spending:
    """
    How the polls are spent.

    gap: the seconds until the next one; None if the stretched intervals of the schedule give them. late: how late the
    end is expected to be seen; empty as long as that cannot be said. why: the reason for the gap; empty if it is that
    of the schedule.
    """

    gap: float | None
    late: str
    why: str = ""


def stretch_for(most: int, settings: PollingDefaults, inputs: ScheduleInput) -> float:
    """The factor on the intervals of the schedule for about *most* polls; 1 where `spend` gives the interval."""
    known, interval, model = knowledge(inputs), interval_of(settings), inputs.duration_model
    if known == "counts":
        polls = math.pow(most - MIN_POLLS, COUNTS_POWER) if most > MIN_POLLS else most
        return (expected_duration(inputs) or inputs.age) / (interval * polls)
    if model is None or known == "steps" or not (known == "history" or model.holds):
        return 1.0
    queued = _polls_while_queued(most, settings, model, inputs.progress_history)
    return model.effort / (interval * max(most - FIRST_AND_LAST - queued, 0.5))


def spend(most: int, settings: PollingDefaults, inputs: ScheduleInput) -> Spending:
    """The next interval for about *most* polls in the whole wait, and how late the end is seen."""
    known, model = knowledge(inputs), inputs.duration_model
    left, interval = max(most - inputs.polls, 0), interval_of(settings)
    stretch = max(1.0, stretch_for(most, settings, inputs))
    if known == "steps":
        return Spending(gap_by_step(inputs.progress_history, left), delay_by_step(inputs.progress_history, left))
    if known == "counts":
        return Spending(None, in_seconds(stretch * settings.min_interval / 2))
    if model is not None and (known == "history" or model.holds):
        gap = None if known == "history" else _gap_while_queued(most, settings, model, inputs.age)
        return Spending(gap, in_seconds(stretch * interval / 2 * model.law.slowness))
    growth = later = _growth(most, settings, inputs)
    if known == "queued" and left > MIN_POLLS:  # it may report progress, once it runs, of which little must be missed
        growth = min(growth, 1 + settings.max_interval_ratio)
    at_interval = inputs.polls < AT_INTERVAL * most
    gap = interval if at_interval else max(inputs.age, interval) * (growth - 1)
    # It ends at any moment between two polls, at which its ages are a factor apart.
    late = f"{(later - 1) / math.log(later) - 1:.0%} of its duration"
    if known == "queued":
        return Spending(gap, f"{late}, unless it reports progress,")
    return Spending(gap, late, "" if at_interval else "the interval grows with the age of the job")


def _growth(most: int, settings: PollingDefaults, inputs: ScheduleInput) -> float:
    """A job's age at a poll by that at the poll before, with which the polls after the first ones last long enough."""
    first, timeout = AT_INTERVAL * most, settings.timeout
    deadline = LONGEST if timeout is None else min(timeout, LONGEST)
    age, left = max(inputs.age, max(first, 1.0) * interval_of(settings)), most - max(inputs.polls, first)
    if left < 1 or deadline <= age:
        return BEYOND
    return min(max(math.pow(deadline / age, 1 / left), LEAST_GROWTH), MOST_GROWTH)


def _gap_while_queued(most: int, settings: PollingDefaults, model: DurationModel, age: float) -> float:
    interval = interval_of(settings)
    growth = min(math.pow(max(LONGEST_QUEUE / interval, 1.0), 2 / most), BEYOND)
    unseen = min(model.shortest / 2, settings.max_interval_ratio * age)  # no run is so short that it is missed
    return max(interval, min(max(age, interval) * (growth - 1), RUN_SHARE * model.mean), unseen)


def _polls_while_queued(most: int, settings: PollingDefaults, model: DurationModel, history: ProgressHistory) -> int:
    """How many polls have about found the job queued."""
    queued = 0.0 if history.began is None or not history.has_queue_phase else history.began
    age, polls = max(interval_of(settings), FIRST_SHARE * model.shortest), 0
    while age < queued and polls < most:
        age, polls = age + _gap_while_queued(most, settings, model, age), polls + 1
    return polls
