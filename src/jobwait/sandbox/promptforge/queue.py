"""PromptForge runs one job of a client at a time; of the others the one that was made first is next."""

from collections.abc import Callable
from heapq import heappop, heappush

import attrs

from jobwait.sandbox.promptforge.job import Job


@attrs.define
class Queue:
    """The jobs of one client; *started* is called with each job when it starts."""

    started: Callable[[Job], None]
    _active: Job | None = attrs.field(default=None, init=False)
    _waiting: list[tuple[int, Job]] = attrs.field(factory=list[tuple[int, Job]], init=False)

    def join(self, job: Job, now: float) -> None:
        """Add *job* at the time *now*."""
        self.advance(now)
        if self._active is None:
            self._start(job, now)
        else:
            heappush(self._waiting, (job.n, job))

    def advance(self, now: float) -> None:
        """Remove all jobs that have ended by *now*, and start those behind them."""
        while self._active is not None and self._active.ends <= now:
            ended, self._active = self._active, None
            documented = ended.prompts is not None and ended.prompts.mode == "docs"
            # On the published server the jobs behind a FAILED one wait until a later job completes.
            if self._waiting and (documented or ended.plan.ending == "COMPLETED"):
                self._start(heappop(self._waiting)[1], ended.ends)

    def restore(self, job: Job) -> None:
        """Add a job that was in the queue before a restart; call it in the order of the uploads."""
        if job.starts is None:
            heappush(self._waiting, (job.n, job))
        elif self._active is None or self._active.starts is None or self._active.starts <= job.starts:
            self._active = job

    def _start(self, job: Job, now: float) -> None:
        job.starts = now
        self._active = job
        self.started(job)
