"""FakeServer: responses in turn and by route, counts, and what it says about what a test has not foreseen."""

import json

import anyio
import pytest

from jobwait import as_completed, errors, freeplay, fryte, promptforge, wait_all, wait_all_async
from jobwait._httpx import httpx
from jobwait.testing import FakeServer, FakeServerError, Reply, virtual_time
from jobwait.testing.documented import successes
from jobwait.tracker import Tracker
from support.waits import batch, prompt, tour

ROUTE = "GET /v1/jobs/{job_id}/status"
TOUR = {
    "vehicle_id": "1",
    "battery_level_start": 0.8,
    "section_list": [{"start_pos": [53.55, 10.0], "stop_pos": [48.14, 11.58]}],
    "poi_info": {},
}
DONE = batch("COMPLETED", 100)


@pytest.fixture(autouse=True)
def clock():
    """All waits here are in virtual time."""
    with virtual_time() as clock:
        yield clock


def connect(server, module=promptforge):
    """A client of a service that *server* plays."""
    return module.connect("k" * 20, base_url="https://service.invalid", transport=server)


def about(request):
    """A response about the job that is asked for."""
    return {**DONE, "job_id": request.url.path.split("/")[3]}


def test_routes_answer_each_path_in_turn():
    """Two jobs of one route have turns of their own; the last response is given again."""
    server = FakeServer().on("GET /v1/jobs/{job_id}/status", lambda one: {**about(one), "status": "PENDING"}, about)
    with connect(server) as client:
        found = wait_all([promptforge.job(client, name) for name in ("a", "b", "c")])
    assert {"succeeded"} == {one.state for one in found}
    assert {f"GET /v1/jobs/{name}/status": 2 for name in "abc"} == server.counts
    assert (6, 2, 0) == (server.count(ROUTE), server.count("/v1/jobs/a/status"), server.count("POST /v1/jobs/a/status"))


def test_a_route_comes_before_the_turns_and_the_last_route_first():
    """Turns are for what no route matches."""
    server = FakeServer(404).on("/a/{}", 201).on("GET /a/b", 202)
    with httpx.Client(transport=server, base_url="https://service.invalid") as client:
        answers = [client.get("/a/b"), client.get("/a/c?d=e"), client.post("/a/b"), client.get("/a/b/c")]
    assert [202, 201, 201, 404] == [one.status_code for one in answers]


def test_a_whole_round_needs_one_server():
    """Submission, polls and the rest, each by its route."""
    server = FakeServer().on("POST /planner/v2", Reply(202, {"job_id": "t-1"}))
    server.on("GET /planner/jobs/{job_id}", tour(job_id="t-1"), 503, tour("succeeded", job_id="t-1"))
    with connect(server, fryte) as client:
        assert "succeeded" == fryte.submit(client, TOUR).wait().status
    assert {"POST /planner/v2": 1, "GET /planner/jobs/t-1": 3} == server.counts


def test_a_path_may_be_quoted():
    """As ids may have any characters."""
    server = FakeServer().on(ROUTE, 404)
    with httpx.Client(transport=server, base_url="https://service.invalid") as client:
        assert 404 == client.get("/v1/jobs/a%2Fb c/status").status_code


@pytest.mark.parametrize("route", ["", "GET", "v1/jobs", "GET v1/jobs", "GET /a b", "GET  /a"])
def test_what_is_no_route_is_refused(route):
    """Before a request is sent."""
    with pytest.raises(errors.InvalidInput, match="A route is"):
        FakeServer().on(route, 200)
    with pytest.raises(errors.InvalidInput, match="at least one response"):
        FakeServer().on("GET /")


def _async(function):
    def run(client, backend):
        async def main():
            return await function(client)

        return anyio.run(main, backend=backend)

    return [lambda client: run(client, "asyncio"), lambda client: run(client, "trio")]


WAITS = [
    lambda client: promptforge.job(client, "j1").wait(),
    lambda client: promptforge.job(client, "j1").outcome(),
    lambda client: promptforge.job(client, "j1").status(),
    lambda client: [*promptforge.job(client, "j1").updates()],
    lambda client: wait_all([promptforge.job(client, "j1"), promptforge.job(client, "j2")]),
    lambda client: [*as_completed([promptforge.job(client, "j1")])],
    *_async(lambda client: promptforge.job(client, "j1").wait_async()),
    *_async(lambda client: wait_all_async([promptforge.job(client, "j1")])),
]


