"""From an outcome, an update, a token or a tracked row to the job and to JSON."""

import copy
import json
import pickle
import re
from contextlib import aclosing, closing
from dataclasses import make_dataclass
from types import SimpleNamespace

import anyio
import attrs
import pytest

from jobwait import (
    Job,
    Outcomes,
    Service,
    as_completed,
    as_completed_async,
    errors,
    freeplay,
    fryte,
    promptforge,
    resume,
    updates,
    updates_async,
    wait_all,
    wait_all_async,
)
from jobwait._httpx import httpx
from jobwait._model.json_forms import of_model
from jobwait.service import JobState, PollingDefaults, StatusMap, http_client
from jobwait.testing import FakeServer, Reply, simulate
from jobwait.tracker import Tracker
from support.services import PROJECT, TOUR
from support.waits import DONE, FAST, NAME, batch, connect, prompt, tour

EVIL = "<script>&"


def job_at(*said, name=NAME):
    """A handle on a job of PromptForge."""
    return promptforge.job(connect(FakeServer(*said)), name)


def test_an_outcome_has_the_handle_that_was_waited_on():
    """Of a single wait and of a fleet, sync and async, and when the job had ended before."""
    job = job_at(DONE)
    assert job is job.outcome(policy=FAST).job
    assert job is job.outcome(policy=FAST).job
    jobs = [job_at(batch("FAILED"), name=NAME), job_at(DONE, name=NAME)]
    assert jobs == [outcome.job for outcome in wait_all(jobs, policy=FAST)]
    assert set(jobs) == {outcome.job for outcome in as_completed(jobs, policy=FAST)}

    async def main():
        return [outcome.job for outcome in await wait_all_async(jobs, policy=FAST)]

    assert jobs == anyio.run(main)


def test_the_handle_of_an_outcome_is_of_its_services_class(tmp_path):
    """Also where a tracker made it."""
    client, seen = connect(FakeServer(tour("succeeded")), fryte), []
    with Tracker(tmp_path / "jobs.db") as tracker:
        tracker.add(fryte.job(client, NAME), "team")
        tracker.run(lambda _: client, policy=FAST, on_update=lambda update: seen.append(update.to_dict()["state"]))
    assert ["succeeded"] == seen
    assert isinstance(resume(fryte.job(client, NAME).token(), client).outcome().job, fryte.FryteJob)


def test_an_outcome_whose_request_cannot_be_made_has_its_handle():
    """A fleet gives one for each job."""
    client = connect(FakeServer(DONE))
    broken = Service(
        name="broken",
        poll=lambda *_: 1 / 0,
        parse=dict,
        status="s",
        statuses=StatusMap(),
        defaults=PollingDefaults(timeout=1.0, interval=0.01, first_interval=0.01),
    )
    job = Job(JobState(broken, client, {"job_id": "a"}))
    (outcome,) = wait_all([job])
    assert ("unreachable", job) == (outcome.state, outcome.job)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copied_outcome_has_all_but_its_handle(copied):
    """A handle cannot be copied; the error says what to do."""
    outcome = job_at(DONE).outcome(policy=FAST)
    other = copied(outcome)
    assert outcome.to_dict() == other.to_dict()
    with pytest.raises(errors.InvalidInput, match="no handle"):
        _ = other.job
    with pytest.raises(errors.InvalidInput, match="no handle"):
        _ = simulate(promptforge.SERVICE, lambda _: DONE).outcome.job


def test_an_outcome_and_an_update_are_json():
    """With the keys of the command, which docs/cli.md names, and the status as the service wrote it."""
    updates = []
    outcome = job_at(batch(done=3), DONE).outcome(policy=FAST, on_update=updates.append)
    given = json.loads(json.dumps(outcome.to_dict()))
    assert given["snapshot"]["status"] == "COMPLETED"
    facts = {"service", "job_id", "state", "reason", "polls", "errors", "started", "seen_at", "error", "snapshot"}
    assert facts == set(given)
    assert {"done": 3, "total": 100, "stage": None} == updates[0].to_dict()["progress"]
    assert [False, True] == [json.loads(json.dumps(update.to_dict()))["terminal"] for update in updates]
    failed = json.loads(json.dumps(job_at(404).outcome(policy=FAST).to_dict()))
    assert ("JobNotFound", 404, None) == (failed["error"]["type"], failed["error"]["status"], failed["snapshot"])
    assert ["not_found", "not_found"] == [failed["reason"], failed["error"]["reason"]]


