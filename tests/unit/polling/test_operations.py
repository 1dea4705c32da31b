"""The rules of one request: whether and when it is sent again, and what a submission without a response means."""

import pytest

from jobwait import errors, freeplay, fryte, promptforge
from jobwait._httpx import httpx
from jobwait._jobs.drivers import do
from jobwait._jobs.gather import gather
from jobwait._model.service import RetryRule
from jobwait._polling.commands import Gather, Result, Sleep
from jobwait._polling.retry.classify import RetryDecision
from jobwait._polling.retry.retry_after import retry_after
from jobwait.errors import CallFailed
from support.services import DATASET, PROJECT, PROMPTS, TEMPLATE, TOUR

KEY = "a-key-for-tests"


def drive(operation, slept):
    """Drive *operation* with real requests; its sleeps are only added to *slept*."""
    try:
        command = next(operation)
        while True:
            if isinstance(command, Sleep):
                slept.append(command.seconds)
                command = Sleep(0)
            if isinstance(command, Gather):
                command = operation.send(Result(0.0, 0.0, gather(command, lambda one: drive(one, slept))))
                continue
            try:
                result = do(command)
            except Exception as error:  # noqa: BLE001 - raised again by the operation
                command = operation.throw(error)
            else:
                command = operation.send(result)
    except StopIteration as end:
        return end.value


def client_of(page, responses, **arguments):
    """
    A client of *page*, and what it was asked.

    Its network gives *responses*, or raises those that are exceptions: in this order, or as a function of the request.
    """
    asked, left = [], [] if callable(responses) else list(responses)

    def play(request):
        request.read()
        asked.append(request)
        answer = responses(request) if callable(responses) else left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return page.connect(KEY, transport=httpx.MockTransport(play), **arguments), asked


def status(code, **arguments):
    return httpx.Response(code, json={"detail": "so it is", "message": "so it is"}, **arguments)


RESULT = {"job_id": "j", "status": "succeeded", "tour_id": 1, "optimization_id": 2}


@pytest.mark.parametrize(
    "decision",
    [status(500), status(502), httpx.ReadTimeout("slow"), httpx.ConnectError("no"), httpx.Response(200, html="<p>")],
    ids=["500", "502", "read timeout", "connect", "HTML"],
)
def test_a_safe_request_is_retried_with_growing_pauses(decision):
    """It is sent again up to the limit, and then succeeds or fails."""
    client, asked = client_of(fryte, [decision, decision, httpx.Response(200, json=RESULT)])
    slept = []
    assert "succeeded" == drive(fryte.job(client, "j")._status(), slept).status
    assert 3 == len(asked)
    decision = RetryDecision(kind=CallFailed, again=True)

    def backoff(failures, base, seed):
        return decision.pause(failures, RetryRule(), base, seed)

    assert [1, 2] == [round(pause) for pause in slept]


def test_five_failures_in_a_row_end_the_call():
    """The last error is the cause."""
    client, asked = client_of(fryte, [status(500)] * 9)
    with pytest.raises(errors.CallFailed, match="so it is") as caught:
        drive(fryte.job(client, "j")._status(), [])
    assert (5, 500) == (len(asked), caught.value.__cause__.status)


def test_three_500s_of_freeplay_end_the_call():
    """They are at least five seconds apart."""
    client, asked = client_of(freeplay, [status(500)] * 9)
    slept = []
    with pytest.raises(errors.CallFailed):
        drive(freeplay.job(client, PROJECT, str(DATASET))._status(), slept)
    assert 3 == len(asked)
    assert all(pause >= 5 for pause in slept)


def test_retry_after_delays_a_retry_or_ends_the_call():
    """More than a minute ends the call, with the figure in the error."""
    client, _ = client_of(fryte, [status(429, headers={"retry-after": "7"}), httpx.Response(200, json=RESULT)])
    slept = []
    drive(fryte.job(client, "j")._status(), slept)
    assert [7.0] == slept
    client, asked = client_of(fryte, [status(429, headers={"retry-after": "3600"})])
    with pytest.raises(errors.RateLimited, match="3600") as caught:
        drive(fryte.job(client, "j")._status(), [])
    assert (1, 3600.0) == (len(asked), caught.value.retry_after)


