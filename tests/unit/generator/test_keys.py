"""Keys of generated clients: each where the specification says, several at once, and none in any text."""

import asyncio
import copy
import json
import logging
import pickle
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest
from generator.emit.package import build
from generator.spec.normalise import normalise
from generator.spec.requests.keys import auth, remove_unsendable

import jobwait
from jobwait._httpx import httpx
from jobwait.service import Job, JobState, PollingDefaults, Service, StatusMap

from .keys_spec import SCHEMES, SECURITY, keys_document

pytestmark = pytest.mark.xdist_group("clients")  # the fixture `clients` generates once for this group

KEYS = {
    "app_key": "canary-app",
    "api_key": "canary&query=",
    "session": "canary;cookie",
    "whole": "Token canary-whole",
    "login": ("canary-user", "canary:päss"),
    "bearer": "canary-bearer",
    "words": "canary-words",
    "timeout_key": "canary-timeout",
}
# What stands on the wire for each operation: the path with its query, and the headers.
WIRE = {
    "in_header": ("/in_header", {"X-App": "canary-app"}),
    "in_query": ("/in_query?api%20key=canary%26query%3D", {}),
    "in_cookie": ("/in_cookie", {"Cookie": "sid=canary%3Bcookie"}),
    "whole_header": ("/whole_header", {"Authorization": "Token canary-whole"}),
    "basic": ("/basic", {"Authorization": "Basic Y2FuYXJ5LXVzZXI6Y2FuYXJ5OnDDpHNz"}),
    "oauth": ("/oauth", {"Authorization": "Bearer canary-bearer"}),
    "own_scheme": ("/own_scheme", {"Authorization": "ApiKey canary-words"}),
    "named_like_an_argument": ("/named_like_an_argument", {"X-Timeout-Key": "canary-timeout"}),
    "both": ("/both?api%20key=canary%26query%3D", {"X-App": "canary-app"}),
    "either": ("/either", {"Authorization": "Bearer canary-bearer"}),
    "optional": ("/optional", {"X-App": "canary-app"}),
    "with_certificate": ("/with_certificate", {"X-App": "canary-app"}),
    "certificate_alone": ("/certificate_alone", {}),
    "handshake": ("/handshake", {}),
    "two_in_one_place": ("/two_in_one_place", {"X-App": "canary-app"}),
    "public": ("/public", {}),
}
PLACES = ("X-App", "Cookie", "Authorization", "X-Timeout-Key")


@pytest.fixture
def package(module_of):
    """Import a module of the client of that specification."""
    return lambda name: module_of(f"keys_client.{name}")


@pytest.fixture
def connect(package):
    """Make a client with all keys; None leaves one out."""
    return lambda **settings: package("client").AuthenticatedClient(**{**KEYS, **settings})


def operation(package, name):
    """The module of one operation."""
    return package(f"api.ways.{name}")


def test_every_operation_of_the_specification_is_in_the_table():
    """None is forgotten."""
    assert set(SECURITY) == set(WIRE)


@pytest.mark.parametrize("name", WIRE)
def test_keys_stand_where_the_specification_says(package, connect, name):
    """Path, query and headers hold the keys of the operation and no others."""
    request = operation(package, name).build(connect())
    path, headers = WIRE[name]

    assert path == request.url.raw_path.decode()
    assert headers == {place: request.headers[place] for place in PLACES if place in request.headers}


def test_the_second_alternative_is_taken_where_the_keys_of_the_first_are_missing(package, connect):
    """An operation sends the first alternative whose keys are all given."""
    request = operation(package, "either").build(connect(bearer=None))

    assert ("canary-app", "sid=canary%3Bcookie") == (request.headers["X-App"], request.headers["Cookie"])
    assert "Authorization" not in request.headers


def test_a_missing_key_is_named_before_anything_is_sent(package, connect):
    """The error says what to give; no request without a key leaves."""
    with pytest.raises(ValueError, match="give the client bearer=, or app_key= and session="):
        operation(package, "either").build(connect(bearer=None, app_key=None))


def test_a_client_without_any_key_is_refused(package):
    """The error names all arguments."""
    with pytest.raises(ValueError, match="needs a key: app_key=, api_key="):
        package("client").AuthenticatedClient()


def test_an_optional_key_is_not_needed(package, connect):
    """Neither by a client without keys nor by one that has others."""
    for client in (package("client").Client(), connect(app_key=None)):
        assert "X-App" not in operation(package, "optional").build(client).headers


