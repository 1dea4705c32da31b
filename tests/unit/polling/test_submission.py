"""A submission that was sent: whatever ends it, it is not sent again, and the caller gets the ids that are known."""

import asyncio
import json
import warnings

import pytest

from faults.server import Hostile
from jobwait import errors, freeplay, fryte, hooks, promptforge
from jobwait._http.attempt import Attempt
from jobwait._http.signed_links import upload_file
from jobwait._httpx import httpx
from jobwait._jobs.drivers import do, run, run_async
from jobwait._polling.commands import Compute, SendRequest, Sleep
from jobwait._polling.operations import call
from jobwait._polling.submission import Submission
from jobwait.service import Link
from support.services import DATASET, PROJECT, PROMPTS, TEMPLATE, TOUR

LINK = "https://storage.googleapis.com/bucket/file?X-Goog-Signature=CANARY"
JOB = str(DATASET)
ACCEPTED = {
    "freeplay": {"job_id": JOB, "status": "queued"},
    "fryte": {"job_id": "j-1", "tour_id": 7, "optimization_id": 5, "message": "ok"},
    "promptforge": {"job_id": "j-1", "upload_url": LINK, "expires_at": "2026-06-11T16:47:49Z"},
}
PAGES = {"freeplay": freeplay, "fryte": fryte, "promptforge": promptforge}
SUBMITS = {
    "freeplay": lambda client: freeplay.service._submit(
        client, PROJECT, prompt_template_version_id=TEMPLATE, dataset_id=DATASET
    ),
    "fryte": lambda client: fryte.submission._submit(client, TOUR),
    "promptforge": lambda client: promptforge.submission._submit(client, PROMPTS, provider="openai", model="m"),
}
STATUS = {"job_id": "j-1", "status": "QUEUED", "provider": "openai", "model": "m", "created_at": "2026-06-11T16:47:49Z"}


class SoftTimeLimitExceeded(Exception):
    """As a task queue raises it from a signal handler."""


EXCEPTIONS = [SoftTimeLimitExceeded, MemoryError, RecursionError, ValueError]
INTERRUPTIONS = [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError]


def client_of(name, answer=None):
    """A client of the service *name*, and what it was asked; *answer* gives the first response to a POST."""
    asked = []

    def play(request):
        request.read()
        asked.append(request.method)
        if request.method == "POST":
            made = answer(request) if answer and asked.count("POST") == 1 else None
            return made or httpx.Response(202, json=ACCEPTED[name])
        return httpx.Response(200, json=STATUS if request.method == "GET" else None)

    return PAGES[name].connect("k", transport=httpx.MockTransport(play)), asked


def at_once(command):
    """Carry out *command* without a pause."""
    return do(Sleep(0) if isinstance(command, Sleep) else command)


def ended(name, answer=None, execute=at_once):
    """How the submission to *name* ends in an error, and what was asked."""
    client, asked = client_of(name, answer)
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - what it is, is what the tests are about
        run(SUBMITS[name](client), execute)
    return caught.value, asked


def interrupting(number, kind, *, answered):
    """Carries out commands; at the one with this *number* raises *kind*, after the response came if *answered*."""
    left = [number]

    def execute(command):
        if isinstance(command, Compute):
            return at_once(command)  # the number counts what reaches the service, and pauses
        left[0] -= 1
        if left[0] == 0:
            if answered:
                at_once(command)
            raise kind
        return at_once(command)

    return execute


@pytest.mark.parametrize("name", SUBMITS)
@pytest.mark.parametrize("kind", EXCEPTIONS)
def test_an_exception_in_the_middle_of_a_post_is_unconfirmed(name, kind):
    """The request went out, and a time limit or a lack of memory ended it: that is the cause."""

    def broken(_):
        raise kind

    error, asked = ended(name, broken)
    assert ["POST"] == asked
    assert isinstance(error, errors.SubmitUnconfirmed)
    assert isinstance(error.__cause__, kind)
    assert f"it ended in {kind.__name__} before its result was known" in str(error)


PUBLIC = {
    "freeplay": ((PROJECT,), {"prompt_template_version_id": TEMPLATE, "dataset_id": DATASET}),
    "fryte": ((TOUR,), {}),
    "promptforge": ((PROMPTS,), {"provider": "openai", "model": "m"}),
}


