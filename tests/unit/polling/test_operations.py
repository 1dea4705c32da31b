"""The rules of one request: what is repeated, when, and what a submission without an answer means."""

import httpx
import pytest

from jobwait import errors, freeplay, fryte, promptforge
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
    """Drive *script* for real, but for its sleeps: these are noted in *slept*."""
    try:
        command = next(operation)
        while True:
            if isinstance(command, Sleep):
                slept.append(command.seconds)
                command = Sleep(0)
            if isinstance(command, Gather):
                command = operation.send(Result(0.0, 0.0, gather(command, lambda one: drive(one, slept))))
            else:
                command = operation.send(do(command))
    except StopIteration as end:
        return end.value


def client_of(page, answers, **arguments):
    """
    A client of *page*, and what it was asked.

    Its network gives *answers*, responses or exceptions to raise: in this order, or as the function has it.
    """
    asked, left = [], [] if callable(answers) else list(answers)

    def play(request):
        request.read()
        asked.append(request)
        answer = answers(request) if callable(answers) else left.pop(0)
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
def test_what_is_safe_is_asked_again(decision):
    """A safe request is repeated with growing pauses until its budget is spent, and then succeeds or fails."""
    client, asked = client_of(fryte, [decision, decision, httpx.Response(200, json=RESULT)])
    slept = []
    assert "succeeded" == drive(fryte.job(client, "j")._status(), slept).status
    assert 3 == len(asked)
    decision = RetryDecision(kind=CallFailed, again=True)

    def backoff(failures, base, seed):
        return decision.pause(failures, RetryRule(), base, seed)

    assert [1, 2] == [round(pause) for pause in slept]


def test_the_budget_ends():
    """After five failures in a row the last real error is the cause."""
    client, asked = client_of(fryte, [status(500)] * 9)
    with pytest.raises(errors.CallFailed, match="so it is") as caught:
        drive(fryte.job(client, "j")._status(), [])
    assert (5, 500) == (len(asked), caught.value.__cause__.status)


def test_freeplays_500s_have_a_budget_of_their_own():
    """Freeplay's 500s end a call at the third, and keep five seconds apart."""
    client, asked = client_of(freeplay, [status(500)] * 9)
    slept = []
    with pytest.raises(errors.CallFailed):
        drive(freeplay.job(client, PROJECT, str(DATASET))._status(), slept)
    assert 3 == len(asked)
    assert all(pause >= 5 for pause in slept)


def test_retry_after_binds_and_too_long_ends_it():
    """A Retry-After is obeyed; one of more than a minute ends the call with the figure in the error."""
    client, _ = client_of(fryte, [status(429, headers={"retry-after": "7"}), httpx.Response(200, json=RESULT)])
    slept = []
    drive(fryte.job(client, "j")._status(), slept)
    assert [7.0] == slept
    client, asked = client_of(fryte, [status(429, headers={"retry-after": "3600"})])
    with pytest.raises(errors.RateLimited, match="3600") as caught:
        drive(fryte.job(client, "j")._status(), [])
    assert (1, 3600.0) == (len(asked), caught.value.retry_after)


