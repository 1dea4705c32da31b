"""
The operation that waits for one job. It does no I/O and reads no clock.

It polls, takes the observation, notifies, and sleeps until the next poll. It decides on the last poll before the
deadline, the limits on failures, which 404 is believed, and Retry-After; `schedule` decides on the interval.
"""

import math
from functools import partial
from typing import Final, NamedTuple, TypeAlias, TypeVar, cast

import attrs

from jobwait._model.display import Display
from jobwait._model.policy import PollingDefaults
from jobwait._model.types import Ending, Outcome
from jobwait._polling import outcomes
from jobwait._polling.commands import Notify, Operation, Poll, Sleep
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._polling.outcomes import OnUpdate, last_update
from jobwait._polling.progress_estimate import ScheduleInput
from jobwait._polling.retry.classify import RetryDecision, classify, total
from jobwait._polling.schedule import plan
from jobwait._polling.timeout import time_out
from jobwait._polling.updates import changes, in_outage
from jobwait._polling.wait_state import Wait
from jobwait._sync.wake_up import WakeUp
from jobwait.errors import RateLimited

S = TypeVar("S")

MAX_SLEEP: Final = 3600.0  # seconds for which a wait sleeps at once while another wait polls


Needed: TypeAlias = Outcome[S] | Sleep | Poll


class _Next(NamedTuple):
    """The wait goes on: when to poll next and why; never before *bound*."""

    due: float
    why: str
    bound: float = 0.0


def waiting(
    job_state: JobState[S],
    settings: PollingDefaults,
    on_update: OnUpdate | None = None,
    until: float | None = None,
    stop: WakeUp | None = None,
) -> Operation[Outcome[S]]:
    """
    Wait until the job of *job_state* has ended, the deadline has come, or polling has failed for good.

    *until* is a deadline from a token, in seconds since the epoch; it replaces the policy's timeout. *stop* ends the
    wait once it is set, also if that was before.
    """
    if job_state.outcome is not None:
        return (yield from ended(job_state, job_state.outcome, on_update))
    wake_up = job_state.join(WakeUp())
    forget = None if stop is None else stop.notify(wake_up.set)
    try:
        wait = Wait.begin(job_state, settings, wake_up, (yield Sleep(0, wake_up)), until)
        tell_first(wait, on_update)
        while True:
            needed = yield from turn(wait, on_update)
            if isinstance(needed, Outcome):
                return needed
            if isinstance(needed, Sleep):
                wait.slept((yield needed))
            elif job_state.acquire(wake_up):
                try:
                    job_state.last_poll = wait.wall
                    wait.polled((yield needed))
                finally:
                    job_state.release(wake_up)
            else:
                wait.tick((yield Sleep(min(MAX_SLEEP, wait.remaining or MAX_SLEEP), wake_up, wait.remaining)))
    finally:
        job_state.leave(wake_up)
        if forget is not None:
            forget()


def tell_first(wait: Wait[S], on_update: OnUpdate | None) -> None:
    """Tell a display when the first poll is sent, as there is no update before it."""
    if isinstance(on_update, Display) and wait.before(wait.due):
        on_update.moved(wait.job_state.service.name, wait.job_state.job_id, wait.due - wait.now)


def turn(wait: Wait[S], on_update: OnUpdate | None, *, heard: bool = True) -> Operation[Needed[S]]:
    """
    Go on with *wait* until it needs a sleep or a poll, which it returns, or has ended: then it returns the outcome.

    It yields updates, and the request for a cancellation. Unless *heard*, nobody gets updates, so that only those that
    warn, and the last one, are made. Between two turns a wait is a Wait alone: a generator that
    slept would cost memory for each of thousands of jobs.
    """
    job_state, outcome = wait.job_state, None
    while outcome is None:
        needed = needed_by(wait)
        if needed is not None:
            return needed
        observation = job_state.observation
        if observation is not None and wait.has_news:
            outcome = yield from _evaluate(wait, observation, on_update, heard=heard)
        elif wait.wake_up.is_set():
            outcome = outcomes.stopped(wait)
        else:
            outcome = yield from time_out(wait)
    job_state.leave(wait.wake_up)
    return (yield from ended(job_state, outcome, on_update, wait))


def needed_by(wait: Wait[S]) -> Sleep | Poll | None:
    """The sleep or the poll that *wait* needs; None if there is news for it, or it was stopped or is over."""
    if wait.has_news or wait.wake_up.is_set() or wait.is_over:
        return None
    if wait.before(wait.due):
        return Sleep(wait.sleep_length(wait.due), wait.wake_up, wait.remaining)
    job_state = wait.job_state
    failures = total(wait.trouble.failures) if wait.trouble.failures else 0
    longest = wait.settings.max_retry_after
    service, client, ids = job_state.service, job_state.client, job_state.ids
    return Poll(service, client, ids, wait.remaining, failures, longest, wait.wake_up)


def ended(
    job_state: JobState[S], outcome: Outcome[S], on_update: OnUpdate | None, wait: Wait[S] | None = None
) -> Operation[Outcome[S]]:
    """Record the *outcome* of a *wait*, or of none if the job had ended before, and give the last update."""
    if job_state.record_end is not None:
        job_state.record_end(outcome)
    yield Notify(partial(last_update, job_state, outcome, wait), on_update, outcome=outcome)
    return outcome


