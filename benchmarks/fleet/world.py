"""A world in virtual time for many jobs: the crew is the real one, the clock and the services are made up."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from attrs import define, field

from jobwait import Outcome, Service
from jobwait._httpx import httpx
from jobwait._model.limits import Limit
from jobwait._polling.commands import Notify, Poll, Result
from jobwait._polling.duration_model import InMemoryHistory
from jobwait._polling.job_state import JobState
from jobwait._polling.rate_limits import RateLimiter
from jobwait._polling.token_bucket import TokenBucket
from jobwait.fleet.fleet_job import FleetOptions
from jobwait.fleet.scheduler import PendingRequest, Scheduler

EPOCH = 1_767_225_600.0
HEADERS = {"content-type": "application/json"}
Reply = httpx.Response | Exception


class NoTimes(list[float]):
    """The world keeps when each request came; with millions of them that would be memory that no fleet needs."""

    def append(self, _: float) -> None:
        """Nothing."""


@define
class Life:
    """
    One job of a service in the world: submitted at *began*, over at *ended*; *body* is its status answer at an age.

    known is when we knew of its end; polls counts those at it alone.
    """

    ids: Mapping[str, str]
    began: float
    ended: float
    body: Callable[[float], Mapping[str, Any]]
    known: float | None = None
    polls: int = 0
    last: float = 0.0
    max_interval: float = 0.0

    @property
    def job_id(self) -> str:
        """Its id."""
        return self.ids["job_id"]


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """An answer in JSON."""
    return httpx.Response(status, headers={**HEADERS, **(headers or {})}, content=json.dumps(body).encode())


@define
class World:
    """
    All lives, the clock, and what the service answers.

    lists answers a list request, given its query and the time; limit refuses with 429 what is too much.
    """

    service: Service[Any, Any]
    client: Any
    latency: float = 0.1
    concurrency: int = 64
    lists: Callable[[World, dict[str, str], float], Any] | None = None
    limit: Limit | None = None
    retry_after: bool = False
    now: float = 0.0
    lives: dict[str, Life] = field(factory=dict)
    served: Counter[tuple[str, int]] = field(factory=Counter)
    _passed: dict[str, list[float]] = field(factory=dict)
    times: list[float] = field(factory=list)
    history: InMemoryHistory = field(factory=InMemoryHistory)
    buckets: dict[Any, RateLimiter] = field(factory=dict)

    def tick(self) -> Result:
        """The time."""
        return Result(self.now, EPOCH + self.now)

    def notify(self, command: Notify) -> Result:
        """Deliver an update."""
        if command.to is not None:
            command.to(command.update)
        return self.tick()

    def limiters(self, service: Service[Any, Any], account: str, operation: str, limit: Limit | None) -> RateLimiter:
        """A bucket of this world alone."""
        key = (service.name, account, operation, limit)
        return self.buckets.setdefault(key, TokenBucket.of(limit))

    def handle(self, life: Life, **facts: Any) -> Any:
        """A handle on *life*, as if just submitted."""
        facts = {"started": EPOCH + life.began, "submitted": True, "history": self.history, **facts}
        return self.service.handle(JobState(self.service, self.client, life.ids, **facts))

    def run(
        self, lives: Iterable[Life], options: FleetOptions | None = None, until: float = float("inf"), **facts: Any
    ) -> list[Outcome[Any]]:
        """Wait for all *lives*, each from its own beginning."""
        arrivals = sorted(lives, key=lambda life: life.began)[::-1]
        self.lives.update({life.job_id: life for life in arrivals})
        scheduler = Scheduler(options or FleetOptions(limiters=self.limiters), self.tick, self.notify)
        flights: list[tuple[float, int, PendingRequest, Reply]] = []
        outcomes: list[Outcome[Any]] = []
        sent = 0
        while (len(scheduler) or arrivals or scheduler.events) and self.now < until:
            while arrivals and arrivals[-1].began <= self.now:
                life = arrivals.pop()
                scheduler.add(self.handle(life, **facts))
            while isinstance(found := scheduler.next(room=len(flights) < self.concurrency), PendingRequest):
                sent += 1
                reply = self._reply(found, self.now + self.latency / 2)
                heapq.heappush(flights, (self.now + self.latency, sent, found, reply))
            while scheduler.events:
                _, outcome = scheduler.events.popleft()
                outcomes.append(outcome)
                self.lives[outcome.job_id].known = self.now
            times = [arrivals[-1].began] if arrivals else []
            times += [flights[0][0]] if flights else []
            times += [self.now + found] if found is not None else []
            if not times:
                continue
            self.now = max(self.now, min(times))
            while flights and flights[0][0] <= self.now:
                _, _, pending, reply = heapq.heappop(flights)
                scheduler.take(pending, reply)
        scheduler.close()
        return outcomes

    def _reply(self, pending: PendingRequest, at: float) -> Reply:
        poll = isinstance(pending.command, Poll)
        name = "look" if poll else "list"
        self.times.append(at)
        refusal = self._refusal(name, at)
        if refusal is not None:
            self.served[name, 429] += 1
            return refusal
        self.served[name, 200] += 1
        if isinstance(pending.command, Poll):
            life = self.lives[pending.command.ids["job_id"]]
            life.polls += 1
            life.max_interval = max(life.max_interval, at - max(life.last, life.began))
            life.last = at
            return answer(life.body(at))
        assert self.lists is not None
        query = parse_qs(urlsplit(str(pending.command.build().url)).query)
        return answer(self.lists(self, {name: values[-1] for name, values in query.items()}, at))

    def _refusal(self, operation: str, at: float) -> httpx.Response | None:
        if self.limit is None:
            return None
        passed = self._passed.setdefault(operation if self.limit.apart else "all", [])
        while passed and passed[0] <= at - self.limit.seconds:
            passed.pop(0)
        if len(passed) >= self.limit.requests:
            wait = passed[0] + self.limit.seconds - at
            return answer({}, 429, {"retry-after": str(int(wait) + 1)} if self.retry_after else None)
        passed.append(at)
        return None

    def lateness(self) -> list[float]:
        """Seconds from each end to our knowing it."""
        return [life.known - life.ended for life in self.lives.values() if life.known is not None]

    @property
    def requests(self) -> int:
        """All that were sent."""
        return sum(self.served.values())
