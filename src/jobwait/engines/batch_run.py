"""The waits of one batch, driven by our own fleet, from where they stood to where they stand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self

from attrs import define, field

from jobwait._jobs.handle import Job, handle_of
from jobwait._jobs.registry import service_named
from jobwait._jobs.resume import resume
from jobwait._model.limits import Limit
from jobwait._model.policy import DEFAULT, Policy
from jobwait._model.service import Service
from jobwait._model.types import Outcome
from jobwait._polling.job_state import JobState
from jobwait.engines.payloads import VERSION, Batch, BatchDone, Checkpoint, Ended, check
from jobwait.engines.policy_text import policy_of
from jobwait.engines.short_text import short
from jobwait.errors import InvalidInput, JobWaitError
from jobwait.fleet.account_limits import RateLimiters, in_memory
from jobwait.fleet.functions import Fleet

STATUS, REASON, ERROR = 80, 500, 700  # letters, as JSON writes them: a service may say more than an engine takes


@define(eq=False)
class BatchRun:
    """The jobs of a batch that still run, by their ids, and the ends of the others."""

    batch: Batch
    jobs: dict[str, Job[Any]] = field(factory=dict)
    ended: dict[str, Ended] = field(factory=dict)
    _tokens: dict[str, tuple[int, str]] = field(factory=dict)

    @classmethod
    def of(
        cls, batch: Batch, client: Any, checkpoint: Checkpoint | None, service: Service[Any, Any] | None = None
    ) -> Self:
        """
        What is to be done for *batch* with *client*, from *stand* on.

        Raises:
            InvalidInput: the batch cannot be waited for, or *stand* is of a newer version.
            TokenRefused: *stand* is of another host, or a newer version.

        """
        check(batch)
        service = service or service_named(batch.service)
        batch_run = cls(batch)
        if checkpoint is not None and checkpoint.version > VERSION:
            raise InvalidInput(f"A newer jobwait (version {checkpoint.version}) began this wait. Update this worker.")
        if checkpoint is not None and checkpoint.packed:
            ended, tokens = checkpoint.unpack()
            batch_run.ended = {one.job_id: one for one in ended}
            handles = [resume(token, client, service) for token in tokens]
            batch_run.jobs = {job.id: job for job in handles}
        else:
            batch_run.jobs = {job_id: _fresh(service, client, batch, job_id) for job_id in batch.job_ids}
        return batch_run

    async def run(self, limit: Limit | None = None, limiters: RateLimiters = in_memory) -> AsyncIterator[Ended]:
        """Wait for all, yielding each end."""
        policy = policy_of(self.batch.policy, self.batch.timeout)
        going_on = policy.evolve(timeout=DEFAULT)

        def each(job: Job[Any]) -> Policy:
            return going_on if job._state.inherited else policy  # noqa: SLF001 - a token brought its own deadline

        handles = list(self.jobs.values())
        limits = {} if limit is None else {handles[0].service.name: limit} if handles else {}
        fleet = Fleet(None, each, None, {"limits": limits}, limiters)
        async with aclosing(fleet.run_async(handles)) as found:
            async for index, outcome in found:
                job = handles[index]
                self.ended[job.id] = _ended(job, outcome)
                del self.jobs[job.id]
                self._tokens.pop(job.id, None)
                yield self.ended[job.id]

    def checkpoint(self, *, canceled: bool = False) -> Checkpoint:
        """Where the waits stand."""
        return Checkpoint.of(self.ended.values(), [self._token(job) for job in self.jobs.values()], canceled=canceled)

    def done(self) -> BatchDone:
        """The ends, in the order of the batch; only once all have ended."""
        return done(self.batch, self.ended.values())

    async def cancel(self) -> int:
        """Cancel at the service what still runs, where it can cancel; how many it took."""
        taken = 0
        for job in list(self.jobs.values()):
            cancel = getattr(job, "cancel_async", None)
            if cancel is None:
                return 0
            try:
                await cancel()
            except JobWaitError:
                continue  # one that has just ended cannot be canceled: the others can
            taken += 1
        return taken

    def _token(self, job: Job[Any]) -> str:
        """The token of *job*, made anew only where it was looked at since."""
        polls = job._state.polls  # noqa: SLF001 - of our own handle
        known = self._tokens.get(job.id)
        if known is None or known[0] != polls:
            known = self._tokens[job.id] = (polls, job.token())
        return known[1]


def done(batch: Batch, ended: Any) -> BatchDone:
    """The ends of *batch*, each job's once, in its order."""
    by_id = {one.job_id: one for one in ended}
    return BatchDone(service=batch.service, account=batch.account, ended=[by_id[name] for name in batch.job_ids])


def _fresh(service: Service[Any, Any], client: Any, batch: Batch, job_id: str) -> Job[Any]:
    job_state: JobState[Any] = JobState(service, client, {**batch.common, service.id: job_id})
    job_state.deadline, job_state.inherited = batch.until, batch.until is not None
    return handle_of(job_state)


def seen(job: Job[Any], error: JobWaitError | None) -> Ended:
    """What one look at *job* showed, told as ends are; its state may be one of a job that goes on."""
    now = datetime.now(UTC).isoformat()
    state = job._state.state if error is None else "unreachable"  # noqa: SLF001 - of our own handle
    return replace(_told(job, state, error), polls=1, errors=int(error is not None), started=now, seen_at=now)


def _ended(job: Job[Any], outcome: Outcome[Any]) -> Ended:
    job_state = job._state  # noqa: SLF001 - counts over all attempts, which an outcome does not have
    started = outcome.started if job_state.started is None else datetime.fromtimestamp(job_state.started, UTC)
    return replace(
        _told(job, outcome.state, outcome.error),
        polls=job_state.polls,
        errors=job_state.errors,
        started=started.isoformat(),
        seen_at=outcome.seen_at.isoformat(),
    )


def _told(job: Job[Any], state: str, error: Exception | None) -> Ended:
    job_state = job._state  # noqa: SLF001 - of our own handle
    snapshot, service = job_state.snapshot, job.service
    progress = None if snapshot is None else service.progress(snapshot)
    return Ended(
        job_id=job.id,
        state=state,
        raw_status=short(job_state.raw_status, STATUS),
        reason=None if snapshot is None else short(service.reason(snapshot), REASON),
        error=None if error is None else short(str(error), ERROR),
        done=None if progress is None else progress.done,
        total=None if progress is None else progress.total,
    )
