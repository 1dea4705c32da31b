"""
Paces an operation outside a fleet: each of its requests waits until the rate limit of its account has room for it.

All of them share one budget with the fleets of the process: polls, submissions, lists, results. A single call waits
for at most LONGEST_DELAY; a poll, until its deadline; a submission of a batch, until the batch's.
"""

import math
from contextlib import suppress
from typing import Any, Final, TypeVar

import attrs
from attrs import define

from jobwait._model.limits import Limit
from jobwait._model.service import Service
from jobwait._polling.commands import Command, Compute, Gather, Operation, Poll, Result, SendRequest, Sleep
from jobwait._polling.rate_limits import POLL, SUBMIT, Budget
from jobwait._sync.wake_up import WakeUp
from jobwait.errors import NotSubmitted, RateLimited

R = TypeVar("R")

LONGEST_DELAY: Final = 120.0  # seconds that a single call waits for its turn
PATIENCE: Final = 900.0  # seconds in which a service refuses all submissions of a batch, after which that is its answer


@define(eq=False)
class Batch:
    """
    What the submissions of one batch share. Times are those of the driver's monotonic clock.

    own: a limit of the caller's. stop: ends their sleeps, and no more are sent. until: when no more are sent. since:
    when one last had a response other than 429, or the batch began. exhausted: whether that is too long ago.
    """

    service: Service[Any, Any]
    own: Limit | None
    stop: WakeUp
    until: float
    since: float
    exhausted: bool = False

    def check(self, now: float, late: float) -> None:
        """Raise NotSubmitted if a submission may not be sent *late* seconds from *now*."""
        fact = "submit_all() was stopped first"
        if not self.stop.is_set():
            if self.exhausted:
                fact = f"the service refused all submissions for {now - self.since:.0f} s (429)"
            elif now + late <= self.until:
                return
            else:
                fact = "its turn within the rate limit comes after the timeout"
        raise NotSubmitted(f"{self.service.name}: {fact}; nothing was sent.", service=self.service.name)

    def repeats(self, now: float, *, refused: bool) -> bool:
        """Whether a submission is sent again that was *refused* with a 429, and so had no effect."""
        if not refused:
            self.since = max(self.since, now)
            return False
        self.exhausted = self.exhausted or now - self.since > PATIENCE
        return not self.exhausted


def paced(operation: Operation[R], batch: Batch | None = None) -> Operation[R]:
    """*operation*, whose requests wait for their turns; as a part of *batch*, by that batch's rules."""
    pacer = _Pacer(batch)
    try:
        command = next(operation)
        while True:
            try:
                result = yield from pacer.do(command)
            except BaseException as error:  # noqa: BLE001 - raised again by the operation, which knows what was sent
                command = operation.throw(error)
            else:
                command = operation.send(result)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    except BaseException as error:
        with suppress(StopIteration):
            operation.throw(error)  # it came between two commands; where it came from the operation, that has ended
        raise
    finally:
        operation.close()


@define(eq=False)
class _Pacer:
    """
    Yields the commands of one operation, each request in its turn.

    last: the last result. wake_up: of the wait. submitted: whether a submission has had a response.
    """

    batch: Batch | None
    last: Result | None = None
    wake_up: WakeUp | None = None
    submitted: bool = False

    def do(self, command: Command) -> Operation[Result]:
        """Yield *command*, when it is its turn; the result."""
        if isinstance(command, Poll | SendRequest) and _counts_as(command) is not None:
            wake_up = self.wake_up if self.batch is None else self.batch.stop
            self.last = yield from _send(command, self.last, wake_up, self.batch)
            self.submitted = self.submitted or not isinstance(self.last.value, Exception)
            return self.last
        if isinstance(command, Compute):  # no pause: the first request still has its own, in which a stop is seen
            return (yield command)
        if isinstance(command, Sleep):
            self.wake_up = command.wake_up or self.wake_up
            if self.batch is not None and not self.submitted:
                command = Sleep(command.seconds, self.batch.stop)
        elif isinstance(command, Gather):
            command = attrs.evolve(command, operations=[paced(one) for one in command.operations])
        self.last = yield command
        return self.last