def test_a_401_is_retried_once_if_the_key_is_a_function():
    """The request is sent with the new key."""
    keys = iter(["old-key", "new-key", "newer-key"])
    asked = []

    def play(request):
        asked.append(request.headers["authorization"])
        return status(401) if len(asked) < 2 else httpx.Response(200, json=RESULT)

    client = fryte.connect(lambda: next(keys), transport=httpx.MockTransport(play))
    drive(fryte.job(client, "j")._status(), [])
    assert ["Bearer old-key", "Bearer new-key"] == asked
    client, asked = client_of(fryte, [status(401)] * 3)
    with pytest.raises(errors.NotAuthorized):
        drive(fryte.job(client, "j")._status(), [])
    assert 1 == len(asked)


SUBMITS = {
    "freeplay": lambda client: freeplay.service._submit(
        client, PROJECT, prompt_template_version_id=TEMPLATE, dataset_id=DATASET
    ),
    "fryte": lambda client: fryte.submission._submit(client, TOUR),
    "promptforge": lambda client: promptforge.submission._submit(client, PROMPTS, provider="openai", model="m"),
}
PAGES = {"freeplay": freeplay, "fryte": fryte, "promptforge": promptforge}


@pytest.mark.parametrize("name", SUBMITS)
@pytest.mark.parametrize(
    "decision",
    [
        status(500),
        status(503, headers={"retry-after": "1"}),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("gone"),
    ],
    ids=["500", "503", "read timeout", "disconnect"],
)
def test_a_submission_without_a_certain_response_is_sent_once(name, decision):
    """The error says how to find out."""
    client, asked = client_of(PAGES[name], [decision] * 3)
    with pytest.raises(errors.SubmitUnconfirmed, match="not sent again") as caught:
        drive(SUBMITS[name](client), [])
    assert 1 == len(asked)
    assert name == caught.value.service
    assert "{" not in str(caught.value)


@pytest.mark.parametrize("name", SUBMITS)
@pytest.mark.parametrize(
    "decision", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), status(429, headers={"retry-after": "1"})]
)
def test_a_submission_that_was_not_sent_or_refused_for_its_rate_is_retried(name, decision):
    """In both cases it certainly had no effect."""
    client, asked = client_of(PAGES[name], [decision, status(400)])
    with pytest.raises(errors.RequestRejected, match="so it is"):
        drive(SUBMITS[name](client), [])
    assert 2 == len(asked)


