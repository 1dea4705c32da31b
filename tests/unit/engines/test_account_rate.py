"""One account's rate, shared by sweeps on several workers: all of the adapter but the server, in virtual time."""

import asyncio

import pytest
from benchmarks.engines.served import job_ids
from tests.unit.engines import virtual
from tests.unit.engines.fake_temporal import Attempt, Client, Server
from tests.unit.engines.virtual import Clock, PromptForge, fullest

from jobwait import Limit, Policy, promptforge
from jobwait.engines.rate_slots import SlotRateLimiter
from jobwait.engines.temporal import Account, Checkpoint, account_id, batches
from jobwait.engines.temporal.rate_messages import Join, Rate, RateState

LIMIT = Limit(20)
RATE = Rate(requests=20, seconds=1.0)
BRISK = Policy(interval=1.0, min_interval=0.5, max_interval_ratio=0.1, timeout=600)
ACCOUNT = account_id("promptforge", "team")


class World:
    """Workers that share one account at one service."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.service = PromptForge(self.clock, limit=22)
        self.server = Server()
        self.account = Account("promptforge", "team", self.connect, LIMIT)

    def connect(self):
        return promptforge.connect("key", base_url="https://pf.invalid", transport=self.service)

    def attempt(self, client, batch, name, number=1, left=None):
        return Attempt(client, [self.account], batch, name, number, left)

    def run(self, main):
        async def inside():
            async with self.server:
                return await main()

        return virtual.run(inside(), self.clock)

    async def until(self, true, seconds=120):
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 - in virtual time
                await asyncio.sleep(0.05)

    def share(self, name):
        member = self.server.members().get(name)
        return None if member is None else member.high - member.low


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(
        "jobwait.engines.temporal.rate_share.SlotRateLimiter", lambda: SlotRateLimiter(clock=virtual.wall)
    )
    return World()


def made(ids, size=40, **more):
    return batches("promptforge", "team", ids, size=size, policy=BRISK, heartbeat=4, **more)


def ended(stands):
    return sorted(one.job_id for checkpoint in stands for one in checkpoint.unpack()[0] if one.state == "succeeded")


def test_sweeps_of_two_workers_together_keep_the_rate(world):
    """Four sweeps at two workers begin one after another: no second has more than the limit, and most of it is used."""
    clients = [Client(world.server), Client(world.server)]

    async def main():
        attempts = []
        for number, one in enumerate(made(job_ids(160, 40, 70))):
            attempts.append(world.attempt(clients[number % 2], one, f"sweep-{number}"))
            await asyncio.sleep(2.5)
        return await asyncio.gather(*(one.task for one in attempts))

    stands = world.run(main)
    times = world.service.times
    assert job_ids(160, 40, 70) == ended(stands)
    assert 0 == world.service.refused
    assert fullest(times) <= 20
    assert sum(20 <= one < 40 for one in times) >= 0.9 * 18 * 20  # all have their parts, and more to ask than they may


def test_a_sweep_whose_worker_dies_goes_on_from_its_last_heartbeat_without_a_burst(world):
    """
    The next attempt keeps the ends that were told, asks for none of them again, and keeps the rate.

    Beside the same waits without a death the service is asked for no more than what the heartbeat did not know yet.
    """
    ids, calm = job_ids(80, 5, 60), World()

    async def untouched():
        client = Client(calm.server)
        both = [calm.attempt(client, one, f"sweep-{number}") for number, one in enumerate(made(ids))]
        return await asyncio.gather(*(one.task for one in both))

    async def killed():
        clients, (first, second) = [Client(world.server), Client(world.server)], made(ids)
        victim, other = world.attempt(clients[0], first, "victim"), world.attempt(clients[1], second, "other")
        await asyncio.sleep(30)
        await victim.die()
        asked = {name: list(times) for name, times in world.service.polls.items()}
        await asyncio.sleep(4)  # the server notices
        again = world.attempt(clients[1], first, "victim", 2, victim.beats[-1])
        return await asyncio.gather(again.task, other.task), victim.beats[-1], asked

    stands, left, asked = world.run(killed)
    assert ids == ended(stands) == ended(calm.run(untouched))
    told = left.unpack()[0]
    assert len(told) > 5
    assert told == stands[0].unpack()[0][: len(told)]
    assert all(asked[one.job_id] == world.service.polls[one.job_id] for one in told)
    assert 0 == world.service.refused
    assert fullest(world.service.times) <= 20
    assert len(world.service.times) <= len(calm.service.times) + left.waiting


def test_a_sweep_that_leaves_gives_its_part_to_the_others_at_once(world):
    """When one sweep has ended the other has the whole rate within the next asking."""
    client = Client(world.server)

    async def main():
        short, long = made(["job-0-5000"]) + made(["job-1-90000"])
        one = world.attempt(client, short, "short")
        other = world.attempt(client, long, "long")
        await world.until(lambda: world.share("short") == world.share("long") == 0.5)
        await one.task
        await world.until(lambda: world.share("long") == 1.0, 1.0)
        other.task.cancel()
        await asyncio.gather(other.task, return_exceptions=True)

    world.run(main)


def test_a_member_that_nobody_runs_is_removed_and_the_rest_goes_on(world):
    """One who died without a word is found by the check; its part is given only after it can no longer be in use."""
    client = Client(world.server)

    async def main():
        joined = Join(sweep="nobody", attempt="run/1", jobs=1, rate=RATE)
        await client.start_workflow(
            None, RateState(rate=RATE), id=ACCOUNT, start_signal="join", start_signal_args=[joined]
        )
        one = world.attempt(client, made(["job-0-90000"])[0], "heir")
        await world.until(lambda: world.share("nobody") == world.share("heir") == 0.5)
        await world.until(lambda: world.share("heir") == 1.0)
        assert world.share("nobody") is None
        await one.task
        await world.until(lambda: not world.server.rates[ACCOUNT].open)  # with nobody left it ends
        return world.clock.now

    assert world.run(main) > 90


def test_a_newcomer_begins_once_the_others_have_given_its_part_back(world):
    """Beside another sweep a new one sends nothing for as long as that other may still use the whole rate."""
    client = Client(world.server)

    async def main():
        first = world.attempt(client, made(job_ids(40, 60, 60))[0], "first")
        await asyncio.sleep(10)
        second = world.attempt(client, made(["job-new-60000"])[0], "second")
        await world.until(lambda: world.share("second") or 0.0)
        given = world.clock.now
        await asyncio.gather(first.task, second.task)
        return given

    given = world.run(main)
    assert 16.0 <= given <= 17.0  # the part of six seconds
    assert min(world.service.polls["job-new-60000"]) >= given
    assert fullest(world.service.times) <= 20


def test_a_worker_that_cannot_reach_the_server_stops_sending(world):
    """Its part runs out with the heartbeat's time; once the server answers again it goes on."""
    client = Client(world.server)

    async def main():
        one = world.attempt(client, made(job_ids(40, 60, 60))[0], "alone")
        await asyncio.sleep(10)
        client.reachable = False
        await asyncio.sleep(20)
        client.reachable = True
        return ended([await one.task])

    assert job_ids(40, 60, 60) == world.run(main)
    assert any(one < 10 for one in world.service.times)
    assert not [one for one in world.service.times if 14.2 < one < 30]  # a request under way takes a tenth of a second
    assert any(30 < one < 36 for one in world.service.times)


