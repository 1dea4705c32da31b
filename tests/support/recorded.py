"""Jobs that are waited for in virtual time and recorded."""

import random

from jobwait import Policy, promptforge
from jobwait._httpx import httpx
from jobwait.testing import FakeServer, Reply, record, virtual_time
from support.waits import NAME, batch, connect

POLICY = Policy(interval=10.0, timeout=10_000.0)


class Played:
    """
    A PromptForge whose job runs from *queue* to *end*, in seconds, counting its prompts; with faults if *faulty*.

    took: the round trip of an answer. seed: of round trips and faults, if *faulty*.
    """

    def __init__(self, clock, queue=40.0, end=500.0, *, took=0.2, seed=0, faulty=False, last="COMPLETED"):
        self.clock, self.queue, self.end, self.took, self.faulty, self.last = clock, queue, end, took, faulty, last
        self.dice = random.Random(seed)
        self.outage = (self.dice.uniform(0, end), self.dice.uniform(1, 200)) if faulty else (0.0, 0.0)

    def __call__(self, request):
        """The answer to a poll, which takes its time."""
        took = self.dice.uniform(0.01, 0.4) if self.faulty else self.took
        self.clock.advance(took / 2)
        reply = self._reply(self.clock.now, job_id=request.url.path.split("/")[3])
        self.clock.advance(took / 2)
        return reply

    def _reply(self, now, **name):
        begins, lasts = self.outage
        if begins <= now < begins + lasts:
            return Reply(503, {"detail": "an outage"})
        if self.faulty and self.dice.random() < 0.05:
            return self.dice.choice([Reply(500, {"detail": "a fault"}), Reply(200, "<html>"), httpx.ReadError])
        if now < self.queue:
            return batch("QUEUED", **name)
        if now >= self.end:
            return batch(self.last, 100, **name)
        return batch("PROCESSING", int(100 * (now - self.queue) / (self.end - self.queue)), **name)


def played(path, policy=POLICY, *, name=NAME, bodies=False, submitted=True, wait=None, before=0.0, **job):
    """The outcome of a wait for such a job, recorded at *path*, that begins *before* seconds after the submission."""
    with virtual_time() as clock:
        server = FakeServer().on("GET /v1/jobs/{job_id}/status", Played(clock, **job))
        with connect(server) as client, record((), path, bodies=bodies) as recorder:
            handle = promptforge.job(client, name)
            if submitted:
                handle._state.submitted, handle._state.started = True, clock.time()
            clock.sleep(before)
            recorder.add(handle)
            return (wait or (lambda job, policy: job.outcome(policy=policy)))(handle, policy)
