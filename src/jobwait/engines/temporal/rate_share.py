"""A sweep's part of its account's rate, kept up while it runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from attrs import define
from temporalio import activity
from temporalio.client import Client, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCError, RPCStatusCode

from jobwait._model.limits import Limit
from jobwait._model.service import Service
from jobwait.engines.rate_slots import Share, SlotGate, rate_of
from jobwait.engines.temporal.account_workflow import AccountRate
from jobwait.engines.temporal.messages import Join, Leave, Part, Rate, Sharing
from jobwait.engines.temporal.names import JOIN, LEAVE, PART, account_id
from jobwait.fleet.account_limits import RateLimiter, RateLimiters, in_memory

OFTEN: Final = 3  # askings while a part holds: two may fail before it is lost
SOON: Final = 0.25  # … while there is no part yet
FEWER: Final = 4  # times fewer jobs than were told make a new division worth its while
SELDOM: Final = 60.0  # seconds between two such tellings
_FAILURES: Final = (RPCError, WorkflowQueryFailedError)


@define(eq=False)
class Parting:
    """One attempt at a sweep, as its account's workflow knows it."""

    client: Client
    service: str
    account: str
    limit: Limit
    left: Callable[[], int]  # how many jobs still run
    heartbeat: float
    limiter: SlotGate
    _lease: float = 0.0
    _told: int = 0
    _told_at: float = 0.0

    @property
    def attempt(self) -> str:
        """This attempt, told from all others at the same sweep."""
        info = activity.info()
        return f"{info.workflow_run_id}/{info.attempt}"

    @property
    def batch_run(self) -> str:
        """The sweep: its workflow's id."""
        found = activity.info().workflow_id
        assert found is not None, "a sweep runs in a workflow"  # noqa: S101
        return found

    async def join(self) -> None:
        """Say that we are here; the account's workflow begins with the first who does."""
        self._told, self._told_at = max(1, self.left()), time.monotonic()
        rate = Rate(requests=self.limit.requests, seconds=self.limit.seconds)
        told = Join(batch_run=self.batch_run, attempt=self.attempt, jobs=self._told, rate=rate)
        await self.client.start_workflow(
            AccountRate.run,
            Sharing(rate=rate),
            id=account_id(self.service, self.account),
            task_queue=activity.info().task_queue,
            start_signal=JOIN,
            start_signal_args=[told],
        )

    async def keep(self) -> None:
        """Ask for our part again and again; where nobody answers it runs out by itself."""
        while True:
            asked = time.monotonic()
            try:
                if self._told_at and not self._far_fewer(asked):
                    await self._ask(asked)
                else:
                    await self.join()
            except _FAILURES:
                activity.logger.warning("The account's rate could not be asked for; trying again.")
            except Exception:  # noqa: BLE001 - without its part a sweep stands still: the log shall say why
                activity.logger.exception("The account's rate could not be asked for.")
            share = self.limiter.share
            await asyncio.sleep(self._lease / OFTEN if share.until > asked and share.arc[1] > share.arc[0] else SOON)

    async def leave(self) -> None:
        """Say that we send nothing any more; if that fails, others find out by themselves."""
        self.limiter.hold(Share(self.limiter.share.rate, (0.0, 0.0), 0.0))
        try:
            await self._handle().signal(LEAVE, Leave(batch_run=self.batch_run, attempt=self.attempt))
        except RPCError:
            activity.logger.warning("The account's workflow could not be told that a sweep has ended.")

    async def _ask(self, asked: float) -> None:
        part = await self._part()
        if part is None:
            await self.join()
            return
        limit = Limit(part.rate.requests, part.rate.seconds)
        self._lease = min(part.hold, self.heartbeat)  # once the server takes us for dead, another may have our part
        self.limiter.hold(Share(rate_of(limit), (part.low, part.high), asked + self._lease))

    async def _part(self) -> Part | None:
        """What the account's workflow gives us; None where it does not know us, as when somebody has ended it."""
        try:
            part: Part | None = await self._handle().query(
                PART,
                args=[self.batch_run, self.attempt],
                result_type=Part | None,
                reject_condition=QueryRejectCondition.NOT_OPEN,
            )
        except WorkflowQueryRejectedError:
            return None
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return None
        return part

    def _far_fewer(self, now: float) -> bool:
        return self.left() * FEWER <= self._told and now - self._told_at > SELDOM

    def _handle(self) -> Any:
        return self.client.get_workflow_handle(account_id(self.service, self.account))


@asynccontextmanager
async def part_of(
    client: Client, service: str, account: str, limit: Limit | None, left: Callable[[], int], heartbeat: float
) -> AsyncIterator[RateLimiters]:
    """Gates that keep to our part of the account's *limit*, for as long as the block runs."""
    if limit is None:
        yield in_memory
        return
    limiter = SlotGate()
    parting = Parting(client, service, account, limit, left, heartbeat, limiter)

    def limiters(of: Service[Any, Any], name: str, operation: str, one: Limit | None) -> RateLimiter:
        return limiter if one is limit else in_memory(of, name, operation, one)

    keeper = asyncio.create_task(parting.keep())
    try:
        yield limiters
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await parting.leave()
