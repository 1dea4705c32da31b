"""The error tree: its drawing, the error for each failure of a client, and what errors hold."""

import pickle
import re
import ssl
from pathlib import Path
from typing import get_args

import pytest

import promptforge_client.errors as client_errors
from jobwait import errors, freeplay, promptforge
from jobwait._httpx import httpx
from jobwait._model.service import RetryRule
from jobwait._polling.retry.classify import NO_FAILURES, classify, one_more
from jobwait._polling.retry.messages import translate

RULE = RetryRule()
KEY = "sk-CANARY-0123456789"
WARNINGS = {"RetryAfterWarning", "UnknownStatusWarning"}


def test_error_tree_in_the_docstring_matches_the_classes():
    """The tree at the top of errors.py is the tree of the classes."""
    stack, pairs = [], []
    for line in errors.__doc__.splitlines():
        found = re.match(r"^((?:│   |    |├── |└── )*)([A-Z]\w+)(?: \((\w+)\))?", line)
        if found and hasattr(errors, found[2]):
            depth = len(found[1]) // 4
            stack[depth:] = [found[2]]
            pairs.append((found[2], stack[depth - 1] if depth else None, found[3]))
    drawn = {name for name, _, _ in pairs}
    assert drawn == set(errors.__all__) - WARNINGS
    for name, parent, builtin in pairs:
        kind = getattr(errors, name)
        assert parent is None or getattr(errors, parent) in kind.__bases__
        assert builtin is None or issubclass(kind, getattr(__builtins__, builtin, None) or __builtins__[builtin])


@pytest.mark.parametrize("name", sorted(set(errors.__all__) - WARNINGS))
def test_every_error_can_be_pickled(name):
    """An unpickled error has the class, the message and the attributes of the original."""
    error = getattr(errors, name)(
        "what happened", service="fryte", job_id="j", snapshot={"a": 1}, status=404, request_id="r"
    )
    error.retry_after, error.ids = 3.0, {"job_id": "j"}
    copy = pickle.loads(pickle.dumps(error))
    assert type(error) is type(copy)
    assert vars(error) == vars(copy)
    assert "what happened" == str(copy)


def status_error(status, headers=None, body=None):
    """What a generated client raises for a response with *status*."""
    response = httpx.Response(status, headers=headers, json=body or {"detail": "so it is"})
    with pytest.raises(client_errors.StatusError) as caught:
        promptforge.SERVICE.parse(response)
    return caught.value


STATUSES = {
    400: ("RequestRejected", False),
    401: ("NotAuthorized", False),
    402: ("RequestRejected", False),
    403: ("NotAuthorized", False),
    404: ("JobNotFound", False),
    408: ("CallFailed", True),
    409: ("RequestRejected", False),
    410: ("JobNotFound", False),
    418: ("RequestRejected", False),
    422: ("RequestRejected", False),
    425: ("CallFailed", True),
    429: ("RateLimited", True),
    499: ("RequestRejected", False),
    500: ("CallFailed", True),
    502: ("CallFailed", True),
    503: ("CallFailed", True),
    520: ("CallFailed", True),
    204: ("UnexpectedReply", True),
    299: ("UnexpectedReply", True),
    301: ("UnexpectedReply", True),
    304: ("UnexpectedReply", True),
    308: ("UnexpectedReply", True),
    407: ("UnexpectedReply", True),
}


@pytest.mark.parametrize("status", STATUSES)
def test_http_status_maps_to_its_error(status):
    """Each status maps to one error class; whether the request is sent again is known for each."""
    decision = classify(status_error(status), RULE, 0.0)
    assert STATUSES[status] == (decision.kind.__name__, decision.again)
    assert (status, status == 401) == (decision.status, decision.new_key)


@pytest.mark.parametrize("status", [408, 425, 429, 400, 404])
def test_freeplay_request_other_than_a_poll_with_a_4xx_is_not_sent_again(status):
    """Freeplay's retry rule: no 4xx is sent again, except a 429 with Retry-After; a poll goes on."""
    rule = freeplay.SERVICE.retry
    decision = classify(status_error(status, body={"message": "no"}), rule, 0.0)
    once = one_more(NO_FAILURES, status)
    assert decision.is_final(once, rule, 5, bounded=False)
    assert decision.is_final(once, rule, 5, bounded=True) == (status in {400, 404})
    limited = classify(status_error(429, {"retry-after": "2"}), rule, 0.0)
    assert (True, 2.0) == (limited.again, limited.after)
    assert not limited.is_final(once, rule, 5, bounded=False)


