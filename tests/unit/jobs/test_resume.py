"""Tokens: a job as one line of text, and which parts of it are used."""

import json

import pytest
from attrs import asdict, evolve

from jobwait import Progress, errors, promptforge, resume
from jobwait._jobs.token import LARGEST, _check
from jobwait.testing import EPOCH, FakeServer
from support.services import ROWS
from support.waits import DONE, FAST, NAME, World, batch, connect, counting, gaps_of, until

HOUR = 3600.0


def token_of(**changes):
    """A token of a job that was polled once, with *changes* and a valid checksum."""
    with connect(FakeServer(batch(done=5))) as client:
        job = promptforge.job(client, NAME)
        for _ in job.updates():
            break
    facts = {**json.loads(job.token()), **changes}
    facts.pop("check")
    return json.dumps({**facts, "check": _check(facts)})


def learnt(**changes):
    """What a token's track would say with *changes*."""
    return {"learnt": {**json.loads(token_of())["learnt"], **changes}}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_token_of_every_service_resumes(row, box, quick):
    """A token taken during a job leads to the same end with a new handle and a new client."""
    there = getattr(box, row.name)
    with row.connect(there.key, base_url=there.url) as client:
        job = row.submit(client)
        next(job.updates(policy=quick))
        token = job.token()
    with row.connect(there.key, base_url=there.url) as client:
        again = resume(token, client)
        assert (type(job), job.id) == (type(again), again.id)
        assert "succeeded" == again.outcome(policy=quick).state
        assert again._state.polls > job._state.polls


def test_a_token_holds_no_secret():
    """It has host, ids, times, counts and progress history, and no key."""
    token = token_of()
    assert "key" not in token
    facts = json.loads(token)
    assert (1, "promptforge", "api.promptforge.dev", {"job_id": NAME}) == tuple(
        facts[name] for name in ("jobwait", "service", "host", "ids")
    )
    assert (1, "running", True) == (facts["looks"], facts["state"], facts["seen"])
    assert 5 == facts["learnt"]["progress"]["done"]


def test_a_resumed_job_has_the_same_state():
    """Progress history, counts and clock."""
    world = World(counting(1e6))
    world.wait(timeout=300)
    job_state = world.job_state
    with connect(FakeServer(DONE)) as client:
        job_state.client = client
        job = resume(promptforge.PromptForgeJob(job_state).token(), client)
    mine = job._state
    assert (asdict(job_state.progress_history), job_state.started, job_state.polls) == (
        asdict(mine.progress_history),
        mine.started,
        mine.polls,
    )
    assert mine.inherited


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_damaged_token_is_refused(place):
    """One changed character is enough."""
    token = token_of()
    at = int(len(token) * place)
    damaged = token[:at] + ("0" if token[at] != "0" else "1") + token[at + 1 :]
    with connect(FakeServer()) as client, pytest.raises(errors.TokenRefused):
        resume(damaged, client)


@pytest.mark.parametrize(
    "changes",
    [
        {"jobwait": 2},
        {"host": "elsewhere.invalid"},
        {"service": "fryte", "host": "elsewhere.invalid"},
        {"ids": {}},
        {"ids": None},
        {"ids": ["x"]},
        {"ids": {"job_id": ""}},
        {"started": "yesterday"},
        {"looks": True},
        {"submitted": 1},
        {"learnt": None},
        {"learnt": {}},
        {"learnt": {"at": 1}},
        {"state": None},
        {"started": -5.0},
        {"started": 1e300},
        {"deadline": 10**400},
        {"looks": -5},
        {"looks": 10**400},
        {"ids": {"job_id": {"a": 1}}},
        {"service": ["promptforge"]},
        learnt(at=-1.0),
        learnt(at=10**400),
        learnt(size=-5),
        learnt(waiting="no"),
        learnt(tally={"units": -5.0, "seconds": 1.0, "squares": 1.0, "looks": 1.0}),
        learnt(progress={"done": "x", "total": 3, "stage": None}),
        learnt(progress={"done": 3, "total": "y", "stage": None}),
    ],
)
def test_a_newer_foreign_or_forged_token_is_refused(changes):
    """Whatever its checksum, with TokenRefused."""
    with connect(FakeServer()) as client, pytest.raises(errors.TokenRefused):
        resume(token_of(**changes), client)


