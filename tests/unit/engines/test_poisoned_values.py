"""What others wrote, or a worker whose clock was wrong: checked where it is read, and nobody else is held up by it."""

import math
from dataclasses import replace

import pytest
from tests.unit.engines import virtual
from tests.unit.engines.fake_temporal import Attempt, Client, Server
from tests.unit.engines.virtual import WALL, Clock, PromptForge

from jobwait import Limit, Policy, errors, promptforge
from jobwait._httpx import httpx
from jobwait._jobs import token
from jobwait._jobs.handle import state_of
from jobwait.engines.batch_run import BatchRun
from jobwait.engines.batches import batches, check
from jobwait.engines.payloads import Checkpoint
from jobwait.engines.temporal import Account, AccountRate, account_id
from jobwait.engines.temporal.rate_messages import Grant, Join, Participant, Rate, RateState

BRISK = Policy(interval=1.0, min_interval=0.5, max_interval_ratio=0.1, timeout=60)
RATE, ACCOUNT = Rate(requests=20, seconds=1.0), account_id("promptforge", "team")
LONG = "job-0-900000"  # runs beyond all deadlines here


def made(*ids, **more):
    (batch,) = batches("promptforge", "team", ids or [LONG], policy=BRISK)
    return replace(batch, **more)


def connect(service):
    return promptforge.connect("key", base_url="https://pf.invalid", transport=service)


def ended(batch, checkpoint=None, service=None, limit=None):
    """How each job of *batch* ended, by its id, and after how many seconds."""
    clock = Clock() if service is None else service.clock
    service = service or PromptForge(clock)

    async def run():
        async with connect(service) as client:
            batch_run, ends = BatchRun.of(batch, client, checkpoint), {}
            async for one in batch_run.run(limit):
                ends[one.job_id] = (one.state, clock.now, one)
            return ends

    return virtual.run(run(), clock)


class Hostile(PromptForge):
    """PromptForge that refuses all polls, or all but the first, and sends *hint* as Retry-After."""

    hint, allowed = "3600", 0

    async def handle_async_request(self, request):
        if len(self.times) < self.allowed:
            return await super().handle_async_request(request)
        self.refused += 1
        return httpx.Response(429, headers={"retry-after": self.hint})


