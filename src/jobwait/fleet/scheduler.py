"""
Schedules the polls of many jobs: which request to send next, and what its response means. No I/O, no clock of its own.

A job costs a few objects here, no task and no thread. Jobs that sleep are in a heap, and so are all deadlines: a job
ends on time whatever it waits for. Jobs whose poll is due are in the poll queue of their account until its rate limits
allow a request. Some need no poll: a list poll or a serial queue shows that they have not ended.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from queue import SimpleQueue
from typing import Any, Final, NamedTuple, TypeVar

import attrs
from attrs import Factory, define, field

from jobwait._httpx import httpx
from jobwait._jobs.handle import Job, check_job, check_on_update, state_of, terms_of
from jobwait._model.display import Display
from jobwait._model.types import Outcome
from jobwait._polling.commands import Notify, Poll, Result, SendRequest, Sleep
from jobwait._polling.job_state import JobState
from jobwait._polling.rate_limits import LIST, POLL, TOGETHER
from jobwait._polling.retry.retry_after import retry_after, warn_if_unusable
from jobwait._polling.waiter import MAX_SLEEP
from jobwait.errors import InvalidInput
from jobwait.fleet.accounts import Account, Accounts
from jobwait.fleet.fleet_job import Clock, FleetJob, FleetOptions
from jobwait.fleet.list_poll import ListPoll, ListResult, Page, PageContent
from jobwait.fleet.list_polls import ListPolls, read_page
from jobwait.fleet.timetable import Timetable

NEVER: Final = float("inf")
SOON: Final = 5.0  # seconds before its deadline at which a job that needed no poll is polled all the same
OVERRUN: Final = 1.0  # seconds after its deadline at which a job ends even if its request is still in flight
MANY: Final = 1000  # jobs; a fleet with more wakes those together that are due soon after one another
AT_MOST: Final = 32  # jobs of each kind of work that are dealt with before the driver goes on; also those it adds

S = TypeVar("S")


def each_of(jobs: Iterable[Job[S]]) -> Iterator[Job[S]]:
    """*jobs*, as they are now; raises InvalidInput before the first if a collection has something else."""
    if isinstance(jobs, Collection):
        jobs = tuple(jobs)  # it may change meanwhile
        for job in jobs:
            check_job(job)
    return iter(jobs)


class PendingRequest(NamedTuple):
    """A request to send now, at *sent*: for one job, or for a page of a list poll."""

    command: Poll | SendRequest
    account: Account
    sent: float
    job: FleetJob | None = None
    page: tuple[ListPoll, Page] | None = None


@define(eq=False)
class Scheduler:
    """
    All jobs of a fleet. A driver sends the request that `next()` returns and passes its result to `take()`.

    No call takes long, however many jobs there are: what concerns all of them is done by `next()`, for a few at a time.

    heard: says whether anybody gets updates now. events: (number, outcome) of each job that ended; a driver may add
    its own. woken: jobs whose wake-up was called, from any thread; wake: ends the driver's sleep. order: the number of
    each job that was added, repeats included; count: of different jobs.
    """

    options: FleetOptions
    clock: Clock
    notify: Callable[[Notify], Result]
    heard: Callable[[], bool] = lambda: True
    events: deque[Any] = field(factory=deque)
    woken: SimpleQueue[FleetJob] = field(factory=SimpleQueue)
    wake: Callable[[], object] = lambda: None
    stopping: bool = False
    reason: str = "stop()"
    order: list[int] = field(factory=list)
    count: int = 0
    _jobs: list[FleetJob | None] = field(factory=list)  # by number; None: its wait has ended
    _open: int = 0  # how many have not ended
    _known: dict[object, dict[object, int]] = field(factory=dict)  # by client and then by id
    _sleeps: Timetable = field(factory=lambda: Timetable(1.0))  # list polls have numbers below 0
    _deadlines: Timetable = field(factory=lambda: Timetable(256.0))
    _accounts: Accounts = field(
        default=Factory(lambda one: Accounts(one.options.limits, one.options.limiters, one.on_wake), takes_self=True)
    )
    _list_polls: ListPolls | None = None  # where a service lists its jobs
    _to_stop: deque[FleetJob] = field(factory=deque)
    _listed: deque[tuple[FleetJob, ListResult]] = field(factory=deque)  # jobs to be told of a list poll

    def on_wake(self, job: FleetJob) -> None:
        """Have *job* resumed, as it was woken; safe from any thread."""
        self.woken.put(job)
        self.wake()

    def __len__(self) -> int:
        return self._open

    def add(self, handle: Job[Any]) -> int:
        """Add the job of *handle* unless it was added before; returns its number. Raises InvalidInput."""
        check_job(handle)
        index = self._number(handle)
        self.order.append(index)
        if index < self.count:
            return index
        self.count += 1
        job_state, options = state_of(handle), self.options
        check_on_update(options.on_update)
        settings, until = terms_of(handle, options.timeout, options.policy_of(handle))
        account, at = self._accounts.of(job_state), self.clock()
        list_poll = None if job_state.service.listing is None else self._list_poll_of(job_state)
        weight = options.weight_of(handle)
        job = FleetJob(index, job_state, settings, until, account, list_poll, weight, at.now, at.wall, at.now)
        self._jobs.append(job)
        self._open += 1
        account.size += 1
        longest = NEVER if settings.max_retry_after is None else settings.max_retry_after
        account.max_retry_after = max(account.max_retry_after, longest)
        account.limits.need += job.rate
        if list_poll is not None:
            list_poll.jobs[job] = None
        self._begin(job)
        return index

    def forget(self, handle: Job[Any]) -> None:
        """Have the job of *handle*, whose wait has ended or ends, waited for anew if it is added again."""
        *client, ids = handle.key
        self._known.get(tuple(client), {}).pop(ids, None)

    def next(self, *, room: bool = True) -> PendingRequest | float | None:
        """
        The request to send now; or the seconds until this is to be called again; None: after a result or a wake-up.

        Without *room*, as too many requests are in flight, it only ends the waits that are over.
        """
        at = self.clock()
        now = at.now
        if self._catch_up():
            return 0.0
        if room:
            self._wake_jobs(at)
        self._check_deadlines(at)
        first = self._deadlines.next
        if room:
            for _ in range(len(self._accounts.rotation)):
                account = self._accounts.rotation[0]
                self._accounts.rotation.rotate(-1)
                found = self._next_of(account, at)
                if isinstance(found, PendingRequest):
                    return found
                if found is not None:
                    first = min(first, now + found)
            first = min(first, self._next_look(now))
        return None if first == NEVER else max(0.0, first - now)

    @property
    def has_more(self) -> bool:
        """Whether there may be another request to send now."""
        queued = any(account.poll_queue for account in self._accounts.rotation)
        return queued or bool(self._listed) or not self.woken.empty()

    def take(
        self, pending: PendingRequest, value: httpx.Response | Exception | None, content: PageContent | None = None
    ) -> None:
        """Take the result of *pending*; of a page its *content* too, if read_page() was called already."""
        at = self.clock()
        result = Result(at.now, at.wall, value, pending.sent)
        self._note_refusal(pending, result)
        job = pending.job
        if job is None:
            assert pending.page is not None, "a request is for a job or for a page"  # noqa: S101
            list_poll, page = pending.page
            self._take_page(list_poll, page, pending.account, result, content or read_page(list_poll, value))
            return
        if job.request is not None and not isinstance(pending.command, SendRequest):
            return  # its deadline passed during the poll, and its cancellation is asked for now
        job.in_flight, job.listed = False, 0
        if self._jobs[job.index] is None:  # its deadline passed meanwhile
            return
        if isinstance(value, InvalidInput):
            self._end(job, job.rejected(value, at, self.notify, self.options.on_update))
            return
        if not job.waits_for_answer:  # the serial queue requested this poll while the wait sleeps
            job.observe(result, pending.sent)
            result = self.clock()
        self._advance(job, result)

    def stop(self, reason: str = "stop()") -> None:
        """End all waits; requests in flight are completed. *reason*: what ends them, for their errors."""
        self.stopping, self.reason = True, reason
        self._to_stop.extend(job for job in self._jobs if job is not None)
        self.wake()

    def close(self, at_most: int | None = None) -> bool:
        """Remove all jobs, or *at_most* so many; whether there are more. They go on at their services."""
        for _ in range(len(self._jobs) if at_most is None else at_most):
            if not self._jobs:
                break
            job = self._jobs.pop()
            if job is not None:
                self._open -= 1
                job.close()
        return bool(self._jobs)

    def _catch_up(self) -> bool:
        """Stop jobs, resume those that were woken, and tell them of list polls; whether there is more of that."""
        if not self._to_stop and not self._listed and self.woken.empty():
            return False
        for _ in range(min(AT_MOST, len(self._to_stop))):
            self._to_stop.popleft().stop(self.reason)
        for _ in range(AT_MOST):
            if self.woken.empty():
                break
            job = self.woken.get()
            if not job.in_flight and self._jobs[job.index] is not None:  # it may have ended since
                self._resume(job, self.clock())
        for _ in range(min(AT_MOST, len(self._listed))):
            self._take_listed(*self._listed.popleft())
        return bool(self._to_stop or self._listed or not self.woken.empty())

    def _next_look(self, now: float) -> float:
        """When jobs that sleep are next looked at."""
        first = self._sleeps.next
        return max(first, now + TOGETHER) if first > now and self._open > MANY else first

    def _wake_jobs(self, at: Result) -> None:
        now = at.now
        for _ in range(AT_MOST):
            due = self._sleeps.pop(now)
            if due is None:
                return
            begins, number = due
            if number < 0 and self._list_polls is not None:
                self._list_polls.again(-1 - number, now)
                continue
            job = self._jobs[number]
            if job is None:
                continue
            if job.next == begins:
                self._resume(job, at)
            elif self._sleeps.begins(job.next) == begins:
                self._sleeps.add(number, job.next, now)

    def _check_deadlines(self, at: Result) -> None:
        for _ in range(AT_MOST):
            due = self._deadlines.pop(at.now)
            if due is None:
                return
            job = self._jobs[due[1]]
            if job is not None:
                self._check_deadline(job, at)

    def _resume(self, job: FleetJob, at: Result) -> None:
        """Resume *job* at the end of a sleep, or when it was woken."""
        job.next = NEVER
        if job.is_set() or not job.waits_for_answer:
            self._advance(job, at)
        else:
            self._place(job, at.now)

    def _check_deadline(self, job: FleetJob, at: Result) -> None:
        """Poll *job* if its deadline is near, and end it if that has passed, whatever it waits for."""
        now = at.now
        if now < job.expires or (job.in_flight and now < job.expires + OVERRUN):
            if job.waits_for_answer and not job.in_flight:
                job.account.poll_queue.hurry(job)
            self._watch_deadline(job, now)
            return
        job.in_flight = False
        self._advance(job, at)

    def _watch_deadline(self, job: FleetJob, now: float) -> None:
        """Have the deadline of *job* checked when it is near, when it has come, and when a request has overrun it."""
        times = (job.expires - SOON, job.expires, job.expires + OVERRUN, now + OVERRUN)
        self._deadlines.add(job.index, next(time for time in times if time > now), now)

    def _next_of(self, account: Account, at: Result) -> PendingRequest | float | None:
        """A request for *account*, or the seconds until it may send one."""
        now, limits = at.now, account.limits
        pause = None if self._list_polls is None else self._list_polls.next(account, now)
        if isinstance(pause, tuple):
            list_poll, page, command = pause
            return PendingRequest(command, account, now, page=(list_poll, page))
        if not account.poll_queue:
            return pause
        late = limits.wait(POLL, now)
        if late > 0:
            return late if pause is None else min(late, pause)
        limits.take(POLL, now)
        first = account.poll_queue.first(now)
        assert first is not None, "a poll queue that is not empty has a first"  # noqa: S101
        return self._request(first, at)

    def _request(self, job: FleetJob, at: Result) -> PendingRequest:
        now = at.now
        job.in_flight, job.next = True, NEVER
        job_state = job.job_state
        left = None if job.expires == NEVER else max(job.expires - now, 1e-6)
        if job.request is not None:
            return PendingRequest(attrs.evolve(job.request, timeout=left), job.account, now, job)
        job_state.last_poll = at.wall
        poll = Poll(job_state.service, job_state.client, job_state.ids, left, wake_up=job)
        return PendingRequest(poll, job.account, now, job)

    def _note_refusal(self, pending: PendingRequest, result: Result) -> None:
        """Slow down all jobs that share the limits after a 429, or a 503 with Retry-After."""
        response = result.value
        if not isinstance(response, httpx.Response) or response.status_code not in {429, 503}:
            return
        if pending.job is None:
            warn_if_unusable(response, result.wall, pending.command.client, pending.account.limits.service.name)
        after = retry_after(response.headers, result.wall)
        if after is not None:
            after = min(after, pending.account.max_retry_after)
        if response.status_code == 429 or after is not None:
            pending.account.limits.refused(POLL if pending.job else LIST, result.now, after)

    def _take_page(
        self, list_poll: ListPoll, page: Page, account: Account, result: Result, content: PageContent
    ) -> None:
        if self._list_polls is not None and self._list_polls.took(list_poll, page, account, result.now, content):
            self._sleeps.add(-1 - list_poll.number, list_poll.due, list_poll.due)  # at that time, not before
            found = list_poll.result(result)
            self._listed.extend((job, found) for job in list_poll.jobs)

    def _take_listed(self, job: FleetJob, listed: ListResult) -> None:
        """Take what a list poll says about *job*: an observation, or that it needs a poll of its own."""
        at = listed.at
        if job.in_flight or self._jobs[job.index] is None or job.request is not None or job.last > at.now:
            return  # it has ended, or a later poll has been sent
        found = listed.observation_of(job.job_state)
        if found is not None and not job.asks_beyond(found, shown=self.options.on_update is not None):
            job.listed += 1
            result = Result(at.now, at.wall, found, at.now)
            if not job.is_due:
                job.observe(result, at.now)
                job.job_state.last_poll = at.wall
                result = self.clock()
            self._advance(job, result)
        elif job.is_due or not listed.failed:
            job.account.poll_queue.join(job)

    def _begin(self, job: FleetJob) -> None:
        """Begin the wait of *job*, which is new."""
        on_update, outcome = self.options.on_update, job.job_state.outcome
        if outcome is not None:
            self._end(job, job.end(outcome, self.notify, on_update))
            return
        needed = job.begin(on_update)
        self._watch_deadline(job, job.last)
        if needed is None:
            self._advance(job, self.clock())
        else:
            self._await(job, needed, job.given)

    def _advance(self, job: FleetJob, result: Result) -> None:
        """Resume the wait of *job* until its next sleep, poll or request, or its end."""
        job.account.poll_queue.leave(job)
        needed = job.proceed(result, self.notify, self.options.on_update, heard=self.heard())
        if isinstance(needed, Outcome):
            self._end(job, needed)
        else:
            self._await(job, needed, job.begun().now)

    def _await(self, job: FleetJob, needed: Sleep | Poll | SendRequest | None, now: float) -> None:
        """See to it that *job* gets what it needs *now*, and that its deadline is kept."""
        if self.stopping:
            job.stop(self.reason)
        observation = job.job_state.observation
        if observation is not None:
            job.last = observation.sent
            if job.account.serial_queue is not None:
                job.account.serial_queue.note(job)
                self._poll_next_in_turn(job.account)
        if isinstance(needed, Sleep):
            self._sleep_until(job, min(job.due, now + needed.seconds), now)
            job.compare()
        elif isinstance(needed, SendRequest):
            now = self.clock().now
            job.request, job.expires = needed, NEVER if needed.timeout is None else now + needed.timeout
            self._watch_deadline(job, now)
            self._place(job, now)
        elif job.job_state.acquire(job):
            job.is_due = True
            self._place(job, now)
        else:
            self._sleep_until(job, now + MAX_SLEEP, now)  # another wait polls the job, and wakes this one

    def _number(self, handle: Job[Any]) -> int:
        """The number of the job: the old one if another handle on it was added before."""
        *client, ids = handle.key
        return self._known.setdefault(tuple(client), {}).setdefault(ids, self.count)

    def _list_poll_of(self, job_state: JobState[Any]) -> ListPoll | None:
        defaults = job_state.service.defaults
        interval = defaults.interval or defaults.min_interval
        self._list_polls = self._list_polls or ListPolls()
        return self._list_polls.of(job_state, interval)

    def _place(self, job: FleetJob, now: float) -> None:
        """A poll of *job* is due: leave it to a list poll if that is cheaper, or to a serial queue, or queue it."""
        list_poll, serial_queue = job.list_poll, job.account.serial_queue
        if job.request is not None:
            list_poll = serial_queue = None
        if list_poll is not None and self._list_polls is not None and list_poll.pays and now < job.expires - SOON:
            if list_poll.under_way:
                return
            if list_poll.due <= now:
                self._list_polls.begin(list_poll, job.account, now)
                return
            if list_poll.due <= now + list_poll.interval:
                self._postpone(job, list_poll.due, now)
                return
        if serial_queue is not None and serial_queue.holds(job):
            until = min(job.last + job.max_interval, job.expires - SOON)
            if until > now:
                self._postpone(job, until, now)
                return
        job.account.poll_queue.join(job)

    def _postpone(self, job: FleetJob, until: float, now: float) -> None:
        """Leave the poll of *job* that is due for later, and tell a display."""
        self._sleep_until(job, until, now)
        if isinstance(self.options.on_update, Display):
            self.options.on_update.moved(job.job_state.service.name, job.job_state.job_id, until - now)

    def _sleep_until(self, job: FleetJob, until: float, now: float) -> None:
        job.next = until
        self._sleeps.add(job.index, until, now)

    def _poll_next_in_turn(self, account: Account) -> None:
        """Poll the job that may run now in the serial queue, even if its operation sleeps."""
        job = None if account.serial_queue is None else account.serial_queue.next()
        if job is not None and not job.in_flight:
            account.poll_queue.join(job)

    def _end(self, job: FleetJob, outcome: Outcome[Any]) -> None:
        self._jobs[job.index] = None
        self._open -= 1
        job.next = NEVER
        account = job.account
        account.size -= 1
        account.limits.need -= job.rate
        account.poll_queue.leave(job)
        if job.list_poll is not None:
            del job.list_poll.jobs[job]
        if account.serial_queue is not None:
            account.serial_queue.note(job)
            account.serial_queue.forget(job)
            self._poll_next_in_turn(account)
        self.events.append((job.index, outcome))
        if self.options.fail_fast and outcome.state != "succeeded" and not self.stopping:
            self.stop(f"fail_fast, as {outcome.service} job {outcome.job_id} did not succeed,")
