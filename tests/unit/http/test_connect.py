"""connect() and http_client(): what they refuse, and what no text, traceback or pickle shows of a key."""

import copy
import functools
import importlib
import io
import pickle
import socket
import ssl
import traceback

import anyio
import attrs
import pytest
import rich.console
import rich.traceback

from jobwait import errors, freeplay, fryte, promptforge, wait_all, wait_all_async
from jobwait._http.attempt import Attempt
from jobwait._http.pool import ClientPool
from jobwait._httpx import httpx
from jobwait._polling.commands import Poll, SendRequest
from jobwait.service import http_client
from jobwait.testing import FakeServer, virtual_time
from support.services import TOUR

KEY = "sk-CANARY-9f8e7d6c5b4a3210"
SERVICES = [fryte, promptforge, freeplay]
HERE = "http://127.0.0.1:1"


def shown(error, by_rich=False):
    """What crash reporters show of *error* with local variables, without the frames of this file."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    error.__traceback__ = frames
    console = rich.console.Console(file=io.StringIO(), width=400)
    if by_rich:  # it takes a tenth of a second
        of = (type(error), error, frames)
        console.print(rich.traceback.Traceback.from_exception(*of, show_locals=True, locals_max_string=100_000))
    plain = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return console.file.getvalue() + "".join(plain) + repr(vars(error))


def no_key_in(error, by_rich=False):
    """Neither *error* nor any error behind it shows the key."""
    behind, seen = [error], []
    while behind:
        one = behind.pop()
        if one is not None and one not in seen:
            seen.append(one)
            behind += [one.__cause__, one.__context__]
            assert KEY not in shown(one, by_rich)


class Vault:
    """Gives a key that its attributes hide no better than its repr."""

    def __init__(self, gives):
        self.gives = gives

    def __call__(self):
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives

    def __repr__(self):
        return f"Vault({self.gives!r})"


REFUSED = {
    "address over plain http": {"base_url": "http://api.example.com"},
    "address with a user": {"base_url": f"https://{KEY}@api.example.com"},
    "address with a password": {"base_url": f"https://u:{KEY}@api.example.com"},
    "address with a query": {"base_url": f"https://api.example.com/?key={KEY}"},
    "address without a scheme": {"base_url": "api.example.com"},
    "address with a bad port": {"base_url": "https://api.example.com:x"},
    "address with an empty label": {"base_url": "https://api..example.com"},
    "address with a label that is too long": {"base_url": f"https://{'a' * 64}.example.com"},
    "address with a space": {"base_url": "https://api example.com"},
    "the key as the address": {"base_url": KEY},
    "address of another type": {"base_url": [KEY]},
    "timeout of 0": {"request_timeout": 0},
    "timeout as text": {"request_timeout": "30"},
    "transport of another type": {"transport": object()},
    "verify that is off": {"verify": False},
    "verify of another type": {"verify": 7},
    "verify without a file": {"verify": "/nowhere/ca.pem"},
    "verify that is no certificate": {"verify": __file__},
    "headers of another type": {"headers": KEY},
    "header with the key's name": {"headers": {"X-Other": "a", "authorization": KEY, "X-API-KEY": KEY}},
    "header of the transport": {"headers": {"Transfer-Encoding": "chunked", "X-Key": KEY}},
    "header with a line break": {"headers": {"X-Key": f"{KEY}\r\nX-Other: a"}},
    "header with a bad name": {"headers": {"X Key": KEY}},
    "header that is no text": {"headers": {"X-Key": KEY.encode()}},
    "empty key": {"api_key": ""},
    "key with a line break": {"api_key": f"{KEY}\n"},
    "key with a space": {"api_key": f"{KEY} x"},
    "key that is not ASCII": {"api_key": f"{KEY}é"},
    "key that is not UTF-8": {"api_key": f"{KEY}\udcff"},  # as os.environ has a byte that is none
    "header that is not UTF-8": {"headers": {"X-Key": f"{KEY}\udcff"}},
    "address that is not UTF-8": {"base_url": f"https://{KEY}\udcff.example.com"},
    "key as bytes": {"api_key": KEY.encode()},
    "key in a list": {"api_key": [KEY]},
}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("from_environment", [False, True])
@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
def test_what_connect_refuses_shows_no_key(wrong, from_environment, service, monkeypatch):
    """Not in its message, not in the local variables of any frame, not in an error behind it."""
    name, given = service.SERVICE.name.upper(), {"api_key": KEY, **wrong}
    if from_environment:
        for option, variable in (("api_key", f"{name}_API_KEY"), ("base_url", f"{name}_BASE_URL")):
            if isinstance(given.get(option), str):
                monkeypatch.setenv(variable, given.pop(option))
    with pytest.raises(errors.InvalidInput) as refusal:
        service.connect(**given)
    no_key_in(refusal.value, by_rich=service is fryte)


@pytest.mark.parametrize(
    "gives", ["", f"{KEY}\n", [KEY], None, KEY.encode(), OSError(KEY), errors.InvalidInput(KEY), KeyError(KEY)]
)
@pytest.mark.parametrize("call", ["outcome", "submit", "http_client"])
def test_a_function_that_gives_no_key_is_refused_without_it(call, gives):
    """When a request is made; at a renewal too, after a key that was refused."""
    keys = iter([KEY, gives])
    function = functools.partial(lambda *_: Vault(next(keys))(), KEY)
    if call == "http_client":
        client = http_client(httpx.Client(), base_url=HERE, api_key=function)
    else:
        client = fryte.connect(function, base_url=HERE, transport=FakeServer(401))
    assert KEY not in repr(vars(client))
    if call != "outcome":
        client.auth_headers()  # the good key
    own = attrs.evolve(fryte.SERVICE, poll=lambda client, _: client.build_request("GET", "/"))
    calls = {
        "outcome": lambda: fryte.job(client, "c3f1c944").outcome(timeout=3),
        "submit": lambda: fryte.submit(client, TOUR),
        "http_client": lambda: ClientPool.of(client).attempt(Poll(own, client, {"job_id": "j"}, 1.0)),
    }
    with pytest.raises(errors.InvalidInput, match="API key") as refusal:
        calls[call]()
    no_key_in(refusal.value)


@pytest.mark.parametrize("wrong", [{"api_key": f"{KEY}\n"}, {"api_key": [KEY]}, {"api_key": ""}, {"base_url": "x"}])
def test_what_http_client_refuses_shows_no_key(wrong):
    """As connect()."""
    with pytest.raises(errors.InvalidInput) as refusal:
        http_client(httpx.Client(), **{"base_url": "https://api.example.com", "api_key": KEY, **wrong})
    no_key_in(refusal.value)


def clients():
    """One of each kind, and one whose pool has a header of its own."""
    yield promptforge.connect(KEY, base_url=HERE)
    yield promptforge.connect(lambda: KEY, base_url=HERE)
    yield http_client(httpx.Client(), base_url=HERE, api_key=KEY, header="X-API-Key")
    yield http_client(httpx.Client(headers={"Authorization": f"Bearer {KEY}"}), base_url=HERE)


@pytest.mark.parametrize("client", list(clients()))
def test_a_request_of_a_service_pickles_without_its_key(client):
    """As a queue or a cache would keep it; what is in this process keeps the key for the send."""
    if hasattr(client, "_settings"):
        request = promptforge.SERVICE.poll(client, {"job_id": "j1"})
    else:
        request = client.build_request("GET", "/api/jobs/j1/status")
    pickled = pickle.dumps(request)
    assert KEY.encode() not in pickled
    assert request.url == pickle.loads(pickled).url
    assert KEY not in repr([request, request.headers, copy.copy(request.headers), copy.deepcopy(request.headers)])
    assert KEY in str(copy.deepcopy(request.headers).multi_items())


def parts(client):
    """All that jobwait makes on the way of a request."""
    pool = ClientPool.of(client)
    ids = {"job_id": "j1"}
    build = functools.partial(promptforge.SERVICE.poll, client, ids)
    for command in (Poll(promptforge.SERVICE, client, ids, 1.0), SendRequest(client, build)):
        attempt = pool.attempt(command)
        yield from (command, attempt, attempt.headers, attempt.secret)
    yield pool
    yield client
    yield promptforge.job(client, "j1")


@pytest.mark.parametrize("number", range(11))
def test_no_part_of_a_request_shows_its_key(number):
    """Neither its repr, nor its attributes, nor its pickle; what holds a key refuses to be pickled."""
    thing = list(parts(promptforge.connect(KEY, base_url=HERE, headers={"X-Gate": KEY})))[number]
    assert KEY not in repr(thing) + str(thing)
    if isinstance(thing, Attempt):
        thing.request_with_trace(print)
        assert KEY not in repr([getattr(thing, name) for name in ("headers", "secret", "request", "client")])
    try:
        pickled = pickle.dumps(thing)
    except (TypeError, AttributeError, pickle.PicklingError, errors.JobWaitError) as refusal:
        no_key_in(refusal)
    else:
        assert KEY.encode() not in pickled


def test_headers_of_the_caller_are_sent_with_each_request():
    """A poll and a status; in place of the client's own User-Agent."""
    server = FakeServer({"job_id": "c3f1c944", "tour_id": 1, "status": "succeeded"})
    with fryte.connect(KEY, base_url=HERE, transport=server, headers={"X-Gate": "g", "User-Agent": "mine"}) as client:
        fryte.job(client, "c3f1c944").wait(timeout=3)
        fryte.job(client, "c3f1c944").status()
    sent = [request.headers for request in server.requests]
    assert [("g", "mine")] * 2 == [(headers["X-Gate"], headers["User-Agent"]) for headers in sent]


