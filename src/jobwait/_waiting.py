"""
The rules of waiting, as a script: no I/O, no clock of its own.

Rest, look, hear, tell, and again. The deadline's last look, the budget of failures, the 404 grace, the server's word
and the order in which they bind are here; when to look next if nothing else binds is `_schedule`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import httpx
from attrs import frozen

from jobwait import _endings as endings
from jobwait._call import backoff
from jobwait._course import Course
from jobwait._judge import Fault, is_expected, judge
from jobwait._policy import Settled
from jobwait._reading import Reading, read
from jobwait._schedule import plan
from jobwait._service import TERMINAL
from jobwait._steps import Emit, Look, Script, Signal, Sleep
from jobwait._types import Ending, Outcome, State, Update
from jobwait._wait import Wait

S = TypeVar("S")
OnUpdate: TypeAlias = Callable[[Update[Any]], object]


@frozen
class _Next:
    """The wait goes on: when to look next, not before *bound*; why; and what to tell, if anything was read."""

    due: float
    why: str
    bound: float = 0.0
    reading: Reading[Any] | None = None


def waiting(
    course: Course[S],
    settled: Settled,
    on_update: OnUpdate | None = None,
    signal: Signal | None = None,
    until: float | None = None,
) -> Script[Outcome[S]]:
    """
    Wait until the job of *course* has ended, the deadline has come, or asking has failed for good.

    *until* is an absolute deadline in seconds since the epoch, from a token; it stands in for the policy's timeout.
    """
    if course.outcome is not None:
        return (yield from _finish(course, course.outcome, on_update))
    wait = Wait.begin(course, settled, (yield Sleep(0)), until)
    if settled.timeout == 0 and until is None:
        return (yield from _finish(course, endings.timed_out(wait), on_update))
    due = wait.first_due()
    while True:
        yield from _rest(wait, due, signal)
        if signal is not None and signal.is_set():
            return (yield from _finish(course, endings.stopped(wait), on_update))
        sent = wait.now
        answer = yield Look(course.service, course.client, course.ids, wait.remaining)
        wait.looked(answer, sent)
        found = _hear(wait, answer.reply, sent)
        if isinstance(found, Outcome):
            return (yield from _finish(course, found, on_update))
        if wait.was_last(sent):
            return (yield from _finish(course, endings.timed_out(wait), on_update))
        due = wait.clipped(found.due, found.bound)
        if found.reading is not None:
            yield from _tell(wait, found.reading, due, found.why, on_update)


def _rest(wait: Wait[S], due: float, signal: Signal | None) -> Script[None]:
    """Sleep until *due*, again if the sleep ended early, and not at all once *signal* is set."""
    while wait.before(due) and not (signal is not None and signal.is_set()):
        wait.tick((yield Sleep(due - wait.now, signal)))


def _hear(wait: Wait[S], reply: httpx.Response | Exception | None, sent: float) -> Outcome[S] | _Next:
    """What the answer to a look means for the wait."""
    try:
        if not isinstance(reply, httpx.Response):
            raise reply or TypeError("a driver answers a Look with a response or an exception")
        reading = read(wait.course.service, reply, wait.wall)
    except Exception as error:
        if not is_expected(error):
            raise
        return _failed(wait, error)
    return _succeeded(wait, reading, sent)


def _succeeded(wait: Wait[S], reading: Reading[S], sent: float) -> Outcome[S] | _Next:
    course, settled = wait.course, wait.settled
    wait.forgive()
    course.seen = True
    course.raw_status = reading.raw_status
    course.snapshot = reading.snapshot if reading.snapshot is not None else course.snapshot
    if reading.verdict in TERMINAL:
        course.state = reading.verdict
        return endings.ended(wait, reading, cast("Ending", reading.verdict))
    course.state = _state(course, reading)
    if course.state == "unknown" and settled.on_unknown == "raise":
        return endings.unknown(wait, reading.raw_status)
    planned = plan(settled)
    due, why = max(sent + planned.gap, wait.now + min(settled.floor, planned.gap)), planned.why
    hint = reading.hint
    if hint is not None and settled.max_retry_after is not None:
        hint = min(hint, settled.max_retry_after)
    if hint is not None and wait.now + hint > due:
        due, why = wait.now + hint, "the service's Retry-After"
    return _Next(wait.paced(due), why, reading=reading)


def _state(course: Course[Any], reading: Reading[Any]) -> State:
    """A vendor that documents no live status is not to blame for one: its progress says whether the job runs."""
    if reading.verdict == "unknown" and not course.service.live_statuses:
        return "queued" if reading.progress is None else "running"
    return reading.verdict


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
    wait.failures[fault.status or 0] += 1
    if not fault.again or wait.counted_failures >= settled.error_budget or _spent(wait, fault):
        return endings.unreachable(wait, error, fault)
    if fault.after is not None:
        return _obey(wait, error, fault, fault.after, pause)
    least = course.service.retry.gap if (fault.status or 0) >= 500 else 0.0
    pause = max(least, backoff(wait.failures.total(), pause, course.job_id))
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
    longest, until = wait.settled.max_retry_after, wait.now + after
    if (longest is not None and after > longest) or (wait.deadline is not None and until > wait.deadline):
        return endings.impatient(wait, error, fault)
    return _Next(wait.paced(wait.now + pause), "the service's Retry-After", bound=until)


def _tell(wait: Wait[S], reading: Reading[S], due: float, why: str, on_update: OnUpdate | None) -> Script[None]:
    """Tell of a change, and only of a change."""
    state = cast("State", wait.course.state)
    news = (state, reading.raw_status, reading.progress)
    if news == wait.told:
        return
    wait.told = news
    warning = None
    if state == "unknown" and not wait.warned:
        wait.warned, warning = True, endings.warning(wait, reading.raw_status)
    if due >= wait.last_chance:
        why = "the last look before the deadline"
    update = Update(
        state,
        reading.raw_status,
        reading.snapshot,
        reading.progress,
        next_look=due - wait.now,
        why=why,
        service=wait.course.service.name,
        job_id=wait.course.job_id,
    )
    wait.tick((yield Emit(update, on_update, warning)))


def _finish(course: Course[S], outcome: Outcome[S], on_update: OnUpdate | None) -> Script[Outcome[S]]:
    """The one terminal update, then the outcome."""
    update = Update(
        outcome.state,
        course.raw_status,
        outcome.snapshot,
        terminal=True,
        service=outcome.service,
        job_id=outcome.job_id,
    )
    yield Emit(update, on_update)
    return outcome
