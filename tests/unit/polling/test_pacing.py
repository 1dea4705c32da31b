"""Requests outside a fleet wait for their turns within the account's rate limit; all in virtual time."""

import gc
import random
from itertools import count

import attrs
import pytest
from tests.support.virtual_time import SlidingWindow, VirtualTime

from jobwait import Limit, Policy, errors, freeplay, fryte
from jobwait._httpx import httpx
from jobwait._model.policy import resolve_policy
from jobwait._polling.commands import Sleep
from jobwait._polling.job_state import JobState
from jobwait._polling.pacing import LONGEST_DELAY, paced
from jobwait._polling.rate_limits import _HELD, HELD, POLL, SUBMIT, AccountLimits, Budget, name_of
from jobwait._polling.waiter import waiting
from support.services import DATASET, PROJECT, TEMPLATE, TOUR

STATUS = {"job_id": "j", "status": "running", "tour_id": 1, "optimization_id": 2}


def connect(page=fryte, key="a-key"):
    # With a transport of its own a client needs no certificates, which take longer than all else.
    return page.connect(
        key, base_url="http://127.0.0.1:9", transport=httpx.MockTransport(lambda _: httpx.Response(500))
    )


def submit(client):
    return paced(fryte.submission._submit(client, TOUR))


def one_after_another(operations):
    found = []
    for operation in operations:
        found.append((yield from operation))  # noqa: PERF401 - a comprehension cannot yield
    return found


def taking(window, operation="submit"):
    """A service that takes each submission its limiter lets pass."""
    numbers = count()

    def respond(request, now):
        refused, number = window.refuses(operation, now), next(numbers)
        return refused or httpx.Response(202, json={"message": "ok", "tour_id": number, "job_id": f"j{number}"})

    return respond


@pytest.mark.parametrize("seed", range(5))
def test_a_loop_of_130_submissions_is_paced_and_none_refused(seed):
    """FRYTE's limit is never met, whatever the latency; nearly all of the limit is used."""
    window, latency = SlidingWindow(120, 60), random.Random(seed)
    time = VirtualTime(taking(window), lambda: latency.uniform(0.01, 0.5))
    client = connect()
    [jobs] = time.run(one_after_another([submit(client) for _ in range(130)]))
    assert len({job.id for job in jobs}) == 130
    assert window.refused == 0
    assert time.now < 75


def test_a_few_submissions_are_not_delayed():
    """Twenty at once are a burst that the limit has room for."""
    time = VirtualTime(taking(SlidingWindow(120, 60)), lambda: 0.01)
    client = connect()
    time.run(one_after_another([submit(client) for _ in range(20)]))
    assert time.now < 0.5


def test_callers_in_many_threads_share_the_budget_of_their_account():
    """Whoever they are, and with whichever client."""
    window = SlidingWindow(120, 60)
    time = VirtualTime(taking(window))
    jobs = time.run(*(submit(connect()) for _ in range(150)))
    assert window.refused == 0
    assert len({job.id for job in jobs}) == 150
    assert 70 < time.now < 100


def test_a_submission_whose_turn_is_too_far_off_is_refused_unsent():
    """A single call waits for two minutes at most; the error says when there is room again."""

    def told(client):
        try:
            return (yield from submit(client))
        except errors.RateLimited as error:
            return error

    window = SlidingWindow(120, 60)
    time = VirtualTime(taking(window))
    found = time.run(*(told(connect()) for _ in range(300)))
    refused = [one for one in found if isinstance(one, errors.RateLimited)]
    assert window.refused == 0
    assert 0 < len(refused) < 100
    assert all("nothing was sent" in str(one) and one.retry_after > LONGEST_DELAY for one in refused)
    assert len(time.sent) == 300 - len(refused)


def test_polls_submissions_lists_and_results_of_a_service_with_one_limit_share_it():
    """Its limit is not apart, so each request counts, a fleet's polls too."""
    client, limited = connect(freeplay), attrs.evolve(freeplay.SERVICE, limit=Limit(10, 10.0))
    budgets = [Budget.of(limited, client, name) for name in (POLL, SUBMIT, "list", "result")]
    assert len({id(budget.buckets[0]) for budget in budgets}) == 1
    fleet = AccountLimits(limited, name_of(client))
    assert fleet.wait(POLL, 0.0) <= 0
    budgets[1].reserve(0.0, 0.0)
    assert fleet.wait(POLL, 0.0) > 1
    fleet.take(POLL, 5.0)
    assert budgets[3].reserve(5.0, 0.0) > 1


