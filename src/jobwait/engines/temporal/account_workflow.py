"""
The workflow that divides one account's rate among all batch runs, on all workers.

Batch runs join and leave by signal and get their share by query, which adds nothing to the history. A share is valid
for `hold` seconds from its query: a batch run that cannot reach Temporal stops sending, and slots go to another batch
run only when the previous owner's share has expired.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from dataclasses import replace

    from jobwait.engines.rate_division import conflicts, divide, transition
    from jobwait.engines.rate_slots import SlotRange
    from jobwait.engines.temporal.names import ACCOUNT_RATE, FIND_GONE, JOIN, LEAVE, RATE_STATE, SHARE
    from jobwait.engines.temporal.rate_messages import Grant, Join, Leave, Participant, RateState


@workflow.defn(name=ACCOUNT_RATE)
class AccountRate:
    """Runs as long as there are batch runs of the account."""

    @workflow.init
    def __init__(self, state: RateState) -> None:
        state = state.checked()
        self._initial = state
        self._rate = state.rate
        self._configured_rate = state.rate  # by the worker that sent the last Join
        self._participants = {one.sweep: one for one in state.members}
        self._changed = False

    @workflow.run
    async def run(self, state: RateState) -> None:
        """Divide the rate after each change; check now and then for participants that died without a Leave."""
        state = self._initial  # as it was checked
        while True:
            try:
                await workflow.wait_condition(lambda: self._changed, timeout=state.check)
            except TimeoutError:
                if not self._participants:
                    return
                await self._remove_gone()
            while self._changed:
                self._changed = False
                await self._divide()
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self.state())

    @workflow.signal(name=JOIN)
    def join(self, message: Join) -> None:
        """A batch run starts, has a new attempt, or has fewer jobs."""
        if not message.valid:
            return  # a division by it would fail for all; a batch run of ours refuses such a limit itself
        before = self._participants.get(message.sweep)
        self._configured_rate = message.rate
        joined = before or Participant(sweep=message.sweep, attempt=message.attempt, jobs=message.jobs)
        self._participants[message.sweep] = replace(joined, attempt=message.attempt, jobs=message.jobs)
        if before is None or before.jobs != message.jobs or message.rate != self._rate:
            self._changed = True

    @workflow.signal(name=LEAVE)
    def leave(self, message: Leave) -> None:
        """An attempt sends no more requests; a later attempt of the same batch run stays."""
        one = self._participants.get(message.sweep)
        if one is not None and one.attempt == message.attempt:
            del self._participants[message.sweep]
            self._changed = True

    @workflow.query(name=SHARE)
    def share(self, workflow_id: str, attempt: str) -> Grant | None:
        """What this attempt may use; None if it has to join first."""
        one = self._participants.get(workflow_id)
        if one is None or one.attempt != attempt or self._rate is None:
            return None
        return Grant(rate=self._rate, low=one.low, high=one.high, hold=self._initial.hold)

    @workflow.query(name=RATE_STATE)
    def state(self) -> RateState:
        """All participants and their shares."""
        return replace(self._initial, rate=self._rate, members=list(self._participants.values()))

    async def _divide(self) -> None:
        """Take slots away first; give them to others when nobody can use them any more."""
        old = {name: (one.low, one.high) for name, one in self._participants.items()}
        new = divide({name: one.jobs for name, one in self._participants.items()})
        rate = self._configured_rate
        other_slots = self._rate != rate
        if other_slots or conflicts(old, new):
            self._assign(transition({} if other_slots else old, new))
            await workflow.sleep(self._initial.hold)
        self._rate = rate
        self._assign(new)

    def _assign(self, ranges: dict[str, SlotRange]) -> None:
        for name, (low, high) in ranges.items():
            if name in self._participants:  # else it left in the meantime
                self._participants[name] = replace(self._participants[name], low=low, high=high)

    async def _remove_gone(self) -> None:
        asked = list(self._participants.values())
        gone: list[str] = await workflow.execute_local_activity(  # needs no activity slot, which batch runs could fill
            FIND_GONE,
            asked,
            result_type=list[str],
            start_to_close_timeout=timedelta(seconds=60),
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
        )
        for one in asked:
            if one.sweep in gone:
                self.leave(Leave(sweep=one.sweep, attempt=one.attempt))