@pytest.mark.parametrize("wait", WAITS)
def test_an_unexpected_request_says_so_at_once(wait, clock):
    """By name, with what is expected, and no second request is sent for it."""
    server = FakeServer().on("GET /v1/job/{id}", DONE).on("POST /v1/jobs/init", 500)
    with pytest.raises(FakeServerError) as caught:
        wait(connect(server))
    said = str(caught.value)
    path = said.split()[4].rstrip(",")  # of several jobs any may be the first whose error is raised
    assert path in {request.url.path for request in server.requests}
    assert said.startswith(f"FakeServer was sent GET {path}, and expects 'GET /v1/job/{{id}}', ")
    assert "'POST /v1/jobs/init'" in said
    assert 1 == server.counts[f"GET {path}"]
    assert 0 == clock.now


@pytest.mark.parametrize("body", [{"job_id": "j1", "status": "COMPLETED"}, {}, [1], tour("succeeded", job_id="j1")])
@pytest.mark.parametrize("wait", WAITS)
def test_a_wrong_body_says_so_at_once(wait, body, clock):
    """A field is missing, or it is of another service; also where the status alone can be read."""
    server = FakeServer().on("GET /v1/jobs/{job_id}/status", body)
    with pytest.raises(FakeServerError, match=r"response to GET /v1/jobs/j./status is not what the client expects"):
        wait(connect(server))
    assert 0 == clock.now
    assert server.counts["GET /v1/jobs/j1/status"] <= 1


def test_a_body_about_another_job_says_so_at_once(clock):
    """A wait would take it for a proxy's, and poll again."""
    with pytest.raises(FakeServerError, match="it is about job"), connect(FakeServer(DONE)) as client:
        promptforge.job(client, "j1").wait()
    assert 0 == clock.now


@pytest.mark.parametrize("wait", WAITS)
def test_a_function_without_a_response_says_so_at_once(wait, clock):
    """It has no return; an empty body would be polled again."""
    server = FakeServer(lambda _: None)
    with pytest.raises(FakeServerError, match=r"function for GET /v1/jobs/j./status returned None"):
        wait(connect(server))
    assert 0 == clock.now


@pytest.mark.parametrize("make", [FakeServer, lambda none: FakeServer().on(ROUTE, none)])
def test_none_is_no_response(make):
    """Nor no responses at all."""
    with pytest.raises(errors.InvalidInput, match="None"):
        make(None)


@pytest.mark.parametrize("text", ["<html>", json.dumps({"job_id": "j1"}), b"\xff"])
def test_a_body_of_text_may_be_wrong(text):
    """It is what a proxy might send, and the wait treats it so."""
    server = FakeServer().on(ROUTE, Reply(200, text), about)
    with connect(server) as client:
        assert ("succeeded", 1) == ((found := promptforge.job(client, "j1").outcome()).state, found.errors)


def _submit(client):
    return fryte.submit(client, TOUR)


def _submit_all(client):
    return fryte.submit_all(client, [TOUR, TOUR])


SUBMITS = [_submit, _submit_all, *_async(lambda client: fryte.submit_async(client, TOUR))]


@pytest.mark.parametrize("submit", SUBMITS)
@pytest.mark.parametrize("responses", [(), ({"job": "t-1"},)])
def test_a_submission_that_was_not_foreseen_is_no_unconfirmed_one(submit, responses):
    """Nothing was sent, and nothing is unresolved."""
    with pytest.raises(FakeServerError, match="POST /planner/v2") as caught:
        submit(connect(FakeServer(*responses), fryte))
    assert caught.value.__cause__ is None or not isinstance(caught.value.__cause__, errors.SubmitUnconfirmed)


def test_a_tracked_submission_that_was_not_foreseen_says_so(tmp_path):
    """Out of tracker.submit() and tracker.run() as well."""
    with Tracker(tmp_path / "jobs.db") as tracker, connect(FakeServer(), fryte) as client:
        with pytest.raises(FakeServerError, match="expects no request at all"):
            tracker.submit("fryte", "team", client, TOUR, key="one")
        tracker.add(fryte.job(client, "t-1"), "team")
        with pytest.raises(FakeServerError, match="GET /planner/jobs/t-1"):
            tracker.run(lambda _: client)


def test_code_that_catches_exceptions_does_not_hide_it():
    """It is no Exception: code under test often goes on after one."""

    def code(client):
        try:
            promptforge.job(client, "j1").wait()
        except Exception:  # noqa: BLE001 - as code under test does
            return "went on"

    with pytest.raises(FakeServerError):
        code(connect(FakeServer()))


def test_all_services_accept_their_own_bodies():
    """And the order of several responses is theirs."""
    ours = {freeplay: prompt("completed"), fryte: tour("succeeded"), promptforge: DONE}
    for module, body in ours.items():
        with connect(FakeServer(body), module) as client:
            arguments = ("project", body["job_id"]) if module is freeplay else (body["job_id"],)
            assert "succeeded" == module.job(client, *arguments).outcome().state


