"""Handles on declared jobs: how they are made, what they say of a result that is not there, and their last update."""

import pytest

from jobwait import errors
from jobwait.errors import InvalidInput
from jobwait.testing import FakeServer, virtual_time
from support.declared import KEY, declared, renders

BURNT = {"data": {"status": "error"}, "error": {"message": "The lamp burnt out."}}
DONE = {"data": {"status": "done"}}
TWO = {"poll": {"path": "/teams/{team}/renders/{id}"}, "submit": None, "cancel": None, "list": None}


def job_of(server, service=None):
    """Job 7 at *server*."""
    service = service or renders()
    return service.job(service.connect(KEY, transport=server), "7")


def test_ids_need_no_names_where_they_stand_in_order():
    """As in the functions of the other services; what is too much or twice is refused by a sentence."""
    service, server = renders(), FakeServer(DONE)
    client = service.connect(KEY, transport=server)
    assert service.job(client, id="r-3").key == service.job(client, "r-3").key
    for call, says in (
        (lambda: service.job(client, "r-3", "r-4"), r"job\(\) of renders takes id, and 2 ids were given\."),
        (lambda: service.job(client, "r-3", id="r-3"), r"got id twice, with and without its name\."),
        (lambda: service.job(client), r"needs id=\."),
    ):
        with pytest.raises(InvalidInput, match=says):
            call()
    two = declared(**TWO)
    assert two.job(client, "blue", id="7").key == two.job(client, "blue", "7").key
    with pytest.raises(InvalidInput, match="needs id="):
        two.job(client, "blue")


def test_a_status_url_needs_no_name_either():
    """It is what names such a job."""
    service = declared(poll={"url": "status_url"}, submit={"path": "/r", "status_url": "url"}, cancel=None, list=None)
    client = service.connect(KEY, transport=FakeServer(DONE))
    assert service.job(client, status_url="/v1/renders/7").id == service.job(client, "/v1/renders/7").id


def test_the_result_of_an_ended_job_needs_no_wait():
    """Its status is asked for once, as it is for the jobs of other services."""
    server = FakeServer(DONE)
    assert DONE == job_of(server).result()
    assert 1 == len(server.requests)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("rendering", r"renders job 7: it is rendering: wait for it first\."),
        (
            "burnt",
            "renders job 7: its status is 'burnt', which is in no set of `state` in the declaration of renders; if it",
        ),
    ],
)
def test_the_result_of_a_job_that_has_not_ended_says_how_it_is(status, says):
    """With the next step that fits."""
    with pytest.raises(InvalidInput, match=says) as caught:
        job_of(FakeServer({"data": {"status": status}})).result()
    assert {"data": {"status": status}} == caught.value.snapshot


@pytest.mark.parametrize("seen", [True, False])
def test_the_result_of_a_failed_job_names_its_reason(seen):
    """Whether a wait has seen the failure or not."""
    with virtual_time():
        job = job_of(FakeServer(BURNT))
        if seen:
            job.outcome()
        with pytest.raises(errors.JobFailed) as caught:
            job.result()
    assert "renders job 7: it ended as error, so it has no result. Its reason: The lamp burnt out." == str(caught.value)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (BURNT, "failed (error): The lamp burnt out. Fix the cause, then submit it again."),
        (
            {"data": {"status": "error"}},
            (
                "failed (error): the service gives no reason. Check its input; if that is right, ask the support of "
                "the service, which needs this id."
            ),
        ),
        (DONE, "succeeded (done)"),
    ],
)
def test_the_last_update_says_why_a_job_failed(body, line):
    """Without what the line says already."""
    with virtual_time():
        assert line == str(list(job_of(FakeServer(body)).updates())[-1])


def test_the_last_update_says_why_a_wait_ended_without_the_job():
    """A timeout, and a service that does not answer."""
    with virtual_time():
        late = str(list(job_of(FakeServer({"data": {"status": "rendering"}})).updates(timeout=60))[-1])
        refused = str(list(job_of(FakeServer(403)).updates())[-1])
    assert late.startswith("timed_out (rendering): was still running after 60 s (")
    assert refused.startswith("unreachable: ")