def test_an_account_whose_workflow_was_ended_gets_another(world):
    """Somebody ends the workflow that divides the rate: the sweep begins a new one, and goes on."""
    client = Client(world.server)

    async def main():
        one = world.attempt(client, made(["job-0-60000"])[0], "alone")
        await world.until(lambda: world.share("alone") == 1.0)
        ended_one = world.server.rates[ACCOUNT]
        ended_one.task.cancel()
        await world.until(lambda: world.server.rates[ACCOUNT] is not ended_one)
        await world.until(lambda: world.share("alone") == 1.0)
        del world.server.rates[ACCOUNT]  # … and one whose history is no longer kept
        await world.until(lambda: ACCOUNT in world.server.rates and world.share("alone") == 1.0)
        return ended([await one.task])

    assert ["job-0-60000"] == world.run(main)


def test_an_account_whose_history_is_long_goes_on_in_a_new_run_with_all_parts(world):
    """Each run begins with the members and parts of the one before, so that nobody has to stop."""
    world.server.new_run_suggested = True
    client = Client(world.server)

    async def main():
        one = world.attempt(client, made(["job-0-60000"])[0], "alone")
        done = await one.task
        return ended([done]), world.server.rates[ACCOUNT].begun

    done, begun = world.run(main)
    assert ["job-0-60000"] == done
    assert len(begun) >= 2
    assert {("alone", 0.0, 1.0)} == {(one.sweep, one.low, one.high) for each in begun[1:] for one in each.members}


def test_a_new_rate_takes_effect_once_no_slot_of_the_old_is_in_use(world):
    """A worker with another limit changes the rate for all; between the two nobody has a part."""
    client = Client(world.server)

    async def main():
        one = world.attempt(client, made(job_ids(40, 60, 60))[0], "old")
        await asyncio.sleep(10)
        world.account = Account("promptforge", "team", world.connect, Limit(10))
        two = world.attempt(client, made(["job-new-60000"])[0], "new")
        await asyncio.sleep(0.1)
        between = world.server.members()
        stands = await asyncio.gather(one.task, two.task)
        return between, ended(stands)

    between, done = world.run(main)
    assert {0.0} == {one.high for one in between.values()}
    assert [*job_ids(40, 60, 60), "job-new-60000"] == done
    assert fullest([one for one in world.service.times if one > 25]) <= 10


def test_a_batch_without_a_limit_asks_for_no_part(world):
    """Where an account has no limit, no workflow divides it."""
    world.account = Account("promptforge", "team", world.connect)

    async def main():
        return await world.attempt(Client(world.server), made(["job-0-1000"])[0], "free").task

    assert isinstance(world.run(main), Checkpoint)
    assert {} == world.server.rates
