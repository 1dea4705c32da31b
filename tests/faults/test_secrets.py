"""A marked key and marked signatures of links: used in every way, and searched everywhere."""

import base64
import gzip
import io
import json
import logging
import os
import pickle
import subprocess
import sys
import traceback
import warnings

import pytest

import jobwait
from faults.catalogue import CANARY, FAULTS
from faults.operations import COUNTED, ENGINES, FILES, FLEETS, OTHERS, POLLS, PROMPTS, ROW, SUBMITS, UPLOAD, good, run
from faults.server import ALWAYS, Hostile, response
from jobwait import errors, promptforge
from jobwait._http.redaction import Secret
from jobwait.testing import record
from jobwait.tracker import Tracker
from support.shell import Shell

pytestmark = pytest.mark.filterwarnings("ignore:Async generator 'http:ResourceWarning")  # as in test_faults.py
REVEALING = ["end in the body", "html with 200", "bad gzip", "a redirect", "a 502 of a gateway", "silence"]


@pytest.fixture
def logged():
    """Everything that any logger says, at the lowest level, with the tracebacks."""
    text, root = io.StringIO(), logging.getLogger()
    handler, levels = logging.StreamHandler(text), {}
    for name in [
        "",
        "httpx",
        "httpcore",
        "aiohttp",
        "aiohttp.client",
        "asyncio",
        "jobwait",
        *logging.root.manager.loggerDict,
    ]:
        levels[name] = logging.getLogger(name).level
        logging.getLogger(name).setLevel(1)
    root.addHandler(handler)
    yield text
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def texts_of(thing):
    """All that can be read from *thing* by printing, inspecting and pickling it."""
    yield repr(thing)
    yield str(thing)
    yield str(getattr(thing, "__dict__", ""))
    try:
        yield pickle.dumps(thing).decode("latin-1")
    except (TypeError, AttributeError, pickle.PicklingError) as refusal:
        yield str(refusal)
    if isinstance(thing, BaseException):
        for one in (thing, thing.__cause__, thing.__context__):
            if one is not None:
                yield "".join(traceback.TracebackException.from_exception(one, capture_locals=True).format())


def echoing(connection, request):
    """A server that repeats all that it was sent in its refusal, in the headers too."""
    sent = request.headers.get("x-api-key") or request.headers.get("authorization") or "none"
    connection.sendall(response(str(request.headers).encode(), 403, f"x-request-id: {sent}", kind="text/plain"))


def quoting(connection, request):
    """The same, in a refusal that is documented."""
    connection.sendall(response(json.dumps({"detail": str(request.headers)}).encode(), 403))


def showing(connection, request):
    """A page that shows all that it was sent, and passes for a success."""
    connection.sendall(response(f"<pre>{request.headers}</pre>".encode(), kind="text/html"))


def telling(connection, request):
    """JSON that is not what the specification says, with the key as its values."""
    sent = str(request.headers)
    connection.sendall(response(json.dumps({"job_id": [sent], "status": sent, "error_message": sent}).encode()))


def labelling(connection, request):
    """A success whose body is said to be of a type that is the key, and a body that fits no specification."""
    sent = request.headers.get("x-api-key") or request.headers.get("authorization", "none").rpartition(" ")[2]
    connection.sendall(response(b"<p>", kind=f"text/{sent}"))


def returning(connection, request):
    """No HTTP: what came is sent back as it is."""
    connection.sendall(f"{request.target} {request.headers}\r\n\r\n".encode())


def in_headers(connection, request):
    """The key as the name of a header, and as the port of a link that no one can follow."""
    sent = key_of(request)
    connection.sendall(response(b"", 302, f"location: https://a.example:{sent}/x", f"{sent}: 1"))


def key_of(request):
    """The key that came with *request*."""
    return request.headers.get("x-api-key") or request.headers.get("authorization", "none").rpartition(" ")[2]


