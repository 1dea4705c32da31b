"""The requests of declared services: paths, keys, fixed parts, status URLs, long polls, submissions, results."""

import json

import pytest

from jobwait import Job, resume, wait_all
from jobwait._declared.package_names import renamed
from jobwait._declared.status_url import fault_of
from jobwait._httpx import httpx
from jobwait.errors import (
    InvalidInput,
    JobFailed,
    NotAuthorized,
    RequestRejected,
    SubmitUnconfirmed,
    UnexpectedReply,
)
from jobwait.service import load
from jobwait.testing import FakeServer, Reply, virtual_time
from support.declared import KEY, RENDERS, declared, renders

NO_IDS = {"submit": None, "cancel": None, "list": None}
DONE = {"data": {"status": "done", "id": "7"}}


def asked(service, server, **ids):
    """The requests of one wait."""
    with virtual_time():
        service.job(service.connect(KEY, transport=server), **ids).outcome(timeout=60)
    return server.requests


@pytest.mark.parametrize(
    ("changes", "ids", "expected"),
    [
        ({}, {"id": "a/b ?#%"}, "/v1/renders/a%2Fb%20%3F%23%25"),
        ({}, {"id": 7}, "/v1/renders/7"),
        ({"poll": {"path": "/p/{project}/r/{id}"}, "list": None}, {"project": "x", "id": "7"}, "/v1/p/x/r/7"),
        ({"poll": {"path": "/{+id}"}, "cancel": None}, {"id": "operations/a:b"}, "/v1/operations/a:b"),
        ({"poll": {"path": "/r/{id}", "query": {"a b": "c&d"}}}, {"id": "7"}, "/v1/r/7?a%20b=c%26d"),
        ({"query": {"version": 2}}, {"id": "7"}, "/v1/renders/7?version=2"),
        ({"poll": {"path": "/r", "query": {"id": "{id}"}}}, {"id": "7&x"}, "/v1/r?id=7%26x"),
        ({"key": {"query": "token"}}, {"id": "7"}, f"/v1/renders/7?token={KEY}"),
        ({"long_poll": "wait"}, {"id": "7"}, "/v1/renders/7?wait=18"),
    ],
)
def test_target_of_a_poll(changes, ids, expected):
    """Ids are encoded as one segment, with {+id} as several; what is fixed is added."""
    seen = []

    def answer(request):
        seen.append(request.url.raw_path.decode())
        return httpx.Response(200, json=DONE)

    service = declared(**changes)
    service.job(service.connect(KEY, transport=httpx.MockTransport(answer)), **ids).wait()
    assert seen == [expected]


@pytest.mark.parametrize(
    ("key", "header", "expected"),
    [
        ({"header": "x-api-key"}, "x-api-key", KEY),
        ({"header": "Authorization", "prefix": "Token "}, "authorization", f"Token {KEY}"),
        ({"bearer": True}, "authorization", f"Bearer {KEY}"),
        ({"basic": True}, "authorization", "Basic dXNlcjpwYXNz"),
    ],
)
def test_key_in_a_header(key, header, expected):
    """And in no text."""
    seen = []

    def answer(request):
        seen.append(request.headers[header])
        return httpx.Response(200, json=DONE)

    service = declared(key=key, headers={"Api-Version": "3"})
    given = "user:pass" if "basic" in key else KEY
    client = service.connect(given, transport=httpx.MockTransport(answer))
    service.job(client, id="7").wait()
    assert seen == [expected]
    assert given not in repr(client) + repr(vars(client))


def test_key_of_the_environment(monkeypatch):
    """NAME_API_KEY and NAME_BASE_URL; without one the sentence names it."""
    service = declared(name="two-words")
    with pytest.raises(InvalidInput, match="set TWO_WORDS_API_KEY"):
        service.connect()
    monkeypatch.setenv("TWO_WORDS_API_KEY", KEY)
    monkeypatch.setenv("TWO_WORDS_BASE_URL", "https://other.example/")
    assert service.connect().base_url == "https://other.example"
    assert service.connect(base_url="https://third.example").base_url == "https://third.example"
    free = declared(key="none", name="free")
    assert free.connect().base_url == "https://api.example.com/v1"
    with pytest.raises(InvalidInput, match="uses no key"):
        free.connect(KEY)
    with pytest.raises(InvalidInput, match="declares no address: pass base_url"):
        declared(server=None).connect(KEY)


