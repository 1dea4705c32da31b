"""Fleets of thousands: polls that are due soon after one another are sent together, and no update is made in vain."""

import itertools
from itertools import islice, takewhile

import pytest

from jobwait import Policy, promptforge
from jobwait._httpx import httpx
from jobwait._polling.commands import Result
from jobwait._polling.rate_limits import BURST, POLL, TOGETHER, AccountLimits
from jobwait.fleet.fleet_job import FleetOptions
from jobwait.fleet.scheduler import MANY, PendingRequest, Scheduler
from support.waits import batch

INTERVAL = 20.0
KEYS = itertools.count()  # an account for each world, as their times are their own


class World:
    """
    A fleet of PromptForge in virtual time whose polls are answered at once, with the status of *status*.

    spread: the seconds over which the jobs are given.
    """

    def __init__(self, jobs, heard=True, status="PROCESSING", spread=0.0, **policy):
        self.now, self.status, self.told, self.sent, self.pauses, self.late = 1000.0, status, [], 0, [], 0.0
        options = FleetOptions(policy=Policy(**{"interval": INTERVAL, "timeout": 86400, **policy}))
        self.scheduler = Scheduler(options, self.clock, self.tell, lambda: heard)
        client = promptforge.connect(f"key{next(KEYS)}", base_url="http://127.0.0.1:9")
        for number in range(jobs):
            self.scheduler.add(promptforge.job(client, f"j{number}"))
            self.now += spread / jobs

    def clock(self):
        return Result(self.now, 1e9 + self.now)

    def tell(self, command):
        self.told.append(command)
        return self.clock()

    def run(self, seconds):
        """Go on for so many seconds."""
        until = self.now + seconds
        while self.now < until:
            found = self.scheduler.next()
            if isinstance(found, PendingRequest):
                self.answer(found)
            elif found:
                self.pauses.append(found)
                self.now += found

    def answer(self, found):
        """Answer one poll; the first ones are spread on purpose, so only later ones can be late."""
        self.sent += 1
        job = found.job
        if job.job_state.polls:
            self.late = max(self.late, self.now - job.due)
        body = batch(self.status, done=self.sent, job_id=job.job_state.job_id)
        self.scheduler.take(found, httpx.Response(200, json=body))


def times(limits, now):
    """When polls are sent that all are due *now*, as soon as *limits* allow."""
    while True:
        now += max(0.0, limits.wait(POLL, now))
        limits.take(POLL, now)
        yield now


def test_polls_of_thousands_of_jobs_are_sent_together():
    """Each sleep is long enough for several of them, none is later than that, and as many are sent as without."""
    world = World(3 * MANY, spread=INTERVAL)
    world.run(3 * INTERVAL)
    world.pauses, world.sent, world.late = [], 0, 0.0
    world.run(2 * INTERVAL)
    assert min(world.pauses) >= TOGETHER * (1 - 1e-9)
    assert world.late <= 2 * TOGETHER
    assert world.sent == pytest.approx(2 * 3 * MANY, rel=0.02)


def test_each_poll_of_a_few_jobs_is_sent_when_it_is_due():
    """Where sleeping longer saves nothing, nothing is late."""
    world = World(10)
    world.run(5 * INTERVAL)
    assert world.late < 1e-6


@pytest.mark.parametrize("jobs", [100, 100_000])
def test_resting_until_polls_can_be_sent_together_lowers_no_rate(jobs):
    """Twice the rate that the jobs need is sent, also where each rest is as long as many polls take."""
    limits = AccountLimits(promptforge.SERVICE, "account", need=jobs / 5)
    sent = len(list(takewhile(lambda at: at < 10, times(limits, 0.0))))
    assert sent == pytest.approx(10 * 2 * jobs / 5 + BURST, rel=0.01)


def test_no_update_is_made_that_nobody_gets():
    """Counts move at each poll, but updates are made for the end alone; with somebody there, for each change."""
    silent, heard = World(3, heard=False), World(3)
    for world in (silent, heard):
        world.run(5 * INTERVAL)
    assert silent.sent == heard.sent
    assert ([], True) == (silent.told, len(heard.told) >= heard.sent - 3)
    silent.status = "COMPLETED"
    silent.run(3 * INTERVAL)
    assert 3 == len([one for one in silent.told if one.outcome]) == len(silent.told)


def test_a_status_that_nobody_knows_is_told_although_nobody_gets_updates():
    """It is logged as a warning, once for each job."""
    world = World(2, heard=False, status="BREWING")
    world.run(5 * INTERVAL)
    assert 2 == len([one for one in world.told if one.warning])
    assert world.late < 1e-6


def test_an_interval_of_the_policy_that_is_shorter_than_the_service_s_is_kept():
    """PromptForge's is 5 s; the rate that spreads first polls follows the policy, or each poll would come late."""
    world = World(50, interval=0.5, min_interval=0.5, spread=0.5)
    world.run(20)
    assert world.sent >= 50 * 20 / 0.5 * 0.95


@pytest.mark.parametrize("interval", [60.0, 300.0])
def test_first_polls_follow_the_rate_that_more_jobs_need(interval):
    """One job is polled, and then hundreds come: what was counted at its low rate does not hold them up."""
    limits, jobs = AccountLimits(promptforge.SERVICE, "account", need=1 / interval), 300
    for _ in range(BURST):
        limits.take(POLL, 0.0)
    limits.need = jobs / interval
    last = list(islice(times(limits, 1.0), jobs))[-1]
    assert last <= 1.0 + interval / 2 + 1.0


def test_an_interval_that_is_removed_is_not_limited_to_the_service_s():
    """Then the minimum interval is what a fleet keeps to, and a longest interval is kept."""
    world = World(20, interval=None, min_interval=0.5, max_interval=0.5)
    world.run(20)
    assert world.sent >= 20 * 20 / 0.5 * 0.9
