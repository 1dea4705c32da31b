"""Waits for the jobs of one batch with jobwait's fleet, from one checkpoint to the next."""

from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, Final, Self

from attrs import define, field

from jobwait._jobs.handle import Job, handle_of, state_of
from jobwait._jobs.registry import service_named
from jobwait._jobs.resume import resume
from jobwait._model.limits import Limit
from jobwait._model.policy import DEFAULT, Policy
from jobwait._model.service import Service
from jobwait._model.types import Outcome
from jobwait._polling.job_state import JobState
from jobwait._polling.rate_limits import RateLimiters, in_memory
from jobwait._sync import clock
from jobwait.engines.batches import LATEST, check
from jobwait.engines.payloads import VERSION, Batch, BatchDone, Checkpoint, Ended
from jobwait.engines.policy_json import policy_from_dict
from jobwait.engines.truncate import truncate
from jobwait.errors import InvalidInput, JobWaitError
from jobwait.fleet.functions import Fleet

# Characters in JSON that are stored of a service's text, so that a thousand Ended values fit into an engine's payload.
MAX_STATUS: Final = 80
MAX_REASON: Final = 500
MAX_ERROR: Final = 700


@define(eq=False)
class BatchRun:
    """The jobs of a batch that still run, and those that have ended, by their ids."""

    batch: Batch
    jobs: dict[str, Job[Any]] = field(factory=dict)
    ended: dict[str, Ended] = field(factory=dict)
    _tokens: dict[str, tuple[int, str]] = field(factory=dict)  # number of polls, token

    @classmethod
    def of(
        cls, batch: Batch, client: Any, checkpoint: Checkpoint | None, service: Service[Any, Any] | None = None
    ) -> Self:
        """Continue *batch* from *checkpoint*, or start it; InvalidInput or TokenRefused where that is impossible."""
        check(batch)
        if checkpoint is not None and checkpoint.version > VERSION:
            raise InvalidInput(f"A newer jobwait (version {checkpoint.version}) began this wait. Update this worker.")
        service, policy = service or service_named(batch.service), policy_from_dict(batch.policy, batch.timeout)
        if checkpoint is None or not checkpoint.packed:
            run = cls(batch, {job_id: _new_job(service, client, batch, job_id) for job_id in batch.job_ids})
        else:
            ended, tokens = checkpoint.unpack()
            jobs = [resume(token, client, service) for token in tokens]
            for job in jobs:
                _limit_deadline(state_of(job), policy.timeout)
            run = cls(batch, {job.id: job for job in jobs}, {one.job_id: one for one in ended})
        for job in run.jobs.values():
            state_of(job).add_statuses(policy)
        return run

    async def run(self, limit: Limit | None = None, limiters: RateLimiters = in_memory) -> AsyncIterator[Ended]:
        """Wait for all jobs; yields each as it ends."""
        policy = policy_from_dict(self.batch.policy, self.batch.timeout)
        resumed = policy.evolve(timeout=DEFAULT)  # the token has the deadline

        def policy_for(job: Job[Any]) -> Policy:
            return resumed if state_of(job).inherited else policy

        jobs = list(self.jobs.values())
        limits = {} if limit is None else {job.service.name: limit for job in jobs[:1]}
        fleet = Fleet(policy=policy_for, limits=limits, limiters=limiters)
        async with aclosing(fleet.run_async(jobs)) as outcomes:
            async for index, outcome in outcomes:
                job = jobs[index]
                self.ended[job.id] = _ended_by(job, outcome)
                del self.jobs[job.id]
                self._tokens.pop(job.id, None)
                yield self.ended[job.id]

    def checkpoint(self, *, canceled: bool = False) -> Checkpoint:
        """The current state of the waits."""
        return Checkpoint.of(self.ended.values(), [self._token(job) for job in self.jobs.values()], canceled=canceled)

    async def cancel(self) -> int:
        """Cancel the jobs that still run at the service, where it can; the number of requests that it accepted."""
        canceled = 0
        for job in list(self.jobs.values()):
            cancel = getattr(job, "cancel_async", None)
            if cancel is None:
                return 0
            try:
                await cancel()
            except JobWaitError:
                continue  # a job that has just ended cannot be canceled; the others can
            canceled += 1
        return canceled

    def _token(self, job: Job[Any]) -> str:
        """The token of *job*, made again only if the job was polled since."""
        polls = state_of(job).polls
        known = self._tokens.get(job.id)
        if known is None or known[0] != polls:
            known = self._tokens[job.id] = (polls, job.token())
        return known[1]


def batch_done(batch: Batch, ended: Iterable[Ended]) -> BatchDone:
    """The result of *batch*: one of *ended* for each job, in its order."""
    by_id = {one.job_id: one for one in ended}
    return BatchDone(service=batch.service, account=batch.account, ended=[by_id[job_id] for job_id in batch.job_ids])


def polled_once(job: Job[Any], error: JobWaitError | None) -> Ended:
    """The result of one poll of *job* as an Ended; its state may be one of a job that still runs."""
    state = state_of(job).state if error is None else "unreachable"
    now = datetime.now(UTC).isoformat()
    return _ended(job, state, error, polls=1, errors=int(error is not None), started=now, seen_at=now)


def _ended_by(job: Job[Any], outcome: Outcome[Any]) -> Ended:
    job_state = state_of(job)  # it counts over all attempts; an outcome does not
    started = outcome.started
    if job_state.started is not None and job_state.started <= LATEST:  # a token may have any number
        started = datetime.fromtimestamp(job_state.started, UTC)
    times = {"started": started.isoformat(), "seen_at": outcome.seen_at.isoformat()}
    return _ended(job, outcome.state, outcome.error, polls=job_state.polls, errors=job_state.errors, **times)


def _ended(job: Job[Any], state: str, error: Exception | None, **facts: Any) -> Ended:
    job_state, service = state_of(job), job.service
    snapshot = job_state.snapshot
    progress = None if snapshot is None else service.progress(snapshot)
    counts: dict[str, Any] = {} if progress is None else {"done": progress.done, "total": progress.total}
    return Ended(
        job_id=job.id,
        state=state,
        raw_status=truncate(job_state.raw_status, MAX_STATUS),
        reason=None if snapshot is None else truncate(service.reason(snapshot), MAX_REASON),
        error=None if error is None else truncate(str(error), MAX_ERROR),
        **counts,
        **facts,
    )


def _limit_deadline(job_state: JobState[Any], timeout: object) -> None:
    """Have no deadline later than a wait that begins now has, or began at the last poll, if a clock was set back."""
    if isinstance(timeout, int | float) and job_state.deadline is not None:
        latest = max(clock.current.time(), job_state.last_poll or 0.0) + timeout
        job_state.deadline = min(job_state.deadline, latest)


def _new_job(service: Service[Any, Any], client: Any, batch: Batch, job_id: str) -> Job[Any]:
    job_state: JobState[Any] = JobState(service, client, {**batch.common, service.id: job_id})
    job_state.deadline, job_state.inherited = batch.until, batch.until is not None
    return handle_of(job_state)