def test_poll_by_post_has_its_body_each_time():
    """Ids stand in its texts; an error status that a rule names is an answer."""
    rules = [{"state": "running", "when": {"$http": 400, "error_code": "PRODUCT_NOT_READY"}}]
    service = declared(
        poll={"method": "POST", "path": "/report/get", "body": {"token": "{id}", "n": [1, "{id}"]}},
        rules=[*rules, {"state": "succeeded", "when": {"$http": 200}}],
        list=None,
        cancel=None,
    )
    server = FakeServer(Reply(400, {"error_code": "PRODUCT_NOT_READY"}), {"report": 1})
    found = asked(service, server, id="t-1")
    assert [json.loads(one.content) for one in found] == [{"token": "t-1", "n": [1, "t-1"]}] * 2
    client = service.connect(KEY, transport=FakeServer(Reply(400, {"error": {"message": "bad token"}})))
    with pytest.raises(RequestRejected, match="bad token"):
        service.job(client, id="t").wait()


STATUS_URLS = {
    "poll": {"url": "status_url"},
    "submit": {"path": "/analyze", "status_url": "header:Operation-Location"},
    "list": None,
    "cancel": None,
    "hosts": ["ops.example.net"],
}


@pytest.mark.parametrize(
    ("location", "sent_to", "keyed"),
    [
        ("https://api.example.com/ops/9?sig=s3cret", "https://api.example.com/ops/9?sig=s3cret", True),
        ("/ops/9", "https://api.example.com/ops/9", True),
        ("results/9", "https://api.example.com/v1/results/9", True),
        ("https://ops.example.net/9?sig=s3cret", "https://ops.example.net/9?sig=s3cret", False),
        ("https://API.example.com:443/9", "https://api.example.com/9", True),
    ],
)
def test_status_url_of_a_submission(location, sent_to, keyed):
    """It is resolved against its request; the key goes to the client's own origin alone; tokens hold it."""
    service, seen = declared(**STATUS_URLS), []

    def answer(request):
        seen.append((str(request.url.copy_with(raw_path=request.url.raw_path)), "x-api-key" in request.headers))
        if request.method == "POST":
            return httpx.Response(202, headers={"Operation-Location": location})
        return httpx.Response(200, json={"data": {"status": "done" if len(seen) > 2 else "rendering"}})

    client = service.connect(KEY, transport=httpx.MockTransport(answer))
    with virtual_time():
        job = service.submit(client, {"file": "x"})
        assert job.id.partition("#")[0].endswith("9")
        assert "s3cret" not in repr(job)
        resume(job.token(), client, service).wait()
    assert seen[1:] == [(sent_to, keyed)] * 2


@pytest.mark.parametrize(
    ("location", "fact"),
    [
        ("https://evil.example/9", "none of the service's hosts"),
        ("https://api.example.com.evil.example/9", "none of the service's hosts"),
        ("http://api.example.com/9", "plain http"),
        ("https://user:pw@api.example.com/9", "user or a password"),
        ("https://api.example.com:8443/9", "none of the service's hosts"),
        ("//evil.example/9", "none of the service's hosts"),
        ("ftp://api.example.com/9", "no address"),
        ("https://api.example.com\\@evil.example/9", "user or a password"),
        ("https://ops.example.net:444/9", "none of the service's hosts"),
        ("https://sub.ops.example.net/9", "none of the service's hosts"),
    ],
)
def test_status_url_that_is_not_asked(location, fact):
    """Neither after a submission, nor from a caller, nor from a token."""
    service, sent = declared(**STATUS_URLS), []

    def answer(request):
        sent.append(request.method)
        return httpx.Response(202, headers={"Operation-Location": location})

    client = service.connect(KEY, transport=httpx.MockTransport(answer))
    with pytest.raises(SubmitUnconfirmed):
        service.submit(client, {})
    with pytest.raises(InvalidInput, match=fact):
        service.job(client, status_url=location)
    good = service.job(client, status_url="https://api.example.com/ops/9")
    good._state.ids["status_url"] = location
    with pytest.raises(InvalidInput, match="is not asked"):
        resume(good.token(), client, service).wait()
    assert sent == ["POST"]


