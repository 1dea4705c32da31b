"""PromptForge in the sandbox, as documented and as its published server behaves."""

import json

import pytest

from jobwait._httpx import httpx
from support.virtual_sandbox import NDJSON

PROMPTS = [{"prompt_id": n, "prompt": f"Wie heißt Nummer {n}?"} for n in range(1, 701)]
COUNTS = ("prompt_count", "completed_count", "failed_count")


def body(box, path):
    """Status body of a job."""
    return box.promptforge.get(f"{path}/status").json()


def files(box, path):
    """Downloaded result files by name."""
    listed = box.promptforge.get(f"{path}/results").json()["files"]
    return {file["filename"]: box.http.get(file["url"]).content for file in listed}


def lines(content):
    """The objects in a file of them."""
    return [json.loads(line) for line in content.decode().split("\n")]


@pytest.mark.parametrize("mode", ["docs", "server"])
def test_job_runs_after_its_upload(start_sandbox, mode):
    """A job waits for ever without a file; with one it is queued, runs, and is completed."""
    box = start_sandbox(promptforge_mode=mode)
    job = box.init()
    box.wait(800)
    states = [box.state(f"/v1/jobs/{job['job_id']}")]
    path = box.upload(job, *PROMPTS)
    for seconds in (0, 60, 300):
        box.wait(seconds)
        states.append(box.state(path))

    assert ["AWAITING_UPLOAD", "QUEUED", "PROCESSING", "COMPLETED"] == states


def test_counts_grow_during_the_run_in_docs_mode(start_sandbox):
    """By the documentation the counts grow during the run."""
    box = start_sandbox(promptforge_mode="docs")
    path = box.batch(*PROMPTS)
    box.wait(120)
    running = body(box, path)

    assert 700 == running["prompt_count"]
    assert 0 < running["completed_count"] < 700


def test_counts_are_null_until_the_end_in_server_mode(start_sandbox):
    """The published server leaves the counts null until the job is completed."""
    box = start_sandbox()
    path = box.batch(*PROMPTS)
    box.wait(120)
    assert [700, None, None] == [body(box, path)[name] for name in COUNTS]
    box.wait(400)
    assert [700, 700, 0] == [body(box, path)[name] for name in COUNTS]


def test_result_files_in_docs_mode(start_sandbox):
    """By the documentation there are numbered files with result and tokens_used, and always errors.jsonl."""
    box = start_sandbox(promptforge_mode="docs")
    path = box.batch(*PROMPTS, {"prompt_id": "p1", "prompt": "please sandbox-fail"})
    box.wait(600)
    got = files(box, path)

    assert ["results_part_001.jsonl", "results_part_002.jsonl", "errors.jsonl"] == list(got)
    answers = lines(got["results_part_001.jsonl"]) + lines(got["results_part_002.jsonl"])
    assert [prompt["prompt_id"] for prompt in PROMPTS] == [answer["prompt_id"] for answer in answers]
    assert {"prompt_id", "result", "tokens_used"} == set(answers[0])
    assert ["p1"] == [error["prompt_id"] for error in lines(got["errors.jsonl"])]


def test_result_files_in_server_mode(start_sandbox):
    """The published server lists results_final.jsonl first and no errors.jsonl, in lines of another format."""
    box = start_sandbox()
    path = box.batch(*PROMPTS, {"prompt_id": 9999, "prompt": "please sandbox-fail"})
    box.wait(600)
    got = files(box, path)

    assert ["results_final.jsonl", "results_part_001.jsonl"] == list(got)
    answers = lines(got["results_part_001.jsonl"]) + lines(got["results_final.jsonl"])
    assert sorted(prompt["prompt_id"] for prompt in PROMPTS) == sorted(line["prompt_id"] for line in answers)
    names = {"prompt_id", "response", "model", "provider", "tokens", "latency_ms", "attempt"}
    assert names == set(answers[0])
    assert {701, 700, 1} == {body(box, path)[name] for name in COUNTS}


