"""
The rules of waiting, as a script: no I/O, no clock of its own.

Look, judge, tell, and again. The deadline's last look, the budget of failures, the 404 grace, the server's word and
the order in which they bind are here; when to look next if nothing else binds is `_schedule`'s.
"""

from __future__ import annotations

import math
from typing import Final, TypeVar, cast

from attrs import frozen

from jobwait._model.policy import PollingDefaults
from jobwait._model.service import TERMINAL
from jobwait._model.types import Ending, Outcome
from jobwait._polling import outcomes as endings
from jobwait._polling.commands import Notify, Operation, Sleep
from jobwait._polling.coordinator import Observation
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Reading
from jobwait._polling.operations import backoff
from jobwait._polling.poll import poll, take_result
from jobwait._polling.progress_estimate import ScheduleInput
from jobwait._polling.retry import RetryDecision, classify
from jobwait._polling.schedule import plan
from jobwait._polling.updates import OnUpdate, changes, last_update
from jobwait._polling.wait_state import Wait

S = TypeVar("S")

LONG: Final = 3600.0  # seconds; a wait without a deadline sleeps so long for another's answer, and again


@frozen(eq=False, match_args=False, repr=False)
class _Next:
    """The wait goes on: when to look next, not before *bound*, and why."""

    due: float
    why: str
    bound: float = 0.0


def waiting(
    job_state: JobState[S], settings: PollingDefaults, on_update: OnUpdate | None = None, until: float | None = None
) -> Operation[Outcome[S]]:
    """
    Wait until the job of *course* has ended, the deadline has come, or asking has failed for good.

    *until* is an absolute deadline in seconds since the epoch, from a token; it stands in for the policy's timeout.
    """
    # One frame for all of a job's sleep, since jobs that wait are many: only the wait itself outlives a step.
    found: float | Outcome[S] = math.inf if job_state.outcome is None else job_state.outcome
    if not isinstance(found, Outcome):
        coordinator = job_state.coordinator = job_state.coordinator.here()
        wake_up = coordinator.join()
        try:
            wait = Wait.begin(job_state, settings, wake_up, (yield Sleep(0, wake_up)), until)
            found = wait.first_due()
            while not isinstance(found, Outcome):
                observation = coordinator.changes(wait.observation)
                if observation is not None:
                    found = yield from _judged(wait, observation, on_update)
                elif wake_up.is_set():
                    found = endings.stopped(wait)
                elif wait.is_over:
                    found = endings.timed_out(wait)
                elif wait.before(found):
                    found = wait.rested((yield Sleep(wait.sleep_length(found), wake_up)), found)
                elif coordinator.acquire(wake_up):
                    try:
                        take_result(wait, (yield poll(wait)))
                    finally:
                        coordinator.release(wake_up)
                else:
                    wait.tick((yield Sleep(min(LONG, wait.remaining or LONG), wake_up)))
        finally:
            coordinator.leave(wake_up)
    yield Notify(last_update(job_state, found), on_update, outcome=found)
    return found


def _judged(wait: Wait[S], observation: Observation, on_update: OnUpdate | None) -> Operation[float | Outcome[S]]:
    """What the answer to a look means: how the wait ended, or when the next look is due. Changes are told."""
    wait.take(observation)
    inputs = wait.inputs(observation)
    if observation.reading is None:
        assert observation.error is not None, "a look has an answer or an error"  # noqa: S101
        found = _failed(wait, observation.error)
    else:
        found = _succeeded(wait, observation, observation.reading, inputs)
    if isinstance(found, Outcome):
        return found
    due = None if wait.was_last(observation.sent) else wait.clipped(found.due, found.bound)
    if observation.reading is not None:
        notified = changes(wait, inputs, observation.reading, due, found.why)
        if notified is not None:
            update, warning = notified
            wait.tick((yield Notify(update, on_update, warning)))
        if observation.reading.cached is not None:
            observation.reading.cached.put_away()
    return endings.timed_out(wait) if due is None else due


def _succeeded(
    wait: Wait[S], observation: Observation, reading: Reading[S], inputs: ScheduleInput
) -> Outcome[S] | _Next:
    settings = wait.settings
    wait.reset_failures()
    if reading.verdict in TERMINAL:
        return endings.ended(wait, reading, cast("Ending", reading.verdict))
    if wait.job_state.state == "unknown" and settings.on_unknown == "raise":
        return endings.unknown(wait, reading.raw_status)
    planned = plan(settings, inputs)
    due, why = max(observation.sent + planned.gap, wait.now + min(settings.min_interval, planned.gap)), planned.why
    retry_after_hint = reading.retry_after_hint
    if retry_after_hint is not None and settings.max_retry_after is not None:
        retry_after_hint = min(retry_after_hint, settings.max_retry_after)
    if (
        retry_after_hint is not None
        and observation.now + retry_after_hint > due
        and (retry_after_hint < math.inf or wait.deadline is not None)
    ):
        due, why = observation.now + retry_after_hint, "the service's Retry-After"
    return _Next(wait.spaced(due), why)


def _failed(wait: Wait[S], error: Exception) -> Outcome[S] | _Next:
    job_state, settings = wait.job_state, wait.settings
    decision = classify(error, job_state.service.retry, wait.wall)
    wait.fail(error)
    pause = settings.interval or settings.min_interval
    if decision.new_key and job_state.client.renews_key and not wait.renewed:
        wait.renewed = True
        return _Next(wait.spaced(wait.now + pause), "a fresh key")
    if _too_early_to_believe(wait, decision):
        return _Next(wait.spaced(wait.now + pause), "the job may not be listed yet")
    wait.count_failure(decision.status or 0)
    if not decision.again or wait.counted_failures >= settings.max_consecutive_errors or _spent(wait, decision):
        return endings.unreachable(wait, error, decision)
    if decision.after is not None:
        return _obey(wait, error, decision, decision.after, pause)
    least = job_state.service.retry.gap if (decision.status or 0) >= 500 else 0.0
    pause = max(least, backoff(wait.failures_in_a_row, pause, job_state.job_id))
    return _Next(wait.spaced(wait.now + pause), "a failed look")


def _too_early_to_believe(wait: Wait[S], decision: RetryDecision) -> bool:
    """A 404 just after our own submission may mean that the service has not caught up with itself."""
    job_state = wait.job_state
    return (
        decision.status == 404
        and job_state.submitted
        and not job_state.seen
        and wait.age <= wait.settings.not_found_grace
    )


def _spent(wait: Wait[S], decision: RetryDecision) -> bool:
    """Whether the vendor's own budget for this status is used up."""
    budget = wait.job_state.service.retry.max_errors_by_status.get(decision.status or 0)
    return budget is not None and wait.failures[decision.status or 0] >= budget


def _obey(wait: Wait[S], error: Exception, decision: RetryDecision, after: float, pause: float) -> Outcome[S] | _Next:
    """The server's word binds; where it asks for more than we have, that is the end, and at once."""
    until = wait.now + after
    latest = math.inf if wait.deadline is None else wait.deadline
    longest = wait.settings.max_retry_after
    if (longest is not None and after > longest) or until > latest or after == math.inf:
        return endings.retry_after_too_long(wait, error, decision)
    return _Next(wait.spaced(wait.now + pause), "the service's Retry-After", bound=until)