@pytest.mark.parametrize("asynchronous", [True, False])
@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("kind", [SoftTimeLimitExceeded, asyncio.CancelledError])
@pytest.mark.parametrize("event", ["answered", "sending"])
def test_submit_and_submit_async_convert_what_ends_them(name, kind, event, asynchronous):
    """Through whatever layers the exception has to go to reach the operation."""

    def failing(details):
        if details.event == event:
            raise kind

    def broken(_):
        raise kind

    client, asked = client_of(name, broken if event == "sending" else None)
    (args, options), page = PUBLIC[name], PAGES[name]

    def submit():
        if asynchronous:
            asyncio.run(page.submit_async(client, *args, **options))
        else:
            page.submit(client, *args, **options)

    remove = hooks.add(failing)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a hook's exception becomes one
            with pytest.raises((errors.SubmitUnconfirmed, kind)) as caught:
                submit()
    finally:
        remove()
    unconfirmed = errors.SubmitUnconfirmed.behind(caught.value)
    assert ["POST"] == asked
    assert unconfirmed.ids.get("job_id") == (ACCEPTED[name]["job_id"] if event == "answered" else None)


@pytest.mark.parametrize("name", SUBMITS)
@pytest.mark.parametrize("kind", [*EXCEPTIONS, *INTERRUPTIONS])
def test_an_exception_after_the_response_names_the_job(name, kind):
    """An interruption stays what it is, with the SubmitUnconfirmed as its cause."""
    error, asked = ended(name, execute=interrupting(1, kind, answered=True))
    assert ["POST"] == asked
    unconfirmed = errors.SubmitUnconfirmed.behind(error)
    assert ACCEPTED[name]["job_id"] == unconfirmed.ids["job_id"] == unconfirmed.job_id
    assert isinstance(error, kind) == (kind in INTERRUPTIONS)
    assert "CANARY" not in str(unconfirmed)


@pytest.mark.parametrize("kind", [SoftTimeLimitExceeded, KeyboardInterrupt])
def test_an_exception_before_the_request_stays_what_it_is(kind):
    """Nothing was sent, so nothing is uncertain."""
    error, asked = ended("fryte", execute=interrupting(1, kind, answered=False))
    assert (kind, None, []) == (type(error), error.__cause__, asked)


@pytest.mark.parametrize("kind", [SoftTimeLimitExceeded, KeyboardInterrupt])
@pytest.mark.parametrize("answered", [True, False])
def test_an_exception_at_the_upload_names_the_job_that_was_created(kind, answered):
    """A program that is being ended asks for nothing more, either."""
    error, asked = ended("promptforge", execute=interrupting(2, kind, answered=answered))
    assert ["POST", "PUT"][: 1 + answered] == asked
    assert {"job_id": "j-1"} == errors.SubmitUnconfirmed.behind(error).ids


def test_an_upload_that_is_uncertain_for_a_while_is_submitted():
    """The store's response is a proxy's page, and the job's status says that its prompts have arrived."""
    asked = []

    def play(request):
        asked.append(request.method)
        if request.method == "PUT":
            return httpx.Response(403, html="<p>blocked")
        return (
            httpx.Response(202, json=ACCEPTED["promptforge"]) if asked == ["POST"] else httpx.Response(200, json=STATUS)
        )

    client = promptforge.connect("k", transport=httpx.MockTransport(play))
    assert "j-1" == run(SUBMITS["promptforge"](client)).id
    assert ["POST", "PUT", "GET"] == asked


@pytest.mark.parametrize("name", SUBMITS)
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308, 408, 425, 460, 499, 500, 502, 503, 504, 507, 520, 524])
def test_a_status_that_proves_nothing_is_unconfirmed(name, code):
    """Though the body is the service's: a timeout or a redirect says nothing of what became of the request."""
    error, asked = ended(name, lambda _: httpx.Response(code, json={"detail": "x", "message": "x"}))
    assert ["POST"] == asked
    assert (errors.SubmitUnconfirmed, code) == (type(error), error.status)


@pytest.mark.parametrize("name", SUBMITS)
@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 407, 409, 413, 422, 431])
def test_a_refusal_is_certain_only_in_the_services_own_words(name, code):
    """The same status on a proxy's page, and without a body, proves nothing."""
    error, asked = ended(name, lambda _: httpx.Response(code, json={"detail": "x", "message": "x"}))
    assert isinstance(error, errors.SubmitUnconfirmed if code == 407 else errors.CallFailed)
    for page in ({"html": "<h1>Forbidden</h1>"}, {}, {"text": "Forbidden"}, {"json": ["x"]}):
        error, asked = ended(name, lambda _, page=page: httpx.Response(code, **page))
        assert (errors.SubmitUnconfirmed, ["POST"]) == (type(error), asked)


@pytest.mark.parametrize("name", SUBMITS)
@pytest.mark.parametrize(
    "location",
    ["http://[", "//xn--a", "http://h:99999/", "::1", "xn--a:1?[", "//xn--ahttp", "http://\x80", "\x7f", "http://a b"],
)
def test_a_redirect_whose_location_cannot_be_read_is_unconfirmed(name, location):
    """Httpx reads it even if it does not follow it: in whatever way that fails, the request had gone out."""
    headers = [(b"location", location.encode("latin-1"))]
    error, asked = ended(name, lambda _: httpx.Response(302, headers=headers))
    assert (errors.SubmitUnconfirmed, ["POST"]) == (type(error), asked)