def _evaluate(
    wait: Wait[S], observation: Observation[S], on_update: OnUpdate | None, *, heard: bool
) -> Operation[Outcome[S] | None]:
    """How the wait ended after *observation*; None: it goes on, and its next poll is due. Notifies of changes."""
    job_state = wait.job_state
    wait.take(observation)
    inputs = None
    if observation.state is None:
        found = _failed(wait, observation.error or TypeError("a failed poll has an error"))
    else:
        wait.reset_failures(observation.received)
        if observation.is_terminal:
            return outcomes.ended(wait, observation, cast("Ending", observation.state))
        if observation.state == "needs_input":
            return outcomes.needs_input(wait, observation)
        inputs = wait.inputs(observation.sent)
        found = _running(wait, observation, inputs)
    if isinstance(found, Outcome):
        return found
    due = None if wait.was_last(observation.sent) else wait.clipped(found.due, found.bound)
    if heard or job_state.state == "unknown":
        told = _notice(wait, observation, inputs, due, found.why, on_update)
        if told is not None:
            wait.tick((yield told))
    if job_state.cached is not None:
        job_state.cached.release()
    if due is None:
        return (yield from time_out(wait))
    wait.due = due
    return None


def _notice(
    wait: Wait[S],
    observation: Observation[S],
    inputs: ScheduleInput | None,
    due: float | None,
    why: str,
    on_update: OnUpdate | None,
) -> Notify | None:
    """The update after *observation*; None if it shows nothing new. inputs: those of the schedule; None: it failed."""
    before, each = wait.notified, isinstance(on_update, Display)
    if inputs is None:
        news = in_outage(wait, due, why, each=each)
    else:
        news = changes(wait, inputs, observation, due, why, each=each)
    if news is None:
        return None
    same = before is not None and before[:2] == news.status
    to = on_update.show if isinstance(on_update, Display) and not news.changed else on_update
    return Notify(news.make, to, news.warning, same_status=same, changed=news.changed)


def _running(wait: Wait[S], observation: Observation[S], inputs: ScheduleInput) -> Outcome[S] | _Next:
    settings = wait.settings
    if wait.job_state.state == "unknown" and settings.on_unknown == "raise":
        return outcomes.unknown(wait, observation.raw_status)
    planned = plan(settings, inputs)
    due = max(observation.sent + planned.gap, wait.now + min(settings.min_interval, planned.gap))
    why, hint = planned.why, observation.retry_after
    if hint is not None and settings.max_retry_after is not None:
        hint = min(hint, settings.max_retry_after)
    if hint is not None and observation.received + hint > due:
        due, why = observation.received + hint, "the service's Retry-After"
    return _Next(wait.spaced(due), why)


def _failed(wait: Wait[S], error: Exception) -> Outcome[S] | _Next:
    job_state, settings = wait.job_state, wait.settings
    rule = job_state.service.retry
    decision = classify(error, rule, wait.wall)
    if wait.answered is not None and not decision.own:  # only the service itself can end what it has answered before
        decision = attrs.evolve(decision, again=True)
    wait.note_error(error)
    interval = settings.interval or settings.min_interval
    if decision.new_key and job_state.client.renews_key and not wait.trouble.renewed:
        wait.trouble = attrs.evolve(wait.trouble, renewed=True)
        return _Next(wait.spaced(wait.now + interval), "the key was renewed")
    doubt = _doubt(wait, decision)
    if doubt is not None:
        return _Next(wait.spaced(wait.now + interval), doubt)
    wait.count_failure(decision.status)
    most, lasted = settings.max_consecutive_errors, wait.outage_is_over
    if decision.is_final(wait.trouble.failures, rule, most, bounded=True, lasted=lasted):
        return outcomes.unreachable(wait, error, decision)
    if decision.after is not None:
        return _follow_retry_after(wait, error, decision, decision.after, interval)
    pause = decision.pause(total(wait.trouble.failures), rule, interval, job_state.job_id)
    return _Next(wait.spaced(wait.now + pause), "the poll failed")


def _doubt(wait: Wait[S], decision: RetryDecision) -> str | None:
    """Why a 404 is not believed, if it is not: so soon after our own submission, or as the job was seen before."""
    job_state = wait.job_state
    if decision.status != 404 or not decision.own:
        return None
    if not job_state.seen:
        recent = job_state.submitted and wait.age <= wait.settings.not_found_grace
        return "the service may not know the job yet" if recent else None
    first = not wait.trouble.missing
    wait.trouble = attrs.evolve(wait.trouble, missing=True)
    return "a 404 for a job that was seen is believed the second time" if first else None


def _follow_retry_after(
    wait: Wait[S], error: Exception, decision: RetryDecision, after: float, interval: float
) -> Outcome[S] | _Next:
    """Poll again after the Retry-After of a failed poll (RFC 9110, 10.2.3); end the wait if that is too long."""
    until = wait.now + after
    latest = math.inf if wait.deadline is None else wait.deadline
    longest = wait.settings.max_retry_after
    if (longest is not None and after > longest) or until > latest:
        return outcomes.unreachable(wait, error, attrs.evolve(decision, kind=RateLimited))
    return _Next(wait.spaced(wait.now + interval), "the service's Retry-After", bound=until)
