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
from typing import Any, TypeAlias

import httpx
from attrs import define, field, frozen

from jobwait._account import LIST, LOOK, Budget, Gates, in_memory, name_of
from jobwait._bulk import Limit
from jobwait._job import Job
from jobwait._judge import is_expected
from jobwait._line import Line
from jobwait._looking import hear
from jobwait._member import Account, Member
from jobwait._policy import Policy, Seconds
from jobwait._retry_after import retry_after
from jobwait._rounds import Page, Round, grouped
from jobwait._steps import Answer, Emit, Look, Send, Signal, Sleep
from jobwait._turns import Queue
from jobwait._types import Outcome, Update

Tick: TypeAlias = Callable[[], Answer]
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


@frozen
class Terms:
    """How a fleet waits: for each job its policy and weight, for each service the caller's own limit."""

    timeout: Seconds | None = None
    policy: Policy | Callable[[Job[Any]], Policy | None] | None = None
    on_update: Callable[[Update[Any]], object] | None = None
    weight: Callable[[Job[Any]], float] | None = None
    limits: dict[str, Limit] = field(factory=dict)
    fail_fast: bool = False
    gates: Gates = in_memory

    def policy_of(self, job: Job[Any]) -> Policy | None:
        """The policy for *job*."""
        return self.policy(job) if callable(self.policy) else self.policy


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
    _accounts: dict[object, Account] = field(factory=dict)
    _turns: deque[Account] = field(factory=deque)  # whose next errand it is
    _names: dict[int, tuple[Any, str]] = field(factory=dict)
    _rounds: dict[object, Round] = field(factory=dict)
    _groups: list[Round] = field(factory=list)  # in the heap their places are the numbers below 0
    _due: deque[tuple[Account, Round]] = field(factory=deque)

    def __attrs_post_init__(self) -> None:
        def rang(member: Member) -> None:
            self.rung.put(member)
            self.wake()

        self._rang = rang  # one for all members

    def __len__(self) -> int:
        return len(self._members)

    def add(self, job: Job[Any]) -> int:
        """Take *job* in; its number, which is the old one where it is here already."""
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
            self._account_of(course),
            self._round_of(course, pace),
            1.0 if terms.weight is None else terms.weight(job),
            pace,
            _silence(policy, course.service.defaults.longest_silence),
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
        for account in list(self._turns):
            found = self._from(account, now)
            if isinstance(found, Errand):
                self._turns.rotate(-1)
                return found
            if found is not None:
                pause = found if pause is None else min(pause, found)
        return None if pause is None else max(0.0, pause)

    def answer(self, errand: Errand, reply: httpx.Response | Exception) -> None:
        """Take what came of *errand*."""
        tick = self.tick()
        answer = Answer(tick.now, tick.wall, reply)
        self._heed(errand, answer)
        if errand.member is not None:
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
            if not member.busy:
                self._roused(member)
        for _ in range(AT_MOST):
            if not self._heap or self._heap[0][0] > now:
                return
            wake, index = heapq.heappop(self._heap)
            if index < 0:
                self._again(self._groups[-1 - index], now)
                continue
            sleeper = self._members.get(index)
            if sleeper is not None and sleeper.wake == wake:
                self._roused(sleeper)

    def _again(self, rounded: Round, now: float) -> None:
        """Where rounds pay they come at the pace: each costs a fraction of the looks that it saves."""
        if rounded.pays and rounded.due <= now and not rounded.under_way:
            self._begin(rounded, now)

    def _begin(self, rounded: Round, now: float) -> None:
        rounded.begin(now)
        member = next(iter(rounded.members))
        assert isinstance(member, Member), "members make up rounds"  # noqa: S101
        self._due.append((member.account, rounded))

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
        budget, pause = account.budget, None
        rounded = next((rounded for owner, rounded in self._due if owner is account), None)
        if rounded is not None:
            pause = budget.wait(LIST, now)
            if pause <= 0 and (pause := budget.take(LIST, now)) <= 0:
                page, step = rounded.next()
                if not rounded.todo:
                    self._due.remove((account, rounded))
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
        try:
            if isinstance(answer.reply, Exception):
                raise answer.reply
            assert isinstance(answer.reply, httpx.Response), "a driver answers a Send"  # noqa: S101
            rounded.take(page, answer.reply)
            failed = False
        except Exception as error:
            if not is_expected(error):
                raise
            failed = True
        over = rounded.came(answer.now, failed=failed)
        waits = (account, rounded) in self._due
        if rounded.todo and not waits:
            self._due.append((account, rounded))
        elif waits and not rounded.todo:
            self._due.remove((account, rounded))
        if over:
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
        script, member.look = member.script, None
        if answer is not None:
            member.account.line.leave(member)
        try:
            step = next(script) if answer is None else script.send(answer)
            while True:
                if isinstance(step, Emit):
                    step = script.send(self.tell(step))
                elif isinstance(step, Sleep) and step.seconds <= 0:
                    step = script.send(self.tick())
                else:
                    break
        except StopIteration as end:
            self._over(member, end.value)
            return
        heard = member.course.desk.heard
        if heard is not None:
            member.last = heard.sent
            if member.account.queue is not None:
                self._turn(member)
        if isinstance(step, Sleep):
            self._sleep(member, step)
        else:
            assert isinstance(step, Look), "a wait sleeps, looks and tells"  # noqa: S101
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
        if step.signal is not None and member.bell is None:
            self._hang(member, step.signal)

    def _hang(self, member: Member, bell: Signal) -> None:
        member.bell = bell
        bell.notify(member)
        if self.stopping:
            bell.set()

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
                self._begin(rounded, now)
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

    def _account_of(self, course: Any) -> Account:
        service, client = course.service, course.client
        named = self._names.get(id(client))
        if named is None:  # the client is kept, so that its id stays its own
            named = self._names[id(client)] = (client, name_of(client))
        key = (service.name, named[1])
        account = self._accounts.get(key)
        if account is None:
            budget = Budget(service, named[1], self.terms.limits.get(service.name), self.terms.gates)
            queue = None if service.turns is None else Queue(service.turns)
            account = self._accounts[key] = Account(budget, Line(), queue)
            self._turns.append(account)
        return account

    def _round_of(self, course: Any, pace: float) -> Round | None:
        key = grouped(course)
        if key is None:
            return None
        found = self._rounds.get(key)
        if found is None:
            found = self._rounds[key] = Round(
                course.service.listing, course.client, course.ids, pace, len(self._groups)
            )
            self._groups.append(found)
        return found


def _silence(policy: Policy | None, default: float | None) -> float:
    own = None if policy is None else policy.longest_silence
    if isinstance(own, float):
        return own
    return float("inf") if own is None and policy is not None else (default or float("inf"))