CREATED = {
    "job_id": "j1",
    "upload_url": "https://storage.googleapis.com/b/prompts",
    "expires_at": "2026-01-01T00:00:00Z",
}
LISTED = {"filename": "a.jsonl", "url": "https://elsewhere.example/a.jsonl", "expires_at": "2026-01-01T00:00:00Z"}


def submitted(server):
    """A PromptForge job that *server* took."""
    return promptforge.submit(
        connect(server), [{"prompt_id": 1, "prompt": "Say yes."}], provider="openai", model="gpt-4o-mini"
    )


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (FakeServer().on("POST /v1/jobs/init", CREATED), "status 200, .* documents 202 .* Reply(202, body)"),
        (FakeServer(Reply(201, DONE)), "status 201, .* documents 202 .* Reply(202, body)"),
    ],
)
def test_a_status_that_is_not_documented_is_named_beside_the_right_one(server, said):
    """The body may be right, so it is not what is to be corrected."""
    with pytest.raises(FakeServerError, match=said.replace("(", r"\(").replace(")", r"\)")):
        submitted(server)


def test_a_status_of_a_service_without_a_specification_is_not_judged_by_one():
    """A declared service has no generated client: the message says what the client expects, without a number."""
    assert () == successes(ValueError(), httpx.Request("GET", "https://forge.invalid/v1/jobs/1/status"))


def test_the_status_is_that_of_the_operation_whose_path_fits_closest(tmp_path, monkeypatch):
    """Below any base address; a part with text beside its braces comes before one that is a variable alone."""
    paths = {
        "/jobs/{id}": {"post": {"responses": {"200": {}}}},
        "/jobs/{id}:cancel": {"post": {"responses": {"204": {}}}},
        "/jobs/list": {"post": {"responses": {"201": {}}}},
    }
    (tmp_path / "made_client").mkdir()
    (tmp_path / "made_client" / "__init__.py").write_text("")
    (tmp_path / "made_client" / "openapi.json").write_text(json.dumps({"paths": paths}))
    monkeypatch.syspath_prepend(tmp_path)
    error = type("Wrong", (Exception,), {"__module__": "made_client.errors"})()
    asked = ("/jobs/7", "/v1/jobs/7:cancel", "/jobs/list", "/jobs/:cancel", "/jobs", "/jobs/")
    assert [(200,), (204,), (201,), (200,), (), ()] == [
        successes(error, httpx.Request("POST", f"https://forge.invalid{path}")) for path in asked
    ]


@pytest.mark.parametrize(
    ("template", "fit", "others"),
    [
        ("/jobs/{id}", ["/jobs/7", "/jobs/7:cancel"], ["/jobs/", "/jobs", "/jobs/7/8", "/x/jobs/7"]),
        ("/jobs/{job-id}:cancel", ["/jobs/7:cancel", "/jobs/:cancel:cancel"], ["/jobs/:cancel", "/jobs/7:cancelx"]),
        ("/{}a{}a{}", ["/xaxax", "/aaaaa"], ["/aaaa", "/xaxa", "/axax", "/xa/ax"]),
        ("/{}{}", ["/xy", "/xyz"], ["/x", "/"]),
        ("/a.b", ["/a.b"], ["/aXb", "/a.b/"]),
    ],
)
def test_braces_in_a_path_stand_for_any_text(template, fit, others):
    """Of one character at least and without a slash, also beside other text and beside each other."""
    server = FakeServer(404).on(template, 201)
    with httpx.Client(transport=server, base_url="https://service.invalid") as client:
        assert [201] * len(fit) == [client.get(path).status_code for path in fit]
        assert [404] * len(others) == [client.get(path).status_code for path in others]


def test_a_link_to_another_host_says_which_hosts_are_right():
    """Of an upload and of a result file; whoever plays the service corrects the link."""
    server = FakeServer().on("POST /v1/jobs/init", Reply(202, CREATED | {"upload_url": "https://elsewhere.example/p"}))
    right = r"'elsewhere.example', .* \(storage.googleapis.com\); it was not followed. Where a test plays the service"
    with pytest.raises(errors.UnexpectedReply, match=right):
        submitted(server)
    server.on("POST /v1/jobs/init", Reply(202, CREATED)).on("PUT /b/prompts", Reply(200))
    server.on("GET /v1/jobs/{job_id}/results", {"job_id": "j1", "status": "COMPLETED", "files": [LISTED]})
    with pytest.raises(errors.DownloadFailed, match=f"result file 1 of 1: .*{right}"):
        submitted(server).results()


def test_an_uploaded_file_can_be_read_in_the_request_afterwards():
    """The file of the prompts is gone by then; its content is in the request."""
    server = FakeServer().on("POST /v1/jobs/init", Reply(202, CREATED)).on("PUT /b/prompts", Reply(200))
    submitted(server)
    assert b'{"prompt_id": 1, "prompt": "Say yes."}\n' == server.requests[-1].content
