"""Every deadline and every stop ends a wait, whatever else many jobs wait for: in virtual time, by random cases."""

import heapq
import random
from pathlib import Path

import pytest
from attrs import define, field
from benchmarks.fleet.lists import _project, _tours, optimizations, tours
from benchmarks.fleet.world import EPOCH, answer

from jobwait import Limit, Policy, freeplay, fryte, promptforge
from jobwait._httpx import httpx
from jobwait._jobs.handle import handle_of
from jobwait._polling.commands import Poll, Result
from jobwait._polling.job_state import JobState
from jobwait._polling.token_bucket import TokenBucket
from jobwait.fleet.fleet_job import FleetOptions
from jobwait.fleet.scheduler import OVERRUN, PendingRequest, Scheduler
from jobwait.tracker.database import Database
from jobwait.tracker.shared_limits import SharedRateLimiter
from unit.fleet.test_lists_and_queues import batches

EVER = 1e9
HANGS = 30.0  # seconds until a request without a deadline of its own times out
SOON = 1e-3


@define(slots=False)
class World:
    """Jobs, a service that is as hostile as *rng* says, and a driver in virtual time."""

    rng: random.Random
    page: object
    lives: dict
    database: Database | None = None
    faults: float = 0.0  # the share of requests that meet with one
    concurrency: int = 4
    now: float = 1000.0
    wall: float = EPOCH
    sent: list = field(factory=list)
    buckets: dict = field(factory=dict)

    def clock(self):
        return Result(self.now, self.wall + self.now)

    def limiters(self, service, account, operation, limit):
        """In memory, or in the file of a tracker."""
        key = (service.name, account, operation, limit)
        if self.database is None or limit is None:
            return self.buckets.setdefault(key, TokenBucket.of(limit))
        clocks = (lambda: self.wall + self.now, lambda: self.now)
        return self.buckets.setdefault(key, SharedRateLimiter(self.database, str(key), limit, *clocks))

    def respond(self, command):
        """The response, and the seconds until it comes."""
        rng, is_poll = self.rng, isinstance(command, Poll)
        longest = min(HANGS, command.timeout or HANGS)
        latency = rng.choice([0.05, 0.2, 1.0])
        if rng.random() < self.faults:
            after = rng.choice([None, "1", "20", "600", "86400", "1e400"])
            headers = {} if after is None else {"retry-after": after}
            match rng.randrange(4):
                case 0:
                    latency = EVER
                case 1:
                    return httpx.Response(503, headers=headers), min(latency, longest)
                case _:
                    return httpx.Response(429, headers=headers), min(latency, longest)
        if latency > longest:
            return httpx.ReadTimeout("too long"), longest
        if is_poll:
            return answer(self.lives[command.ids["job_id"]].body(self.now)), latency
        query = dict(command.build().url.params)
        return answer({"fryte": _tours, "freeplay": _project}[self.page.SERVICE.name](self, query, self.now)), latency

    def run(self, jobs, options, stop=EVER, jumps=()):
        """When each of *jobs* ended; all are stopped at *stop*, and the calendar is set at each of *jumps*."""
        scheduler = Scheduler(options, self.clock, lambda _: self.clock())
        flights, ended, jumps = [], {}, sorted(jumps)
        for job in jobs:
            scheduler.add(job)
        while len(scheduler) or scheduler.events:
            while isinstance(found := scheduler.next(room=len(flights) < self.concurrency), PendingRequest):
                value, seconds = self.respond(found.command)
                self.sent.append(self.now)
                heapq.heappush(flights, (self.now + seconds, len(self.sent), found, value))
            while scheduler.events:
                number, outcome = scheduler.events.popleft()
                ended[number] = (self.now, outcome)
            times = [flights[0][0]] if flights else []
            times += [self.now + found] if found is not None else []
            times += [stop] if not scheduler.stopping and stop < EVER else []
            times += [jumps[0][0]] if jumps else []
            assert times or not len(scheduler), "the fleet sleeps for ever"
            self.now = max(self.now, min(times, default=self.now))
            while jumps and jumps[0][0] <= self.now:
                self.wall += jumps.pop(0)[1]
            if stop <= self.now and not scheduler.stopping:
                scheduler.stop()
            while flights and flights[0][0] <= self.now:
                _, _, pending, value = heapq.heappop(flights)
                scheduler.take(pending, value)
        scheduler.close()
        return ended


