"""
The workflow that divides one account's rate among all sweeps that run, on whatever worker.

Sweeps join and leave by signal and ask for their part by query, so that asking leaves no trace in the history. A part
holds for HOLD seconds from the asking: whoever cannot ask any more stops sending, and whoever is to have what another
had gets it when that other can no longer be using it.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from dataclasses import replace

    from jobwait.engines.rate_division import collide, divided, meanwhile
    from jobwait.engines.rate_slots import Arc
    from jobwait.engines.temporal.messages import Join, Leave, Member, Part, Sharing
    from jobwait.engines.temporal.names import ACCOUNT, GONE, JOIN, LEAVE, PART, SHARING


@workflow.defn(name=ACCOUNT)
class AccountRate:
    """Lives as long as sweeps share the account."""

    @workflow.init
    def __init__(self, sharing: Sharing) -> None:
        self._sharing = sharing
        self._rate = sharing.rate
        self._told = sharing.rate  # by a worker, lately
        self._members = {one.batch_run: one for one in sharing.members}
        self._changed = False

    @workflow.run
    async def run(self, sharing: Sharing) -> None:  # noqa: ARG002 - read by __init__, before any signal
        """Divide whenever something changed; now and then see who is gone without a word."""
        while True:
            try:
                await workflow.wait_condition(lambda: self._changed, timeout=self._sharing.check)
            except TimeoutError:
                if not self._members:
                    return
                await self._check()
            while self._changed:
                self._changed = False
                await self._divide()
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self.sharing())

    @workflow.signal(name=JOIN)
    def join(self, told: Join) -> None:
        """A sweep begins, has a new attempt, or has fewer jobs."""
        before = self._members.get(told.batch_run)
        self._told = told.rate
        if before is None:
            self._members[told.batch_run] = Member(batch_run=told.batch_run, attempt=told.attempt, jobs=told.jobs)
        else:
            self._members[told.batch_run] = replace(before, attempt=told.attempt, jobs=told.jobs)
        self._changed = self._changed or before is None or before.jobs != told.jobs or self._told != self._rate

    @workflow.signal(name=LEAVE)
    def leave(self, told: Leave) -> None:
        """An attempt sends nothing any more; a later one of the same sweep is not meant."""
        member = self._members.get(told.batch_run)
        if member is not None and member.attempt == told.attempt:
            del self._members[told.batch_run]
            self._changed = True

    @workflow.query(name=PART)
    def part(self, batch_run: str, attempt: str) -> Part | None:
        """What that attempt may use; None: it has to join."""
        member = self._members.get(batch_run)
        if member is None or member.attempt != attempt or self._rate is None:
            return None
        return Part(rate=self._rate, low=member.low, high=member.high, hold=self._sharing.hold)

    @workflow.query(name=SHARING)
    def sharing(self) -> Sharing:
        """Who shares, and how."""
        return replace(self._sharing, rate=self._rate, members=list(self._members.values()))

    async def _divide(self) -> None:
        """Take first, and give when what was taken can no longer be in use."""
        old = {name: (one.low, one.high) for name, one in self._members.items()}
        new = divided({name: one.jobs for name, one in self._members.items()})
        told = self._told
        other_rate = self._rate != told  # then the slots are others too
        if other_rate or collide(old, new):
            self._give(meanwhile({} if other_rate else old, new))
            await workflow.sleep(self._sharing.hold)
        self._rate = told
        self._give(new)

    def _give(self, arcs: dict[str, Arc]) -> None:
        for name, (low, high) in arcs.items():
            if name in self._members:  # else it left meanwhile
                self._members[name] = replace(self._members[name], low=low, high=high)

    async def _check(self) -> None:
        asked = list(self._members.values())
        gone: list[str] = await workflow.execute_local_activity(  # no place of a worker's that sweeps could fill
            GONE,
            asked,
            result_type=list[str],
            start_to_close_timeout=timedelta(seconds=60),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )
        attempts = {one.batch_run: one.attempt for one in asked}
        for name in gone:
            member = self._members.get(name)
            if member is not None and member.attempt == attempts[name]:
                del self._members[name]
                self._changed = True
