"""What the error of a wait says: nothing that is not so."""

import pytest

from jobwait import Limit, Stop, errors, freeplay, fryte, promptforge, wait_all
from jobwait._httpx import httpx
from jobwait.cli import exits
from jobwait.testing import FakeServer, Reply, virtual_time
from support.waits import (
    DONE,
    FAST,
    FREEPLAY,
    FRYTE,
    NAME,
    PROMPTFORGE,
    World,
    batch,
    connect,
    prompt,
    scripted,
    tour,
    wait,
)

SERVICES = pytest.mark.parametrize("service", [PROMPTFORGE, FREEPLAY, FRYTE], ids=lambda service: service.name)
REFUSED = httpx.ConnectError("[Errno 111] Connection refused")
HTML = {"content-type": "text/html"}


@SERVICES
@pytest.mark.parametrize("timeout", [0, 8, 60, 4000])
@pytest.mark.parametrize("outage", [0, 300, None])
@pytest.mark.parametrize("said", [REFUSED, 503, Reply(403, "<p>", HTML), Reply(200, "<p>", HTML), 429], ids=str)
def test_a_job_that_never_answered_is_unreachable_whatever_ends_the_wait(service, timeout, outage, said):
    """Its state is not known, so it was not "still queued"; the deadline and the number of failures end it alike."""
    outcome = wait(lambda t: said, service, timeout=timeout, outage=outage).outcome
    if timeout == 0:
        assert ("timed_out", 0) == (outcome.state, outcome.polls)  # it was not polled
        return
    text = str(outcome.error)
    count = "1 poll" if outcome.polls == 1 else f"{outcome.polls} polls"
    assert "unreachable" == outcome.state
    assert f"never answered: {outcome.polls} of {count} failed; the last: " in text
    assert "queued" not in text
    assert isinstance(outcome.error, errors.CallFailed)
    assert exits.COULD_NOT_ASK == exits.of_states([outcome.state]) == exits.of_error(outcome.error)


def test_a_refused_connection_is_named_in_the_last_failure():
    """The reason, for who must mend it."""
    text = str(wait(lambda t: REFUSED, timeout=60).outcome.error)
    assert "Connection refused" in text.partition("the last: ")[2]


def test_a_404_until_the_deadline_is_job_not_found():
    """Within the grace period too: the job never answered, and the id should be checked."""
    error = wait(lambda t: 404, timeout=8).outcome.error
    assert "never answered: 2 of 2 polls failed" in str(error)
    assert isinstance(error, errors.JobNotFound)


def test_a_job_seen_before_that_fails_at_the_end_is_timed_out():
    """The sentence says when it was last seen, and what came since."""
    outcome = wait(lambda t: batch(done=5) if t < 100 else REFUSED, timeout=300).outcome
    assert "timed_out" == outcome.state
    assert "was still running when it last answered, 2" in str(outcome.error)
    assert "Connection refused" in str(outcome.error)


def test_an_outage_of_a_job_seen_before_is_described():
    """How long, how many polls, and the last failure."""
    report = wait(lambda t: batch(done=5) if t < 100 else 503)
    error = report.outcome.error
    assert "unreachable" == report.outcome.state
    assert f"{report.outcome.errors} polls in a row failed; the last: the service responded with 503" in str(error)
    assert "did not answer for 3" in str(error)


@pytest.mark.parametrize(("seen", "state"), [(False, "unknown"), (True, "running")])
def test_an_outage_gives_one_update_while_the_wait_goes_on(seen, state):
    """With the reason, so that nobody watches a silent line for minutes; one for each row of failures."""
    well = ((0, 30), (200, 300)) if seen else ((200, 300),)

    def timeline(t):
        return DONE if t > 450 else batch(done=5) if any(begun < t < end for begun, end in well) else REFUSED

    report = wait(timeline)
    assert "succeeded" == report.outcome.state
    told = [update for update in report.updates if "polls in a row failed" in update.note]
    assert [state, "running"] == [update.state for update in told]
    assert all("5 polls in a row failed; the last: no response came" in str(update) for update in told)
    assert all(update.next_poll and "the poll failed" == update.why for update in told)