@pytest.mark.parametrize(
    "token", ["", "{}", "[1]", "null", "{" * 5000, '{"jobwait": NaN}', "x" * (LARGEST + 1), 7, b"{}"]
)
def test_text_that_is_no_token_is_refused(token):
    """Other text, too much text, or no text."""
    with connect(FakeServer()) as client, pytest.raises(errors.TokenRefused):
        resume(token, client)


def test_a_tokens_host_is_compared_and_never_used():
    """A token does not decide where requests go: another host is refused before anything is sent."""
    server = FakeServer(DONE)
    with connect(server, base_url="https://other.invalid") as client, pytest.raises(errors.TokenRefused, match="other"):
        resume(token_of(), client)
    assert server.requests == []


def test_a_resumed_wait_keeps_its_deadline():
    """The deadline is a point in time: a new process has only the time that is left."""
    world = World(until(1e9), started=EPOCH - HOUR, deadline=EPOCH + 60, inherited=True)
    assert "timed_out" == world.wait(until=EPOCH + 60).state
    assert 59 < world.now <= 60


@pytest.mark.parametrize("left", [0.6, 1.5, 4.9])
def test_a_resumed_wait_with_little_time_left_takes_that_time(left):
    """It is not made longer for a last poll."""
    world = World(until(1e9), started=EPOCH - HOUR, polls=9, last_poll=EPOCH - HOUR)
    assert "timed_out" == world.wait(until=EPOCH + left).state
    assert left - 0.5 <= world.now <= left + 1e-6


@pytest.mark.parametrize("left", [-60, 0, 0.3])
def test_a_deadline_that_has_passed_leaves_one_poll(left):
    """A process that resumes too late can still learn how the job ended."""
    world = World(until(0), started=EPOCH - HOUR, polls=9, last_poll=EPOCH - HOUR)
    assert "succeeded" == world.wait(until=EPOCH + left).state
    assert 1 == len(world.polled_at)


@pytest.mark.parametrize("back", [1.0, HOUR, 365 * 24 * HOUR, EPOCH])
@pytest.mark.parametrize("submitted", [True, False])
def test_a_calendar_set_back_before_a_resumed_wait_delays_nothing(back, submitted):
    """By any amount: the first poll is sent within an interval, and the deadline is no later than it was."""
    facts = {
        "started": EPOCH - HOUR,
        "polls": 700,
        "last_poll": EPOCH - 2,
        "deadline": EPOCH + 600,
        "submitted": submitted,
    }
    world = World(until(1e9), **facts)
    world.jump = -back
    assert "timed_out" == world.wait(until=EPOCH + 600).state
    assert world.polled_at[0] <= 5
    assert max(gaps_of(world.polled_at)) <= 60
    assert world.now <= 602


def test_a_resumed_wait_counts_the_polls_of_the_old_process():
    """Its first poll is sent when the interval allows it."""
    world = World(until(60), started=EPOCH - 20, polls=5, last_poll=EPOCH - 2, seen=True)
    world.wait()
    assert world.polled_at[0] == pytest.approx(5)
    assert all(20 + at >= 5 * (5 + number) - 1e-6 for number, at in enumerate(world.polled_at, 0))


def test_a_token_from_a_clock_ahead_is_taken_as_of_now():
    """The other machine's clock is an hour ahead."""
    world = World(until(20), started=EPOCH + HOUR, polls=3, last_poll=EPOCH + HOUR)
    assert "succeeded" == world.wait().state
    assert world.polled_at[0] <= 5


def test_resume_takes_an_own_service():
    """The token's service must have its name."""
    with connect(FakeServer(DONE)) as client:
        job = resume(token_of(), client, service=promptforge.SERVICE)
        assert "succeeded" == job.outcome(policy=FAST).state
        with pytest.raises(errors.TokenRefused, match="not of"):
            resume(token_of(service="kiln"), client, service=promptforge.SERVICE)


def test_a_run_that_began_in_the_future_is_counted_from_now():
    """By this machine's clock."""
    world = World(counting(200), started=EPOCH + 100, polls=3, last_poll=EPOCH, seen=True)
    world.job_state.progress_history = evolve(
        world.job_state.progress_history, waiting=False, at=100.0, began=80.0, progress=Progress(1, 100)
    )
    assert "succeeded" == world.wait().state