HINTS = ["3600", "86400", "1e400", "1_0", "-5", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT", "\u0661", "nan", ""]


@pytest.mark.filterwarnings("ignore::jobwait.errors.RetryAfterWarning")
@pytest.mark.parametrize("hint", HINTS)
def test_a_retry_after_of_any_kind_delays_no_deadline_of_a_batch(hint):
    """All requests are refused: no wait ends after its deadline, and none by a hint that is none."""
    service = Hostile(Clock())
    service.hint = hint
    found = ended(made(LONG, "job-1-900000", "job-2-900000"), service=service)
    assert {LONG, "job-1-900000", "job-2-900000"} == set(found)
    assert all(at <= 61 for _, at, _ in found.values())
    assert service.refused <= 30
    assert {"timed_out", "unreachable"} >= {state for state, _, _ in found.values()}


@pytest.mark.parametrize("limit", [Limit(1, 1e6), Limit(1, 3600.0)])
def test_an_exhausted_limit_delays_no_deadline_of_a_batch(limit):
    """One poll is all that it allows: each job times out at its deadline, to the second."""
    found = ended(made(LONG, "job-1-900000", "job-2-900000"), limit=limit)
    assert ["timed_out"] * 3 == [state for state, _, _ in found.values()]
    assert all(59 <= at <= 60.1 for _, at, _ in found.values())


def test_a_share_that_is_never_given_delays_no_deadline():
    """Another batch run has all the rate and does not give it back: nothing is sent, and the wait ends on time."""
    clock = Clock()
    service = PromptForge(clock)

    async def run():
        async with Server() as server:
            client = Client(server)
            account = Account("promptforge", "team", lambda: connect(service), Limit(20))
            state = RateState(
                rate=RATE, hold=60.0, members=[Participant(sweep="o", attempt="o/1", jobs=1000, high=1.0)]
            )
            join = Join(sweep="o", attempt="o/1", jobs=1000, rate=RATE)
            more = {"start_signal": "join", "start_signal_args": [join]}
            await client.start_workflow(None, state, id=ACCOUNT, **more)
            checkpoint = await Attempt(client, [account], made(timeout=20.0), "late").task
            return checkpoint.counts, clock.now

    counts, now = virtual.run(run(), clock)
    assert ({"timed_out": 1}, []) == (counts, service.times)
    assert 20 <= now <= 21.1


@pytest.mark.parametrize("until", [math.nan, math.inf, -math.inf, -1.0, 1e300, 253402300800, "1e9", True, [1]])
def test_a_deadline_that_is_no_time_is_refused_when_it_is_read(until):
    """It would be in the tokens of all checkpoints."""
    with pytest.raises(errors.InvalidInput, match="until is a time"):
        check(made(until=until))


@pytest.mark.parametrize("until", [None, 0, 0.0, WALL, 253402300799.0])
def test_any_time_may_be_a_deadline(until):
    """Even one in the year 9999."""
    check(made(until=until))


def checkpoint(job_id=LONG, **facts):
    """A checkpoint in which the state of one job has such *facts*."""
    batch_run = BatchRun.of(made(job_id), connect(PromptForge(Clock())), None)
    state = state_of(batch_run.jobs[job_id])
    for name, value in facts.items():
        setattr(state, name, value)
    return Checkpoint.of([], [token.dump(state)])


AHEAD, YEAR = WALL + 3e7, 3e7


@pytest.mark.parametrize(
    "facts",
    [
        {"deadline": AHEAD, "started": WALL - 30.0, "last_poll": WALL - 1.0, "polls": 9},
        {"deadline": AHEAD, "started": AHEAD - 60, "last_poll": AHEAD - 1.0, "polls": 9},
        {"deadline": 1e99, "started": 1e99, "last_poll": 1e99, "polls": 9},
        {"deadline": 1e99},
        {"deadline": 0.0, "polls": 9},
        {"deadline": WALL - YEAR, "started": WALL - YEAR, "last_poll": WALL - YEAR, "polls": 9},
    ],
)
def test_a_checkpoint_of_a_worker_whose_clock_was_wrong_makes_no_wait_longer(facts):
    """Ahead or back by a year, or more than there are: the batch's timeout holds, and the result can be told."""
    found = ended(made(), checkpoint(**facts))
    state, at, one = found[LONG]
    assert "timed_out" == state
    assert at <= 61
    assert one.started.startswith("20")


def test_a_job_that_has_ended_is_seen_whatever_the_clock_of_its_last_worker_said():
    """Its last poll, a year from now, delays none."""
    found = ended(
        made("job-0-5000"), checkpoint("job-0-5000", started=AHEAD, last_poll=AHEAD, deadline=AHEAD + 60, polls=9)
    )
    assert ("succeeded", True) == (found["job-0-5000"][0], found["job-0-5000"][1] < 10)


BAD_RATES = [
    {"requests": 0},
    {"requests": -5},
    {"requests": 10**400},
    {"seconds": 0.0},
    {"seconds": -1.0},
    {"seconds": math.nan},
    {"seconds": math.inf},
    {"seconds": 1e300},
    {"seconds": 1e-300},
]
BAD_JOBS = [{"jobs": 0}, {"jobs": -1000}, {"jobs": 10**400}]


@pytest.mark.parametrize("bad", BAD_RATES + BAD_JOBS)
def test_a_message_that_cannot_be_shared_by_takes_nobodys_share(bad):
    """A division by it would fail, for all; it is left out, and the others keep what they have."""
    workflow = AccountRate(RateState(rate=RATE, members=[Participant(sweep="a", attempt="a/1", jobs=5, high=1.0)]))
    before = workflow.state()
    changes = {"jobs": bad["jobs"]} if "jobs" in bad else {"rate": replace(RATE, **bad)}
    workflow.join(replace(Join(sweep="b", attempt="b/1", jobs=5, rate=RATE), **changes))
    assert before == workflow.state()
    assert workflow.share("b", "b/1") is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0, 0.0, 1e9])
def test_an_account_whose_state_has_times_that_are_none_has_the_usual_ones(value):
    """With those it would stop for ever, or never."""
    state = RateState(rate=RATE, hold=value, check=value).checked()
    assert (6.0, 30.0) == (state.hold, state.check)


@pytest.mark.parametrize(
    "bad", [{"low": math.nan}, {"high": math.nan}, {"low": -1.0}, {"high": 2.0}, {"low": 0.9, "high": 0.1}, {"jobs": 0}]
)
def test_a_participant_whose_share_is_none_joins_again(bad):
    """The others stay."""
    one = Participant(sweep="a", attempt="a/1", jobs=5, high=0.5)
    state = RateState(rate=RATE, members=[one, replace(one, sweep="b", **bad)]).checked()
    assert [one] == state.members


@pytest.mark.parametrize(
    "bad",
    [{"hold": math.nan}, {"hold": math.inf}, {"hold": 0.0}, {"hold": 1e9}, {"low": math.nan}, {"high": 1.5}]
    + [{"rate": replace(RATE, **one)} for one in BAD_RATES],
)
def test_a_share_that_cannot_be_kept_to_is_not_used(bad):
    """One that never ran out would be kept beside those that others get later."""
    good = Grant(rate=RATE, low=0.0, high=1.0, hold=6.0)
    assert good.valid
    assert not replace(good, **bad).valid