BACKSLASH = chr(92)
SPELLED = {
    "JSON escapes": lambda key: f'{{"message": "{"".join(f"{BACKSLASH}u{ord(char):04X}" for char in key)}"}}',
    "UTF-16": lambda key: json.dumps({"detail": key}).encode("utf-16"),
    "UTF-32": lambda key: json.dumps({"detail": key}).encode("utf-32"),
    "percent": lambda key: "".join(f"%{ord(char):02x}" for char in key),
    "double percent": lambda key: "".join(f"%25{ord(char):02X}" for char in key),
    "HTML": lambda key: "".join(f"&#{ord(char)};" for char in key),
    "Basic": lambda key: json.dumps({"message": base64.b64encode(f"u:{key}".encode()).decode()}),
    "gzip": lambda key: gzip.compress(json.dumps({"message": key}).encode()),
    "gzip, declared": lambda key: gzip.compress(json.dumps({"message": key}).encode()),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("status", [401, 200])
@pytest.mark.parametrize("spelled", SPELLED)
def test_a_key_that_a_server_spells_otherwise_is_shown_nowhere(spelled, status, engine, tmp_path):
    """In the decoded forms of all that can be read of the outcome and its errors."""

    def play(connection, request):
        body = SPELLED[spelled](key_of(request))
        more = ["content-encoding: gzip"] if "declared" in spelled else []
        connection.sendall(response(body if isinstance(body, bytes) else body.encode(), status, *more))

    with Hostile(good, play, POLLS[1].where, ALWAYS) as server:
        client = POLLS[1].connect(server.url)
        found, _ = run(engine, POLLS[1].operation(client, tmp_path), client)
    assert "unreachable" == found.state
    for thing in (found, found.error, found.error.__cause__):
        shown = "".join(texts_of(thing))
        assert not Secret(CANARY.encode()).is_in(shown.encode("utf-8", "replace"))
        assert not Secret(CANARY.encode()).is_in(shown.encode("utf-8", "replace").replace(b"\\x00", b""))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_key_is_in_no_log_no_text_no_traceback(engine, logged, tmp_path):
    """Every operation, with and without faults: logs of every level, reprs, vars, pickles, locals."""
    operations = POLLS if engine in FLEETS else [*POLLS, *OTHERS, *SUBMITS, UPLOAD, *FILES]
    for number, operation in enumerate(operations):
        echoes = [
            (echoing, "echo"),
            (quoting, "quote"),
            (showing, "page"),
            (telling, "json"),
            (labelling, "type"),
            (returning, "raw"),
            (in_headers, "headers"),
        ]
        plays = [(None, "good"), *echoes, (FAULTS[REVEALING[number % len(REVEALING)]].play, "fault")]
        for play, name in plays:
            with Hostile(good, play, operation.where, ALWAYS) as server:
                client = operation.connect(server.url, request_timeout=0.4 if name == "fault" else 30.0)
                with warnings.catch_warnings(record=True) as warned:
                    warnings.simplefilter("always")
                    found, _ = run(engine, operation.operation(client, tmp_path / f"{number}{name}"), client)
            assert CANARY not in "".join(f"{one.message}" for one in warned), f"{operation} {name}"
            for thing in (found, getattr(found, "error", None), client):
                assert CANARY not in "".join(texts_of(thing)), f"{operation} {name}"
    assert CANARY not in logged.getvalue()
    assert "127.0.0.1" in logged.getvalue() or engine in FLEETS  # httpx and httpcore did log


def test_tokens_records_reports_and_the_tracker_hold_no_secret(tmp_path):
    """In the bytes of the files: token, report page, tracker database and its log."""
    with (
        Hostile(good) as server,
        promptforge.connect(CANARY, base_url=server.url) as client,
        Tracker(tmp_path / "jobs.db") as tracker,
    ):
        job = tracker.submit("promptforge", "team", client, PROMPTS, provider="p", model="m", key="a")
        record = jobwait.Record([job])
        outcome = job.outcome(timeout=5)
        jobwait.report(record, tmp_path / "record.html")
        jobwait.report([outcome], tmp_path / "outcomes.html")
        tracker.run(lambda _: client)
        (tmp_path / "token").write_text(job.token())
        (tmp_path / "copy").write_text(repr(list(tracker.all())))
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir())  # with the log, before it is closed
    assert b"3f7a1c2e" in written
    assert CANARY.encode() not in written