OWN_BODIES = {  # content type, body, whether it is an error of promptforge, and of a service without an error_field
    "as documented": ("application/json", '{"detail": "no"}', True, True),
    "a list": ("application/json", '{"detail": [{"loc": [], "msg": "m", "type": "t"}]}', True, True),
    "a problem": ("application/problem+json; charset=utf-8", '{"detail": "no", "status": 403}', True, True),
    "a gateway's JSON": ("application/json", '{"message": "no Route matched"}', False, True),
    "JSON of no object": ("application/json", '["detail"]', False, False),
    "a string": ("application/json", '"detail"', False, False),
    "JSON said to be text": ("text/plain", '{"detail": "no"}', False, False),
    "HTML": ("text/html", "<html>Sign in</html>", False, False),
    "HTML said to be JSON": ("application/json", "<html>detail</html>", False, False),
    "nothing": ("application/json", "", False, False),
}


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 407, 409, 410, 413, 418, 421, 422, 431, 451, 499])
@pytest.mark.parametrize("case", OWN_BODIES)
def test_a_4xx_is_certain_only_with_a_body_of_the_service(case, status):
    """A page of a proxy is temporary, whatever its status; a generated client and a plain httpx one agree."""
    kind, body, *own = OWN_BODIES[case]
    request = httpx.Request("GET", "https://service.invalid/")
    response = httpx.Response(status, headers={"content-type": kind}, text=body, request=request)
    for is_own, service, parse in (
        (own[0], promptforge.SERVICE, promptforge.SERVICE.parse),
        (own[1], None, httpx.Response.raise_for_status),
    ):
        response.headers["content-type"] = kind
        with pytest.raises(Exception, match=str(status)) as caught:
            parse(response)
        decision = classify(caught.value, service.retry if service else RULE, 0.0)
        certain = is_own and status != 407
        assert (certain, not certain) == (decision.own, decision.again)
        assert certain != (decision.kind is errors.UnexpectedReply)
        assert decision.new_key == (status == 401)


def test_a_4xx_of_a_service_without_json_errors_is_certain():
    """Whatever its body; a 407 and a redirect are a proxy's all the same."""
    rule = RetryRule(json_errors=False)
    for status, certain in ((400, True), (403, True), (404, True), (407, False), (302, False)):
        response = httpx.Response(status, text="no", request=httpx.Request("GET", "https://service.invalid/"))
        with pytest.raises(httpx.HTTPStatusError) as caught:
            response.raise_for_status()
        assert (certain, not certain) == ((found := classify(caught.value, rule, 0.0)).own, found.again)


def test_the_page_of_a_proxy_is_not_said_to_be_the_services():
    """The sentence names the proxy and no key, and the error has the start of the page."""
    response = httpx.Response(403, headers={"content-type": "text/html"}, text="<html>Blocked</html>")
    with pytest.raises(client_errors.StatusError) as caught:
        promptforge.SERVICE.parse(response)
    made = translate(caught.value, classify(caught.value, promptforge.SERVICE.retry, 0.0), promptforge.SERVICE, "j")
    assert "(403) is not the service's own" in str(made)
    assert "key" not in str(made)
    assert "<html>Blocked</html>" == made.body


@pytest.mark.parametrize("status", [429, 503])
def test_the_error_of_a_submission_does_not_speak_of_a_job(status):
    """There is none: "the job goes on" would be untrue."""
    error = status_error(status, {"retry-after": "7"})
    decision = classify(error, RULE, 0.0)
    assert "job" not in str(translate(error, decision, promptforge.SERVICE, None))
    assert "the job is not affected" in str(translate(error, decision, promptforge.SERVICE, "j"))


@pytest.mark.parametrize("failures", [1, 2, 1025, 10**6, 10**400])
@pytest.mark.parametrize("base", [1e-300, 0.001, 5.0, 1e300])
def test_backoff_is_finite_after_any_number_of_failures(failures, base):
    """2.0 ** 1024 is an OverflowError; an interval beyond a minute is its own limit."""
    pause = classify(status_error(500), RULE, 0.0).pause(failures, RULE, base, "seed")
    assert base <= pause <= max(1.1 * 60, base)


TRANSPORT = {
    httpx.ConnectError: (True, False),
    httpx.ConnectTimeout: (True, False),
    httpx.PoolTimeout: (True, False),
    httpx.ReadTimeout: (True, True),
    httpx.WriteTimeout: (True, True),
    httpx.ReadError: (True, True),
    httpx.WriteError: (True, True),
    httpx.RemoteProtocolError: (True, True),
    httpx.DecodingError: (True, True),
    httpx.UnsupportedProtocol: (False, False),
    httpx.LocalProtocolError: (False, False),
}