def made(rng, page, count, ends):
    """So many jobs of the service; with *ends* they end some day."""
    name = page.SERVICE.name
    lives = {"fryte": lambda: tours(1, user=rng.random() < 0.7), "freeplay": lambda: optimizations(1)}.get(
        name, lambda: batches(count)
    )()[:count]
    for life in lives:
        life.began, life.ended = 0.0, 1000.0 + rng.expovariate(1 / 60) if ends else EVER
    return {life.job_id: life for life in lives}


def world_of(rng, database=None, **more):
    page = rng.choice([fryte, freeplay, promptforge])
    lives = made(rng, page, rng.choice([1, 2, 5, 20]), more.pop("ends", rng.random() < 0.5))
    return World(rng, page, lives, database, **more)


def handles(world):
    client = world.page.connect("key", base_url="http://127.0.0.1:9")
    service, submitted = world.page.SERVICE, world.rng.random() < 0.5
    states = [JobState(service, client, life.ids, submitted=submitted) for life in world.lives.values()]
    return [handle_of(state) for state in states]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """A tracker's file."""
    database = Database(Path(tmp_path_factory.mktemp("shared")) / "jobs.db")
    database._db.execute("pragma synchronous = off")
    yield database
    database.close()


@pytest.mark.filterwarnings("ignore::jobwait.errors.RetryAfterWarning")
@pytest.mark.parametrize("seed", range(12))
def test_no_wait_of_many_ends_later_than_its_deadline_or_a_stop(seed, database):
    """Random limits, refusals, hanging requests, lists, queues, deadlines, stops and calendars: twenty in each case."""
    for number in range(20):
        rng = random.Random(f"{seed} {number}")
        world = world_of(
            rng, rng.choice([None, database]), faults=rng.choice([0.0, 0.3, 0.9]), concurrency=rng.choice([1, 2, 16])
        )
        database.write(lambda db: db.execute("delete from buckets"))
        jobs = handles(world)
        timeouts = {job.id: rng.choice([0.0, 0.3, 4.0, 7.0, 60.0, 900.0]) for job in jobs}
        stop = world.now + rng.choice([EVER, EVER, 0.0, 3.0, 50.0])
        if stop < EVER:
            timeouts = {name: rng.choice([seconds, None]) for name, seconds in timeouts.items()}
        more = {"max_retry_after": rng.choice([None, 5.0, 100.0])}
        options = FleetOptions(
            policy=lambda job, timeouts=timeouts, more=more: Policy(timeout=timeouts[job.id], **more),
            limits={world.page.SERVICE.name: rng.choice([Limit(2, 25.0), Limit(1, 1e6), Limit(3), Limit(9, 60.0)])},
            limiters=world.limiters,
        )
        jumps = [(world.now + rng.uniform(0, 60), rng.choice([-1, 1]) * 10 ** rng.uniform(0, 9)) for _ in range(2)]
        began = world.now
        ended = world.run(jobs, options, stop, jumps)
        assert len(ended) == len(jobs)
        for index, (at, outcome) in ended.items():
            timeout = timeouts[jobs[index].id]
            latest = EVER if timeout is None else began + timeout + OVERRUN
            assert at <= min(latest, stop + HANGS) + SOON, (number, outcome)


SHUT = {"fryte": Limit(1, 1e6), "freeplay": Limit(1, 1e6), "promptforge": Limit(1, 1e6)}


@pytest.mark.parametrize("page", [fryte, freeplay, promptforge], ids=lambda page: page.SERVICE.name)
def test_a_shut_limit_delays_no_deadline(page):
    """To the second: each job has its own, and none is polled more than the limit allows."""
    rng = random.Random(1)
    world = World(rng, page, made(rng, page, 20, ends=False))
    jobs = handles(world)
    timeouts = {job.id: float(number) for number, job in enumerate(jobs, 1)}
    policy = {"policy": lambda job: Policy(timeout=timeouts[job.id])}
    ended = world.run(jobs, FleetOptions(limits=SHUT, limiters=world.limiters, **policy))
    assert len(world.sent) <= 1
    assert all(at <= 1000.0 + timeouts[jobs[index].id] + SOON for index, (at, _) in ended.items())
    assert {"timed_out"} == {outcome.state for _, outcome in ended.values()}