def test_a_429_of_one_call_slows_all_calls_of_the_account():
    """None is sent before its Retry-After, and then they come spread."""
    refused = []

    def respond(request, now):
        if not refused:
            refused.append(now)
            return httpx.Response(429, headers={"retry-after": "30"}, json={"message": "no"})
        return httpx.Response(202, json={"job_id": str(DATASET), "status": "queued", "created_at": "2026-01-01T00:00Z"})

    def start(after):
        yield Sleep(after)
        given = {"prompt_template_version_id": TEMPLATE, "dataset_id": DATASET}
        return (yield from paced(freeplay.service._submit(connect(freeplay), PROJECT, **given)))

    time = VirtualTime(respond)
    jobs = time.run(*(start(after) for after in (0, 1, 2, 3)))
    assert len(jobs) == 4
    later = [when for when, *_ in time.sent[1:]]
    assert len(time.sent) == 5
    assert min(later) >= refused[0] + 30


@pytest.mark.parametrize("status", [429, 503])
def test_max_retry_after_of_a_single_wait_holds_for_the_budget_of_its_account(status):
    """The wait ends, as it allows no longer Retry-After; the next one polls once that much time has passed."""
    client, refused = connect(), []

    def respond(_, now):
        if refused:
            return httpx.Response(200, json={**STATUS, "status": "succeeded"})
        refused.append(now)
        return httpx.Response(status, headers={"retry-after": "3600"}, json={"detail": "later"})

    def wait():
        settings = resolve_policy(Policy(timeout=7200.0, max_retry_after=20.0), None, fryte.SERVICE.defaults)
        return (yield from paced(waiting(JobState(fryte.SERVICE, client, {"job_id": "j"}), settings)))

    time = VirtualTime(respond)
    [first] = time.run(wait())
    [second] = time.run(wait())
    assert ("unreachable", "succeeded") == (first.state, second.state)
    assert refused[0] + 20 <= time.sent[1][0] <= refused[0] + 25


def test_waits_in_many_threads_keep_to_the_limit_of_their_polls_and_their_deadlines():
    """A hundred single waits poll no more often than FRYTE allows, and each ends by its deadline."""
    window = SlidingWindow(120, 60)

    def respond(request, now):
        refused = window.refuses("poll", now)
        return refused or httpx.Response(200, json={**STATUS, "job_id": request.url.path.rpartition("/")[2]})

    def wait(number):
        state = JobState(fryte.SERVICE, connect(), {"job_id": f"j{number}"})
        settings = resolve_policy(None, 90.0, fryte.SERVICE.defaults)
        outcome = yield from paced(waiting(state, settings))
        return outcome, time.now

    time = VirtualTime(respond)
    ended = time.run(*(wait(number) for number in range(100)))
    assert window.refused == 0
    assert {outcome.state for outcome, _ in ended} == {"timed_out"}
    assert max(when for _, when in ended) <= 90.5
    assert len(time.sent) > 100


def test_a_stopped_wait_ends_at_once_though_its_poll_waits_for_its_turn():
    """stop() needs no turn."""
    client = connect()
    budget = Budget.of(fryte.SERVICE, client, POLL)
    budget.buckets[0].refused(0.0, 50.0)
    state = JobState(fryte.SERVICE, client, {"job_id": "j"})
    settings = resolve_policy(None, 90.0, fryte.SERVICE.defaults)
    time = VirtualTime(lambda *_: httpx.Response(200, json=STATUS))
    time.at(7.0, state.stop)
    [outcome] = time.run(paced(waiting(state, settings)))
    assert (outcome.state, time.sent) == ("timed_out", [])
    assert time.now == pytest.approx(7.0)


def test_buckets_of_single_calls_are_forgotten_when_idle():
    """A server of many accounts does not grow."""
    for number in range(10 * HELD):
        Budget.of(fryte.SERVICE, connect(key=f"key-{number}"), SUBMIT, Limit(5)).reserve(number * 100.0, 0.0)
    assert len(_HELD) <= HELD + 2


def test_a_budget_that_is_in_use_survives_a_collection():
    """Between two single calls nobody holds it but the module."""
    Budget.of(fryte.SERVICE, connect(), SUBMIT, Limit(1, 60.0)).reserve(0.0, 0.0)
    gc.collect()
    assert Budget.of(fryte.SERVICE, connect(), SUBMIT, Limit(1, 60.0)).reserve(1.0, 0.0) > 50


def test_a_wake_up_that_is_no_stop_does_not_send_a_poll_early():
    """Its turn is kept."""
    client = connect()
    budget = Budget.of(fryte.SERVICE, client, POLL)
    budget.buckets[0].refused(0.0, 20.0)
    state = JobState(fryte.SERVICE, client, {"job_id": "j"})
    done = httpx.Response(200, json={**STATUS, "status": "succeeded"})
    time = VirtualTime(lambda *_: done)
    settings = resolve_policy(None, 90.0, fryte.SERVICE.defaults)
    time.at(5.0, lambda: [wake_up.wake() for wake_up in state._waits])
    [outcome] = time.run(paced(waiting(state, settings)))
    assert outcome.state == "succeeded"
    assert time.sent[0][0] >= 20