ACCEPTED = {
    "freeplay": ({"job_id": str(DATASET), "state": "renamed"}, str(DATASET)),
    "fryte": ({"job_id": "j-9", "tour_id": "seven"}, "j-9"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_submission_response_that_does_not_decode_yields_its_ids(name):
    """A renamed field loses no job."""
    body, job_id = ACCEPTED[name]
    client, _ = client_of(PAGES[name], [httpx.Response(202, json=body)])
    assert job_id == drive(SUBMITS[name](client), []).id


def test_a_fryte_submission_without_a_job_id_is_unconfirmed():
    """The error has the ids that are known."""
    client, _ = client_of(fryte, [httpx.Response(202, json={"message": "ok", "tour_id": 7, "job_id": None})])
    with pytest.raises(errors.SubmitUnconfirmed) as caught:
        drive(SUBMITS["fryte"](client), [])
    assert {"tour_id": "7"} == caught.value.ids


INIT = httpx.Response
LINK = "https://storage.googleapis.com/bucket/file?X-Goog-Signature=CANARY"


def init(link=LINK):
    body = {"job_id": "j-1", "upload_url": link, "expires_at": "2026-06-11T16:47:49Z"}
    return httpx.Response(202, json=body)


def state(name):
    body = {"job_id": "j-1", "status": name, "provider": "openai", "model": "m", "created_at": "2026-06-11T16:47:49Z"}
    return httpx.Response(200, json=body)


def test_an_upload_without_a_response_is_checked_by_the_jobs_status():
    """The status shows whether it arrived."""
    client, asked = client_of(promptforge, [init(), httpx.ReadTimeout("slow"), state("QUEUED")])
    assert "j-1" == drive(SUBMITS["promptforge"](client), []).id
    assert ["POST", "PUT", "GET"] == [request.method for request in asked]
    client, asked = client_of(promptforge, [init(), httpx.ReadTimeout("slow"), state("AWAITING_UPLOAD")])
    with pytest.raises(errors.SubmitUnconfirmed) as caught:
        drive(SUBMITS["promptforge"](client), [])
    assert {"job_id": "j-1"} == caught.value.ids
    assert "CANARY" not in str(caught.value)


def test_a_refused_upload_does_not_blame_the_key():
    """A link is used without the key: the message blames the link, and names the job."""
    client, _ = client_of(promptforge, [init(), httpx.Response(403)])
    with pytest.raises(errors.RequestRejected, match="link has expired") as caught:
        drive(SUBMITS["promptforge"](client), [])
    assert ("j-1", 403) == (caught.value.job_id, caught.value.status)
    assert "PROMPTFORGE_API_KEY" not in str(caught.value)


def test_an_upload_without_a_response_or_status_is_unconfirmed():
    """If the job's status is not available either, SubmitUnconfirmed is raised with the id."""
    client, _ = client_of(promptforge, [init(), httpx.ReadTimeout("slow"), status(404)])
    with pytest.raises(errors.SubmitUnconfirmed) as caught:
        drive(SUBMITS["promptforge"](client), [])
    assert {"job_id": "j-1"} == caught.value.ids


def test_an_init_response_that_does_not_decode_is_used_if_it_has_id_and_link():
    """With the id alone, the error names it."""
    whole = {"job_id": "j-1", "upload_url": LINK}
    client, _ = client_of(promptforge, [httpx.Response(202, json=whole), httpx.Response(200)])
    assert "j-1" == drive(SUBMITS["promptforge"](client), []).id
    client, _ = client_of(promptforge, [httpx.Response(202, json={"job_id": "j-1"})])
    with pytest.raises(errors.SubmitUnconfirmed, match="no link") as caught:
        drive(SUBMITS["promptforge"](client), [])
    assert {"job_id": "j-1"} == caught.value.ids
    client, _ = client_of(promptforge, [httpx.Response(202, json={})])
    with pytest.raises(errors.SubmitUnconfirmed, match="not what its specification says"):
        drive(SUBMITS["promptforge"](client), [])


def test_an_error_body_contains_links_without_their_queries():
    """The signature of a link is removed from the body in an error."""
    broken = {**FILES, "files": [{"filename": "f", "url": LINK}]}
    client, _ = client_of(promptforge, [httpx.Response(200, json=broken)] * 9)
    with pytest.raises(errors.UnexpectedReply) as caught:
        drive(promptforge.job(client, "j-1")._results(), [])
    assert "storage.googleapis.com/bucket/file?…" in caught.value.body
    assert "CANARY" not in f"{caught.value}{caught.value.body}"


@pytest.mark.parametrize("seconds", ["7200", "86400"])
def test_a_503_with_a_long_retry_after_ends_the_call(seconds):
    """A Retry-After of hours ends a call at once, whatever the status."""
    client, asked = client_of(fryte, [status(503, headers={"retry-after": seconds})] * 9)
    slept = []
    with pytest.raises(errors.RateLimited):
        drive(fryte.job(client, "j")._status(), slept)
    assert (1, []) == (len(asked), slept)


def test_a_list_ends_at_a_page_without_new_items():
    """An item that comes twice counts once."""
    item = {"status": "completed", "prompt_template_id": str(TEMPLATE), "original_version_id": str(TEMPLATE)}
    item |= {"created_at": "2026-06-11T16:47:49Z"}

    def page(*ids):
        data = [{**item, "job_id": str(job_id)} for job_id in ids]
        return httpx.Response(200, json={"data": data, "pagination": {"page": 1, "page_size": 2, "has_next": True}})

    client, asked = client_of(freeplay, [page(TEMPLATE, DATASET), page(DATASET, PROJECT), page(PROJECT)])
    assert [str(TEMPLATE), str(DATASET), PROJECT] == [
        str(found.job_id) for found in drive(freeplay.service._list_jobs(client, PROJECT), [])
    ]
    assert ["1", "2", "3"] == [request.url.params["page"] for request in asked]


def test_an_upload_sends_the_content_type_the_length_and_no_key():
    """A signed link needs no key."""
    client, asked = client_of(promptforge, [init(), httpx.Response(200)])
    drive(SUBMITS["promptforge"](client), [])
    upload = asked[1]
    assert ("PUT", "application/x-ndjson") == (upload.method, upload.headers["content-type"])
    assert str(len(upload.content)) == upload.headers["content-length"]
    assert KEY not in str(upload.headers.multi_items())


@pytest.mark.parametrize(
    "link",
    [
        "http://storage.googleapis.com/f",
        "https://storage.googleapis.com.evil.example/f",
        "https://evil.example/storage.googleapis.com",
        "https://user@storage.googleapis.com/f",
        "https://127.0.0.1/f",
        "http://[::1]/f",
        "file:///etc/passwd",
        "https://",
        "http://[",
    ],
)
def test_a_link_to_an_unknown_host_is_refused(link):
    """A link is https to a known host; anything else is refused, without the link in the message."""
    client, asked = client_of(promptforge, [init(link)])
    with pytest.raises(errors.UnexpectedReply, match="not followed") as caught:
        drive(SUBMITS["promptforge"](client), [])
    assert (1, "j-1") == (len(asked), caught.value.job_id)


FILES = {"job_id": "j-1", "status": "COMPLETED"}


def listed(*names):
    files = [{"filename": "../../evil", "url": LINK + name, "expires_at": "2026-06-11T16:47:49Z"} for name in names]
    return httpx.Response(200, json={**FILES, "files": files})


def test_an_expired_link_is_renewed(tmp_path):
    """The results are requested again; file names never come from the server."""
    line = httpx.Response(200, content=b'{"prompt_id": 1, "response": "one"}')
    client, asked = client_of(promptforge, [listed("1"), httpx.Response(403), listed("2"), line])
    (path,) = drive(promptforge.job(client, "j-1")._download(tmp_path), [])
    assert ("results-j-1-001.jsonl", tmp_path) == (path.name, path.parent)
    assert 4 == len(asked)
    assert [path] == list(tmp_path.iterdir())


def test_a_failed_download_keeps_complete_files(tmp_path):
    """The failed file leaves nothing behind; the link is not in the error."""

    def play(request):
        wanted = {LINK + "1": httpx.Response(200, content=b'{"prompt_id": 1, "response": "one"}')}
        return (
            listed("1", "2") if "results" in str(request.url) else wanted.get(str(request.url), httpx.ReadError("cut"))
        )

    client, _ = client_of(promptforge, play)
    with pytest.raises(errors.DownloadFailed, match="file 2 of 2") as caught:
        drive(promptforge.job(client, "j-1")._download(tmp_path), [])
    assert ["results-j-1-001.jsonl"] == [path.name for path in tmp_path.iterdir()]
    assert "CANARY" not in f"{caught.value}{caught.value.__cause__}"


def test_an_unwritable_folder_is_named_in_the_error(tmp_path):
    """A folder that cannot be made is a DownloadFailed."""
    (tmp_path / "file").write_text("")
    client, _ = client_of(promptforge, [listed("1")])
    with pytest.raises(errors.DownloadFailed, match="cannot be written"):
        drive(promptforge.job(client, "j-1")._download(tmp_path / "file" / "folder"), [])


def test_result_lines_have_both_shapes_and_the_first_of_a_prompt_counts():
    """Lines are typed in both shapes."""
    content = b"\n".join(
        [
            b'{"prompt_id": 2, "response": "two", "tokens": {"prompt": 3, "completion": 4}, "attempt": 1}',
            b'{"prompt_id": "p001", "result": "one", "tokens_used": 9}',
            b'{"prompt_id": 2, "response": "again"}',
        ]
    )
    client, _ = client_of(promptforge, [listed("1"), httpx.Response(200, content=content)])
    two, one = drive(promptforge.job(client, "j-1")._results(), [])
    assert (2, "two", 7, 1) == (two.prompt_id, two.response, two.total_tokens, two.attempt)
    assert ("p001", "one", 9) == (one.prompt_id, one.response, one.total_tokens)


def test_a_missing_fryte_result_is_read_four_times():
    """It is read again three times at the interval, and then ResultIncomplete."""
    nothing = httpx.Response(200, json={**RESULT, "optimization_id": None})
    client, asked = client_of(fryte, [nothing] * 4)
    slept = []
    with pytest.raises(errors.ResultIncomplete):
        drive(fryte.job(client, "j")._result(), slept)
    assert (4, [3.0, 3.0, 3.0]) == (len(asked), slept)
    client, _ = client_of(fryte, [httpx.Response(200, json={**RESULT, "status": "running"})])
    with pytest.raises(errors.InvalidInput, match="running"):
        drive(fryte.job(client, "j")._result(), [])


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "1e400"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "abc"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "1, 2"}, 2.0),
        ({"retry-after": "1, x"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 GMT"}, 100.0),
        ({"retry-after": "Thursday, 01-Jan-70 00:01:40 GMT"}, 100.0),
        ({"retry-after": "Thu Jan  1 00:01:40 1970"}, 100.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:40 -0000"}, 100.0),
        ({"retry-after": "Thu, 01 Jan 1969 00:01:40 GMT"}, 0.0),
        ({"retry-after": "Sat, 03 Jan 1970 00:01:40 GMT", "date": "Sat, 03 Jan 1970 00:01:30 GMT"}, 10.0),
        ({"retry-after": "99999999999999999999"}, None),
    ],
)
def test_retry_after_is_seconds_milliseconds_or_a_date(headers, expected):
    """A date is compared with the server's own clock."""
    assert expected == retry_after(headers, 0.0)


def test_backoff_doubles_to_a_minute_with_jitter():
    """Jobs that failed together do not retry together, and every run is the same."""
    decision = RetryDecision(kind=CallFailed, again=True)

    def backoff(failures, base, seed):
        return decision.pause(failures, RetryRule(), base, seed)

    assert [1, 2, 4, 8] == [round(backoff(number, 1.0, "j")) for number in range(1, 5)]
    assert 66 >= backoff(40, 1.0, "j") >= 54
    assert len({backoff(3, 5.0, f"job {number}") for number in range(100)}) > 90
    assert backoff(3, 5.0, "j") == backoff(3, 5.0, "j")


@pytest.mark.parametrize("job_id", ["", ".", "..", "x" * 70_000])
@pytest.mark.parametrize("service", ["promptforge", "fryte", "freeplay"])
def test_a_submission_response_with_an_id_that_fits_no_url_is_unconfirmed(service, job_id):
    """The submission was sent all the same."""
    page = {"promptforge": promptforge, "fryte": fryte, "freeplay": freeplay}[service]
    body = {"job_id": job_id, "upload_url": LINK, "tour_id": 1, "optimization_id": 1, "message": "m"}
    client, asked = client_of(page, [httpx.Response(202, json=body)] * 9)
    with pytest.raises(errors.SubmitUnconfirmed):
        drive(SUBMITS[service](client), [])
    assert 1 == len(asked)