@pytest.mark.parametrize("page", [fryte, freeplay, promptforge], ids=lambda page: page.SERVICE.name)
def test_a_stop_while_a_limit_is_shut_ends_all_waits_at_once(page):
    """No request is in flight: nothing is waited for."""
    rng = random.Random(2)
    world = World(rng, page, made(rng, page, 20, ends=False))
    options = FleetOptions(limits=SHUT, limiters=world.limiters, policy=Policy(timeout=None))
    ended = world.run(handles(world), options, stop=1050.0)
    assert {1050.0} == {at for at, _ in ended.values()}


@pytest.mark.parametrize("concurrency", [1, 2])
def test_requests_that_hang_delay_the_deadline_of_no_other_job(concurrency):
    """All requests that may be in flight are those of jobs without a deadline."""
    rng = random.Random(3)
    world = World(rng, promptforge, made(rng, promptforge, 6, ends=False), faults=1.0, concurrency=concurrency)
    world.respond = lambda command: (httpx.ReadTimeout("too long"), min(HANGS, command.timeout or HANGS))
    jobs = handles(world)
    first = {job.id for job in jobs[:concurrency]}
    policy = {"policy": lambda job: Policy(timeout=None if job.id in first else 10.0)}
    ended = world.run(jobs, FleetOptions(limiters=world.limiters, **policy))
    assert {1010.0} == {round(at, 3) for index, (at, _) in ended.items() if index >= concurrency}


def test_a_list_that_hangs_costs_no_job_its_last_poll():
    """Jobs that a list covers are polled themselves when their deadline is near."""
    rng = random.Random(4)
    world = World(rng, freeplay, made(rng, freeplay, 20, ends=False), concurrency=30)
    respond = world.respond
    world.respond = lambda command: (
        respond(command) if isinstance(command, Poll) else (httpx.ReadTimeout("slow"), HANGS)
    )
    for life in world.lives.values():
        life.ended = 1014.0  # while the list hangs
    ended = world.run(handles(world), FleetOptions(limiters=world.limiters, policy=Policy(timeout=20.0)))
    assert all(at <= 1020.0 + SOON for at, _ in ended.values())
    assert {"succeeded"} == {outcome.state for _, outcome in ended.values()}


def test_a_request_that_overruns_its_own_time_delays_no_deadline():
    """A name that is not resolved cannot be given up: its job ends all the same, and its response is dropped."""
    rng = random.Random(5)
    world = World(rng, promptforge, made(rng, promptforge, 2, ends=False))
    world.respond = lambda _: (httpx.ConnectError("no such name"), 300.0)
    ended = world.run(handles(world), FleetOptions(limiters=world.limiters, policy=Policy(timeout=10.0)))
    assert {1010.0 + OVERRUN} == {at for at, _ in ended.values()}
    assert {"timed_out"} == {outcome.state for _, outcome in ended.values()}


@pytest.mark.parametrize("shared", [False, True])
def test_max_retry_after_holds_for_the_budget_of_all_jobs(shared, database):
    """A 429 that asks for an hour ends its job; the others are polled after five seconds."""
    rng = random.Random(6)
    world = World(rng, fryte, made(rng, fryte, 4, ends=True), database if shared else None)
    for life in world.lives.values():
        life.ended = 1001.0
    respond = world.respond
    refusal = httpx.Response(429, headers={"retry-after": "3600"})
    world.respond = lambda command: respond(command) if world.sent else (refusal, 0.1)
    policy = Policy(timeout=7200.0, max_retry_after=5.0)
    ended = world.run(handles(world), FleetOptions(limiters=world.limiters, policy=policy))
    assert ["succeeded"] * 3 + ["unreachable"] == sorted(outcome.state for _, outcome in ended.values())
    assert 5.0 <= world.sent[1] - world.sent[0] <= 7.0
    assert all(at < 1030.0 for at, _ in ended.values())
