"""An activity that submits sends once, whatever ends its attempts: cancellations and deaths at any line, outages."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from tests.support.services import TOUR
from tests.unit.engines.interruptions import before_each_line, raising, unlock

from jobwait import fryte
from jobwait._httpx import httpx
from jobwait._polling import rate_limits
from jobwait.engines.temporal import submit_once, submit_once_async

TAKEN = {"job_id": "j-1", "tour_id": 1, "optimization_id": 2, "message": "m"}
EVERY = 1 if os.environ.get("JOBWAIT_ALL") else 11  # lines between two interruptions
NOTHING, JOB_ID = "jobwait_nothing_sent", "jobwait_job_id"


class CanceledError(Exception):
    """As Temporal raises it in the thread of an activity, at any line."""


class Case:
    """One activity: *posts* are the submissions that reached the service, *beats* the heartbeats of its attempts."""

    def __init__(self, answer=lambda: httpx.Response(202, json=TAKEN)):
        rate_limits.forget()
        unlock()
        self.posts, self.beats, self.answer = 0, [], answer

    def respond(self, request):
        self.posts += request.method == "POST"
        return self.answer()

    def connect(self):
        return fryte.connect("key", transport=httpx.MockTransport(self.respond))

    def submit(self):
        with self.connect() as client:
            return fryte.submit(client, TOUR)

    async def submit_async(self):
        async with self.connect() as client:
            return await fryte.submit_async(client, TOUR)

    def environment(self, number, left, **changes):
        made = ActivityEnvironment()
        made.info = replace(made.info, attempt=number, heartbeat_details=left, **changes)
        made.on_heartbeat = lambda *details: self.beats.append(list(details))
        return made

    def run(self, number=1, left=None, asynchronous=False, act=None, **changes):
        """What the attempt with this *number* gives; it finds the last heartbeat, or what is *left*."""
        left = (self.beats[-1] if self.beats else []) if left is None else left
        environment = self.environment(number, left, **changes)
        if asynchronous:

            async def run():
                with before_each_line(act or int):
                    return await submit_once_async(self.submit_async)

            return asyncio.run(environment.run(run))
        with before_each_line(act or int):
            return environment.run(submit_once, self.submit)


def failed(case, number, **more):
    """The failure of an attempt that Temporal does not retry."""
    with pytest.raises(ApplicationError) as caught:
        case.run(number, **more)
    assert caught.value.non_retryable
    return caught.value


@pytest.mark.filterwarnings("ignore:a hook of jobwait raised:RuntimeWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize(("kind", "asynchronous"), [(CanceledError, False), (asyncio.CancelledError, True)])
def test_an_exception_at_any_line_of_a_submission_makes_no_second_one(kind, asynchronous):
    """What Temporal retries sends only what was not sent; what it does not retry says what is in doubt."""
    numbers, seen = [0], set()
    Case().run(asynchronous=asynchronous, act=numbers.append)
    for at in range(1, numbers[-1] + 1, EVERY):
        case = Case()
        try:
            end = case.run(asynchronous=asynchronous, act=raising(at, kind))
        except (kind, ApplicationError) as error:
            end = error
        sent = case.posts
        unlock()
        if isinstance(end, ApplicationError) and end.non_retryable:
            seen.add("final")
        elif end != "j-1":
            try:
                end = case.run(2, asynchronous=asynchronous)
            except ApplicationError as error:
                end = error
            assert "j-1" == end or end.non_retryable, at
            seen.add("found" if sent else "sent")
        assert sent <= case.posts <= 1, at
    assert {"final", "sent"} <= seen


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_worker_that_is_killed_at_any_line_of_a_submission_leaves_no_second_one(asynchronous):
    """With all heartbeats or none: the next attempt returns the id, or says that it is in doubt; it sends nothing."""
    case, left = Case(), []
    case.run(asynchronous=asynchronous, act=lambda _: left.append((case.posts, tuple(map(str, case.beats)))))
    assert {(0, ()), (1, ()), (1, (str([{JOB_ID: "j-1"}]),))} == set(left)
    case.beats.clear()
    error = failed(case, 2, asynchronous=asynchronous)
    assert "SubmitUnconfirmed" == error.type
    assert "Attempt 1 of this activity left no word of its submission" in str(error)
    assert "j-1" == case.run(2, left=[{JOB_ID: "j-1"}], asynchronous=asynchronous)
    assert 1 == case.posts


@pytest.mark.parametrize(
    "left",
    [
        [{NOTHING: 1}],  # of the attempt before the last one
        [{NOTHING: 3}],
        [{NOTHING: True}],
        [{NOTHING: "2"}],
        [{NOTHING: 2.0}],
        [{NOTHING: 1e400}],
        [{JOB_ID: ""}],
        [{JOB_ID: 7}],
        ["text"],
        [None],
    ],
)
def test_only_word_of_the_attempt_before_is_a_reason_to_submit(left):
    """Of an attempt that left none, nobody knows what it sent; what cannot be read is no word."""
    case = Case()
    assert "SubmitUnconfirmed" == failed(case, 3, left=left).type
    assert 0 == case.posts


def test_a_submission_that_certainly_was_not_taken_is_retried():
    """The service was too busy: Temporal waits as long as that asked, and the next attempt submits."""
    case = Case(lambda: httpx.Response(429, headers={"retry-after": "7000"}))
    with pytest.raises(ApplicationError) as caught:
        case.run()
    assert ("RateLimited", False) == (caught.value.type, caught.value.non_retryable)
    assert timedelta(seconds=6900) < caught.value.next_retry_delay <= timedelta(seconds=7000)
    assert [{NOTHING: 1}] == case.beats[-1]
    rate_limits.forget()  # two hours later
    case.answer = lambda: httpx.Response(202, json=TAKEN)
    assert "j-1" == case.run(2)


def test_a_submission_that_was_refused_is_not_retried():
    """The same one would be refused again."""
    error = failed(Case(lambda: httpx.Response(422, json={"detail": [{"loc": ["x"], "msg": "no", "type": "t"}]})), 1)
    assert "RequestRejected" == error.type


def test_a_submission_without_an_answer_is_not_retried_and_gives_the_known_ids():
    """It says how to find out."""
    case = Case(lambda: httpx.Response(202, json={"tour_id": 1, "optimization_id": 2, "message": "m"}))
    error = failed(case, 1)
    assert ("SubmitUnconfirmed", [{"tour_id": "1", "optimization_id": "2"}]) == (error.type, list(error.details))
    assert "fryte.list_jobs" in str(error)


def test_a_local_activity_cannot_submit_once():
    """Temporal runs one again as the first attempt, where a worker dies."""
    case = Case()
    assert "Make it an activity" in str(failed(case, 1, is_local=True))
    assert 0 == case.posts
