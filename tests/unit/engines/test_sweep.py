"""Sweeps of one process in virtual time: the rate that they share, the deadline that a restart keeps."""

import asyncio
from dataclasses import replace

from benchmarks.engines.served import job_ids
from tests.unit.engines import virtual
from tests.unit.engines.virtual import WALL, Clock, PromptForge, fullest

from jobwait import Limit, Policy, promptforge
from jobwait.engines.batch_run import BatchRun
from jobwait.engines.batches import batches

BRISK = Policy(interval=1.0, min_interval=0.5, max_interval_ratio=0.1, timeout=60)


def swept(made, service, key, limit=None):
    """The ends of all batches, each waited for by a client and a sweep of its own at the same time."""

    async def one(batch):
        client = promptforge.connect(key, base_url="https://pf.invalid", transport=service)
        return [ended async for ended in BatchRun.of(batch, client, None).run(limit)]

    async def main():
        return await asyncio.gather(*map(one, made))

    return virtual.run(main(), service.clock)


def test_sweeps_of_one_process_together_keep_the_limit_of_their_key():
    """Three batches of one account, as three triggers of one triggerer have them: no second has more than the limit."""
    service = PromptForge(Clock(), limit=20)
    ids = job_ids(60, 20, 40)
    ends = swept(batches("promptforge", "pf", ids, size=20, policy=BRISK), service, "shared", Limit(20))
    assert ids == sorted(one.job_id for each in ends for one in each)
    assert {"succeeded"} == {one.state for each in ends for one in each}
    assert 0 == service.refused
    assert fullest(service.times) <= 20
    assert sum(5 <= one < 20 for one in service.times) >= 0.9 * 19 * 15  # there was more to ask than they may


def test_a_deadline_that_has_passed_is_kept_by_a_sweep_that_begins_anew():
    """Each job is asked for all the same, and its wait ends within the seconds that a wait has to look at all."""
    service = PromptForge(Clock())
    (batch,) = batches("promptforge", "pf", job_ids(2, 60, 60), policy=BRISK)
    ((first, second),) = swept([replace(batch, until=WALL - 100)], service, "late")
    assert ("timed_out", "timed_out") == (first.state, second.state)
    assert set(batch.job_ids) == set(service.polls)
    assert service.clock.now <= 5


def test_a_deadline_to_come_is_the_same_instant_for_a_sweep_that_begins_later():
    """A restart does not move it: the wait ends when it would have ended, with the answer to the last poll before."""
    ends = []
    for began in (0.0, 50.0):
        service = PromptForge(Clock())
        service.clock.now = began
        (batch,) = batches("promptforge", "pf", job_ids(1, 900, 900), policy=BRISK)
        ((ended,),) = swept([replace(batch, until=WALL + 80)], service, f"begun-{began:.0f}")
        assert "timed_out" == ended.state
        ends.append(service.clock.now)
    assert abs(ends[0] - ends[1]) < 0.01
    assert abs(ends[0] - (80 - 0.5 + 0.1)) < 0.01  # half a second before it, and a round trip


def test_a_sweep_of_five_hundred_jobs_begins_and_goes_on_without_a_burst():
    """However many jobs there are, under a limit none of its seconds has more; each job is asked for a few times."""
    service = PromptForge(Clock(), limit=60)
    ids = job_ids(500, 2, 16)
    calm = Policy(interval=4.0, min_interval=1.0, max_interval_ratio=0.1, timeout=300)
    (ends,) = swept(batches("promptforge", "pf", ids, policy=calm), service, "many", Limit(60))
    assert ids == sorted(one.job_id for one in ends)
    assert 0 == service.refused
    assert {one.job_id: one.polls for one in ends} == {name: len(times) for name, times in service.polls.items()}
    assert max(map(len, service.polls.values())) <= 2 + service.clock.now / calm.interval
