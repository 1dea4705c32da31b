"""PromptForge in the sandbox, as documented and as its published server behaves."""

import json

import httpx
import pytest

from support.virtual_sandbox import NDJSON

PROMPTS = [{"prompt_id": n, "prompt": f"Wie heißt Nummer {n}?"} for n in range(1, 701)]
COUNTS = ("prompt_count", "completed_count", "failed_count")


def body(it, path):
    """Status body of a job."""
    return it.promptforge.get(f"{path}/status").json()


def files(it, path):
    """Downloaded result files by name."""
    listed = it.promptforge.get(f"{path}/results").json()["files"]
    return {file["filename"]: it.http.get(file["url"]).content for file in listed}


def lines(content):
    """The objects in a file of them."""
    return [json.loads(line) for line in content.decode().split("\n")]


@pytest.mark.parametrize("mode", ["docs", "server"])
def test_a_job_waits_for_its_file_then_runs(play, mode):
    """A job waits for ever without a file; with one it is queued, runs, and is completed."""
    it = play(promptforge_mode=mode)
    job = it.init()
    it.wait(800)
    states = [it.state(f"/v1/jobs/{job['job_id']}")]
    path = it.upload(job, *PROMPTS)
    for seconds in (0, 60, 300):
        it.wait(seconds)
        states.append(it.state(path))

    assert ["AWAITING_UPLOAD", "QUEUED", "PROCESSING", "COMPLETED"] == states


def test_the_documentation_counts_while_the_job_runs(play):
    """By the documentation the counts grow during the run."""
    it = play()
    path = it.batch(*PROMPTS)
    it.wait(120)
    running = body(it, path)

    assert 700 == running["prompt_count"]
    assert 0 < running["completed_count"] < 700


def test_the_server_counts_at_the_end_only(play):
    """The published server leaves the counts null until the job is completed."""
    it = play(promptforge_mode="server")
    path = it.batch(*PROMPTS)
    it.wait(120)
    assert [700, None, None] == [body(it, path)[name] for name in COUNTS]
    it.wait(400)
    assert [700, 700, 0] == [body(it, path)[name] for name in COUNTS]


def test_documented_results(play):
    """By the documentation there are numbered files with result and tokens_used, and always errors.jsonl."""
    it = play()
    path = it.batch(*PROMPTS, {"prompt_id": "p1", "prompt": "please sandbox-fail"})
    it.wait(600)
    got = files(it, path)

    assert ["results_part_001.jsonl", "results_part_002.jsonl", "errors.jsonl"] == list(got)
    answers = lines(got["results_part_001.jsonl"]) + lines(got["results_part_002.jsonl"])
    assert [prompt["prompt_id"] for prompt in PROMPTS] == [answer["prompt_id"] for answer in answers]
    assert {"prompt_id", "result", "tokens_used"} == set(answers[0])
    assert ["p1"] == [error["prompt_id"] for error in lines(got["errors.jsonl"])]


def test_real_results(play):
    """The published server lists results_final.jsonl first and no errors.jsonl, in lines of another shape."""
    it = play(promptforge_mode="server")
    path = it.batch(*PROMPTS, {"prompt_id": 9999, "prompt": "please sandbox-fail"})
    it.wait(600)
    got = files(it, path)

    assert ["results_final.jsonl", "results_part_001.jsonl"] == list(got)
    answers = lines(got["results_part_001.jsonl"]) + lines(got["results_final.jsonl"])
    assert sorted(prompt["prompt_id"] for prompt in PROMPTS) == sorted(line["prompt_id"] for line in answers)
    names = {"prompt_id", "response", "model", "provider", "tokens", "latency_ms", "attempt"}
    assert names == set(answers[0])
    assert {701, 700, 1} == {body(it, path)[name] for name in COUNTS}