def test_a_fresh_key_is_tried_once():
    """A 401 is asked once more where the key comes from a function, and the new key is sent."""
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
    "freeplay": lambda client: freeplay._submit(
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
def test_a_submission_is_never_sent_twice(name, decision):
    """Sent and without a certain answer: one request, and an error that says how to find out."""
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
def test_what_never_arrived_is_sent_again(name, decision):
    """A submission that never left, or was turned away for its rate, is safe to send again."""
    client, asked = client_of(PAGES[name], [decision, status(400)])
    with pytest.raises(errors.RequestRejected, match="so it is"):
        drive(SUBMITS[name](client), [])
    assert 2 == len(asked)


ACCEPTED = {
    "freeplay": ({"job_id": str(DATASET), "state": "renamed"}, str(DATASET)),
    "fryte": ({"job_id": "j-9", "tour_id": "seven"}, "j-9"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_submission_is_not_lost_over_a_renamed_field(name):
    """An answer that does not decode still yields its ids."""
    body, job_id = ACCEPTED[name]
    client, _ = client_of(PAGES[name], [httpx.Response(202, json=body)])
    assert job_id == drive(SUBMITS[name](client), []).id


def test_a_tour_that_was_taken_but_not_named():
    """FRYTE may answer without a job id: the error holds the ids that are known."""
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


def test_an_upload_in_doubt_is_looked_up():
    """After an upload without an answer the job's own status tells whether it arrived."""
    client, asked = client_of(promptforge, [init(), httpx.ReadTimeout("slow"), state("QUEUED")])
    assert "j-1" == drive(SUBMITS["promptforge"](client), []).id
    assert ["POST", "PUT", "GET"] == [request.method for request in asked]
    client, asked = client_of(promptforge, [init(), httpx.ReadTimeout("slow"), state("AWAITING_UPLOAD")])
    with pytest.raises(errors.SubmitUnconfirmed) as caught:
        drive(SUBMITS["promptforge"](client), [])
    assert {"job_id": "j-1"} == caught.value.ids
    assert "CANARY" not in str(caught.value)


def test_an_upload_that_is_refused_blames_no_key():
    """A link that refuses the upload was asked without a key: the sentence blames the link, and names the job."""
    client, _ = client_of(promptforge, [init(), httpx.Response(403)])
    with pytest.raises(errors.RequestRejected, match="link has expired") as caught:
        drive(SUBMITS["promptforge"](client), [])
    assert ("j-1", 403) == (caught.value.job_id, caught.value.status)
    assert "PROMPTFORGE_API_KEY" not in str(caught.value)


def test_an_upload_in_doubt_stays_in_doubt():
    """Where the job's status cannot be had either, the doubt is what is raised, with the id."""
    client, _ = client_of(promptforge, [init(), httpx.ReadTimeout("slow"), status(404)])
    with pytest.raises(errors.SubmitUnconfirmed) as caught:
        drive(SUBMITS["promptforge"](client), [])
    assert {"job_id": "j-1"} == caught.value.ids


def test_an_init_answer_that_does_not_decode():
    """An id and a link are enough to go on with; an id alone is named in the error."""
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


def test_a_signed_link_is_in_no_error():
    """The body that an error keeps has the links in it, but not what signs them."""
    broken = {**FILES, "files": [{"filename": "f", "url": LINK}]}
    client, _ = client_of(promptforge, [httpx.Response(200, json=broken)] * 9)
    with pytest.raises(errors.UnexpectedReply) as caught:
        drive(promptforge.job(client, "j-1")._results(), [])
    assert "storage.googleapis.com/bucket/file?…" in caught.value.body
    assert "CANARY" not in f"{caught.value}{caught.value.body}"


@pytest.mark.parametrize("seconds", ["7200", "1e400"])
def test_a_503_that_asks_for_too_long_ends_it_too(seconds):
    """A Retry-After of hours ends a call at once, whatever status it came with."""
    client, asked = client_of(fryte, [status(503, headers={"retry-after": seconds})] * 9)
    slept = []
    with pytest.raises(errors.RateLimited):
        drive(fryte.job(client, "j")._status(), slept)
    assert (1, []) == (len(asked), slept)


def test_a_list_that_moves_and_one_that_never_ends():
    """An item that comes twice counts once; a page that brings nothing new is the last, whatever it says."""
    item = {"status": "completed", "prompt_template_id": str(TEMPLATE), "original_version_id": str(TEMPLATE)}
    item |= {"created_at": "2026-06-11T16:47:49Z"}

    def page(*ids):
        data = [{**item, "job_id": str(job_id)} for job_id in ids]
        return httpx.Response(200, json={"data": data, "pagination": {"page": 1, "page_size": 2, "has_next": True}})

    client, asked = client_of(freeplay, [page(TEMPLATE, DATASET), page(DATASET, PROJECT), page(PROJECT)])
    assert [str(TEMPLATE), str(DATASET), PROJECT] == [
        str(found.job_id) for found in drive(freeplay._list_jobs(client, PROJECT), [])
    ]
    assert ["1", "2", "3"] == [request.url.params["page"] for request in asked]


def test_the_upload_goes_without_the_key():
    """The upload has the signed content type, its length, and no key."""
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
def test_links_that_lead_elsewhere_are_not_followed(link):
    """A link is https on a host that the page knows; anything else is refused, and the link not repeated."""
    client, asked = client_of(promptforge, [init(link)])
    with pytest.raises(errors.UnexpectedReply, match="not followed") as caught:
        drive(SUBMITS["promptforge"](client), [])
    assert (1, "j-1") == (len(asked), caught.value.job_id)


FILES = {"job_id": "j-1", "status": "COMPLETED"}


def listed(*names):
    files = [{"filename": "../../evil", "url": LINK + name, "expires_at": "2026-06-11T16:47:49Z"} for name in names]
    return httpx.Response(200, json={**FILES, "files": files})


def test_an_expired_link_is_renewed(tmp_path):
    """A link that has died is renewed by asking for the results again; names are never the server's."""
    line = httpx.Response(200, content=b'{"prompt_id": 1, "response": "one"}')
    client, asked = client_of(promptforge, [listed("1"), httpx.Response(403), listed("2"), line])
    (path,) = drive(promptforge.job(client, "j-1")._download(tmp_path), [])
    assert ("results-j-1-001.jsonl", tmp_path) == (path.name, path.parent)
    assert 4 == len(asked)
    assert [path] == list(tmp_path.iterdir())


def test_a_download_that_fails_keeps_what_had_arrived(tmp_path):
    """Files that came whole stay; the one that broke leaves nothing behind; the link is not in the error."""

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


def test_a_folder_that_cannot_be_written(tmp_path):
    """A folder that cannot be made is named in the error."""
    (tmp_path / "file").write_text("")
    client, _ = client_of(promptforge, [listed("1")])
    with pytest.raises(errors.DownloadFailed, match="cannot be written"):
        drive(promptforge.job(client, "j-1")._download(tmp_path / "file" / "folder"), [])


def test_result_lines_of_both_shapes_and_repeats():
    """Lines are typed in both shapes; of a prompt answered twice, the first line wins."""
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


def test_a_result_line_that_is_none():
    """A line that is no answer is named by file and line."""
    client, _ = client_of(promptforge, [listed("1"), httpx.Response(200, content=b'\n{"prompt_id": 1}')])
    with pytest.raises(errors.UnexpectedReply, match="file 1, line 2"):
        drive(promptforge.job(client, "j-1")._results(), [])


def test_a_plan_that_appears_late_and_one_that_never_does():
    """FRYTE's result is re-read three times at the pace while it is not there."""
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
        ({"retry-after": "1e400"}, float("inf")),
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
        ({"retry-after": "99999999999999999999"}, 1e20),
    ],
)
def test_retry_after_is_read(headers, expected):
    """Seconds, milliseconds and dates are understood; a date is measured against the server's own clock."""
    assert expected == retry_after(headers, 0.0)


def test_backoff_grows_to_a_minute_and_spreads():
    """Pauses double up to a minute; jobs that failed together do not come back together, and a run repeats."""
    decision = RetryDecision(kind=CallFailed, again=True)

    def backoff(failures, base, seed):
        return decision.pause(failures, RetryRule(), base, seed)

    assert [1, 2, 4, 8] == [round(backoff(number, 1.0, "j")) for number in range(1, 5)]
    assert 66 >= backoff(40, 1.0, "j") >= 54
    assert len({backoff(3, 5.0, f"job {number}") for number in range(100)}) > 90
    assert backoff(3, 5.0, "j") == backoff(3, 5.0, "j")


@pytest.mark.parametrize("job_id", ["", ".", "..", "x" * 70_000])
@pytest.mark.parametrize("service", ["promptforge", "fryte", "freeplay"])
def test_an_id_that_no_address_can_hold(service, job_id):
    """A submission whose answer names such a job was sent all the same: that is in doubt, no mistake of ours."""
    page = {"promptforge": promptforge, "fryte": fryte, "freeplay": freeplay}[service]
    body = {"job_id": job_id, "upload_url": LINK, "tour_id": 1, "optimization_id": 1, "message": "m"}
    client, asked = client_of(page, [httpx.Response(202, json=body)] * 9)
    with pytest.raises(errors.SubmitUnconfirmed):
        drive(SUBMITS[service](client), [])
    assert 1 == len(asked)