def test_a_wait_on_a_job_seen_in_an_earlier_wait_that_got_no_answer_is_unreachable():
    """What the earlier wait saw says nothing of now."""
    world = World(scripted(batch(done=5)), submitted=False)
    assert "timed_out" == world.wait(timeout=20).state
    world.timeline = lambda t: 503
    world.now += 3600
    outcome = world.wait(timeout=20)
    assert ("unreachable", 5) == (outcome.state, outcome.snapshot.completed_count)


@pytest.mark.filterwarnings("ignore::jobwait.errors.UnknownStatusWarning")
@pytest.mark.parametrize(
    ("service", "body", "said"),
    [
        (PROMPTFORGE, batch("PAUSED"), "still reported 'PAUSED', a status that jobwait does not know of promptforge,"),
        (FRYTE, tour("on hold\x1b[31m"), "still reported 'on hold\\x1b[31m'"),
        (FREEPLAY, prompt("polishing"), "was still queued ('polishing')"),
        (FREEPLAY, prompt("polishing", step=2), "was still running ('polishing')"),
        (PROMPTFORGE, batch(), "was still running after 60 s"),
    ],
)
def test_a_deadline_during_an_unknown_status_names_it(service, body, said):
    """To say only that it was unknown would not help."""
    assert said in str(wait(scripted(body), service, timeout=60).outcome.error)


def test_fail_fast_is_named_as_what_ended_the_other_waits():
    """Nobody called stop()."""
    with connect(FakeServer(batch())) as slow, connect(FakeServer(400)) as bad:
        jobs = [promptforge.job(slow, NAME), promptforge.job(bad, "b-1")]
        first, second = wait_all(jobs, policy=FAST, fail_fast=True)
    assert ("timed_out", "unreachable") == (first.state, second.state)
    assert "ended by fail_fast, as promptforge job b-1 did not succeed," in str(first.error)
    assert "stop()" not in str(first.error)


def test_a_stop_is_named_as_what_ended_the_waits():
    """With fail_fast too."""
    stop = Stop()
    with connect(FakeServer(batch())) as slow:
        (outcome,) = wait_all(
            [promptforge.job(slow, NAME)], policy=FAST, fail_fast=True, stop=stop, on_update=lambda _: stop.set()
        )
    assert "ended by stop()" in str(outcome.error)


@pytest.mark.parametrize(("status", "kind"), [("FAILED", errors.JobFailed), ("CANCELLED", errors.JobCanceled)])
@pytest.mark.parametrize("how", ["wait", "wait_all", "status"])
def test_results_of_a_job_that_was_seen_to_fail_say_so_at_once(status, kind, how, tmp_path):
    """Nothing is requested and nothing slept: such a job has no results, and the service would say 409 each time."""
    server = FakeServer(batch(status), AssertionError("nothing more is sent"))
    with connect(server) as client:
        job = promptforge.job(client, NAME)
        {"wait": job.outcome, "status": job.status, "wait_all": lambda: wait_all([job])}[how]()
        for ask in (job.results, lambda: job.download(tmp_path)):
            with pytest.raises(kind, match=f"ended as {status}, so it has no results") as caught:
                ask()
            assert status == caught.value.snapshot.status
    assert 1 == len(server.requests)


@pytest.mark.parametrize(("status", "kind"), [("failed", errors.JobFailed), ("canceled", errors.JobCanceled)])
def test_the_plan_of_a_tour_that_was_seen_to_fail_is_not_requested(status, kind):
    """FRYTE's too; without an earlier poll one request finds out."""
    for polls_first in (True, False):
        server = FakeServer(tour(status))
        with fryte.connect("key", transport=server) as client:
            job = fryte.job(client, NAME)
            if polls_first:
                job.outcome()
            with pytest.raises(kind, match=f"ended as {status}, so it has no plan"):
                job.result()
        assert 1 == len(server.requests)


@pytest.mark.parametrize(
    "said", [Reply(429, {"message": "slow down"}, {"retry-after": "999"}), Reply(429, {"message": "slow down"}), 400]
)
def test_a_refused_submission_does_not_speak_of_a_job(said):
    """There is no job that goes on."""
    with freeplay.connect("key", transport=FakeServer(said)) as client, pytest.raises(errors.CallFailed) as caught:
        freeplay.submit(client, "p", prompt_template_version_id=NAME, dataset_id=NAME)
    assert "job" not in str(caught.value)


