"""Watching specifications: what a vendor publishes is fetched, tried, and put in place only if it breaks nothing."""

import json
import re
import shutil
import threading
from collections.abc import Callable
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import codegen
import pytest
from generator.errors import GeneratorError
from generator.paths import ROOT
from generator.spec.load import load
from generator.watch import fetch, report, trial

from .conftest import Project

pytestmark = pytest.mark.xdist_group("watch_specs")  # the first client of the small service is made once

TEXT = {"type": "string"}
CORRIDOR = {"name": "corridor", "in": "query", "schema": {"type": "integer"}}
SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "Tours", "version": "1", "contact": {"name": "Ann"}},
    "servers": [{"url": "https://api.example.test"}],
    "paths": {
        "/jobs/{id}": {
            "get": {
                "operationId": "get_job",
                "tags": ["jobs"],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
                "responses": {
                    "200": {
                        "description": "d",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}},
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {"Job": {"type": "object", "required": ["id", "state"], "properties": {"id": TEXT, "state": TEXT}}}
    },
}
OVERLAY = """\
overlay: 1.0.0
info: {title: t, version: '1'}
actions:
  - target: $.paths['/jobs/{id}'].get
    update: {parameters: [{name: corridor, in: query, schema: {type: integer}}]}
  - target: $.info.contact
    update: {name: Bob}
"""
MODULE = "from tours_client.api.jobs import get_job\n\n\ndef state(job: object) -> object:\n    return job.state\n"


class Vendor(ThreadingHTTPServer):
    """A server on loopback: answers each path with a status, headers and a body, and keeps what was sent to it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.answers = {}
        self.seen = []
        self.over = threading.Event()


class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append(dict(self.headers))
        answer = self.server.answers.get(self.path, (404, {}, b""))
        if answer is None:  # nothing, for as long as the test runs
            self.server.over.wait()
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def vendor(monkeypatch):
    """A vendor, whom proxies of the environment do not stand before."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Vendor()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def made(tmp_path_factory, build_cache):
    """A repository with one small service, its client made, and no service module."""
    root = tmp_path_factory.mktemp("tours") / "root"
    folder = root / "specs" / "tours"
    folder.mkdir(parents=True)
    (root / "codegen.py").touch()
    (folder / "openapi.yaml").write_text(json.dumps(SPEC))
    (folder / "overlay.yaml").write_text(OVERLAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.pipeline.verify", lambda *_, **__: None)
        assert 0 == Project(root, build_cache).codegen().returncode
    return root


@pytest.fixture
def tours(made, tmp_path, build_cache, vendor):
    """A copy of it that watches the vendor."""
    shutil.copytree(made, tmp_path / "root")
    watched(tmp_path / "root", f"url: {vendor.url}/openapi.json")
    return Project(tmp_path / "root", build_cache)


def watched(root, text):
    (root / "specs/tours/watch.yaml").write_text(text)


def published(edit: Callable[[dict], object]) -> bytes:
    """The vendor's document after an *edit*."""
    document = deepcopy(SPEC)
    edit(document)
    return json.dumps(document).encode()


def job(document):
    return document["components"]["schemas"]["Job"]["properties"]


def lose_state(document):
    del job(document)["state"]
    document["components"]["schemas"]["Job"]["required"].remove("state")


def reordered(document):
    document["info"] = dict(reversed(document.pop("info").items()))


def grown(document):
    """What the overlay adds is published, with other words, and a field is new."""
    document["paths"]["/jobs/{id}"]["get"]["parameters"].append({**CORRIDOR, "description": "How wide."})
    job(document)["note"] = TEXT


SAME = "tours: the published document says what ours says.\n"
TRIALS = {
    "unchanged": (lambda _: None, 0, SAME),
    "reordered": (reordered, 0, SAME),
    "in other words of the same meaning": (lambda d: d.update(openapi="3.0.3"), 0, SAME),
    "breaking": (lose_state, 3, r"BREAKING  Job.state: .*\[src/jobwait/tours.py, which reads it\]\n.*callers .* break"),
    "an action fits no more": (
        lambda d: d["info"].pop("contact"),
        3,
        r"No longer fitting in the overlay:\n  Line 6 of specs/tours/overlay.yaml, action 2: \$.info.contact matches",
    ),
    "fails a check": (grown, 3, "fail with the new client:\n  It is wrong.\n  There.\n"),
}


@pytest.mark.parametrize(("edit", "code", "said"), TRIALS.values(), ids=TRIALS)
def test_a_document_that_changes_nothing_or_breaks_something_is_not_written(
    tours, vendor, monkeypatch, edit, code, said
):
    """What is the same exits with 0, what breaks callers or a check with 3, and no byte changes in either case."""

    def check(candidate, *, with_services):
        if any("note" in path.read_text() for path in candidate.rglob("job.py")):
            raise GeneratorError("It is wrong.", ["There."])

    monkeypatch.setattr(trial, "verify", check)
    (tours.root / "src/jobwait").mkdir(parents=True)
    (tours.root / "src/jobwait/tours.py").write_text(MODULE)
    vendor.answers["/openapi.json"] = (200, {}, published(edit))
    before = tours.contents()
    done = tours.codegen("watch", "--write")

    assert (code, "") == (done.returncode, done.stderr)
    assert re.search(said, done.stdout), done.stdout
    assert str(tours.root) not in done.stdout
    assert before == tours.contents()


def test_a_document_that_passes_all_checks_takes_the_place_of_ours(tours, vendor, tmp_path):
    """Without --write it is said, with it done; what the overlay adds without need is gone, and --check is content."""
    content = published(grown)
    vendor.answers["/openapi.json"] = (200, {}, content)
    file = tmp_path / "report.md"
    before = tours.contents()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "verify", lambda *_, **__: None)
        tried = tours.codegen("watch", "tours", "--report", str(file))

    assert (0, "", before) == (tried.returncode, tried.stderr, tours.contents())
    assert "All checks pass. --write would replace specs/tours and generated/." in tried.stdout
    title, empty, heading, *lines = file.read_text().splitlines()
    assert ("Specifications: tours is harmless", "") == (title, empty)
    assert "## tours: 2 harmless. Version bump: minor." == heading
    said = "\n".join(lines).replace("\\", "")
    assert "- Line 4 of specs/tours/overlay.yaml, action 1 adds parameters, which the document now has\n" in said

    done = tours.codegen("watch", "--write")  # with all checks
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    assert "Removed from the overlay:\n  Line 4 of specs/tours/overlay.yaml, action 1 adds parameters" in done.stdout
    assert content == (tours.root / "specs/tours/openapi.yaml").read_bytes()
    assert ["$.info.contact"] == [one["target"] for one in load(tours.root / "specs/tours/overlay.yaml")["actions"]]
    assert "note" in (tours.generated / "tours_client/models/job.py").read_text()
    assert "# Generated from specs/tours/openapi.yaml" in (tours.generated / "tours_client/errors.py").read_text()
    assert (0, 0) == (tours.codegen("--check").returncode, tours.codegen().returncode)
    assert SAME == tours.codegen("watch").stdout
    assert {"codegen.py", "specs", "generated"} == {path.name for path in tours.root.iterdir()}


def test_a_failure_while_a_document_is_put_in_place_leaves_all_as_it_was(tours, vendor, monkeypatch):
    """The document, the overlay and generated/ belong together: all of them are new, or none is."""

    def full(*_):
        raise OSError(28, "No space left on device", "generated")

    monkeypatch.setattr(trial, "verify", lambda *_, **__: None)
    monkeypatch.setattr("generator.watch.install.swap", full)
    vendor.answers["/openapi.json"] = (200, {}, published(grown))
    before = tours.contents()
    done = tours.codegen("watch", "--write")

    assert (1, "tours: generated cannot be written: no space is left") == (done.returncode, done.stdout[:52])
    assert before == tours.contents()


FETCHED = {
    "is not an OpenAPI 3.0 or 3.1 document": {"/openapi.json": (200, {}, b'{"a": 1}')},
    "answered 404 Not Found; look whether": {},
    "/b, which is another host": {"/openapi.json": (302, {"Location": "http://localhost:1/b"}, b"")},
    "which must begin with https": {"/openapi.json": (302, {"Location": "http://vendor.example/"}, b"")},
    "redirects more than 5 times": {"/openapi.json": (302, {"Location": "/openapi.json"}, b"")},
    "is larger than 32 MB": {"/openapi.json": (200, {}, b" " * 99)},
    "did not answer in time": {"/openapi.json": None},
    "did not arrive within": {"/openapi.json": (200, {}, b"{}")},
}


@pytest.mark.parametrize(("said", "answers"), FETCHED.items(), ids=FETCHED)
def test_what_is_no_document_of_the_vendors_is_an_error(tours, vendor, monkeypatch, said, answers):
    """The sentence begins with the service and the address; the exit code is 1; nothing is written."""
    vendor.answers |= answers
    limits = {"larger": ("MAX_BYTES", 32), "answer in": ("SILENCE", 0.05), "arrive": ("SECONDS", -1)}
    for word, (name, value) in limits.items():
        if word in said:
            monkeypatch.setattr(fetch, name, value)
    if "larger" in said:
        said = "is larger than 0 MB"
    before = tours.contents()
    done = tours.codegen("watch", "--write")

    assert (1, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith(f"tours: {vendor.url}/openapi.json ")
    assert said in done.stdout
    assert before == tours.contents()


def test_a_redirect_of_the_vendors_own_host_is_followed_without_what_it_sets(tours, vendor):
    """No key and no cookie is sent, whatever the first answer sets."""
    moved = (308, {"Location": "/v2.json", "Set-Cookie": "a=b"}, b"")
    vendor.answers |= {"/openapi.json": moved, "/v2.json": (200, {}, published(reordered))}

    assert SAME == tours.codegen("watch").stdout
    assert 2 == len(vendor.seen)
    assert not {"Cookie", "Authorization"} & {name for headers in vendor.seen for name in headers}


@pytest.mark.parametrize(
    ("config", "names", "said"),
    [
        ("url: http://vendor.example/a", [], "watch.yaml: url must begin with https://"),
        ("url: file:///etc/passwd", [], "watch.yaml: url must begin with https://"),
        ("url: https://me:secret@vendor.example/a", [], "watch.yaml: url has a user name or a password"),
        ("url: 'https://vendor.example:port'", [], "watch.yaml: url is no address"),
        ("{url: 'https://vendor.example', key: k}", [], "watch.yaml must have the key url alone"),
        ("url: 7", [], "watch.yaml must have the key url alone"),
        (None, [], "No service is watched; write specs/NAME/watch.yaml"),
        (None, ["tours"], "specs/tours/watch.yaml does not exist; write it"),
        (None, ["hikes"], "specs/ has no service hikes; it has tours."),
    ],
)
def test_a_wrong_address_or_name_is_refused_before_anything_is_sent(tours, vendor, config, names, said):
    """The sentence names the file and what it must have."""
    (tours.root / "specs/tours/watch.yaml").unlink()
    if config:
        watched(tours.root, config)
    done = tours.codegen("watch", *names)

    assert (1, "", []) == (done.returncode, done.stdout, vendor.seen)
    assert said in done.stderr
    assert "secret" not in done.stderr


def test_the_text_of_a_pull_request_is_not_longer_than_one_may_be():
    """GitHub refuses longer ones; what is left out is said."""
    text = report.pull_request({f"s{number}": "x" * 1000 for number in range(100)})

    assert len(text) < 65_000
    assert text.endswith("The rest is left out here; `python codegen.py watch` prints it.\n")


def test_the_workflow_calls_the_command_and_pins_what_it_uses():
    """Its command line is one that codegen.py takes; only the job that runs no such code may write."""
    workflow = load(ROOT / ".github/workflows/specs.yml")
    jobs = workflow["jobs"]
    steps = [step for one in jobs.values() for step in one["steps"]]
    command = re.search(r"python codegen\.py (.+?) \|\|", "\n".join(step.get("run", "") for step in steps))
    chosen = codegen._parser().parse_args(command[1].split())

    assert ("watch", True, []) == (chosen.command, chosen.write, chosen.names)
    assert {"schedule", "workflow_dispatch"} == set(workflow["on"])
    assert {} == workflow["permissions"]
    assert {"contents": "read"} == jobs["watch"]["permissions"]
    assert {"contents": "write", "pull-requests": "write"} == jobs["pull-request"]["permissions"]
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    assert not any("codegen" in step.get("run", "") for step in jobs["pull-request"]["steps"])