def test_the_server_wants_integer_ids(play):
    """A file without one integer prompt_id FAILED at once and unexplained; the documentation allows it."""
    prompt = {"prompt_id": "p001", "prompt": "Why?"}
    it = play(promptforge_mode="server")
    failed = body(it, it.batch(prompt))
    assert "FAILED" == failed["status"]
    assert {None} == {failed[name] for name in (*COUNTS, "started_processing_at", "completed_at")}

    it = play()
    path = it.batch(prompt)
    it.wait(100)
    assert "COMPLETED" == it.state(path)


def test_the_server_runs_invalid_lines_too(play):
    """Lines that failed the check are answered all the same, so more is completed than was counted."""
    it = play(promptforge_mode="server")
    path = it.batch(PROMPTS[0], {"prompt_id": "7", "prompt": "a"}, {"prompt_id": "p001", "prompt": "b"})
    it.wait(100)

    assert [2, 3, 0] == [body(it, path)[name] for name in COUNTS]


def test_a_line_that_is_no_json_kills_the_servers_run(play):
    """The run dies, started_processing_at stands, completed_at and counts stay null."""
    it = play(promptforge_mode="server")
    path = it.batch(PROMPTS[0], "no json")
    it.wait(100)
    failed = body(it, path)

    assert ["FAILED", 1, None, None] == [
        failed["status"],
        failed["prompt_count"],
        *(failed[n] for n in COUNTS[1:]),
    ]
    assert failed["started_processing_at"]
    assert failed["completed_at"] is None


@pytest.mark.parametrize("mode", ["docs", "server"])
def test_an_empty_file_is_completed(play, mode):
    """Nothing to do is COMPLETED at once, with zeros and no files."""
    it = play(promptforge_mode=mode)
    path = it.batch("")

    assert ["COMPLETED", 0, 0, 0] == [body(it, path)["status"], *(body(it, path)[name] for name in COUNTS)]
    assert {} == files(it, path)


@pytest.mark.parametrize(("model", "state"), [("sandbox-fail", "FAILED"), ("sandbox-cancel", "CANCELLED")])
def test_a_model_chooses_the_ending(play, model, state):
    """Two models end otherwise, and the documentation sets completed_at at any end."""
    it = play()
    path = it.batch(model=model)
    it.wait(100)

    assert state == it.state(path)
    assert body(it, path)["completed_at"]


def test_one_job_runs_at_a_time(play):
    """A second job is PENDING until the first has ended; then it is queued."""
    it = play()
    first, second = it.batch(*PROMPTS), it.batch()
    it.wait(60)
    assert ["PROCESSING", "PENDING"] == [it.state(first), it.state(second)]
    it.wait(1000)
    assert ["COMPLETED", "COMPLETED"] == [it.state(first), it.state(second)]


def test_the_server_forgets_who_waits_behind_a_failed_job(play):
    """After a FAILED job the next stays PENDING, until a later one completes."""
    it = play(promptforge_mode="server")
    it.batch(model="sandbox-fail")
    waiting = it.batch()
    it.wait(1000)
    assert "PENDING" == it.state(waiting)
    it.batch()
    it.wait(1000)
    assert "COMPLETED" == it.state(waiting)


def test_a_stuck_job_never_ends(play):
    """sandbox-stuck is PROCESSING for ever, without a completed prompt."""
    it = play()
    path = it.batch(model="sandbox-stuck")
    it.wait(1e9)

    assert ["PROCESSING", 0] == [body(it, path)["status"], body(it, path)["completed_count"]]


def test_results_before_the_end_are_409(play):
    """Results asked for too early are refused; the published server leaks the name of its enum."""
    detail = "Results not available — job is JobStatus.QUEUED"
    it = play(promptforge_mode="server")
    reply = it.promptforge.get(f"{it.batch()}/results")

    assert (409, {"detail": detail}) == (reply.status_code, reply.json())