def test_file_without_integer_ids_fails_in_server_mode_only(start_sandbox):
    """A file without one integer prompt_id is FAILED at once without a reason; the documentation allows it."""
    prompt = {"prompt_id": "p001", "prompt": "Why?"}
    box = start_sandbox()
    failed = body(box, box.batch(prompt))
    assert "FAILED" == failed["status"]
    assert {None} == {failed[name] for name in (*COUNTS, "started_processing_at", "completed_at")}

    box = start_sandbox(promptforge_mode="docs")
    path = box.batch(prompt)
    box.wait(100)
    assert "COMPLETED" == box.state(path)


def test_invalid_lines_are_run_in_server_mode(start_sandbox):
    """Lines that failed the check are run, too, so completed_count exceeds prompt_count."""
    box = start_sandbox()
    path = box.batch(PROMPTS[0], {"prompt_id": "7", "prompt": "a"}, {"prompt_id": "p001", "prompt": "b"})
    box.wait(100)

    assert [2, 3, 0] == [body(box, path)[name] for name in COUNTS]


@pytest.mark.parametrize("model", ["m", "sandbox-quick"])
@pytest.mark.parametrize(
    "line",
    ["no json", "[1]", "7", '{"prompt_id": 2}', '{"prompt": "b"}', '\ufeff{"prompt_id": 2, "prompt": "b"}'],
    ids=ascii,
)
def test_line_that_cannot_be_run_fails_the_run_in_server_mode(start_sandbox, line, model):
    """The run fails: started_processing_at is set, completed_at and counts stay null."""
    box = start_sandbox()
    path = box.batch(PROMPTS[0], line, model=model)
    box.wait(100)
    failed = body(box, path)

    assert ["FAILED", 1, None, None] == [
        failed["status"],
        failed["prompt_count"],
        *(failed[n] for n in COUNTS[1:]),
    ]
    assert failed["started_processing_at"]
    assert failed["completed_at"] is None


def test_byte_order_mark_before_the_only_line_fails_the_job_at_once_in_server_mode(start_sandbox):
    """The mark is no part of JSON, so the file has no valid line."""
    box = start_sandbox()
    failed = body(box, box.batch('\ufeff{"prompt_id": 1, "prompt": "Why?"}'))

    assert ("FAILED", None) == (failed["status"], failed["prompt_count"])


def test_half_of_a_surrogate_pair_fails_its_prompt_in_server_mode(start_sandbox):
    """The check refuses the line; the run asks with it, which fails. One in an id loses the line."""
    box = start_sandbox()
    path = box.batch(PROMPTS[0], '{"prompt_id": 2, "prompt": "\\ud800"}', '{"prompt_id": "\\ud800", "prompt": "b"}')
    box.wait(100)

    assert [1, 1, 1] == [body(box, path)[name] for name in COUNTS]
    box = start_sandbox()
    assert "FAILED" == box.state(box.batch('{"prompt_id": "\\ud800", "prompt": "b"}'))


def test_identifiers_are_answered_as_they_were_written_in_server_mode(start_sandbox):
    """What the check takes as 7 stays what it is in the results."""
    box = start_sandbox()
    path = box.batch('{"prompt_id": 7.0, "prompt": "a"}', '{"prompt_id": "+7", "prompt": "b"}')
    box.wait(100)

    assert [2, 2, 0] == [body(box, path)[name] for name in COUNTS]
    answers = [line["prompt_id"] for line in lines(files(box, path)["results_final.jsonl"])]
    assert {"7.0", "'+7'"} == set(map(repr, answers))