@pytest.mark.parametrize("job_id", ["", ".", "..", "x" * 501, "\ud800", 7, None, ["j"], {"a": 1}])
def test_an_id_that_is_missing_or_fits_no_url_is_unconfirmed(job_id):
    """The other ids in the response are named."""
    body = json.dumps({"job_id": job_id, "tour_id": 7, "message": "ok"})
    error, asked = ended("fryte", lambda _: httpx.Response(202, content=body))
    assert (errors.SubmitUnconfirmed, ["POST"]) == (type(error), asked)
    assert "7" == error.ids["tour_id"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"[" * 100_000, b"null", b"\xff", b'{"job_id": NaN}'])
@pytest.mark.parametrize("name", SUBMITS)
def test_a_2xx_that_does_not_decode_is_unconfirmed(name, body):
    """It was taken, most likely."""
    error, asked = ended(name, lambda _: httpx.Response(202, content=body))
    assert (errors.SubmitUnconfirmed, ["POST"]) == (type(error), asked)


@pytest.mark.parametrize("kind", [KeyError, errors.UnexpectedReply, errors.InvalidInput, errors.JobNotFound])
def test_an_error_of_parse_is_unconfirmed_whatever_it_is(kind):
    """A service of the caller's own may raise any of ours."""
    client, asked = client_of("fryte")

    def parse(_):
        raise kind("no")

    build = lambda: httpx.Request("POST", "https://a.invalid/")  # noqa: E731
    with pytest.raises(errors.SubmitUnconfirmed) as caught:
        run(call(fryte.SERVICE, client, build, parse, once=Submission(fryte.SERVICE)))
    assert ({"job_id": "j-1", "tour_id": "7", "optimization_id": "5"}, ["POST"]) == (caught.value.ids, asked)


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_a_hook_that_fails_after_the_response_is_unconfirmed(kind):
    """As with warnings as errors; the job that the response named is in the error."""

    def failing(details):
        if details.event == "answered":
            raise kind

    remove = hooks.add(failing)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            error, asked = ended("fryte")
    finally:
        remove()
    assert ("j-1", ["POST"]) == (errors.SubmitUnconfirmed.behind(error).ids["job_id"], asked)


def test_a_canceled_task_stays_canceled():
    """The cancellation has the SubmitUnconfirmed as its cause."""

    async def main():
        sent = asyncio.Event()

        async def stuck(_):
            sent.set()
            await asyncio.sleep(3600)

        client = fryte.connect("k", transport=httpx.MockTransport(stuck))
        task = asyncio.create_task(run_async(SUBMITS["fryte"](client)))
        await sent.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert task.cancelled()
        assert isinstance(caught.value.__cause__, errors.SubmitUnconfirmed)

    asyncio.run(main())


def test_an_exception_between_two_commands_reaches_the_operation():
    """A signal handler may raise while the driver hands over a result."""

    def operation():
        with Submission(fryte.SERVICE) as once:
            once.sent = True
            yield Sleep(0)

    class Signalled:
        """An operation whose send() is interrupted before it begins."""

        def __init__(self):
            self.operation = operation()
            self.throw, self.close = self.operation.throw, self.operation.close

        def __next__(self):
            return next(self.operation)

        def send(self, _):
            raise SoftTimeLimitExceeded

    with pytest.raises(errors.SubmitUnconfirmed):
        run(Signalled(), at_once)


def test_the_steps_of_a_connection_say_whether_a_byte_was_sent():
    """While it connects, or agrees on TLS behind a proxy, nothing of the request has gone out."""
    once = Submission(fryte.SERVICE)
    client, _ = client_of("fryte")
    command = SendRequest(client, lambda: None, once=once)
    attempt = Attempt(client, "POST", "https://a.invalid", {}, None, 1.0, {}, 1, None, command)
    seen = []
    for step in (
        "connection.connect_tcp.started",
        "http11.send_request_headers.started",
        "connection.start_tls.started",
        "http11.send_request_headers.started",
    ):
        attempt.note(step)
        seen.append(once.sent)
    assert [False, True, False, True] == seen


def test_a_body_that_ends_early_is_unconfirmed(tmp_path):
    """The file is shorter than the headers say, which httpx finds after it has sent them."""

    class Short(type(tmp_path)):
        def stat(self, **more):
            found = super().stat(**more)
            return type("Stat", (), {"st_size": found.st_size + 5})()

    (tmp_path / "f").write_text("x")
    with Hostile(lambda *_: None) as server, promptforge.connect("k", base_url=server.url) as client:
        link = Link(f"{server.url}/o")
        with pytest.raises(errors.SubmitUnconfirmed):
            run(upload_file(promptforge.SERVICE, client, link, Short(tmp_path / "f"), "x", "j-1"))
