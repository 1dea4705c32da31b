"""Keys: sent where they are wanted, checked at every read, and seen nowhere."""

import copy
import pickle
import traceback

import pytest
from tests.contract.clients.conftest import KEY

import freeplay_client
import fryte_client
import promptforge_client
from freeplay_client.api.prompt_optimization import get_job as freeplay_job
from fryte_client.api.planner import get_job as fryte_job
from jobwait._httpx import httpx
from promptforge_client.api.health import get_health
from promptforge_client.api.jobs import get_job_status

BAD_KEYS = [
    "",
    " ",
    "can ary canary",
    "canary\n",
    "canary\r\nX: y",
    "canaryü",
    "canary\x7f",
    "\u200bcanary",
    None,
    7,
    b"canary",
]


@pytest.mark.parametrize(
    ("package", "build", "ids", "header", "value"),
    [
        (promptforge_client, get_job_status.build, ["j"], "X-API-Key", KEY),
        (freeplay_client, freeplay_job.build, ["p", "j"], "Authorization", f"Bearer {KEY}"),
        (fryte_client, fryte_job.build, ["j"], "Authorization", f"Bearer {KEY}"),
    ],
)
def test_each_service_has_its_header(package, build, ids, header, value):
    """
    The key goes in the header that the spec's security scheme names, with its prefix.
    """
    request = build(package.AuthenticatedClient(token=KEY), *ids)

    assert value == request.headers[header]


def shown(error):
    """What a crash reporter shows of *error*: its text, and the local variables in the frames of the client."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = [frame.f_locals for frame in frames if frame.f_globals["__name__"].startswith("promptforge_client")]
    assert ours
    return repr(ours) + repr(error) + "".join(traceback.format_exception_only(error))


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_bad_key_is_refused_at_once_and_never_echoed(connect, key):
    """
    A key that cannot stand in a header is a ValueError without the key in it or behind it.
    """
    with pytest.raises(ValueError, match="The API key") as refusal:
        connect(token=key)

    assert "canary" not in shown(refusal.value)
    assert refusal.value.__context__ is None


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_bad_key_from_a_function_is_refused_when_it_is_read(connect, key):
    """
    A function is asked when a request is built, and what it gives is checked there.
    """
    client = connect(token=lambda: key)

    with pytest.raises(ValueError, match="The API key") as refusal:
        get_job_status.build(client, "j")
    assert "canary" not in shown(refusal.value)


def test_a_function_is_asked_at_every_build(connect):
    """
    A key that changes is sent as it is now.
    """
    keys = iter(["first", "second"])
    client = connect(token=lambda: next(keys))

    assert ["first", "second"] == [get_job_status.build(client, "j").headers["X-API-Key"] for _ in range(2)]


@pytest.mark.parametrize(("token", "renews"), [("fixed", False), (lambda: "new", True)])
def test_a_client_says_whether_its_key_may_change(connect, token, renews):
    """
    Only a function can give another key next time; copies and changed clients know it as well.
    """
    client = connect(token=token)

    assert [renews] * 3 == [one.renews_key for one in (client, copy.copy(client), client.with_timeout(3))]


def test_the_key_is_in_no_text(client):
    """
    Client, copies, attributes, requests and their headers may be printed.
    """
    request = get_job_status.build(client, "j")
    shown = [client, copy.copy(client), copy.deepcopy(client), vars(client), request, request.headers]
    shown += [client.with_headers({"X-A": "b"}), client.with_timeout(3)]

    assert KEY not in repr(shown) + "".join(map(str, shown))


def test_what_comes_back_holds_no_key(client, service):
    """
    After the send, neither the answer's request nor an error's holds the key, so both may be kept or logged.
    """
    request = get_job_status.build(client, "j")
    response = client.send(request)

    assert KEY == service.asked[0].headers["X-API-Key"]
    assert "X-API-Key" not in response.request.headers
    assert KEY.encode() not in pickle.dumps(response)


def test_a_failed_send_holds_no_key(connect):
    """
    The same holds for httpx's own errors, which carry their request along.
    """

    def refuse(request):
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(httpx.ConnectError) as failure:
        get_job_status.sync(connect(transport=httpx.MockTransport(refuse)), "j")

    assert "X-API-Key" not in failure.value.request.headers


def test_public_operations_send_no_key(client):
    """
    An operation without security gets no key, though the client has one.
    """
    assert "X-API-Key" not in get_health.build(client).headers
    assert "X-API-Key" not in get_health.build(promptforge_client.Client()).headers


def test_pools_know_no_key(connect):
    """
    Key and headers stand on the request, so that a signed link can go through the same pool.
    """
    pool = connect(headers={"X-Team": "blue"}).get_httpx_client()

    assert {"x-api-key", "x-team"}.isdisjoint(pool.headers)


def test_no_header_displaces_the_key(connect):
    """
    A header that the caller adds to all requests does not replace the key.
    """
    client = connect(headers={"x-api-key": "other"}).with_headers({"X-API-KEY": "another"})

    assert [KEY] == get_job_status.build(client, "j").headers.get_list("X-API-Key")


@pytest.mark.parametrize("wrong", [{"base_url": "canary"}, {"timeout": 0}, {"base_url": None}, {"headers": 7}])
def test_what_else_is_refused_shows_no_key_in_a_traceback(connect, wrong):
    """
    Not with local variables, of the client's own frames, either.
    """
    with pytest.raises((ValueError, TypeError)) as refusal:
        connect(**wrong)

    assert KEY not in shown(refusal.value)


def test_a_function_that_fails_shows_no_key(connect):
    """
    Its own frames and message are not behind the error, which has its class's name only.
    """

    def read():
        found = KEY
        raise OSError(found)

    client = connect(token=read)
    with pytest.raises(ValueError, match="raised OSError") as refusal:
        get_job_status.build(client, "j")

    assert KEY not in shown(refusal.value)
    assert refusal.value.__context__ is None


def test_a_request_that_cannot_be_built_shows_no_key(client):
    """
    The frames of the client hold the header only out of sight.
    """
    with pytest.raises(httpx.InvalidURL) as refusal:
        client.build_request("GET", "/\0", auth=client.auth_headers())

    assert KEY not in shown(refusal.value)


def test_a_request_pickles_without_its_key(client):
    """
    A queue or a cache gets all the rest; a copy in this process keeps it.
    """
    request = get_job_status.build(client, "j")
    pickled = pickle.dumps(request)
    twins = [copy.copy(request), copy.deepcopy(request.headers), request.headers.copy()]

    assert KEY.encode() not in pickled
    assert str(request.url) == str(pickle.loads(pickled).url)
    assert "application/json" == pickle.loads(pickled).headers["Accept"]
    assert [KEY] * 3 == [getattr(one, "headers", one)["X-API-Key"] for one in twins]
    assert KEY not in repr(twins)


def test_a_client_refuses_pickling(client):
    """
    A pickle would hold the key.
    """
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(client)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_works_on_its_own(client, duplicate):
    """
    A copy has the same settings and pools of its own.
    """
    twin = duplicate(client)

    assert "PROCESSING" == get_job_status.sync(twin, "j").status
    assert twin.get_httpx_client() is not client.get_httpx_client()