def test_keys_join_other_parameters(package, connect):
    """A query and a cookie of the caller's stay."""
    client = connect()

    assert (
        "/in_query?q=1&api%20key=canary%26query%3D"
        == operation(package, "in_query").build(client, q="1").url.raw_path.decode()
    )
    assert "c=2; sid=canary%3Bcookie" == operation(package, "in_cookie").build(client, c="2").headers["Cookie"]


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [
        ("app_key", "canary canary"),
        ("api_key", "canary\n"),
        ("whole", "Token canary canary"),
        ("whole", " canary"),
        ("login", "canary:canary"),
        ("login", ("canary", None)),
        ("login", ("can:ary", "")),
        ("login", ("canary", "canary\r\nX: y")),
        ("login", ("", "")),
        ("login", ["canary", "canary"]),
        ("bearer", ""),
    ],
)
@pytest.mark.parametrize("renewed", [False, True])
def test_a_bad_key_is_refused_and_not_shown(package, connect, argument, wrong, renewed):
    """Neither in the text nor in the local variables of the client's frames."""
    ways = {"app_key": "in_header", "api_key": "in_query", "login": "basic", "bearer": "oauth", "whole": "whole_header"}
    with pytest.raises(ValueError, match="The API key") as refusal:
        operation(package, ways[argument]).build(connect(**{argument: (lambda: wrong) if renewed else wrong}))

    assert "canary" not in shown(refusal.value)


def shown(error):
    """The text of *error*, and the local variables in the frames of the client."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = [frame.f_locals for frame in frames if frame.f_globals["__name__"].startswith("keys_client")]
    return repr(ours) + repr(error) + "".join(traceback.format_exception_only(error))


def test_functions_give_each_key_at_every_request(package, connect):
    """So a token of OAuth2 can be fetched and renewed by a function of the caller's."""
    pairs = iter([("a", ""), ("b", "c")])
    client = connect(login=lambda: next(pairs))

    assert ["Basic YTo=", "Basic Yjpj"] == [
        operation(package, "basic").build(client).headers["Authorization"] for _ in range(2)
    ]


@pytest.mark.parametrize("name", ["both", "in_cookie", "basic", "whole_header"])
def test_no_key_is_in_any_text(package, connect, caplog, name):
    """Of clients, requests, responses, errors, pickles and the log of httpx, before and after the request is sent."""
    sent = []

    def answer(request):
        sent.append(request.url.raw_path.decode() + str(request.headers.multi_items()))
        return httpx.Response(500, json={}, request=request)

    client = connect(transport=httpx.MockTransport(answer))
    caplog.set_level(logging.DEBUG)
    request = operation(package, name).build(client)
    texts = [client, copy.deepcopy(client), vars(client), request, request.url, request.headers, request.extensions]
    texts += [copy.copy(request), copy.deepcopy(request.headers), pickle.dumps(request)]
    text = repr(texts) + str(request.url)
    with pytest.raises(package("errors").StatusError) as failure:
        operation(package, name).sync(client)
    response = client.send(request)
    text += shown(failure.value) + repr([response.url, vars(response.request)]) + caplog.text
    text += repr(pickle.dumps(response)) + repr([copy.copy(response.request.url), response.request.headers.raw])

    assert 2 == len(sent)
    assert all("canary" in one or "Y2FuYXJ5" in one for one in sent)
    assert "HTTP Request: GET https://keys.example" in caplog.text
    assert "canary" not in text
    assert "Y2FuYXJ5" not in text


