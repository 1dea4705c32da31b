"""Fewer requests than jobs by lists and serial queues, in virtual time; jobs that they lack are polled."""

import pytest
from attrs import evolve
from benchmarks.fleet.lists import PROJECT, _optimization, _project, fleet_of_tours, optimizations, tours_in_turn
from benchmarks.fleet.world import EPOCH, Life, World

from jobwait import Policy, Record, freeplay, fryte, promptforge
from jobwait._model.display import Display
from jobwait.fleet.fleet_job import FleetOptions


def at(service):
    return service.connect("key", base_url="http://127.0.0.1:9")


def test_a_list_of_a_users_tours_has_a_third_of_the_delay_of_polls():
    """500 tours under 120 requests a minute."""
    listed, turns = fleet_of_tours(3, user=True), tours_in_turn(3)
    assert listed.refused == 0
    assert turns.lateness > 3 * listed.lateness
    assert listed.requests < 50


def test_tours_without_a_user_have_no_more_delay_than_polls_in_turn():
    """Nothing distinguishes the tours."""
    single, turns = fleet_of_tours(3, user=False), tours_in_turn(3)
    assert single.lateness < 1.05 * turns.lateness
    assert single.refused < 0.01


def some(count, lists=_project, **facts):
    world = World(freeplay.SERVICE, at(freeplay), lists=lists)
    outcomes = world.run(optimizations(4)[:count], FleetOptions(timeout=86400.0, limiters=world.limiters, **facts))
    return world, outcomes


def test_a_page_replaces_the_polls_of_its_jobs():
    """Jobs of one project are followed by its list; each end is then read by a poll."""
    world, outcomes = some(60)
    assert {"succeeded"} == {outcome.state for outcome in outcomes}
    assert all(outcome.snapshot.completed_at is not None or outcome.snapshot.status for outcome in outcomes)
    polls = sum(life.polls for life in world.lives.values())
    assert polls < 4 * 60
    assert max(world.lateness()) < 8


def test_a_single_job_is_polled_without_a_list():
    """A list costs less for two or more."""
    world, _ = some(1)
    assert world.served["list", 200] == 0


def test_jobs_that_a_list_lacks_are_polled():
    """A list that is out of date or incomplete delays nothing."""

    def forgetful(world, query, at):
        page = _project(world, query, at)
        return {**page, "data": page["data"][::2]}

    world, outcomes = some(20, forgetful)
    assert {"succeeded"} == {outcome.state for outcome in outcomes}
    assert max(world.lateness()) < 15


def test_a_failed_list_is_requested_again_later():
    """Jobs are polled meanwhile."""
    world, outcomes = some(10, lambda *_: {"nonsense": 1})
    assert {"succeeded"} == {outcome.state for outcome in outcomes}
    assert world.served["list", 200] < 80
    assert max(world.lateness()) < 120


def test_a_list_of_many_foreign_jobs_is_not_used():
    """Single polls cost less than all its pages."""

    def crowded(world, query, at):
        item = _project(world, {}, at)["data"][0]
        more = {"page": 1, "page_size": 30, "has_next": True}
        return {"data": [{**item, "job_id": PROJECT}] * 30, "pagination": more}

    world, outcomes = some(10, crowded)
    assert len(outcomes) == 10
    assert world.served["list", 200] < 40


def batches(count, seconds=30.0):
    """A queue of PromptForge jobs, one at a time, in the order of their making."""
    lives = []
    for number in range(count):
        life = Life({"job_id": f"{number}"}, number * 0.01, (number + 1) * seconds, dict)

        def body(moment, life=life, number=number):
            status = (
                "COMPLETED" if moment >= life.ended else "PROCESSING" if moment >= life.ended - seconds else "PENDING"
            )
            made = f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z"
            facts = {"provider": "openai", "model": "m", "created_at": made, "prompt_count": 9}
            return {"job_id": life.job_id, "status": status, **facts}

        life.body = body
        lives.append(life)
    return lives


def queue_of(count, service=promptforge.SERVICE, lives=None):
    world = World(service, at(promptforge))
    outcomes = world.run(lives or batches(count), FleetOptions(limiters=world.limiters))
    assert len(outcomes) == count
    return world