@pytest.mark.parametrize("mode", ["docs", "server"])
@pytest.mark.parametrize("content", ["", "\n \r\n\u00a0\n"])
def test_empty_file_is_completed(start_sandbox, mode, content):
    """The job is COMPLETED with zero counts and no files; the published server queues and runs it first."""
    box = start_sandbox(promptforge_mode=mode)
    path = box.batch(content)
    assert {"docs": "COMPLETED", "server": "QUEUED"}[mode] == box.state(path)
    box.wait(100)

    assert ["COMPLETED", 0, 0, 0] == [body(box, path)["status"], *(body(box, path)[name] for name in COUNTS)]
    assert {} == files(box, path)


@pytest.mark.parametrize(("model", "state"), [("sandbox-fail", "FAILED"), ("sandbox-cancel", "CANCELLED")])
def test_model_chooses_the_final_status(start_sandbox, model, state):
    """Two models choose another final status; the documentation sets completed_at at every end."""
    box = start_sandbox(promptforge_mode="docs")
    path = box.batch(model=model)
    box.wait(100)

    assert state == box.state(path)
    assert body(box, path)["completed_at"]


def test_second_job_waits_for_the_first(start_sandbox):
    """A second job is PENDING until the first has ended; then it is queued."""
    box = start_sandbox()
    first, second = box.batch(*PROMPTS), box.batch()
    box.wait(60)
    assert ["PROCESSING", "PENDING"] == [box.state(first), box.state(second)]
    box.wait(1000)
    assert ["COMPLETED", "COMPLETED"] == [box.state(first), box.state(second)]


def test_job_behind_a_failed_one_stays_pending_in_server_mode(start_sandbox):
    """After a FAILED job the next stays PENDING, until a later one completes."""
    box = start_sandbox()
    box.batch(model="sandbox-fail")
    waiting = box.batch()
    box.wait(1000)
    assert "PENDING" == box.state(waiting)
    box.batch()
    box.wait(1000)
    assert "COMPLETED" == box.state(waiting)


def test_of_the_waiting_jobs_the_one_that_was_made_first_is_next(start_sandbox):
    """It is the order of the jobs that counts, not that of their uploads."""
    box = start_sandbox()
    early = box.init()
    box.batch()
    late = box.batch()
    path = box.upload(early, PROMPTS[0])
    box.wait(60)

    assert ["QUEUED", "PENDING"] == [box.state(path), box.state(late)]


@pytest.mark.parametrize("mode", ["docs", "server"])
def test_clients_do_not_see_each_others_jobs(start_sandbox, mode, tmp_path):
    """With the other key a job is unknown, and its jobs wait for its own alone; also after a restart."""
    box = start_sandbox(promptforge_mode=mode, state=tmp_path / "state")
    box.batch()
    path = box.batch()
    other = box.other_client()
    refused = [other.promptforge.get(f"{path}/{what}") for what in ("status", "results")]
    theirs = other.batch()
    assert ["PENDING", "QUEUED"] == [box.state(path), other.state(theirs)]
    box.sandbox.stop()
    again = start_sandbox(promptforge_mode=mode, state=tmp_path / "state")
    assert ["PENDING", "QUEUED"] == [again.state(path), again.other_client().state(theirs)]
    refused.append(again.promptforge.get(f"{theirs}/status"))

    assert {(404, "Job not found")} == {(reply.status_code, reply.json()["detail"]) for reply in refused}


@pytest.mark.parametrize(("mode", "completed"), [("docs", 0), ("server", None)])
def test_stuck_job_never_ends(start_sandbox, mode, completed):
    """sandbox-stuck is PROCESSING for ever, without a completed prompt."""
    box = start_sandbox(promptforge_mode=mode)
    path = box.batch(model="sandbox-stuck")
    box.wait(1e9)

    assert ["PROCESSING", completed] == [body(box, path)["status"], body(box, path)["completed_count"]]


def test_results_before_the_end_are_refused_with_409(start_sandbox):
    """Results asked for too early are refused; the published server leaks the name of its enum."""
    detail = "Results not available — job is JobStatus.QUEUED"
    box = start_sandbox()
    reply = box.promptforge.get(f"{box.batch()}/results")

    assert (409, {"detail": detail}) == (reply.status_code, reply.json())


