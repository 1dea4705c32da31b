"""The error tree: the picture is true, each failure of a client has its place, nothing is lost or let out."""

import pickle
import re
import ssl

import httpx
import pytest

import promptforge_client.errors as client_errors
from jobwait import errors, freeplay, promptforge
from jobwait._model.service import RetryRule
from jobwait._polling.retry.classify import classify
from jobwait._polling.retry.messages import translate

RULE = RetryRule()
KEY = "sk-CANARY-0123456789"


def test_the_picture_is_true():
    """The tree at the top of errors.py is the tree of the classes."""
    stack, pairs = [], []
    for line in errors.__doc__.splitlines():
        found = re.match(r"^((?:│   |    |├── |└── )*)([A-Z]\w+)(?: \((\w+)\))?", line)
        if found and hasattr(errors, found[2]):
            depth = len(found[1]) // 4
            stack[depth:] = [found[2]]
            pairs.append((found[2], stack[depth - 1] if depth else None, found[3]))
    drawn = {name for name, _, _ in pairs}
    assert drawn == set(errors.__all__) - {"UnknownStatusWarning"}
    for name, parent, builtin in pairs:
        kind = getattr(errors, name)
        assert parent is None or getattr(errors, parent) in kind.__bases__
        assert builtin is None or issubclass(kind, getattr(__builtins__, builtin, None) or __builtins__[builtin])


@pytest.mark.parametrize("name", sorted(set(errors.__all__) - {"UnknownStatusWarning"}))
def test_errors_survive_pickling(name):
    """Each error goes to another process and back with all that it carries."""
    error = getattr(errors, name)(
        "what happened", service="fryte", job_id="j", snapshot={"a": 1}, status=404, request_id="r"
    )
    error.retry_after, error.ids = 3.0, {"job_id": "j"}
    copy = pickle.loads(pickle.dumps(error))
    assert type(error) is type(copy)
    assert vars(error) == vars(copy)
    assert "what happened" == str(copy)


def status_error(status, headers=None, body=None):
    """What a generated client raises for an answer with *status*."""
    answer = httpx.Response(status, headers=headers, json=body or {"detail": "so it is"})
    with pytest.raises(client_errors.StatusError) as caught:
        promptforge.SERVICE.parse(answer)
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
    301: ("UnexpectedReply", False),
    304: ("UnexpectedReply", True),
    308: ("UnexpectedReply", False),
}


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_its_place(status):
    """A status maps to one class of the tree, and may or may not be asked again."""
    decision = classify(status_error(status), RULE, 0.0)
    assert STATUSES[status] == (decision.kind.__name__, decision.again)
    assert (status, status == 401) == (decision.status, decision.new_key)


@pytest.mark.parametrize("status", [408, 425, 429, 400, 404])
def test_freeplay_asks_for_no_4xx_again(status):
    """Freeplay's rule: no 4xx again, but for a 429 that says when."""
    assert not classify(status_error(status), freeplay.SERVICE.retry, 0.0).again
    told = classify(status_error(429, {"retry-after": "2"}), freeplay.SERVICE.retry, 0.0)
    assert (True, 2.0) == (told.again, told.after)


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
def test_each_transport_error_has_its_place(kind):
    """Whether a failure may be asked again, and whether the service may have acted on it, is known for each."""
    decision = classify(kind("no"), RULE, 0.0)
    assert TRANSPORT[kind] == (decision.again, decision.sent)


def test_a_refused_certificate_is_final():
    """A certificate that does not hold will not hold the next time."""
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError("expired")
    assert not classify(error, RULE, 0.0).again


def test_every_httpx_error_is_translated():
    """No error of httpx escapes the tree."""
    kinds = [kind for kind in vars(httpx).values() if isinstance(kind, type) and issubclass(kind, httpx.HTTPError)]
    request = httpx.Request("GET", "http://service/")
    for kind in kinds:
        error = (
            kind("no", request=request, response=httpx.Response(500)) if kind is httpx.HTTPStatusError else kind("no")
        )
        made = translate(error, classify(error, RULE, 0.0), promptforge.SERVICE, "j-1")
        assert isinstance(made, errors.CallFailed)
        assert ("promptforge", "j-1", error) == (made.service, made.job_id, made.__cause__)


def test_the_services_own_words_are_in_the_sentence():
    """What the service says of a refusal is in the error, wherever it puts it."""
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


def test_a_request_id_is_kept():
    """The service's name for the request helps its support: it stays on the error."""
    error = status_error(500, {"x-request-id": "req-7"})
    assert "req-7" == translate(error, classify(error, RULE, 0.0), promptforge.SERVICE, None).request_id


def test_no_key_in_a_failed_request():
    """The request that a failure carries has lost its key, and so has every text of the error."""

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
    """Drive *script* for real, but for its sleeps."""
    command = next(operation)
    while True:
        command = operation.send(do(sleep(0) if isinstance(command, sleep) else command))