def test_submission_reads_the_id_and_is_sent_once():
    """With the ids of its path; an answer without an id is unconfirmed."""
    submit = {"path": "/p/{project}/{model}", "id": "data.id"}
    service = declared(poll={"path": "/p/{project}/r/{id}"}, submit=submit, list=None)
    server = FakeServer(Reply(201, {"data": {"id": 7}}), DONE)
    client = service.connect(KEY, transport=server)
    job = service.submit(client, {"scene": "a"}, project="x", model="m")
    assert (job.id, json.loads(server.requests[0].content)) == ("7", {"scene": "a"})
    assert str(server.requests[0].url).endswith("/v1/p/x/m")
    for arguments, fact in (({"model": 1}, "needs project="), ({"project": 1, "model": 1, "job": 1}, "takes no job=")):
        with pytest.raises(InvalidInput, match=fact):
            service.submit(client, {}, **arguments)
    without = service.connect(KEY, transport=httpx.MockTransport(lambda _: httpx.Response(201, json={"data": {}})))
    with pytest.raises(SubmitUnconfirmed):
        service.submit(without, {}, project="x", model="m")
    with pytest.raises(InvalidInput, match="has no submit"):
        declared(submit=None).submit(client, {})


@pytest.mark.parametrize(
    ("result", "replies", "expected"),
    [
        (None, [DONE], DONE),
        ({"path": "output"}, [{**DONE, "output": [1]}], [1]),
        ({"path": ["a", "data.id"]}, [DONE], "7"),
        ({"path": "/renders/{id}/file"}, [DONE, Reply(200, b"\x00\x01", {"content-type": "image/png"})], b"\x00\x01"),
        ({"method": "GET", "path": "/files/{file}", "id": "data.id"}, [DONE, {"file": 1}], {"file": 1}),
        ({"link": "url"}, [{**DONE, "url": "https://cdn.example.net/7"}, Reply(200, b'{"x": 1}')], b'{"x": 1}'),
        ({"location": True}, [DONE, Reply(303, b"", {"location": "/out/7"}), {"y": 2}], {"y": 2}),
    ],
)
def test_result_where_it_is_declared(result, replies, expected):
    """The final answer, a path in it, another request, a link, a Location."""
    if result is not None and str(result.get("path", "")).startswith("/"):
        result = {"method": "GET", **result}
    service = declared(result=result, hosts=["cdn.example.net"])
    server = FakeServer(*replies)
    job = service.job(service.connect(KEY, transport=server), id="7")
    job.wait()
    assert job.result() == expected


def test_result_elsewhere_is_not_fetched():
    """A link or a Location to a host that is not declared."""
    for result, replies in (
        ({"link": "url"}, [{**DONE, "url": "https://evil.example/7"}]),
        ({"location": True}, [DONE, Reply(303, b"", {"location": "https://evil.example/7"})]),
        ({"link": "url"}, [DONE]),
    ):
        service = declared(result=result)
        server = FakeServer(*replies)
        job = service.job(service.connect(KEY, transport=server), id="7")
        job.wait()
        with pytest.raises(UnexpectedReply):
            job.result()
        assert len(server.requests) == len(replies)


def test_cancel_and_list():
    """A job that failed has no result; a list shows many at once."""
    server = FakeServer(Reply(202, {}), {"data": {"status": "cancelled"}, "error": {"message": "as asked"}})
    job = renders().job(renders().connect(KEY, transport=server), id="7")
    job.cancel()
    assert (server.requests[0].method, server.requests[0].url.path) == ("POST", "/v1/renders/7/cancel")
    assert job.outcome().state == "canceled"
    with pytest.raises(JobFailed):
        job.result()
    items = [{"data": {"id": str(n), "status": "rendering"}} for n in range(30)]
    listed = FakeServer({"data": items})
    assert renders().list_jobs(renders().connect(KEY, transport=listed)) == items


