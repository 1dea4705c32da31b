"""A batch run's share of its account's rate, renewed while it runs."""

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
from jobwait._polling.rate_limits import RateLimiter, RateLimiters, in_memory
from jobwait.engines.rate_slots import NO_SLOTS, Share, SlotRateLimiter, slots_per_second
from jobwait.engines.temporal.account_workflow import AccountRate
from jobwait.engines.temporal.names import JOIN, LEAVE, SHARE, account_id
from jobwait.engines.temporal.rate_messages import Grant, Join, Leave, Rate, RateState
from jobwait.errors import InvalidInput

QUERIES_PER_GRANT: Final = 3  # two may fail before the share expires
RETRY_DELAY: Final = 0.25  # seconds between queries as long as there is no share
REJOIN_RATIO: Final = 4  # a new division is requested once this many times fewer jobs are left …
REJOIN_DELAY: Final = 60.0  # … and this many seconds after the last one


@define(eq=False)
class RateShare:
    """One attempt of a batch run, as a participant of its account's workflow."""

    client: Client
    account_id: str  # of the account's workflow
    limit: Limit
    remaining: Callable[[], int]  # jobs that still run
    heartbeat: float
    workflow_id: str  # of the batch run
    attempt: str  # identifies this attempt among all of the same batch run
    limiter: SlotRateLimiter
    _valid_for: float = 0.0  # seconds
    _joined_jobs: int = 0
    _joined_at: float = 0.0

    async def renew(self) -> None:
        """Request the share again and again; without a reply it expires by itself."""
        while True:
            now = time.monotonic()
            try:
                await self._request(now)
            except (RPCError, WorkflowQueryFailedError):
                activity.logger.warning("The share of the account's rate could not be renewed; trying again.")
            except Exception:  # noqa: BLE001 - without a share nothing is sent: the log must show why
                activity.logger.exception("The share of the account's rate could not be renewed.")
            share = self.limiter.share
            granted = share.until > now and not share.empty
            await asyncio.sleep(self._valid_for / QUERIES_PER_GRANT if granted else RETRY_DELAY)

    async def leave(self) -> None:
        """Stop sending and give the share back; if that fails, the account's workflow notices by itself."""
        self.limiter.use(Share(self.limiter.share.rate, NO_SLOTS, 0.0))
        try:
            await self._handle().signal(LEAVE, Leave(sweep=self.workflow_id, attempt=self.attempt))
        except RPCError:
            activity.logger.warning("The share of the account's rate could not be given back; it expires.")

    async def _request(self, now: float) -> None:
        fewer = self.remaining() * REJOIN_RATIO <= self._joined_jobs and now - self._joined_at > REJOIN_DELAY
        grant = None if fewer or not self._joined_jobs else await self._query()
        if grant is None:
            await self._join()
            return
        if not grant.valid:
            raise InvalidInput(f"The account's workflow gave a share that is none: {grant}.")
        self._valid_for = min(grant.hold, self.heartbeat)  # a worker that counts as dead may have lost its share
        rate = slots_per_second(Limit(grant.rate.requests, grant.rate.seconds))
        self.limiter.use(Share(rate, (grant.low, grant.high), now + self._valid_for))

    async def _join(self) -> None:
        """Join the account's workflow; the first participant starts it."""
        self._joined_jobs, self._joined_at = max(1, self.remaining()), time.monotonic()
        rate = Rate(requests=self.limit.requests, seconds=self.limit.seconds)
        await self.client.start_workflow(
            AccountRate.run,
            RateState(rate=rate),
            id=self.account_id,
            task_queue=activity.info().task_queue,
            start_signal=JOIN,
            start_signal_args=[Join(sweep=self.workflow_id, attempt=self.attempt, jobs=self._joined_jobs, rate=rate)],
        )

    async def _query(self) -> Grant | None:
        """The share; None if the account's workflow does not know this attempt or does not run."""
        try:
            grant: Grant | None = await self._handle().query(
                SHARE,
                args=[self.workflow_id, self.attempt],
                result_type=Grant | None,
                reject_condition=QueryRejectCondition.NOT_OPEN,
            )
        except (WorkflowQueryRejectedError, RPCError) as error:
            if isinstance(error, RPCError) and error.status != RPCStatusCode.NOT_FOUND:
                raise
            return None
        return grant

    def _handle(self) -> Any:
        return self.client.get_workflow_handle(self.account_id)


@asynccontextmanager
async def rate_share(
    client: Client, service: str, account: str, limit: Limit | None, remaining: Callable[[], int], heartbeat: float
) -> AsyncIterator[RateLimiters]:
    """Rate limiters that keep to a share of the account's *limit* while the block runs."""
    if limit is None:
        yield in_memory
        return
    if not Rate(requests=limit.requests, seconds=limit.seconds).valid:
        raise InvalidInput(f"A limit of {limit.requests} requests in {limit.seconds} s cannot be shared. Set another.")
    info, limiter = activity.info(), SlotRateLimiter()
    attempt = f"{info.workflow_run_id}/{info.attempt}"
    workflow = account_id(service, account)
    assert info.workflow_id is not None, "the activity was started by a workflow"  # noqa: S101
    share = RateShare(client, workflow, limit, remaining, heartbeat, info.workflow_id, attempt, limiter)

    def limiters(of: Service[Any, Any], name: str, operation: str, one: Limit | None) -> RateLimiter:
        return limiter if one is limit else in_memory(of, name, operation, one)

    renewal = asyncio.create_task(share.renew())
    try:
        yield limiters
    finally:
        renewal.cancel()
        await asyncio.gather(renewal, return_exceptions=True)
        await share.leave()