@SERVICES
@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_from_the_first_poll_ends_at_once(service, status):
    """The service's own refusal, and the sentence is about the key."""
    report = wait(scripted(status, DONE), service)
    assert (1, errors.NotAuthorized) == (report.polls, type(report.outcome.error))
    assert "never answered" not in str(report.outcome.error)
    assert service.key_variable in str(report.outcome.error)


def test_the_page_of_a_proxy_never_speaks_of_the_key():
    """It is not the service that refused; the sentence names the proxy."""
    for status in (302, 401, 403, 404, 407):
        text = str(wait(lambda t, status=status: Reply(status, "<p>", HTML), timeout=60).outcome.error)
        assert f"the response ({status}) is not the service's own" in text
        assert "Check the address and the proxy" in text


@pytest.mark.parametrize(
    ("state", "reason", "says"),
    [
        ("failed", "no such model", "ended as failed: no such model. Fix the cause, then submit it again."),
        (
            "failed",
            None,
            "ended as failed; the service gives no reason. Check its input; if that is right, ask the support",
        ),
        ("cancelled", "by its owner", "ended as cancelled: by its owner. Submit it again if it is still wanted."),
        ("cancelled", None, "ended as cancelled; the service gives no reason. Submit it again if it is still wanted."),
    ],
)
def test_the_advice_fits_the_reason(state, reason, says):
    """Where the service gives none, no cause can be fixed."""
    assert says in str(wait(scripted(prompt(state, error_message=reason)), FREEPLAY).outcome.error)


def test_a_404_for_a_call_without_a_job_speaks_of_no_id():
    """What can be wrong is the address, or what the call names; at a submission nothing has an id yet."""
    server = FakeServer(Reply(404, {"message": "Project not found"}))
    client = freeplay.connect("a-key", base_url="https://freeplay.invalid", transport=server)
    with client, pytest.raises(errors.JobNotFound, match="Check the base URL, and what the call names") as found:
        freeplay.list_jobs(client, "a-project")
    assert found.value.job_id is None


def test_a_job_whose_turn_never_came_says_how_long_a_timeout_many_jobs_need():
    """At ten polls a minute most of forty jobs are not polled within a minute, and each of these says why."""

    def answer(request):
        return {"job_id": request.url.path.rpartition("/")[2], "status": "succeeded", "tour_id": 1}

    server = FakeServer(answer)
    with virtual_time(), fryte.connect("a-key", base_url="https://fryte.invalid", transport=server) as client:
        jobs = [fryte.job(client, f"job-{number}") for number in range(40)]
        ends = wait_all(jobs, timeout=60, limits={"fryte": Limit(10, seconds=60)})
    late = [str(end.error) for end in ends if end.state == "timed_out"]
    assert len(late) > 20
    assert all(" was not polled in 60 s: its turn did not come, by the rate limit " in text for text in late)
    assert all("at least their number divided by the rate" in text for text in late)


def test_a_job_that_others_kept_from_its_turn_is_not_said_to_have_met_a_limit():
    """With one request in flight and slow responses the last job is not polled, and no limit has to be the reason."""

    def answer(request):
        longest = request.extensions["timeout"]["read"]
        clock.sleep(min(20, longest))
        if longest < 20:
            raise httpx.ReadTimeout("timed out")
        return {"job_id": request.url.path.rpartition("/")[2], "status": "running", "tour_id": 1}

    server = FakeServer(answer)
    with virtual_time() as clock, fryte.connect("a-key", base_url="https://fryte.invalid", transport=server) as client:
        ends = wait_all([fryte.job(client, name) for name in "abc"], timeout=30, concurrency=1)
    why = "its turn did not come, by the rate limit of its account or the requests in flight. Wait again"
    assert [("timed_out", 1), ("unreachable", 1), ("timed_out", 0)] == [(end.state, end.polls) for end in ends]
    assert why in str(ends[2].error)


@pytest.mark.parametrize(
    ("said", "reason"),
    [(404, "not_found"), (401, "key_refused"), (422, "rejected"), (503, "service_error"), (REFUSED, "no_answer")],
)
def test_an_unreachable_job_has_a_reason_in_its_outcome_and_its_last_update(said, reason):
    """The same word in both; none once the job has ended."""
    run = wait(lambda t: said, timeout=4000)
    assert ("unreachable", reason, reason) == (run.outcome.state, run.outcome.reason, run.updates[-1].reason)
    assert (reason == "not_found") == str(run.updates[-1]).startswith("not found")
    assert wait(scripted(DONE)).outcome.reason is None