LISTED = {"path": "/renders", "items": "data", "id": "data.id", "state": "data.status"}
ODD = [{"state": "failed", "when": {"odd": True}}]


@pytest.mark.parametrize("changes", [{}, {"list": LISTED, "rules": ODD}])
def test_many_are_polled_by_one_list(changes):
    """Where its items have the status; the end of each is polled."""
    service, counts = declared(**changes, state=RENDERS["state"]), {"list": 0, "single": 0}

    def answer(request):
        single = request.url.path != "/v1/renders"
        counts["single" if single else "list"] += 1
        if single:
            return httpx.Response(200, json={"data": {"status": "done" if counts["list"] > 3 else "rendering"}})
        state = "rendering" if counts["list"] <= 3 else "done"
        return httpx.Response(200, json={"data": [{"data": {"id": str(n), "status": state}} for n in range(30)]})

    client = service.connect(KEY, transport=httpx.MockTransport(answer))
    with virtual_time():
        outcomes = wait_all([service.job(client, id=n) for n in range(30)], timeout=600)
    assert {one.state for one in outcomes} == {"succeeded"}
    assert counts["single"] <= 60
    assert counts["list"] >= 4


def test_errors_of_the_service_are_quoted():
    """In whichever of the usual places they stand."""
    for body in ({"message": "no such key"}, {"error": {"message": "no such key"}}, {"detail": "no such key"}):
        client = renders().connect(KEY, transport=FakeServer(Reply(401, body)))
        with pytest.raises(NotAuthorized, match="no such key"):
            renders().job(client, id="7").wait()


def test_client_of_the_caller():
    """An httpx client of the caller's, with its own key or ours."""
    seen = []

    def answer(request):
        seen.append((request.url.raw_path, request.headers.get("x-api-key")))
        return httpx.Response(200, json=DONE)

    service = declared(query={"v": "1"})
    with httpx.Client(base_url="https://mine.example", transport=httpx.MockTransport(answer)) as pool:
        for key in (KEY, None):
            service.job(service.connect(key, client=pool), id="7").wait()
        with pytest.raises(InvalidInput, match="put it into your httpx client"):
            declared(key={"query": "k"}).connect(KEY, client=pool)
    assert seen == [(b"/renders/7?v=1", KEY), (b"/renders/7?v=1", None)]


@pytest.mark.parametrize("ids", [{}, {"job_id": "7"}, {"id": ""}, {"id": ".."}, {"id": None}, {"id": True}])
def test_ids_that_are_refused(ids):
    """Before anything is sent."""
    with pytest.raises(InvalidInput):
        renders().job(renders().connect(KEY, transport=FakeServer()), **ids)


@pytest.mark.parametrize("value", ["a/../b", "../x", "a//b", "/a", "a/", "."])
def test_an_id_with_slashes_that_goes_elsewhere(value):
    """{+id} takes several segments, none of which goes up."""
    service = declared(poll={"path": "/{+id}"}, cancel=None)
    with pytest.raises(InvalidInput):
        service.job(service.connect(KEY, transport=FakeServer(DONE)), id=value).wait()


def test_two_jobs_are_one_only_with_all_ids():
    """Handles of one job with one client have equal keys."""
    service = declared(poll={"path": "/p/{project}/r/{id}"}, list=None)
    client = service.connect(KEY, transport=FakeServer(DONE))
    one, same, other = (service.job(client, project=project, id=7) for project in ("x", "x", "y"))
    assert one.key == same.key != other.key
    assert isinstance(one, Job)


def test_a_declared_service_is_loaded_from_a_resumed_token():
    """A token names its service; it is given to resume()."""
    service = load(
        {
            "name": "small",
            "server": "https://a.example",
            "poll": {"path": "/{id}"},
            "state": {"path": "s", "succeeded": ["ok"]},
        }
    )
    client = service.connect(transport=FakeServer({"s": "ok"}))
    assert resume(service.job(client, id="1").token(), client, service).wait() == {"s": "ok"}


