"""An activity that submits, on a real Temporal server: its retries send nothing twice, and nothing is lost."""

import asyncio
import sys

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from tests.integration.temporal.kit import HANG, on
from tests.integration.temporal.submitting import Submits, submitting

pytestmark = pytest.mark.xdist_group("temporal")


def submitted(temporal, file, fate):
    """What the workflow gives, or the failure of its activity; and the requests that were sent."""

    async def run():
        async with on(temporal) as client, submitting(client, fate, file) as service:
            return await result(client, fate), service.requests()

    return asyncio.run(run())


async def result(client, fate):
    try:
        return await asyncio.wait_for(client.execute_workflow(Submits.run, fate, id=fate, task_queue=fate), HANG)
    except WorkflowFailureError as error:
        return error.cause.cause


def test_an_attempt_that_failed_before_anything_was_taken_is_retried(temporal, tmp_path):
    """Its failure reaches the server with its last heartbeat, which says so."""
    found, requests = submitted(temporal, tmp_path / "requests", "refused")
    assert ("j-1", 2) == (found, len(requests))


def test_an_attempt_that_timed_out_in_its_request_is_followed_by_no_second_one(temporal, tmp_path):
    """Nobody knows whether the service took it: the workflow fails, and says what to do."""
    found, requests = submitted(temporal, tmp_path / "requests", "hangs")
    assert isinstance(found, ApplicationError)
    assert ("SubmitUnconfirmed", 1) == (found.type, len(requests))
    assert "Look at your jobs there" in str(found)


def test_a_job_whose_attempt_timed_out_after_it_was_taken_is_not_lost(temporal, tmp_path):
    """The next attempt finds its id in the last heartbeat."""
    found, requests = submitted(temporal, tmp_path / "requests", "ends late")
    assert ("j-1", 1) == (found, len(requests))


def test_a_worker_that_is_killed_in_its_request_is_followed_by_no_second_one(temporal, tmp_path):
    """The next attempt, at another worker, finds no word of the one before."""
    file = tmp_path / "requests"

    async def run():
        words = ("-m", "tests.integration.temporal.submitting", temporal[0], "dies", str(file))
        killed = await asyncio.create_subprocess_exec(sys.executable, *words)
        async with on(temporal) as client:
            waiting = asyncio.create_task(result(client, "dies"))
            assert -9 == await asyncio.wait_for(killed.wait(), HANG)
            async with submitting(client, "dies", file) as service:
                return await waiting, service.requests()

    found, requests = asyncio.run(run())
    assert ("SubmitUnconfirmed", 1) == (found.type, len(requests))
    assert "Attempt 1 of this activity left no word of its submission" in str(found)