def test_a_context_is_used_as_it_is():
    """So that it may have a client certificate; one is made where there is none, once for a client."""
    context = ssl.create_default_context()
    assert context is fryte.connect(KEY, verify=context).verify
    client = fryte.connect(KEY)
    assert isinstance(client.verify, ssl.SSLContext)
    assert client.verify is client.with_timeout(3).verify


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_certificate_variable_without_certificates_is_named(variable, tmp_path, monkeypatch):
    """At once, and not as a fault of the connection."""
    path = tmp_path / "ca.pem"
    if variable == "SSL_CERT_FILE":
        path.write_text("no certificate")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)  # it comes first
    monkeypatch.setenv(variable, str(path))
    with pytest.raises(errors.InvalidInput, match=variable):
        fryte.connect(KEY)


class ForThreads(httpx.BaseTransport):
    """A transport of one style."""

    def handle_request(self, request):
        return httpx.Response(503)


class ForLoops(httpx.AsyncBaseTransport):
    """A transport of the other style."""

    async def handle_async_request(self, request):
        return httpx.Response(503)


def in_threads(client):
    """Each kind of call without async."""
    yield lambda: fryte.submit(client, TOUR)
    yield lambda: fryte.job(client, "c3f1c944").status()
    yield lambda: fryte.job(client, "c3f1c944").outcome(timeout=1)
    yield lambda: [outcome.unwrap() for outcome in wait_all([fryte.job(client, "c3f1c944")], timeout=1)]
    yield lambda: fryte.list_jobs(client, 7)