def test_jobs_at_two_status_urls_are_two():
    """Though their last parts are alike; a cancellation needs an id that a status URL does not name."""
    service = declared(poll={"url": "status_url"}, submit={"path": "/r", "status_url": "u"}, cancel=None, list=None)
    numbers = iter("AB")
    server = FakeServer().on("POST /v1/r", lambda _: {"u": f"/r/{next(numbers)}/status"})
    server.on("GET /r/A/status", {"data": {"status": "done"}}).on("GET /r/B/status", {"data": {"status": "error"}})
    client = service.connect(KEY, transport=server)
    with virtual_time():
        outcomes = wait_all([service.submit(client, {}) for _ in "AB"], timeout=60)
    assert [(one.job_id, one.state) for one in outcomes] == [("r/A/status", "succeeded"), ("r/B/status", "failed")]
    with pytest.raises(InvalidInput, match=r"which a status URL does not name: add submit\.id"):
        declared(poll={"url": "status_url"}, submit={"path": "/r", "status_url": "u"}, list=None)


@pytest.mark.parametrize(
    "changes",
    [
        {"result": {"method": "GET", "path": "/r/{id}/files"}},
        {"result": {"method": "GET", "path": "/r/{id}/files/{file}", "id": "data.file"}},
        {"cancel": {"path": "/r/{id}/cancel"}},
        {"poll": {"url": "status_url", "id": "data.id"}},
    ],
    ids=["result", "result-file", "cancel", "poll"],
)
def test_a_jobs_own_id_in_another_request_is_needed_beside_the_status_url(changes):
    """What a status URL is called by is no id of the service."""
    with pytest.raises(InvalidInput, match=r"poll\.id, cancel or result, .* add submit\.id"):
        declared(**{**STATUS_URLS, **changes})
    service = declared(**{**STATUS_URLS, "submit": {**STATUS_URLS["submit"], "id": "id"}, **changes})
    with pytest.raises(InvalidInput, match="needs id= beside status_url="):
        service.job(service.connect(KEY, transport=FakeServer()), status_url="/s/7")


def test_the_id_in_an_answer_fills_the_last_variable_of_the_result():
    """Where the job's ids could fill all of them."""
    result = {"method": "GET", "path": "/p/{project}/files/{id}", "id": "data.file"}
    service = declared(poll={"path": "/p/{project}/r/{id}"}, result=result, list=None)
    server = FakeServer().on("GET /v1/p/x/r/7", {"data": {"status": "done", "file": "f1"}})
    server.on("GET /v1/p/x/files/f1", {"ok": 1})
    with virtual_time():
        job = service.job(service.connect(KEY, transport=server), project="x", id="7")
        job.wait()
        assert job.result() == {"ok": 1}


def test_a_page_where_json_should_be_is_a_failed_poll():
    """Only a rule of the status code alone leaves the body open."""
    with virtual_time():
        page = Reply(200, b"<html>", {"content-type": "text/html"})
        server = FakeServer(page, DONE)
        assert declared().job(declared().connect(KEY, transport=server), id="7").wait() == DONE
        assert len(server.requests) == 2


def test_what_all_requests_have_is_in_a_list_and_in_none_to_another_host():
    """The headers and the query of the declaration, and the seconds of a long poll."""
    fixed = {"headers": {"x-version": "2"}, "query": {"team": "a"}}
    server = FakeServer({"data": []})
    service = declared(**fixed)
    service.list_jobs(service.connect(KEY, transport=server))
    assert (server.requests[0].url.query, server.requests[0].headers["x-version"]) == (b"team=a", "2")
    service, seen = declared(**STATUS_URLS, headers={"x-version": "2"}, long_poll="wait"), []

    def answer(request):
        seen.append((request.url.raw_path, "x-version" in request.headers))
        return httpx.Response(200, json=DONE)

    client = service.connect(KEY, transport=httpx.MockTransport(answer))
    service.job(client, status_url="https://ops.example.net/9?a=b").wait(timeout=5)
    assert seen == [(b"/9?a=b", False)]