@attrs.frozen
class Model:
    """A status model of one's own."""

    state: str = "cooled"


@pytest.mark.parametrize(
    "snapshot", [{"state": "cooled"}, Model(), SimpleNamespace(to_dict=lambda: {"state": "cooled"}),
                 SimpleNamespace(model_dump=lambda mode: {"json": {"state": "cooled"}}[mode]),
                 make_dataclass("Model", [("state", str)])("cooled")]
)  # fmt: skip
def test_the_snapshot_of_a_service_of_ones_own_is_json_too(snapshot):
    """A mapping, attrs, a dataclass, pydantic, or what has to_dict()."""
    assert {"state": "cooled"} == of_model(snapshot)


def test_a_list_of_outcomes_is_a_table_in_a_notebook():
    """A row for each, problems first, a line that counts; text of the service is text."""
    evil = FakeServer(prompt("failed", error_message=EVIL))
    jobs = [job_at(DONE), job_at(DONE), freeplay.job(connect(evil, freeplay), PROJECT, NAME)]
    outcomes = wait_all(jobs, policy=FAST)
    html = outcomes._repr_html_()
    assert "<p>2 succeeded, 1 failed</p>" in html
    assert ["2", "0", "1"] == re.findall(r"<tr><td[^>]*>(\d)</td>", html)
    assert 4 == html.count("<tr>")
    assert "&lt;script&gt;" in html
    assert EVIL not in html
    assert html == Outcomes(list(outcomes))._repr_html_()
    many = Outcomes(outcomes * 50)._repr_html_()
    assert "<p>100 succeeded, 50 failed; 100 are shown, those that did not succeed first</p>" in many
    assert 50 == many.count("✗ failed")
    assert 101 == many.count("<tr>")
    assert "no jobs" in Outcomes()._repr_html_()


def test_a_lost_job_is_counted_as_what_its_row_says():
    """A job that the service does not know is "not found" in the line that counts too, in place of "unreachable"."""
    lost = freeplay.job(connect(FakeServer(Reply(404, {"message": "no such job"})), freeplay), PROJECT, NAME)
    html = wait_all([lost], policy=FAST.evolve(not_found_grace=0))._repr_html_()
    assert "<p>1 not found</p>" in html
    assert "✗ not found" in html
    assert "unreachable" not in html


def test_a_list_of_submit_all_is_a_table_in_a_notebook():
    """A row for each input: its handle, or why there is none; the list is an ordinary list."""

    def respond(request):
        vehicle = json.loads(request.content)["vehicle_id"]
        return Reply(202, {"job_id": "t-7"}) if vehicle == "7" else Reply(400, {"detail": EVIL})

    client = connect(FakeServer().on("POST /planner/v2", respond), fryte)
    submitted = fryte.submit_all(client, [{**TOUR, "vehicle_id": vehicle} for vehicle in ("7", "8")])
    html = submitted._repr_html_()
    assert "<p>1 submitted, 1 RequestRejected</p>" in html
    assert "fryte t-7" in html
    assert EVIL not in html
    assert "&lt;script&gt;" in html
    assert isinstance(submitted, list)


def test_a_tracker_and_a_list_of_its_rows_are_tables_in_a_notebook(tmp_path):
    """The tracker counts all its rows and shows the first."""
    client = connect(FakeServer(batch("FAILED", job_id="<0>")))
    with Tracker(tmp_path / "jobs.db") as tracker:
        tracker.add(promptforge.job(client, "<0>"))
        tracker.run(lambda _: client, policy=FAST)
        tracker.add_all((promptforge.job(client, f"j{number}"), None) for number in range(100))
        whole, waiting = tracker._repr_html_(), tracker.pending()._repr_html_()
        assert "<p>1 failed, 100 waiting; the first 100 are shown</p>" in whole
        assert whole.count("<tr>") == waiting.count("<tr>") == 101
        assert "<p>100 waiting</p>" in waiting
        assert "&lt;0&gt;" in whole
        assert "no jobs" in tracker.unresolved()._repr_html_()


