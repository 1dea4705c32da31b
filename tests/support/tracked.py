"""What the tests of the tracker share: a service in memory, jobs of it in a file, and a clock for leases."""

import time
from datetime import UTC, datetime

from jobwait import Outcome, promptforge
from jobwait._sync import clock
from jobwait.testing import FakeServer, Reply
from support.waits import batch

ENDED, DOWN = batch("COMPLETED", 100), 503
REFUSED = Reply(401, {"detail": "no such key"})


class Service(FakeServer):
    """PromptForge in memory: *answer* is called with the id of the job that is polled."""

    def __init__(self, answer):
        super().__init__(self.respond)
        self.answer = answer
        self.polled = []

    def respond(self, request):
        """The response to a poll."""
        job_id = request.url.path.split("/")[3]
        self.polled.append(job_id)
        found = self.answer(job_id)
        return {**found, "job_id": job_id} if isinstance(found, dict) else found


def connect(service, key="k" * 20):
    """A client of *service*."""
    return promptforge.connect(key, base_url="https://forge.invalid", transport=service)


def add(tracker, client, count):
    """Track *count* jobs under the keys "0", "1" and so on."""
    tracker.add_all([(promptforge.job(client, f"j{number}"), f"{number}") for number in range(count)], "team")


def outcome(state="succeeded"):
    """An outcome, seen now."""
    now = datetime.now(UTC)
    return Outcome("promptforge", "j0", state, None, None, 1, 0, now, now)


class Clock(clock.Clock):
    """Takes the place of real time where leases are timed: each look at the time takes *step* seconds."""

    def __init__(self, step=0.0, then=lambda: None):
        self.step, self.then = step, then
        self.wall, self.now = time.time(), time.monotonic()

    def advance(self, seconds):
        """Let time pass."""
        self.wall += seconds
        self.now += seconds

    def time(self):
        """Seconds since the epoch."""
        return self.wall

    def monotonic(self):
        """Seconds on the monotonic clock."""
        self.advance(self.step)
        self.then()
        return self.now
