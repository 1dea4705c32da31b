"""simulate(): one wait by the real rules, in virtual time, against a timeline."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from attrs import define, field, frozen

from jobwait._httpx import httpx
from jobwait._jobs.drivers import run
from jobwait._model.policy import Policy, resolve_policy
from jobwait._model.service import Service
from jobwait._model.types import Outcome, Update
from jobwait._polling.commands import Command, Notify, Poll, Result, SendRequest, Sleep
from jobwait._polling.duration_model import CompletedJob, DurationHistory, InMemoryHistory
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._polling.retry.classify import is_expected
from jobwait._polling.waiter import waiting
from jobwait.testing.replies import Reply, Scripted, as_reply, to_response

EPOCH: Final = 1_767_225_600.0  # when virtual time begins on the calendar: 2026-01-01 00:00 UTC
REQUEST_TIMEOUT: Final = 30.0  # seconds, as connect() has it
Timeline: TypeAlias = Callable[[float], Scripted]


@frozen
class Report:
    """
    How a simulated wait went.

    polled_at: when each poll was sent, in seconds after the submission. lateness: seconds from the job's end to the
    arrival of the response that showed it; None if none did. updates: all that on_update would have been called with.
    """

    __module__ = "jobwait.testing"

    outcome: Outcome[Any]
    polled_at: list[float]
    lateness: float | None
    updates: list[Update[Any]]

    @property
    def polls(self) -> int:
        """How many polls were sent."""
        return len(self.polled_at)


def simulate(
    service: Service[Any, Any],
    timeline: Timeline,
    ended_at: float | None = None,
    policy: Policy | None = None,
    latency: float = 0.1,
    seed: int = 0,
    history: DurationHistory | Iterable[CompletedJob | tuple[float | None, float]] | None = None,
) -> Report:
    """
    Wait, in virtual time, for a job of *service* that was submitted at 0.

    *timeline* is called with the time in seconds at which the service responds (half the *latency* after the send) and
    returns a body (status 200), a status code (with the service's error body), a Reply, or an exception. *ended_at*:
    when the job ended; the report's lateness counts from it. *history*: similar jobs, as pairs of size and duration, or
    an InMemoryHistory, which is added to as in a real wait. The job has the id of the first body that contains one;
    until then an id made of *seed*. The id determines the jitter of retries.

    Raises:
        InvalidInput: *policy* is invalid.

    """
    job_state: JobState[Any] = JobState(
        service, NoClient(), {service.id: f"job-{seed}"}, started=EPOCH, submitted=True, history=history_of(history)
    )
    job_state.add_statuses(policy)
    clock = VirtualClock(timeline, latency, job_state)
    outcome = run(waiting(job_state, resolve_policy(policy, None, service.defaults)), clock.do)
    seen = outcome.state in {"succeeded", "failed", "canceled"} and ended_at is not None
    lateness = clock.now - ended_at if seen and ended_at is not None else None
    return Report(outcome, clock.polled_at, lateness, clock.updates)


def history_of(
    given: DurationHistory | Iterable[CompletedJob | tuple[float | None, float]] | None,
) -> DurationHistory:
    """The history that *given* is, or the one of these jobs."""
    if given is None or isinstance(given, Iterable):
        return InMemoryHistory(job if isinstance(job, CompletedJob) else CompletedJob(*job) for job in given or ())
    return given


class NoClient:
    """The client of a simulated wait, which sends no requests."""

    base_url = "https://simulated.invalid"
    auth_header_name = ""
    renews_key = False


@define(slots=False)
class VirtualClock:
    """
    A driver in virtual time, with a simulated service, for the wait for one job.

    timeline, latency: as for simulate(). now: seconds since the start. polled_at: when each poll was sent. updates:
    what on_update would have been called with. A test may subclass it, to change the time for example.
    """

    __module__ = "jobwait.testing"

    timeline: Timeline
    latency: float
    job_state: JobState[Any]
    now: float = 0.0
    polled_at: list[float] = field(factory=list)
    updates: list[Update[Any]] = field(factory=list)
    named: bool = False

    def do(self, command: Command) -> Result:
        """Do what *command* says, in virtual time."""
        reply: httpx.Response | Observation[Any] | Exception | None = None
        match command:
            case Poll():
                reply = self._poll(command.timeout)
            case Sleep():
                self.now += command.seconds
            case Notify():
                self.updates.append(command.update)
            case SendRequest():  # of a cancellation at the timeout
                self.now += self.latency
                reply = to_response(Reply(200, {}))
        return Result(self.now, EPOCH + self.now, reply)

    def _poll(self, timeout: float | None) -> httpx.Response | Observation[Any] | Exception:
        sent = self.now
        self.polled_at.append(sent)
        reply = as_reply(self.timeline(sent + self.latency / 2))
        seconds = self.latency + (reply.seconds if isinstance(reply, Reply) else 0.0)
        timeout = REQUEST_TIMEOUT if timeout is None else min(timeout, REQUEST_TIMEOUT)
        if seconds > timeout:
            self.now = sent + timeout
            return httpx.ReadTimeout("the response took too long")
        self.now = sent + seconds
        if isinstance(reply, Exception):
            if not is_expected(reply):
                raise reply
            return reply
        self._name(reply.body)
        return to_response(reply)

    def _name(self, body: object) -> None:
        name = self.job_state.service.id
        if not self.named and isinstance(body, Mapping) and body.get(name):
            self.named = True
            self.job_state.ids = {**self.job_state.ids, name: str(body[name])}
