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
from jobwait._polling.commands import Answer, Emit, Look, Send, Sleep
from jobwait._polling.poll import hear
from jobwait._polling.retry_after import retry_after
from jobwait.errors import InvalidInput
from jobwait.fleet.account_limits import LIST, LOOK
from jobwait.fleet.accounts import Account, Accounts
from jobwait.fleet.fleet_job import Member, Tick
from jobwait.fleet.list_poll import Page, Round
from jobwait.fleet.list_polls import Groups
from jobwait.fleet.options import Terms, silence_of
from jobwait.fleet.serial_queue import Queue

SOON: float = 5.0  # seconds before its deadline that a job put aside comes back
AT_MOST: int = 64  # sleepers woken before the next request is chosen


@frozen(eq=False)
class Errand:
    """A request to be sent now, for one member, or for a page in a round of a group."""

    step: Look | Send
    account: Account
    sent: float
    member: Member | None = None
    page: tuple[Round, Page] | None = None


@define(eq=False)
class Crew:
    """All members; whoever drives it asks `next()` what to send and brings the answers to `answer()`."""

    terms: Terms
    tick: Tick  # the time, and what an Emit does
    tell: Callable[[Emit], Answer]
    events: deque[Any] = field(factory=deque)  # (number, outcome) as jobs end; whoever drives may mix in its own
    rung: SimpleQueue[Member] = field(factory=SimpleQueue)  # from any thread
    _rang: Callable[[Member], object] = field(init=False)
    wake: Callable[[], object] = lambda: None
    stopping: bool = False
    order: list[int] = field(factory=list)  # the number of each job that was added, repeats included
    _members: dict[int, Member] = field(factory=dict)
    count: int = 0  # of different jobs
    _known: dict[object, dict[object, int]] = field(factory=dict)  # by client and then by id
    _heap: list[tuple[float, int]] = field(factory=list)
    _accounts: Accounts = field(default=Factory(lambda crew: Accounts(crew.terms), takes_self=True))
    _groups: Groups = field(factory=Groups)  # in the heap their places are the numbers below 0

    def __attrs_post_init__(self) -> None:
        def rang(member: Member) -> None:
            self.rung.put(member)
            self.wake()

        self._rang = rang  # one for all members

    def __len__(self) -> int:
        return len(self._members)

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
        course = job._course  # noqa: SLF001 - a fleet drives what a handle holds
        terms, pace = self.terms, course.service.defaults.pace or course.service.defaults.floor
        policy = terms.policy_of(job)
        member = Member(
            index,
            self._rang,
            course,
            job.outcome_script(timeout=terms.timeout, policy=policy, on_update=terms.on_update),
            self._accounts.of(course),
            self._groups.of(course, pace),
            terms.weight_of(job),
            pace,
            silence_of(policy, course.service.defaults.longest_silence),
            tick.now,
            pace,
        )
        self._members[index] = member
        member.account.size += 1
        member.account.budget.need += 1 / pace
        if member.round is not None:
            member.round.members[member] = None
        self._advance(member, None)
        return index

    def next(self) -> Errand | float | None:
        """What to send now; or the seconds to the next time to ask; None: only an answer or a ring can tell."""
        now = self.tick().now
        self._wake_up(now)
        pause = self._heap[0][0] - now if self._heap else None
        for account in list(self._accounts.turns):
            found = self._from(account, now)
            if isinstance(found, Errand):
                self._accounts.turns.rotate(-1)
                return found
            if found is not None:
                pause = found if pause is None else min(pause, found)
        return None if pause is None else max(0.0, pause)

    def answer(self, errand: Errand, reply: httpx.Response | Exception) -> None:
        """Take what came of *errand*."""
        tick = self.tick()
        answer = Answer(tick.now, tick.wall, reply)
        self._heed(errand, answer)
        if errand.member is not None and isinstance(reply, InvalidInput):
            self._over(errand.member, errand.member.spoiled(reply, tick, self.tell, self.terms.on_update))
        elif errand.member is not None:
            self._answered(errand.member, errand, answer)
        else:
            assert errand.page is not None, "an errand is for a member or for a page"  # noqa: S101
            self._page(*errand.page, errand.account, answer)

    def stop(self) -> None:
        """End all waits; what is under way is still answered."""
        self.stopping = True
        for member in list(self._members.values()):
            if member.bell is not None:
                member.bell.set()

    def close(self) -> None:
        """Forget all members; their jobs run on."""
        for member in self._members.values():
            member.script.close()
        self._members.clear()

    def _wake_up(self, now: float) -> None:
        while not self.rung.empty():
            member = self.rung.get()
            if not member.busy and member.index in self._members:  # it may have ended since it rang
                self._roused(member)
        for _ in range(AT_MOST):
            if not self._heap or self._heap[0][0] > now:
                return
            wake, index = heapq.heappop(self._heap)
            if index < 0:
                self._groups.again(-1 - index, now)
                continue
            sleeper = self._members.get(index)
            if sleeper is not None and sleeper.wake == wake:
                self._roused(sleeper)

    def _roused(self, member: Member) -> None:
        """The end of a sleep, of a time aside, or of the wait itself."""
        member.wake = float("inf")
        if member.look is None:
            self._advance(member, self.tick())
        elif member.bell is not None and member.bell.is_set():
            member.account.line.leave(member)
            self._advance(member, self.tick())
        else:
            self._place(member, self.tick().now)

    def _from(self, account: Account, now: float) -> Errand | float | None:
        """An errand for *account*, or the seconds until it may have one."""
        budget, pause = account.budget, self._groups.next(account, now)
        if isinstance(pause, tuple):
            rounded, page, step = pause
            return Errand(step, account, now, page=(rounded, page))
        if not account.line:
            return pause
        late = budget.wait(LOOK, now)
        if late > 0 or (late := budget.take(LOOK, now)) > 0:
            self._expire(account, now)
            return late if pause is None else min(late, pause)
        member = account.line.first(now)
        assert isinstance(member, Member), "a line that is not empty has a first"  # noqa: S101
        return self._errand(member, now)

    def _errand(self, member: Member, now: float) -> Errand:
        member.busy, member.wake = True, float("inf")
        course, look = member.course, member.look
        left = None if member.expires == float("inf") else max(member.expires - now, 1e-6)
        step = Look(course.service, course.client, course.ids, left)
        if look is None:
            course.last_look = self.tick().wall
        return Errand(step, member.account, now, member)

    def _expire(self, account: Account, now: float) -> None:
        for one in account.line.expired(now):
            assert isinstance(one, Member), "members stand in lines"  # noqa: S101
            if one.look is not None:
                self._advance(one, self.tick())

    def _heed(self, errand: Errand, answer: Answer) -> None:
        """A refusal binds all who share the budget."""
        reply = answer.reply
        if not isinstance(reply, httpx.Response) or reply.status_code not in {429, 503}:
            return
        after = retry_after(reply.headers, answer.wall)
        if reply.status_code == 429 or after is not None:
            errand.account.budget.refused(LOOK if errand.member else LIST, answer.now, after)

    def _answered(self, member: Member, errand: Errand, answer: Answer) -> None:
        member.busy = False
        if member.look is None:  # the fleet wanted it, and the script sleeps
            started = member.course.started or answer.wall
            hear(member.course, answer, errand.sent, max(0.0, answer.wall - started - (answer.now - errand.sent)))
            answer = self.tick()
        self._advance(member, answer)

    def _page(self, rounded: Round, page: Page, account: Account, answer: Answer) -> None:
        if self._groups.took(rounded, page, account, answer):
            heapq.heappush(self._heap, (rounded.due, -1 - rounded.number))
            for member in [one for one in rounded.members if isinstance(one, Member) and not one.busy]:
                self._listed(member, rounded, answer)

    def _listed(self, member: Member, rounded: Round, answer: Answer) -> None:
        """What a round means for *member*: an answer; or a look to find out, or because somebody listens for more."""
        said = rounded.says(member)
        news = said is not None and said.raw_status != member.course.raw_status
        if said is not None and not (news and said.snapshot is None and self.terms.on_update):
            member.account.line.leave(member)
            told = Answer(answer.now, answer.wall, said)
            if member.look is not None:
                self._advance(member, told)
                return
            wall = answer.wall
            hear(member.course, told, answer.now, max(0.0, wall - (member.course.started or wall)))
            member.course.last_look = wall
            self._advance(member, self.tick())
        elif member.look is not None or not rounded.failed:
            self._ask(member)

    def _ask(self, member: Member) -> None:
        """Have *member* asked, whether its script wants it or not."""
        if not member.busy:
            member.account.line.join(member)

    def _advance(self, member: Member, answer: Answer | None) -> None:
        """Let the script of *member* go on to its next sleep or look, or to its end."""
        member.look = None
        if answer is not None:
            member.account.line.leave(member)
        step = member.proceed(answer, self.tick, self.tell)
        if isinstance(step, Outcome):
            self._over(member, step)
            return
        if self.stopping and member.bell is not None and not member.bell.is_set():
            member.bell.set()
        heard = member.course.desk.heard
        if heard is not None:
            member.last = heard.sent
            if member.account.queue is not None:
                self._turn(member)
        if isinstance(step, Sleep):
            self._sleep(member, step)
        else:
            self._wants(member, step)

    def _number(self, job: Job[Any]) -> int:
        """The number of *job*: the old one, where another handle on it is here already."""
        *client, ids = job.key
        return self._known.setdefault(tuple(client), {}).setdefault(ids, self.count)

    def _sleep(self, member: Member, step: Sleep) -> None:
        now = self.tick().now
        member.wake, member.expires = now + step.seconds, float("inf")
        member.gap = max(member.wake - member.last, 1e-3)
        heapq.heappush(self._heap, (member.wake, member.index))
        member.hear(step.signal)

    def _wants(self, member: Member, look: Look) -> None:
        """A look is due."""
        now = self.tick().now
        member.look = look
        member.expires = float("inf") if look.timeout is None else now + look.timeout
        self._place(member, now)

    def _place(self, member: Member, now: float) -> None:
        """Leave *member* to a round where that is cheaper, for later where the queue says so, else in line."""
        rounded, queue = member.round, member.account.queue
        if rounded is not None and rounded.pays:
            if rounded.under_way:
                return
            if rounded.due <= now:
                self._groups.begin(rounded, now)
                return
            if rounded.due <= min(now + rounded.pace, member.expires - SOON):
                self._aside(member, rounded.due)
                return
        if queue is not None and queue.holds(member):
            until = min(member.last + member.silence, member.expires - SOON)
            if until > now:
                self._aside(member, until)
                return
        member.account.line.join(member)

    def _aside(self, member: Member, until: float) -> None:
        member.wake = until
        heapq.heappush(self._heap, (until, member.index))

    def _turn(self, member: Member) -> None:
        queue = member.account.queue
        assert queue is not None, "only called where there is one"  # noqa: S101
        queue.note(member)
        self._call(queue)

    def _call(self, queue: Queue) -> None:
        one = queue.next()
        if isinstance(one, Member):
            self._ask(one)

    def _over(self, member: Member, outcome: Outcome[Any]) -> None:
        del self._members[member.index]
        member.wake = float("inf")
        account = member.account
        account.size -= 1
        account.budget.need -= 1 / member.pace
        account.line.leave(member)
        if member.round is not None:
            del member.round.members[member]
        if account.queue is not None:
            account.queue.note(member)
            account.queue.forget(member)
            self._call(account.queue)
        self.events.append((member.index, outcome))
        if self.terms.fail_fast and outcome.state != "succeeded" and not self.stopping:
            self.stop()