@pytest.mark.parametrize("bodies", [False, True])
@pytest.mark.parametrize("engine", ENGINES)
def test_recordings_hold_no_secret(engine, bodies, tmp_path):
    """Of every status request, with and without faults and echoes of the key, with and without whole bodies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a Retry-After that is none
        for number, operation in enumerate(POLLS):
            for play in (None, echoing, quoting, showing, telling, labelling, in_headers, FAULTS["a redirect"].play):
                with Hostile(good, play, operation.where, ALWAYS) as server:
                    client = operation.connect(server.url)
                    job = ROW[operation.service].job(client)
                    with record(job, tmp_path / f"{number}.jsonl", bodies=bodies):
                        run(engine, job.outcome_operation(policy=COUNTED), client)
    written = [path.read_text("ascii") for path in tmp_path.glob("*.jsonl")]
    assert len(POLLS) == len(written)
    assert CANARY not in "".join(written)
    assert bodies == ('"body":' in "".join(written))


def test_a_failed_submission_leaves_no_secret_in_the_tracker(tmp_path):
    """Even if the service's refusal repeats the request."""
    refusing = Hostile(good, quoting, lambda request: request.method == "POST")
    with (
        refusing as server,
        promptforge.connect(CANARY, base_url=server.url) as client,
        Tracker(tmp_path / "jobs.db") as tracker,
    ):
        with pytest.raises(errors.NotAuthorized):
            tracker.submit("promptforge", "team", client, PROMPTS, provider="p", model="m", key="a")
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"refused" in written
    assert CANARY.encode() not in written


COMMANDS = [
    ("status", "promptforge:3f7a1c2e"),
    ("status", "promptforge:3f7a1c2e", "--json"),
    ("wait", "promptforge:3f7a1c2e", "--debug", "--report", "report.html"),
    ("download", "promptforge:3f7a1c2e", "files"),
    ("submit", "promptforge", "prompts.jsonl", "--provider", "openai", "--model", "m"),
    ("doctor",),
]
DEBUGGED = [("submit", "promptforge", "prompts.jsonl", "--provider", "openai", "--model", "m", "--debug")]


@pytest.mark.parametrize("fault", [None, "an empty 200", "end in the body", "echo"])
def test_the_command_prints_and_writes_no_secret(fault, tmp_path):
    """Both output streams of each command and every file that it writes, with and without errors."""
    (tmp_path / "prompts.jsonl").write_text('{"prompt_id": 1, "prompt": "Say 1."}\n')
    play = echoing if fault == "echo" else None if fault is None else FAULTS[fault].play
    times = ALWAYS if fault == "echo" else 1 if fault else 0
    with Hostile(good, play, lambda request: True, times) as server:
        env = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_BASE_URL"))}
        env |= {"PROMPTFORGE_API_KEY": CANARY, "PROMPTFORGE_BASE_URL": server.url, "HOME": str(tmp_path)}
        shell, said = Shell(tmp_path, env), ""
        for arguments in COMMANDS if fault is None else DEBUGGED if fault == "echo" else COMMANDS[:1]:
            done = shell(*arguments)
            said += done.stdout + done.stderr
        assert server.requests
    assert CANARY not in said
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


CRASH = """
import sys, traceback
from pathlib import Path
from jobwait import promptforge

def dump(kind, error, frames):
    text = traceback.TracebackException(kind, error, frames, capture_locals=True).format()
    Path("crash.txt").write_text("".join(text))

sys.excepthook = dump

class Vault:  # the caller's own frames hold what they like; these hold the key out of sight
    def __init__(self):
        self.key = sys.stdin.readline().strip()
    def __call__(self):
        return self.key

def crash(update):
    raise RuntimeError("a bug in the caller's own code")

with promptforge.connect(Vault(), base_url=sys.argv[1]) as client:
    job = promptforge.job(client, "3f7a1c2e")
    if sys.argv[2] == "callback":
        job.wait(on_update=crash)
    elif sys.argv[2] == "links":
        job.download("files")
    else:
        Path("file").touch()
        job.download("file/folder")
"""


@pytest.mark.parametrize("way", ["callback", "folder", "links"])
def test_a_crash_dump_holds_no_secret(way, tmp_path):
    """A crash reporter that prints the locals of every frame prints no key, whatever raised."""
    with Hostile(good, FAULTS["a redirect"].play, FILES[0].where, ALWAYS if way == "links" else 0) as server:
        done = subprocess.run(
            [sys.executable, "-c", CRASH, server.url, way],
            cwd=tmp_path,
            input=CANARY + "\n",
            capture_output=True,
            text=True,
            check=False,
        )
    dumped = (tmp_path / "crash.txt").read_text()
    assert {"callback": "RuntimeError", "folder": "DownloadFailed", "links": "DownloadFailed"}[way] in dumped
    assert "job = <promptforge job 3f7a1c2e" in dumped  # the locals are there
    assert CANARY not in dumped + done.stdout + done.stderr