@pytest.fixture
def server():
    """A service on loopback that answers with the states of a job, then repeats the keys; and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        """Notes each request."""

        def do_GET(self):
            asked.append(self.path + str(sorted(self.headers.items())))
            state = {"state": "done" if len(asked) > 2 else "on", "echo": self.path, "more": self.headers["X-App"]}
            body = json.dumps(state).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}", asked
        listening.shutdown()
        thread.join()


def one(job):
    """Wait in a thread."""
    return job.wait()


def many(job):
    """Wait in a fleet, in threads."""
    return jobwait.wait_all([job])[0].unwrap()


def in_task(job):
    """Wait in a task."""
    return asyncio.run(job.wait_async())


def many_in_tasks(job):
    """Wait in a fleet in asyncio, by aiohttp."""

    async def run():
        return await jobwait.wait_all_async([job])

    return asyncio.run(run())[0].unwrap()


@pytest.mark.parametrize("wait", [one, many, in_task, many_in_tasks])
def test_a_wait_sends_all_keys_and_shows_none(package, connect, server, caplog, wait):
    """Each poll has the keys of its operation, as they are then; logs and snapshots have none."""
    url, asked = server
    caplog.set_level(logging.DEBUG)
    tokens = (f"canary-{number}-0123456789" for number in count())
    client = connect(base_url=url, api_key=lambda: next(tokens), app_key="canary-app-0123456789")
    toys = Service(
        name="toys",
        id="toy_id",
        poll=lambda client, ids: operation(package, "both").build(client, q=ids["toy_id"]),
        parse=lambda response: response.json(),
        status="state",
        statuses=StatusMap(running={"on"}, succeeded={"done"}),
        defaults=PollingDefaults(timeout=60.0, interval=0.01, first_interval=0.01, min_interval=0.01),
    )
    with client:
        snapshot = wait(Job(JobState(toys, client, {"toy_id": "7"})))

    assert [f"/both?q=7&api%20key=canary-{number}-0123456789" for number in range(3)] == [
        one.partition("[")[0] for one in asked
    ]
    assert all("canary-app-0123456789" in one for one in asked)
    assert ("done", "[key]") == (snapshot["state"], snapshot["more"])
    assert "canary" not in caplog.text + repr(snapshot)


def test_keys_come_from_the_environment(package, monkeypatch):
    """One variable for each argument; a user name and a password have a colon between them."""
    for name, value in {"APP_KEY": "a", "LOGIN": "user:pass:word", "BASE_URL": "http://127.0.0.1:1"}.items():
        monkeypatch.setenv(f"KEYS_{name}", value)
    client = package("client").AuthenticatedClient.from_env()

    assert "a" == operation(package, "in_header").build(client).headers["X-App"]
    assert "Basic dXNlcjpwYXNzOndvcmQ=" == operation(package, "basic").build(client).headers["Authorization"]
    assert "http://127.0.0.1:1/public" == str(operation(package, "public").build(client).url)


def test_the_readme_gives_the_keys_that_its_example_needs(tmp_path):
    """Not those of another operation."""
    document = keys_document({"one": [{"apiKey": [], "login": []}], "two": [{"appKey": []}]})
    build(normalise(document), tmp_path / "two_client", "Generated by a test.")

    assert 'with AuthenticatedClient(api_key="…", login=("user", "password")) as client:\n    answer = one.sync(' in (
        tmp_path / "two_client" / "README.md"
    ).read_text("utf-8")


def test_one_key_is_called_token():
    """Wherever it stands."""
    for scheme in ("appKey", "apiKey", "session", "login"):
        keys = auth(normalise(keys_document({"one": [{scheme: []}], "two": [{scheme: []}, {}]})))

        assert ["token"] == [key.argument for key in keys.keys]
        assert {"one": (("token",),), "two": (("token",), ())} == keys.alternatives
        assert (keys.single is not None) == (scheme == "appKey")


@pytest.mark.parametrize(
    ("security", "schemes", "said"),
    [
        ([{"digest": []}], {}, "the authentication digest is a handshake"),
        ([{"gone": []}], {}, "the security scheme gone is not defined"),
        ([{"bearer": [], "login": []}], {}, "two keys would have to stand in Authorization"),
        ([{"x": []}], {"x": {"type": "magic"}}, "the kind of security scheme 'magic' is unknown"),
        ([{"x": []}], {"x": {"type": "http"}}, "the name of an HTTP authentication scheme is missing"),
        ([{"x": []}], {"x": {"type": "http", "scheme": "a b\r\n"}}, "the name of an HTTP authentication scheme"),
        ([{"x": []}], {"x": {"type": "apiKey", "in": "body", "name": "k"}}, "the place of an API key is unknown"),
    ],
)
def test_what_no_request_can_express_is_left_out_and_said(security, schemes, said):
    """The operation stays, as the caller can send a header of his own; other alternatives stay too."""
    document = keys_document({"one": [*security, {"appKey": []}], "two": security})
    document["components"]["securitySchemes"] = {**SCHEMES, **schemes}
    notices = remove_unsendable(document)

    assert ["/paths/~1one/get/security", "/paths/~1two/get/security"] == [place for place, _ in notices]
    assert all(said in sentence and "headers=" in sentence for _, sentence in notices)
    assert {"one": (("token",),), "two": ()} == auth(normalise(document)).alternatives