def test_an_error_is_json():
    """With the keys of an outcome's, so that a submission that failed is a row beside those that did not."""
    outcome = job_at(404).outcome(policy=FAST)
    assert outcome.to_dict()["error"] == outcome.error.to_dict()
    assert ["type", "message", "reason", "status", "request_id"] == list(errors.NotSubmitted("too late").to_dict())


def test_streams_of_updates_and_outcomes_can_be_closed():
    """As contextlib.closing() and aclosing() do; a type checker knows it too."""
    job = job_at(DONE)
    for stream in (job.updates(), as_completed([job]), updates([job])):
        with closing(stream):
            pass

    async def main():
        for stream in (job.updates_async(), as_completed_async([job]), updates_async([job])):
            async with aclosing(stream):
                pass

    anyio.run(main)


def test_a_token_is_resumed_with_the_module_of_its_service():
    """As with its Service; another's is refused."""
    client = connect(FakeServer(DONE))
    token = promptforge.job(client, NAME).token()
    for service in (promptforge, promptforge.SERVICE, None):
        assert isinstance(resume(token, client, service=service), promptforge.PromptForgeJob)
    with pytest.raises(errors.TokenRefused, match="not of 'fryte'"):
        resume(token, client, service=fryte)


@pytest.fixture
def tracker(tmp_path):
    """An empty one."""
    with Tracker(tmp_path / "jobs.db") as tracker:
        yield tracker


def test_a_tracked_row_gives_a_handle(tracker):
    """In each state in which an id is known; of the class of its service."""
    client = connect(FakeServer(DONE))
    tracker.add(promptforge.job(client, NAME), "team", key="k")
    (row,) = tracker.pending()
    assert "succeeded" == row.job(client).outcome(policy=FAST).state
    tracker.run(lambda _: client, policy=FAST)
    (row,) = tracker.outcomes()
    job = row.job(client, service=promptforge)
    assert (promptforge.PromptForgeJob, NAME) == (type(job), job.id)
    with pytest.raises(errors.TrackerError, match="at promptforge, not at fryte"):
        row.job(client, fryte)
    elsewhere = promptforge.connect("k", base_url="https://elsewhere.invalid")
    with pytest.raises(errors.TrackerError, match=r"talks to elsewhere\.invalid"):
        row.job(elsewhere)


def test_a_row_without_a_job_gives_no_handle(tracker):
    """It says so."""
    client = connect(FakeServer(httpx.ReadTimeout), fryte)
    with pytest.raises(errors.SubmitUnconfirmed):
        tracker.submit(fryte, "tours", client, TOUR, key="k")
    (row,) = tracker.unresolved()
    with pytest.raises(errors.TrackerError, match="names no job: it is unresolved"):
        row.job(client)


def _kiln():
    """A service module of one's own."""
    service = Service(
        name="kiln",
        id="firing_id",
        poll=lambda client, ids: client.build_request("GET", f"/firings/{ids['firing_id']}"),
        parse=lambda response: response.json(),
        status="state",
        statuses=StatusMap(succeeded={"cooled"}),
        defaults=PollingDefaults(timeout=60.0, interval=0.01, first_interval=0.01, min_interval=0.01),
    )

    def submit(client, pots):
        return Job(JobState(service, client, {"firing_id": f"with {pots} pots"}, started=0.0, submitted=True))

    async def submit_async(client, pots):
        return submit(client, pots)

    return SimpleNamespace(SERVICE=service, submit=submit, submit_async=submit_async)


def test_a_module_of_ones_own_is_submitted_and_tracked(tracker):
    """The tracker learns its service by that, or when it is made."""
    kiln, pool = _kiln(), httpx.Client(base_url="https://kiln.invalid", transport=FakeServer({"state": "cooled"}))
    client = http_client(pool, api_key="k", header="x-key")
    first = tracker.submit(kiln, "mine", client, 3, key="a")
    assert first.id == tracker.submit(kiln, "mine", client, pots=9, key="a").id
    assert "with 4 pots" == anyio.run(lambda: tracker.submit_async(kiln, "mine", client, pots=4)).id
    assert 2 == tracker.run(lambda _: client)
    (row, _) = tracker.outcomes()
    assert "with 3 pots" == row.job(client, kiln).id
    with pytest.raises(errors.InvalidInput, match="Pass your own as service="):
        row.job(client)
    with pytest.raises(TypeError):
        tracker.submit(kiln, "mine", client, pts=4)