def test_refusals_differ_by_mode(play):
    """Bad input is 400 with a sentence by the documentation, 422 with a list or a sentence by the server."""
    unknown = {"provider": "x", "model": "m"}
    it = play()
    assert [400, 400] == [it.promptforge.post("/v1/jobs/init", json=b).status_code for b in ({}, unknown)]
    it = play(promptforge_mode="server")
    replies = [it.promptforge.post("/v1/jobs/init", json=b) for b in ({}, unknown)]
    assert [422, 422] == [reply.status_code for reply in replies]
    assert [list, str] == [type(reply.json()["detail"]) for reply in replies]
    assert "job_id" in it.init(max_retries="3")


@pytest.mark.parametrize(("mode", "media"), [("docs", "application/json"), ("server", "text/plain; charset=utf-8")])
def test_a_fault_is_text_on_the_server(play, mode, media):
    """sandbox-fault answers 500 while the job is queued, in plain text where the published server does."""
    it = play(promptforge_mode=mode)
    path = it.batch(model="sandbox-fault")
    fault = it.promptforge.get(f"{path}/status")
    it.wait(100)

    assert (500, media) == (fault.status_code, fault.headers["content-type"])
    assert "COMPLETED" == it.state(path)


def test_links_want_the_signed_type_and_no_key(play):
    """An upload of another content type, or with a key, is 403 in XML, and the job goes on waiting."""
    it = play()
    job = it.init()
    for headers in ({"Content-Type": "application/octet-stream"}, {}, {**NDJSON, "X-API-Key": "k"}):
        reply = it.http.put(job["upload_url"], content=b"{}", headers=headers)
        assert (403, "application/xml") == (
            reply.status_code,
            reply.headers["content-type"].partition(";")[0],
        )

    assert "AWAITING_UPLOAD" == it.state(f"/v1/jobs/{job['job_id']}")


def test_links_are_signed_for_one_method_and_file(play):
    """A link that was changed, or is used to read what it may only write, is refused."""
    it = play()
    first, second = it.init(), it.init()
    moved = first["upload_url"].replace(first["job_id"], second["job_id"])

    assert 403 == it.http.put(moved, content=b"", headers=NDJSON).status_code
    assert 403 == it.http.get(first["upload_url"]).status_code


def test_links_expire_as_fast_as_jobs_live(play):
    """Upload links die after 15 minutes and result links after 60, both divided by the speed."""
    it = play(speed=60)
    job, path = it.init(), it.batch()
    it.wait(15)
    assert 400 == it.http.put(job["upload_url"], content=b"", headers=NDJSON).status_code
    url = it.promptforge.get(f"{path}/results").json()["files"][0]["url"]
    it.wait(59)
    assert 200 == it.http.get(url).status_code
    it.wait(1)
    assert 400 == it.http.get(url).status_code


def test_a_second_upload_changes_nothing(play):
    """An upload that is repeated, say after a lost answer, is taken and does not start the job anew."""
    it = play()
    job = it.init()
    path = it.upload(job, *PROMPTS)
    it.upload(job, PROMPTS[0])

    assert 700 == body(it, path)["prompt_count"]


def test_what_does_not_exist_is_refused_in_its_own_words(play):
    """Unknown jobs, paths and methods, and wrong keys, each have PromptForge's answer."""
    it = play()
    url = it.box.promptforge.url
    asked = [
        it.promptforge.get("/v1/jobs/x/status"),
        it.promptforge.get("/v1/jobs"),
        it.http.delete(f"{url}/healthz"),
        httpx.get(f"{url}/v1/jobs/x/status"),
        httpx.get(f"{url}/v1/jobs/x/status", headers={"X-API-Key": "wrong"}),
    ]

    assert [
        (404, "Job not found"),
        (404, "Not Found"),
        (405, "Method Not Allowed"),
        (401, "Missing X-API-Key header"),
        (401, "Invalid or revoked API key"),
    ] == [(reply.status_code, reply.json()["detail"]) for reply in asked]
    assert "GET" == asked[2].headers["allow"]