@pytest.mark.parametrize("kind", TRANSPORT, ids=lambda kind: kind.__name__)
def test_transport_error_maps_to_retry_and_sent(kind):
    """Whether the request is sent again, and whether it may have been sent, is known for each error."""
    decision = classify(kind("no"), RULE, 0.0)
    assert TRANSPORT[kind] == (decision.again, decision.sent)


def test_invalid_certificate_is_not_retried():
    """An invalid certificate will be invalid at the next request too."""
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError("expired")
    assert not classify(error, RULE, 0.0).again


def test_every_httpx_error_becomes_call_failed():
    """Each error of httpx becomes a CallFailed that names the job and has the error as its cause."""
    kinds = [kind for kind in vars(httpx).values() if isinstance(kind, type) and issubclass(kind, httpx.HTTPError)]
    request = httpx.Request("GET", "http://service/")
    for kind in kinds:
        error = (
            kind("no", request=request, response=httpx.Response(500)) if kind is httpx.HTTPStatusError else kind("no")
        )
        made = translate(error, classify(error, RULE, 0.0), promptforge.SERVICE, "j-1")
        assert isinstance(made, errors.CallFailed)
        assert ("promptforge", "j-1", error) == (made.service, made.job_id, made.__cause__)


def test_message_of_the_service_is_in_the_error():
    """The service's reason for a refusal is in the error, whatever field of the body has it."""
    for body, said in (
        ({"detail": "Unsupported provider"}, "Unsupported provider"),
        ({"message": "no such template"}, "no such template"),
        (
            {"detail": [{"loc": ["body", "model"], "msg": "Field required", "type": "missing"}]},
            "body.model: Field required",
        ),
    ):
        error = status_error(422, body=body)
        made = translate(error, classify(error, RULE, 0.0), promptforge.SERVICE, None)
        assert said in str(made)


def test_request_id_is_in_the_error():
    """The service's id of the request, which its support may ask for, is an attribute of the error."""
    error = status_error(500, {"x-request-id": "req-7"})
    assert "req-7" == translate(error, classify(error, RULE, 0.0), promptforge.SERVICE, None).request_id


def test_failed_request_holds_no_key():
    """The request in a failure has no key, and neither has any text of the error."""

    def refuse(request):
        raise httpx.ConnectError("refused", request=request)

    with promptforge.connect(KEY, transport=httpx.MockTransport(refuse)) as client:
        operation = promptforge.job(client, "j-1")._status()
        from jobwait._jobs.drivers import do
        from jobwait._polling.commands import Sleep

        with pytest.raises(errors.CallFailed) as caught:
            drive(operation, do, Sleep)
    cause = caught.value.__cause__
    assert "CANARY" not in f"{caught.value!r}{cause!r}{cause.request.headers!r}{dict(cause.request.headers)}"
    assert b"CANARY" not in pickle.dumps(caught.value)


def drive(operation, do, sleep):
    """Drive *operation* in this thread, without its sleeps."""
    command = next(operation)
    while True:
        command = operation.send(do(sleep(0) if isinstance(command, sleep) else command))


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        (errors.JobNotFound, 404, "not_found"),
        (errors.NotAuthorized, 403, "key_refused"),
        (errors.RateLimited, 429, "rate_limited"),
        (errors.RequestRejected, 422, "rejected"),
        (errors.UnexpectedReply, 302, "unexpected_reply"),
        (errors.UnknownStatus, None, "unknown_status"),
        (errors.InvalidInput, None, "invalid_input"),
        (errors.CallFailed, 503, "service_error"),
        (errors.CallFailed, None, "no_answer"),
        (errors.JobFailed, None, None),
        (errors.WaitTimeout, None, None),
    ],
)
def test_the_reason_of_an_error_is_one_word(kind, status, reason):
    """For each way in which a job cannot be asked about, and no other; it outlives a pickle."""
    error = kind("It is so.", status=status)
    assert (reason, reason) == (error.reason, error.to_dict()["reason"])
    assert reason == pickle.loads(pickle.dumps(error)).reason


def test_the_page_has_every_reason():
    """docs/cli.md says of each what it means."""
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text("utf-8")
    assert [] == [reason for reason in get_args(errors.Reason) if f"| `{reason}` |" not in page]