@pytest.mark.parametrize(
    ("url", "base", "fault"),
    [
        ("http://127.0.0.1/9", "https://127.0.0.1", "is plain http"),
        ("http://127.0.0.1:81/9", "http://localhost", ""),
        ("http://api.example.com/9", "http://localhost", "is plain http"),
    ],
)
def test_plain_http_is_for_this_machine_alone(url, base, fault):
    """And not where the client itself has https."""
    assert fault_of(url, base, ()) == fault


def test_a_declaration_in_the_names_of_a_package():
    """Its ids and each path in an answer; words and status codes stay as they are."""
    given = {
        "ids": ["jobId"],
        "state": {"path": "jobState", "succeeded": ["jobState"]},
        "rules": [{"state": "failed", "when": {"$http": 410, "jobState": "gone"}}],
        "queue": {"place": "queuePlace"},
    }
    names = {"jobId": "job_id", "jobState": "job_state", "queuePlace": "queue_place"}
    assert renamed(given, names) == {
        "ids": ["job_id"],
        "state": {"path": "job_state", "succeeded": ["jobState"]},
        "rules": [{"state": "failed", "when": {"$http": 410, "job_state": "gone"}}],
        "queue": {"place": "queue_place"},
    }


def test_a_status_url_alone_is_enough_where_the_answer_names_the_result():
    """Its id is in no other request."""
    service = declared(**STATUS_URLS, result={"method": "GET", "path": "/f/{file}", "id": "data.file"})
    server = FakeServer().on("GET /s/7", {"data": {"status": "done", "file": "f1"}}).on("GET /v1/f/f1", {"ok": 1})
    with virtual_time():
        job = service.job(service.connect(KEY, transport=server), status_url="/s/7")
        job.wait()
        assert job.result() == {"ok": 1}


def test_a_status_code_alone_decides_whatever_the_body_is():
    """And the body is the result."""
    codes = [{"state": "running", "when": {"$http": 202}}, {"state": "succeeded", "when": {"$http": 200}}]
    service = declared(rules=codes, list=None)
    replies = Reply(202, b"Accepted", {"content-type": "text/plain"}), Reply(200, b"%PDF", {"content-type": "x/y"})
    with virtual_time():
        job = service.job(service.connect(KEY, transport=FakeServer(*replies)), id="7")
        assert job.wait() == job.result() == b"%PDF"


def test_status_urls_are_asked_with_headers_and_for_as_long_as_there_is_time():
    """At the client's own address."""
    service, seen = declared(poll={"url": "status_url"}, headers={"x-version": "2"}, long_poll="wait", **NO_IDS), []

    def answer(request):
        seen.append((request.url.raw_path, request.headers.get("x-version")))
        return httpx.Response(200, json=DONE)

    client = service.connect(KEY, transport=httpx.MockTransport(answer))
    service.job(client, status_url="/ops/1?a=b").wait(timeout=5)
    assert seen == [(b"/ops/1?a=b&wait=3", "2")]


def test_password_of_basic_is_in_no_error():
    """Neither encoded nor as it is."""
    client = declared(key={"basic": True}).connect(
        "user:S3CRETPW", transport=FakeServer(Reply(403, {"error": "S3CRETPW?"}))
    )
    with pytest.raises(NotAuthorized, match=r"\[key\]\?"):
        declared(key={"basic": True}).job(client, id="7").wait()


def test_result_that_is_not_there_and_link_at_home():
    """The first is an error, the second is asked without the key."""
    service, seen = declared(result={"link": "url"}), []

    def answer(request):
        seen.append("x-api-key" in request.headers)
        return (
            httpx.Response(200, json={**DONE, "url": "/out"}) if len(seen) == 1 else httpx.Response(200, content=b"x")
        )

    job = service.job(service.connect(KEY, transport=httpx.MockTransport(answer)), id="7")
    job.wait()
    assert (job.result(), seen) == (b"x", [True, False])
    job = declared(result={"path": "out.x"}).job(service.connect(KEY, transport=FakeServer(DONE)), id="7")
    job.wait()
    with pytest.raises(UnexpectedReply, match=r"nothing at out\.x"):
        job.result()
