"""
The scripts of many jobs in one loop: what to send next, and what to do with the answer. No I/O, no clock of its own.

A job costs a few objects here, no task and no thread. Those asleep are in a heap; those whose looks are due stand in
their account's line, until its budget has room; some need no look of their own, as a list or a queue tells enough.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import httpx
from attrs import Factory, define, field, frozen

from jobwait._jobs.handle import Job
from jobwait._model.types import Outcome
from jobwait._polling.commands import Notify, Poll, Result, SendRequest, Sleep
from jobwait._polling.poll import observe
from jobwait._polling.retry_after import retry_after
from jobwait.errors import InvalidInput
from jobwait.fleet.account_limits import LIST, POLL
from jobwait.fleet.accounts import Account, Accounts
from jobwait.fleet.fleet_job import FleetJob, Tick
from jobwait.fleet.list_poll import ListPoll, Page
from jobwait.fleet.list_polls import ListPolls
from jobwait.fleet.options import FleetOptions, max_interval_of
from jobwait.fleet.serial_queue import SerialQueueState

SOON: float = 5.0  # seconds before its deadline that a job put aside comes back
AT_MOST: int = 64  # sleepers woken before the next request is chosen


@frozen(eq=False)
class PendingRequest:
    """A request to be sent now, for one member, or for a page in a round of a group."""

    command: Poll | SendRequest
    account: Account
    sent: float
    fleet_job: FleetJob | None = None
    page: tuple[ListPoll, Page] | None = None


@define(eq=False)
class Scheduler:
    """All members; whoever drives it asks `next()` what to send and brings the answers to `answer()`."""

    options: FleetOptions
    tick: Tick  # the time, and what an Emit does
    notify: Callable[[Notify], Result]
    events: deque[Any] = field(factory=deque)  # (number, outcome) as jobs end; whoever drives may mix in its own
    rung: SimpleQueue[FleetJob] = field(factory=SimpleQueue)  # from any thread
    _rang: Callable[[FleetJob], object] = field(init=False)
    wake: Callable[[], object] = lambda: None
    stopping: bool = False
    order: list[int] = field(factory=list)  # the number of each job that was added, repeats included
    _fleet_jobs: dict[int, FleetJob] = field(factory=dict)
    count: int = 0  # of different jobs
    _known: dict[object, dict[object, int]] = field(factory=dict)  # by client and then by id
    _heap: list[tuple[float, int]] = field(factory=list)
    _accounts: Accounts = field(default=Factory(lambda scheduler: Accounts(scheduler.options), takes_self=True))
    _list_polls: ListPolls = field(factory=ListPolls)  # in the heap their places are the numbers below 0

    def __attrs_post_init__(self) -> None:
        def rang(fleet_job: FleetJob) -> None:
            self.rung.put(fleet_job)
            self.wake()

        self._rang = rang  # one for all members

    def __len__(self) -> int:
        return len(self._fleet_jobs)

    def add(self, job: Job[Any]) -> int:
        """Take *job* in; its number, which is the old one where it is here already."""
        if not isinstance(job, Job):
            raise InvalidInput(f"A job is what submit() and job() of a page give, not {type(job).__name__}.")
        index = self._number(job)
        self.order.append(index)
        if index < self.count:
            return index
        self.count += 1
        tick = self.tick()
        job_state = job._state  # noqa: SLF001 - a fleet drives what a handle holds
        options, interval = self.options, job_state.service.defaults.interval or job_state.service.defaults.min_interval
        policy = options.policy_of(job)
        fleet_job = FleetJob(
            index,
            self._rang,
            job_state,
            job.outcome_operation(timeout=options.timeout, policy=policy, on_update=options.on_update),
            self._accounts.of(job_state),
            self._list_polls.of(job_state, interval),
            options.weight_of(job),
            interval,
            max_interval_of(policy, job_state.service.defaults.max_interval),
            tick.now,
            interval,
        )
        self._fleet_jobs[index] = fleet_job
        fleet_job.account.size += 1
        fleet_job.account.limits.need += 1 / interval
        if fleet_job.round is not None:
            fleet_job.round.fleet_jobs[fleet_job] = None
        self._advance(fleet_job, None)
        return index

    def next(self) -> PendingRequest | float | None:
        """What to send now; or the seconds to the next time to ask; None: only an answer or a ring can tell."""
        now = self.tick().now
        self._wake_up(now)
        pause = self._heap[0][0] - now if self._heap else None
        for account in list(self._accounts.turns):
            found = self._from(account, now)
            if isinstance(found, PendingRequest):
                self._accounts.turns.rotate(-1)
                return found
            if found is not None:
                pause = found if pause is None else min(pause, found)
        return None if pause is None else max(0.0, pause)

    def answer(self, pending: PendingRequest, reply: httpx.Response | Exception) -> None:
        """Take what came of *errand*."""
        tick = self.tick()
        answer = Result(tick.now, tick.wall, reply)
        self._heed(pending, answer)
        if pending.fleet_job is not None and isinstance(reply, InvalidInput):
            self._over(pending.fleet_job, pending.fleet_job.rejected(reply, tick, self.notify, self.options.on_update))
        elif pending.fleet_job is not None:
            self._answered(pending.fleet_job, pending, answer)
        else:
            assert pending.page is not None, "an errand is for a member or for a page"  # noqa: S101
            self._page(*pending.page, pending.account, answer)

    def stop(self) -> None:
        """End all waits; what is under way is still answered."""
        self.stopping = True
        for fleet_job in list(self._fleet_jobs.values()):
            if fleet_job.wake_up is not None:
                fleet_job.wake_up.set()

    def close(self) -> None:
        """Forget all members; their jobs run on."""
        for fleet_job in self._fleet_jobs.values():
            fleet_job.operation.close()
        self._fleet_jobs.clear()

    def _wake_up(self, now: float) -> None:
        while not self.rung.empty():
            fleet_job = self.rung.get()
            if not fleet_job.busy and fleet_job.index in self._fleet_jobs:  # it may have ended since it rang
                self._roused(fleet_job)
        for _ in range(AT_MOST):
            if not self._heap or self._heap[0][0] > now:
                return
            wake, index = heapq.heappop(self._heap)
            if index < 0:
                self._list_polls.again(-1 - index, now)
                continue
            sleeper = self._fleet_jobs.get(index)
            if sleeper is not None and sleeper.wake == wake:
                self._roused(sleeper)

    def _roused(self, fleet_job: FleetJob) -> None:
        """The end of a sleep, of a time aside, or of the wait itself."""
        fleet_job.wake = float("inf")
        if fleet_job.poll is None:
            self._advance(fleet_job, self.tick())
        elif fleet_job.wake_up is not None and fleet_job.wake_up.is_set():
            fleet_job.account.poll_queue.leave(fleet_job)
            self._advance(fleet_job, self.tick())
        else:
            self._place(fleet_job, self.tick().now)

    def _from(self, account: Account, now: float) -> PendingRequest | float | None:
        """An errand for *account*, or the seconds until it may have one."""
        limits, pause = account.limits, self._list_polls.next(account, now)
        if isinstance(pause, tuple):
            list_poll, page, command = pause
            return PendingRequest(command, account, now, page=(list_poll, page))
        if not account.poll_queue:
            return pause
        late = limits.wait(POLL, now)
        if late > 0 or (late := limits.take(POLL, now)) > 0:
            self._expire(account, now)
            return late if pause is None else min(late, pause)
        fleet_job = account.poll_queue.first(now)
        assert isinstance(fleet_job, FleetJob), "a line that is not empty has a first"  # noqa: S101
        return self._pending(fleet_job, now)

    def _pending(self, fleet_job: FleetJob, now: float) -> PendingRequest:
        fleet_job.busy, fleet_job.wake = True, float("inf")
        job_state, poll = fleet_job.job_state, fleet_job.poll
        left = None if fleet_job.expires == float("inf") else max(fleet_job.expires - now, 1e-6)
        command = Poll(job_state.service, job_state.client, job_state.ids, left)
        if poll is None:
            job_state.last_poll = self.tick().wall
        return PendingRequest(command, fleet_job.account, now, fleet_job)

    def _expire(self, account: Account, now: float) -> None:
        for one in account.poll_queue.expired(now):
            assert isinstance(one, FleetJob), "members stand in lines"  # noqa: S101
            if one.poll is not None:
                self._advance(one, self.tick())

    def _heed(self, pending: PendingRequest, answer: Result) -> None:
        """A refusal binds all who share the budget."""
        reply = answer.reply
        if not isinstance(reply, httpx.Response) or reply.status_code not in {429, 503}:
            return
        after = retry_after(reply.headers, answer.wall)
        if reply.status_code == 429 or after is not None:
            pending.account.limits.refused(POLL if pending.fleet_job else LIST, answer.now, after)

    def _answered(self, fleet_job: FleetJob, pending: PendingRequest, answer: Result) -> None:
        fleet_job.busy = False
        if fleet_job.poll is None:  # the fleet wanted it, and the script sleeps
            started = fleet_job.job_state.started or answer.wall
            observe(
                fleet_job.job_state, answer, pending.sent, max(0.0, answer.wall - started - (answer.now - pending.sent))
            )
            answer = self.tick()
        self._advance(fleet_job, answer)

    def _page(self, list_poll: ListPoll, page: Page, account: Account, answer: Result) -> None:
        if self._list_polls.took(list_poll, page, account, answer):
            heapq.heappush(self._heap, (list_poll.due, -1 - list_poll.number))
            for fleet_job in [one for one in list_poll.fleet_jobs if isinstance(one, FleetJob) and not one.busy]:
                self._listed(fleet_job, list_poll, answer)

    def _listed(self, fleet_job: FleetJob, list_poll: ListPoll, answer: Result) -> None:
        """What a round means for *member*: an answer; or a look to find out, or because somebody listens for more."""
        said = list_poll.says(fleet_job)
        news = said is not None and said.raw_status != fleet_job.job_state.raw_status
        if said is not None and not (news and said.snapshot is None and self.options.on_update):
            fleet_job.account.poll_queue.leave(fleet_job)
            notified = Result(answer.now, answer.wall, said)
            if fleet_job.poll is not None:
                self._advance(fleet_job, notified)
                return
            wall = answer.wall
            observe(fleet_job.job_state, notified, answer.now, max(0.0, wall - (fleet_job.job_state.started or wall)))
            fleet_job.job_state.last_poll = wall
            self._advance(fleet_job, self.tick())
        elif fleet_job.poll is not None or not list_poll.failed:
            self._ask(fleet_job)

    def _ask(self, fleet_job: FleetJob) -> None:
        """Have *member* asked, whether its script wants it or not."""
        if not fleet_job.busy:
            fleet_job.account.poll_queue.join(fleet_job)

    def _advance(self, fleet_job: FleetJob, answer: Result | None) -> None:
        """Let the script of *member* go on to its next sleep or look, or to its end."""
        fleet_job.poll = None
        if answer is not None:
            fleet_job.account.poll_queue.leave(fleet_job)
        command = fleet_job.proceed(answer, self.tick, self.notify)
        if isinstance(command, Outcome):
            self._over(fleet_job, command)
            return
        if self.stopping and fleet_job.wake_up is not None and not fleet_job.wake_up.is_set():
            fleet_job.wake_up.set()
        observation = fleet_job.job_state.coordinator.observation
        if observation is not None:
            fleet_job.last = observation.sent
            if fleet_job.account.queue is not None:
                self._turn(fleet_job)
        if isinstance(command, Sleep):
            self._sleep(fleet_job, command)
        else:
            self._wants(fleet_job, command)

    def _number(self, job: Job[Any]) -> int:
        """The number of *job*: the old one, where another handle on it is here already."""
        *client, ids = job.key
        return self._known.setdefault(tuple(client), {}).setdefault(ids, self.count)

    def _sleep(self, fleet_job: FleetJob, command: Sleep) -> None:
        now = self.tick().now
        fleet_job.wake, fleet_job.expires = now + command.seconds, float("inf")
        fleet_job.gap = max(fleet_job.wake - fleet_job.last, 1e-3)
        heapq.heappush(self._heap, (fleet_job.wake, fleet_job.index))
        fleet_job.observe(command.wake_up)

    def _wants(self, fleet_job: FleetJob, poll: Poll) -> None:
        """A look is due."""
        now = self.tick().now
        fleet_job.poll = poll
        fleet_job.expires = float("inf") if poll.timeout is None else now + poll.timeout
        self._place(fleet_job, now)

    def _place(self, fleet_job: FleetJob, now: float) -> None:
        """Leave *member* to a round where that is cheaper, for later where the queue says so, else in line."""
        list_poll, queue = fleet_job.round, fleet_job.account.queue
        if list_poll is not None and list_poll.pays:
            if list_poll.under_way:
                return
            if list_poll.due <= now:
                self._list_polls.begin(list_poll, now)
                return
            if list_poll.due <= min(now + list_poll.interval, fleet_job.expires - SOON):
                self._aside(fleet_job, list_poll.due)
                return
        if queue is not None and queue.holds(fleet_job):
            until = min(fleet_job.last + fleet_job.max_interval, fleet_job.expires - SOON)
            if until > now:
                self._aside(fleet_job, until)
                return
        fleet_job.account.poll_queue.join(fleet_job)

    def _aside(self, fleet_job: FleetJob, until: float) -> None:
        fleet_job.wake = until
        heapq.heappush(self._heap, (until, fleet_job.index))

    def _turn(self, fleet_job: FleetJob) -> None:
        queue = fleet_job.account.queue
        assert queue is not None, "only called where there is one"  # noqa: S101
        queue.note(fleet_job)
        self._call(queue)

    def _call(self, queue: SerialQueueState) -> None:
        one = queue.next()
        if isinstance(one, FleetJob):
            self._ask(one)

    def _over(self, fleet_job: FleetJob, outcome: Outcome[Any]) -> None:
        del self._fleet_jobs[fleet_job.index]
        fleet_job.wake = float("inf")
        account = fleet_job.account
        account.size -= 1
        account.limits.need -= 1 / fleet_job.interval
        account.poll_queue.leave(fleet_job)
        if fleet_job.round is not None:
            del fleet_job.round.fleet_jobs[fleet_job]
        if account.queue is not None:
            account.queue.note(fleet_job)
            account.queue.forget(fleet_job)
            self._call(account.queue)
        self.events.append((fleet_job.index, outcome))
        if self.options.fail_fast and outcome.state != "succeeded" and not self.stopping:
            self.stop()
