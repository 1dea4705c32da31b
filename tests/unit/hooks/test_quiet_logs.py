"""With logging at INFO a wait says when a status changes and how it ends; nothing is repeated at each poll."""

import logging
from collections import Counter

import anyio
import pytest

from jobwait import Policy, as_completed, promptforge, wait_all, wait_all_async
from jobwait._http import redaction
from jobwait._httpx import httpx
from jobwait.testing import FakeServer
from support.waits import DONE, batch

ID = DONE["job_id"]
QUICK = {"policy": Policy(interval=0.001, min_interval=0.001)}
ANSWERS = [batch("QUEUED"), *(batch(done=done) for done in range(1, 8)), DONE]  # progress at each poll
WAYS = {
    "wait": lambda job: job.wait(**QUICK),
    "updates": lambda job: list(job.updates(**QUICK)),
    "wait_async": lambda job: anyio.run(lambda: job.wait_async(**QUICK)),
    "wait_async on trio": lambda job: anyio.run(lambda: job.wait_async(**QUICK), backend="trio"),
    "wait_all": lambda job: wait_all([job], **QUICK),
    "as_completed": lambda job: list(as_completed([job], **QUICK)),
    "wait_all_async": lambda job: anyio.run(lambda: wait_all_async([job], **QUICK)),
}


@pytest.fixture(autouse=True)
def _levels(caplog):
    """The loggers of libraries as they are in a new process, whatever other tests have set."""
    for name in (httpx.__name__, "jobwait"):
        caplog.set_level(logging.NOTSET, logger=name)


def logged(caplog, way):
    """The lines of a wait, as logger and first word."""
    with promptforge.connect("k", transport=FakeServer(*ANSWERS)) as client:
        WAYS[way](promptforge.job(client, ID))
    return Counter((record.name, record.getMessage().partition(" ")[0]) for record in caplog.records)


@pytest.mark.parametrize("way", WAYS)
def test_info_has_no_line_for_each_poll(caplog, way):
    """Two statuses and an outcome in nine polls are three lines, and httpx has none."""
    caplog.set_level(logging.INFO)
    assert {("jobwait", "update"): 2, ("jobwait", "outcome"): 1} == logged(caplog, way)
    assert logging.getLogger(httpx.__name__).level == logging.NOTSET


@pytest.mark.parametrize("way", ["wait", "wait_async", "wait_all", "wait_all_async"])
def test_debug_of_jobwait_shows_each_poll(caplog, way):
    """Our lines and httpx's, with the root logger at INFO."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="jobwait")
    found = logged(caplog, way)
    assert {(httpx.__name__, "HTTP"): 9, ("jobwait", "sent"): 9, ("jobwait", "answered"): 9}.items() <= found.items()
    assert found["jobwait", "update"] > 2


def test_requests_of_others_are_logged_as_before(caplog):
    """Only jobwait's own requests are left out, not those through an httpx client of the caller's."""
    caplog.set_level(logging.INFO)
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        client.get("http://somewhere/")
    assert [httpx.__name__] == [record.name for record in caplog.records]


def test_an_interruption_at_the_end_of_a_request_mutes_no_other(caplog, monkeypatch):
    """Ctrl-C can come between the end of a request and the end of what redacts its logs."""
    caplog.set_level(logging.INFO)

    def interrupted(_guard, *_error):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, promptforge.connect("k", transport=FakeServer(*ANSWERS)) as client:
        patch.setattr(redaction.Guard, "__exit__", interrupted)
        with pytest.raises(KeyboardInterrupt):
            promptforge.job(client, ID).wait(**QUICK)
    test_requests_of_others_are_logged_as_before(caplog)
