"""
The rules of waiting, as a script: no I/O, no clock of its own.

Look, judge, tell, and again. The deadline's last look, the budget of failures, the 404 grace, the server's word and
the order in which they bind are here; when to look next if nothing else binds is `_schedule`'s.
"""

from __future__ import annotations

import math
from typing import Final, TypeVar, cast

from attrs import frozen

from jobwait._model.policy import Settled
from jobwait._model.service import TERMINAL
from jobwait._model.types import Ending, Outcome
from jobwait._polling import outcomes as endings
from jobwait._polling.commands import Emit, Script, Sleep
from jobwait._polling.coordinator import Heard
from jobwait._polling.job_state import Course
from jobwait._polling.observation import Reading
from jobwait._polling.operations import backoff
from jobwait._polling.poll import look, looked
from jobwait._polling.progress_estimate import View
from jobwait._polling.retry import Fault, judge
from jobwait._polling.schedule import plan
from jobwait._polling.updates import OnUpdate, last_update, news
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
    course: Course[S], settled: Settled, on_update: OnUpdate | None = None, until: float | None = None
) -> Script[Outcome[S]]:
    """
    Wait until the job of *course* has ended, the deadline has come, or asking has failed for good.

    *until* is an absolute deadline in seconds since the epoch, from a token; it stands in for the policy's timeout.
    """
    # One frame for all of a job's sleep, since jobs that wait are many: only the wait itself outlives a step.
    found: float | Outcome[S] = math.inf if course.outcome is None else course.outcome
    if not isinstance(found, Outcome):
        desk = course.desk = course.desk.here()
        bell = desk.join()
        try:
            wait = Wait.begin(course, settled, bell, (yield Sleep(0, bell)), until)
            found = wait.first_due()
            while not isinstance(found, Outcome):
                heard = desk.news(wait.heard)
                if heard is not None:
                    found = yield from _judged(wait, heard, on_update)
                elif bell.is_set():
                    found = endings.stopped(wait)
                elif wait.is_over:
                    found = endings.timed_out(wait)
                elif wait.before(found):
                    found = wait.rested((yield Sleep(wait.nap(found), bell)), found)
                elif desk.claim(bell):
                    try:
                        looked(wait, (yield look(wait)))
                    finally:
                        desk.release(bell)
                else:
                    wait.tick((yield Sleep(min(LONG, wait.remaining or LONG), bell)))
        finally:
            desk.leave(bell)
    yield Emit(last_update(course, found), on_update, outcome=found)
    return found


def _judged(wait: Wait[S], heard: Heard, on_update: OnUpdate | None) -> Script[float | Outcome[S]]:
    """What the answer to a look means: how the wait ended, or when the next look is due. Changes are told."""
    wait.take(heard)
    view = wait.view(heard)
    if heard.reading is None:
        assert heard.error is not None, "a look has an answer or an error"  # noqa: S101
        found = _failed(wait, heard.error)
    else:
        found = _succeeded(wait, heard, heard.reading, view)
    if isinstance(found, Outcome):
        return found
    due = None if wait.was_last(heard.sent) else wait.clipped(found.due, found.bound)
    if heard.reading is not None:
        told = news(wait, view, heard.reading, due, found.why)
        if told is not None:
            update, warning = told
            wait.tick((yield Emit(update, on_update, warning)))
        if heard.reading.kept is not None:
            heard.reading.kept.put_away()
    return endings.timed_out(wait) if due is None else due


def _succeeded(wait: Wait[S], heard: Heard, reading: Reading[S], view: View) -> Outcome[S] | _Next:
    settled = wait.settled
    wait.forgive()
    if reading.verdict in TERMINAL:
        return endings.ended(wait, reading, cast("Ending", reading.verdict))
    if wait.course.state == "unknown" and settled.on_unknown == "raise":
        return endings.unknown(wait, reading.raw_status)
    planned = plan(settled, view)
    due, why = max(heard.sent + planned.gap, wait.now + min(settled.floor, planned.gap)), planned.why
    hint = reading.hint
    if hint is not None and settled.max_retry_after is not None:
        hint = min(hint, settled.max_retry_after)
    if hint is not None and heard.now + hint > due and (hint < math.inf or wait.deadline is not None):
        due, why = heard.now + hint, "the service's Retry-After"
    return _Next(wait.paced(due), why)


def _failed(wait: Wait[S], error: Exception) -> Outcome[S] | _Next:
    course, settled = wait.course, wait.settled
    fault = judge(error, course.service.retry, wait.wall)
    wait.fail(error)
    pause = settled.pace or settled.floor
    if fault.new_key and course.client.renews_key and not wait.renewed:
        wait.renewed = True
        return _Next(wait.paced(wait.now + pause), "a fresh key")
    if _too_early_to_believe(wait, fault):
        return _Next(wait.paced(wait.now + pause), "the job may not be listed yet")
    wait.blame(fault.status or 0)
    if not fault.again or wait.counted_failures >= settled.error_budget or _spent(wait, fault):
        return endings.unreachable(wait, error, fault)
    if fault.after is not None:
        return _obey(wait, error, fault, fault.after, pause)
    least = course.service.retry.gap if (fault.status or 0) >= 500 else 0.0
    pause = max(least, backoff(wait.failures_in_a_row, pause, course.job_id))
    return _Next(wait.paced(wait.now + pause), "a failed look")


def _too_early_to_believe(wait: Wait[S], fault: Fault) -> bool:
    """A 404 just after our own submission may mean that the service has not caught up with itself."""
    course = wait.course
    return fault.status == 404 and course.submitted and not course.seen and wait.age <= wait.settled.not_found_grace


def _spent(wait: Wait[S], fault: Fault) -> bool:
    """Whether the vendor's own budget for this status is used up."""
    budget = wait.course.service.retry.budgets.get(fault.status or 0)
    return budget is not None and wait.failures[fault.status or 0] >= budget


def _obey(wait: Wait[S], error: Exception, fault: Fault, after: float, pause: float) -> Outcome[S] | _Next:
    """The server's word binds; where it asks for more than we have, that is the end, and at once."""
    until = wait.now + after
    latest = math.inf if wait.deadline is None else wait.deadline
    longest = wait.settled.max_retry_after
    if (longest is not None and after > longest) or until > latest or after == math.inf:
        return endings.impatient(wait, error, fault)
    return _Next(wait.paced(wait.now + pause), "the service's Retry-After", bound=until)