def in_loops(client):
    """The same, async."""

    async def many():
        (await wait_all_async([fryte.job(client, "c3f1c944")] * 2, timeout=1))[1].unwrap()

    yield lambda: fryte.submit_async(client, TOUR)
    yield lambda: fryte.job(client, "c3f1c944").status_async()
    yield lambda: fryte.job(client, "c3f1c944").outcome_async(timeout=1)
    yield many
    yield lambda: fryte.list_jobs_async(client, 7)


@pytest.mark.parametrize("call", range(5))
@pytest.mark.parametrize("style", ["sync", "asyncio", "trio"])
def test_a_transport_of_the_other_style_never_gives_way_to_the_network(style, call):
    """It is refused, in a test of one's own as well; the network would get the key and bill a job."""
    with socket.create_server(("127.0.0.1", 0)) as network:
        network.setblocking(False)
        transport = ForLoops() if style == "sync" else ForThreads()
        client = fryte.connect(KEY, base_url=f"http://127.0.0.1:{network.getsockname()[1]}", transport=transport)
        calls = list((in_threads if style == "sync" else in_loops)(client))
        with pytest.raises(errors.InvalidInput, match=r"The transport is no httpx\.") as refusal:
            calls[call]() if style == "sync" else anyio.run(calls[call], backend=style)
        no_key_in(refusal.value)
        with pytest.raises(BlockingIOError):
            network.accept()


async def _wait_for_all(client):
    return await wait_all_async([promptforge.job(client, f"j{number}") for number in range(3)], timeout=1)


def _maker_of_contexts():
    """What makes a TLS context for a client: the module, and the name of the function."""
    if httpx.__name__ == "httpx2":
        return importlib.import_module("httpcore2"), "default_ssl_context"
    return ssl, "create_default_context"


def test_all_waits_of_a_client_share_the_tls_context_that_connect_made(monkeypatch):
    """To make one takes longer than a request, and would hold up an event loop at each call."""
    importlib.import_module("aiohttp")  # which makes one of its own, once
    made, (place, name) = [], _maker_of_contexts()
    make = getattr(place, name)
    monkeypatch.setattr(place, name, lambda *args, **more: made.append(1) or make(*args, **more))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        client = promptforge.connect("k", base_url=f"https://127.0.0.1:{taken.getsockname()[1]}")
        with virtual_time():
            found = [anyio.run(_wait_for_all, client, backend=one) for one in ("asyncio", "trio", "asyncio")]
            found.append(wait_all([promptforge.job(client, "j")], timeout=1))
            anyio.run(lambda: promptforge.job(client, "j").outcome_async(timeout=1))
    client.close()
    assert {"unreachable"} == {outcome.state for outcomes in found for outcome in outcomes}
    assert [1] == made
