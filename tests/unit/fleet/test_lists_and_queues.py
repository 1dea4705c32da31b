"""Fewer requests than jobs: lists and queues, in virtual time; what they lack is looked at singly."""

from attrs import evolve
from benchmarks.fleet.lists import PROJECT, _optimization, _project, fleet_of_tours, optimizations, tours_in_turn
from benchmarks.fleet.world import Life, World

from jobwait import Policy, freeplay, fryte, promptforge
from jobwait.fleet.fleet_job import FleetOptions


def at(service):
    return service.connect("key", base_url="http://127.0.0.1:9")


def test_a_list_with_a_user_finds_the_ends_at_once():
    """500 tours under 120 requests a minute: one list for all is many times less late than looks in turn."""
    listed, turns = fleet_of_tours(3, user=True), tours_in_turn(3)
    assert listed.refused == 0
    assert turns.lateness > 3 * listed.lateness
    assert listed.requests < 50


def test_without_a_user_tours_are_no_worse_than_in_turn():
    """Nothing is known that would tell the tours apart, and nothing is lost."""
    single, turns = fleet_of_tours(3, user=False), tours_in_turn(3)
    assert single.lateness < 1.05 * turns.lateness
    assert single.refused < 0.01


def some(count, lists=_project, **facts):
    world = World(freeplay.SERVICE, at(freeplay), lists=lists)
    outcomes = world.run(optimizations(4)[:count], FleetOptions(timeout=86400.0, limiters=world.limiters, **facts))
    return world, outcomes


def test_a_page_answers_for_many():
    """Jobs of one project are followed by its list; each end is then read by a look of its own."""
    world, outcomes = some(60)
    assert {"succeeded"} == {outcome.state for outcome in outcomes}
    assert all(outcome.snapshot.completed_at is not None or outcome.snapshot.status for outcome in outcomes)
    polls = sum(life.polls for life in world.lives.values())
    assert polls < 4 * 60
    assert max(world.lateness()) < 8


def test_one_job_needs_no_list():
    """A list pays for two or more: a job alone is looked at."""
    world, _ = some(1)
    assert world.served["list", 200] == 0


def test_what_a_list_lacks_is_looked_at():
    """A list that lags behind, or leaves jobs out, delays nothing: those it lacks are asked singly."""

    def forgetful(world, query, at):
        page = _project(world, query, at)
        return {**page, "data": page["data"][::2]}

    world, outcomes = some(20, forgetful)
    assert {"succeeded"} == {outcome.state for outcome in outcomes}
    assert max(world.lateness()) < 15


def test_a_list_that_fails_is_left_alone():
    """A list that answers nonsense is tried again after a while; looks do its work meanwhile."""
    world, outcomes = some(10, lambda *_: {"nonsense": 1})
    assert {"succeeded"} == {outcome.state for outcome in outcomes}
    assert world.served["list", 200] < 80
    assert max(world.lateness()) < 120


def test_a_long_project_is_not_walked():
    """Where our few jobs lie behind thousands of others, single looks are cheaper than the walk."""

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


def test_those_behind_in_the_queue_are_not_asked():
    """Forty jobs in a line cost little more than the one that runs; without the rule each is asked all the time."""
    held, free = queue_of(40), queue_of(40, evolve(promptforge.SERVICE, serial_queue=None))
    assert held.requests * 5 < free.requests
    assert max(held.lateness()) < 12


def test_turns_that_nobody_saw_are_passed_on():
    """Jobs that begin and end between two looks: whoever is next in line is asked all the same, and soon."""
    for seconds in (0.5, 2.0, 6.0):
        lives = batches(30, seconds)
        world = queue_of(30, lives=lives)
        assert max(world.lateness()) < 60, seconds


def test_a_wrong_idea_of_the_order_costs_at_most_the_silence():
    """Others' jobs, a failed one, another order: who waits keeps the longest silence, and is found."""
    lives = batches(12)
    for life, ended in zip(lives, [life.ended for life in lives][::-1], strict=True):
        life.ended = ended
    world = queue_of(12, lives=lives)
    assert max(world.lateness()) < 600


def test_a_job_behind_nobody_that_we_know_is_asked_as_usual():
    """The first in line follows its schedule: whoever has the turn may be another's job."""
    lives = batches(3)[2:]
    world = queue_of(1, lives=lives)
    assert world.requests > 5


def test_deadlines_hold_in_the_queue():
    """A job put aside still has its last look, and ends in time."""
    lives = batches(2, seconds=5000.0)
    world = World(promptforge.SERVICE, at(promptforge))
    outcomes = world.run(lives, FleetOptions(policy=Policy(timeout=100), limiters=world.limiters))
    assert {"timed_out"} == {outcome.state for outcome in outcomes}
    assert world.now < 101
    assert all(outcome.polls > 1 for outcome in outcomes)


def test_the_steps_of_a_job_that_a_list_follows_are_kept():
    """A list tells no steps; the last that a look told are not forgotten."""
    assert _optimization.__name__ == "_optimization"
    notified = []
    some(8, on_update=notified.append)
    shown = [update.progress.done for update in notified if update.progress is not None]
    assert shown


def test_a_tour_is_listed_only_where_its_owner_is_known():
    """FRYTE lists by user: without one the job has no list."""
    from jobwait.fleet.list_poll import group_of

    client = at(fryte)
    assert group_of(fryte.job(client, "j")._state) is None
    assert group_of(fryte.job(client, "j", user_id=1)._state) is not None
    assert fryte.job(client, "j").key == fryte.job(client, "j", user_id=1).key