def test_jobs_behind_another_in_a_serial_queue_are_not_polled():
    """Forty jobs cost little more than the one that runs."""
    held, free = queue_of(40), queue_of(40, evolve(promptforge.SERVICE, serial_queue=None))
    assert held.requests * 5 < free.requests
    assert max(held.lateness()) < 12


def test_a_job_that_ran_and_ended_between_two_polls_lets_the_next_be_polled():
    """And soon."""
    for seconds in (0.5, 2.0, 6.0):
        lives = batches(30, seconds)
        world = queue_of(30, lives=lives)
        assert max(world.lateness()) < 60, seconds


def test_a_wrong_order_of_the_serial_queue_costs_at_most_max_interval():
    """Others' jobs, a failed one, another order: each job is still polled within its max_interval."""
    lives = batches(12)
    for life, ended in zip(lives, [life.ended for life in lives][::-1], strict=True):
        life.ended = ended
    world = queue_of(12, lives=lives)
    assert max(world.lateness()) < 600


def test_the_first_job_of_a_serial_queue_follows_its_schedule():
    """Another user's job may run before it."""
    lives = batches(3)[2:]
    world = queue_of(1, lives=lives)
    assert world.requests > 5


def test_a_job_held_by_a_serial_queue_ends_at_its_deadline():
    """With its last poll."""
    lives = batches(2, seconds=5000.0)
    world = World(promptforge.SERVICE, at(promptforge))
    outcomes = world.run(lives, FleetOptions(policy=Policy(timeout=100), limiters=world.limiters))
    assert {"timed_out"} == {outcome.state for outcome in outcomes}
    assert world.now < 101
    assert all(outcome.polls > 1 for outcome in outcomes)


def test_a_list_does_not_reset_the_progress_of_a_job():
    """A list has no steps; those of the last poll are kept."""
    assert _optimization.__name__ == "_optimization"
    notified = []
    some(8, on_update=notified.append)
    shown = [update.progress.done for update in notified if update.progress is not None]
    assert shown


def test_a_tour_is_listed_only_if_its_user_is_known():
    """FRYTE lists by user."""
    from jobwait.fleet.list_poll import group_of

    client = at(fryte)
    assert group_of(fryte.job(client, "j")._state) is None
    assert group_of(fryte.job(client, "j", user_id=1)._state) is not None
    assert fryte.job(client, "j").key == fryte.job(client, "j", user_id=1).key


def recorded(on_update=None):
    """State and time of each recorded poll of 30 jobs in one project, by job; and the world."""
    record = Record()

    class Recording(World):
        def handle(self, life, **facts):
            handle = super().handle(life, **facts)
            record.add(handle)
            return handle

    world = Recording(freeplay.SERVICE, at(freeplay), lists=_project)
    options = FleetOptions(timeout=86400.0, limiters=world.limiters, on_update=on_update)
    world.run(optimizations(4)[:30], options)
    return world, {trace.job_state.job_id: trace.polls for trace in record.traces}


@pytest.mark.parametrize("on_update", [None, lambda _: None], ids=["", "on_update"])
def test_recorded_polls_have_the_state_at_that_poll(on_update):
    """A list shows no progress, which alone shows that a Freeplay job runs; so the job is polled where that changes."""
    world, polls = recorded(on_update)
    assert 30 == len(polls)
    for job_id, found in polls.items():
        truth = {poll.at: world.lives[job_id].body(poll.at - EPOCH - world.latency / 2)["status"] for poll in found}
        words = {"pending": "queued", "in_progress": "running", "completed": "succeeded"}
        assert [words[truth[poll.at]] for poll in found] == [poll.state for poll in found]


def test_a_display_is_told_which_states_are_from_a_list_and_when_the_next_poll_is_sent():
    """A list answers for many; the poll that it makes needless is moved to the time of the next list."""
    shown, moved = [], []
    display = Display(shown.append, moved=lambda *facts: moved.append(facts))
    some(30, on_update=display)
    assert {True, False} == {update.from_list for update in shown}
    assert all(update.state in {"queued", "running"} for update in shown if update.from_list)
    assert moved
    assert {"freeplay"} == {service for service, _, _ in moved}
    assert all(0 < seconds <= freeplay.SERVICE.defaults.interval for _, _, seconds in moved)
