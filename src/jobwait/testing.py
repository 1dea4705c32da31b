"""
For tests of code that waits: a service whose responses you choose, and virtual time.

    from jobwait import promptforge
    from jobwait.testing import simulate

    def timeline(t):                                    # t: seconds since the submission
        status = "PROCESSING" if t < 540 else "COMPLETED"
        return {**BODY, "status": status, "completed_count": int(min(t, 540))}

    report = simulate(promptforge.SERVICE, timeline, ended_at=540.0)
    assert report.polls < 60 and report.lateness < 2

The same rules run as in a real wait; only the clock and the network are simulated, so a day takes milliseconds and
every run gives the same result.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from attrs import define, field, frozen

from jobwait._http.attempt import ReceivedResponse
from jobwait._httpx import httpx
from jobwait._jobs.drivers import run
from jobwait._model.policy import Policy, resolve_policy
from jobwait._model.service import Service
from jobwait._model.types import Outcome, Update
from jobwait._polling.commands import Command, Notify, Poll, Result, SendRequest, Sleep
from jobwait._polling.duration_model import CompletedJob, DurationHistory, InMemoryHistory
from jobwait._polling.job_state import JobState
from jobwait._polling.retry.classify import is_expected
from jobwait._polling.waiter import waiting

__all__ = ["EPOCH", "CompletedJob", "FakeServer", "InMemoryHistory", "Reply", "Report", "VirtualClock", "simulate"]

EPOCH: Final = 1_767_225_600.0  # when virtual time begins on the calendar: 2026-01-01 00:00 UTC
REQUEST_TIMEOUT: Final = 30.0  # seconds, as connect() has it
_JSON: Final = httpx.Headers({"content-type": "application/json"})


@frozen
class Reply:
    """A response. body: JSON, unless it is text or bytes. seconds: how long the service takes to respond."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] | None = None
    seconds: float = 0.0


Scripted: TypeAlias = Mapping[str, Any] | int | Reply | Exception | type[Exception]
Timeline: TypeAlias = Callable[[float], Scripted]


@frozen
class Report:
    """
    How a simulated wait went.

    polled_at: when each poll was sent, in seconds after the submission. lateness: seconds from the job's end to the
    arrival of the response that showed it; None if none did. updates: all that on_update would have been called with.
    """

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
        service, _NoClient(), {service.id: f"job-{seed}"}, started=EPOCH, submitted=True, history=_history(history)
    )
    job_state.add_statuses(policy)
    clock = VirtualClock(timeline, latency, job_state)
    outcome = run(waiting(job_state, resolve_policy(policy, None, service.defaults)), clock.do)
    seen = outcome.state in {"succeeded", "failed", "canceled"} and ended_at is not None
    lateness = clock.now - ended_at if seen and ended_at is not None else None
    return Report(outcome, clock.polled_at, lateness, clock.updates)


def _history(given: DurationHistory | Iterable[CompletedJob | tuple[float | None, float]] | None) -> DurationHistory:
    if given is None or isinstance(given, Iterable):
        return InMemoryHistory(job if isinstance(job, CompletedJob) else CompletedJob(*job) for job in given or ())
    return given


class _NoClient:
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

    timeline: Timeline
    latency: float
    job_state: JobState[Any]
    now: float = 0.0
    polled_at: list[float] = field(factory=list)
    updates: list[Update[Any]] = field(factory=list)
    named: bool = False

    def do(self, command: Command) -> Result:
        """Do what *command* says, in virtual time."""
        reply: httpx.Response | Exception | None = None
        match command:
            case Poll():
                reply = self._poll(command.timeout)
            case Sleep():
                self.now += command.seconds
            case Notify():
                self.updates.append(command.update)
            case SendRequest():  # of a cancellation at the timeout
                self.now += self.latency
                reply = _response(Reply(200, {}))
        return Result(self.now, EPOCH + self.now, reply)

    def _poll(self, timeout: float | None) -> httpx.Response | Exception:
        sent = self.now
        self.polled_at.append(sent)
        reply = _as_reply(self.timeline(sent + self.latency / 2))
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
        return _response(reply)

    def _name(self, body: object) -> None:
        name = self.job_state.service.id
        if not self.named and isinstance(body, Mapping) and body.get(name):
            self.named = True
            self.job_state.ids = {**self.job_state.ids, name: str(body[name])}


def _as_reply(given: Scripted) -> Reply | Exception:
    if isinstance(given, type):
        return given("simulated")
    if isinstance(given, Reply | Exception):
        return given
    if isinstance(given, int):
        phrase = HTTPStatus(given).phrase if given in set(HTTPStatus) else "Error"
        return Reply(given, {"message": phrase, "detail": phrase})
    return Reply(200, given)


def _response(reply: Reply) -> httpx.Response:
    content = reply.body if reply.body is not None else b""
    if not isinstance(content, bytes):
        content = (content if isinstance(content, str) else json.dumps(content)).encode()
    headers = _JSON if reply.headers is None else httpx.Headers({**_JSON, **reply.headers})
    return ReceivedResponse(reply.status, headers, content, "GET", "https://simulated.invalid")


class FakeServer(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """
    A transport that returns these *responses*, one for each request, and then the last of them again.

    Pass it as `connect(..., transport=server)`; it serves sync and async code. requests: all requests so far.
    """

    def __init__(self, *responses: Scripted) -> None:
        self._responses: Iterator[Scripted] = iter(responses)
        self._last: Scripted = 503
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The next response."""
        self.requests.append(request)
        self._last = next(self._responses, self._last)
        reply = _as_reply(self._last)
        if isinstance(reply, Exception):
            raise reply
        response = _response(reply)
        return httpx.Response(reply.status, headers=response.headers, content=response.content)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The next response."""
        return self.handle_request(request)