def _counts_as(command: Poll | SendRequest) -> tuple[Service[Any, Any], str] | None:
    return (command.service, POLL) if isinstance(command, Poll) else command.counts_as


def _send(
    command: Poll | SendRequest, last: Result | None, wake_up: WakeUp | None, batch: Batch | None
) -> Operation[Result]:
    """Send *command* in its turn; the result. Raises RateLimited or NotSubmitted if its turn comes too late."""
    service, operation = _counts_as(command) or (None, "")
    assert service is not None, "the command counts"  # noqa: S101
    batch = batch if operation == SUBMIT else None
    budget = Budget.of(service, command.client, operation, None if batch is None else batch.own)
    result = last or (yield Sleep(0))
    turn = _Turn(budget, command, result.now, wake_up, batch)
    while True:
        result = yield from _wait_for(turn, result)
        if turn.is_over:
            return Result(result.now, result.wall)
        sent = result.now
        result = yield turn.command_at(sent)
        if sent > turn.begun:
            result = result._replace(sent=sent)
        refused = budget.note(result, command.max_retry_after if isinstance(command, Poll) else None)
        if batch is None or not batch.repeats(result.now, refused=refused):
            return result
        if isinstance(command, SendRequest) and command.once is not None:
            command.once.begin()  # a 429 is a certain refusal


@define(eq=False)
class _Turn:
    """A request that waits for its turn since *begun*. is_over: whether it is a poll whose wait ended first."""

    budget: Budget
    command: Poll | SendRequest
    begun: float
    wake_up: WakeUp | None
    batch: Batch | None
    is_over: bool = False

    def latest(self) -> float:
        """When it may be sent at the latest."""
        if self.batch is not None:
            return self.batch.until
        if isinstance(self.command, Poll):
            return math.inf if self.command.timeout is None else self.begun + self.command.timeout
        return self.begun + LONGEST_DELAY

    def check(self, now: float, late: float) -> None:
        """Note, or raise, that it cannot be sent *late* seconds from *now*."""
        if self.batch is not None:
            self.batch.check(now, late)
        elif isinstance(self.command, Poll):
            stopped = late == 0 and self.wake_up is not None and self.wake_up.is_set()
            self.is_over = stopped or now + late > self.latest()
        elif now + late > self.latest():
            assert self.command.counts_as is not None, "the command counts"  # noqa: S101
            raise _too_late(self.command.counts_as[0], late)

    def command_at(self, now: float) -> Command:
        """The command to yield *now*: of the timeout of a poll, what is left."""
        if now > self.begun and isinstance(self.command, Poll) and self.command.timeout is not None:
            return self.command._replace(timeout=max(1e-6, self.latest() - now))
        return self.command


def _wait_for(turn: _Turn, result: Result) -> Operation[Result]:
    while True:
        late = turn.budget.reserve(result.now, turn.latest() - result.now)
        turn.check(result.now, late)
        if turn.is_over:
            return (yield from _sleep(result, turn.latest() - result.now, turn.wake_up))
        if late <= 0:
            return result
        result = yield from _sleep(result, late, turn.wake_up)
        turn.check(result.now, 0.0)
        if turn.is_over or not turn.budget.is_closed(result.now):
            return result


def _sleep(result: Result, seconds: float, wake_up: WakeUp | None) -> Operation[Result]:
    """Sleep for *seconds*, or until *wake_up* is set; other wake-ups are for the wait, which is about to poll."""
    until = result.now + seconds
    while result.now < until and not (wake_up is not None and wake_up.is_set()):
        result = yield Sleep(until - result.now, wake_up)
    return result


def _too_late(service: Service[Any, Any], late: float) -> RateLimited:
    error = RateLimited(
        f"{service.name}: the rate limit of this account has room for the next request in {late:.0f} s, and a single "
        f"call waits for {LONGEST_DELAY:.0f} s at most; nothing was sent. Call it again later.",
        service=service.name,
    )
    error.retry_after = late
    return error