def test_response_to_invalid_input_differs_by_mode(start_sandbox):
    """Bad input is 400 with a sentence by the documentation, 422 with a list or a sentence by the server."""
    unknown = {"provider": "x", "model": "m"}
    box = start_sandbox(promptforge_mode="docs")
    assert [400, 400] == [box.promptforge.post("/v1/jobs/init", json=b).status_code for b in ({}, unknown)]
    box = start_sandbox()
    replies = [box.promptforge.post("/v1/jobs/init", json=b) for b in ({}, unknown)]
    assert [422, 422] == [reply.status_code for reply in replies]
    assert [list, str] == [type(reply.json()["detail"]) for reply in replies]
    sentence = "Unsupported provider 'x'. Choose from: ['anthropic', 'gemini', 'mistral', 'openai']"
    assert sentence == replies[1].json()["detail"]
    assert "job_id" in box.init(max_retries="3")


@pytest.mark.parametrize(("mode", "media"), [("docs", "application/json"), ("server", "text/plain; charset=utf-8")])
def test_fault_is_plain_text_in_server_mode(start_sandbox, mode, media):
    """sandbox-fault answers 500 while the job is queued, in plain text where the published server does."""
    box = start_sandbox(promptforge_mode=mode)
    path = box.batch(model="sandbox-fault")
    fault = box.promptforge.get(f"{path}/status")
    box.wait(100)

    assert (500, media) == (fault.status_code, fault.headers["content-type"])
    assert "COMPLETED" == box.state(path)


def test_upload_with_another_type_or_a_key_is_refused(start_sandbox):
    """An upload of another content type, or with a key, is 403 in XML, and the job still waits."""
    box = start_sandbox()
    job = box.init()
    for headers in ({"Content-Type": "application/octet-stream"}, {}, {**NDJSON, "X-API-Key": "k"}):
        reply = box.http.put(job["upload_url"], content=b"{}", headers=headers)
        assert (403, "application/xml") == (
            reply.status_code,
            reply.headers["content-type"].partition(";")[0],
        )

    assert "AWAITING_UPLOAD" == box.state(f"/v1/jobs/{job['job_id']}")


def test_link_is_valid_for_one_method_and_file(start_sandbox):
    """A link that was changed, or is used to read what it may only write, is refused."""
    box = start_sandbox()
    first, second = box.init(), box.init()
    moved = first["upload_url"].replace(first["job_id"], second["job_id"])

    assert 403 == box.http.put(moved, content=b"", headers=NDJSON).status_code
    assert 403 == box.http.get(first["upload_url"]).status_code


def test_links_expire_at_the_speed_of_jobs(start_sandbox):
    """Upload links expire after 15 minutes and result links after 60, both divided by the speed."""
    box = start_sandbox(speed=60)
    job, path = box.init(), box.batch()
    box.wait(15)
    assert 400 == box.http.put(job["upload_url"], content=b"", headers=NDJSON).status_code
    url = box.promptforge.get(f"{path}/results").json()["files"][0]["url"]
    box.wait(59)
    assert 200 == box.http.get(url).status_code
    box.wait(1)
    assert 400 == box.http.get(url).status_code


def test_second_upload_changes_nothing(start_sandbox):
    """A repeated upload, as after a lost response, is accepted and does not start the job again."""
    box = start_sandbox()
    job = box.init()
    path = box.upload(job, *PROMPTS)
    box.upload(job, PROMPTS[0])

    assert 700 == body(box, path)["prompt_count"]


def test_unknown_paths_methods_and_keys_get_promptforges_messages(start_sandbox):
    """Unknown jobs, paths and methods, and wrong keys, each get PromptForge's response."""
    box = start_sandbox()
    url = box.sandbox.promptforge.url
    asked = [
        box.promptforge.get("/v1/jobs/x/status"),
        box.promptforge.get("/v1/jobs"),
        box.http.delete(f"{url}/healthz"),
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
