"""Add: a service out of a spec that nobody has seen."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from generator.adding import life_cycle
from generator.effective import read
from generator.jobs import find
from generator.places import ROOT
from generator.scaffold import GUESS
from generator.states import meaning
from generator.submits import submit
from tests.generator.conftest import Copy

from generator import yields

pytestmark = pytest.mark.xdist_group("add")  # one copy of the project for all of them

SPECS = Path(__file__).parent / "services"
# What is right for each spec, as a person reads it: the operation, the way to the state, the states of each verdict in
# the order queued, running, succeeded, failed, canceled; how progress is told, and where the result is.
RIGHT = {
    "azure": (
        "Deployments_OperationStatus",
        "status",
        "Accepted | Running | Succeeded | Failed | Canceled",
        "percent percentComplete",
        "link resourceLocation",
    ),
    "constants": (
        "show_crawl",
        "phase",
        "pending | active | done | broken |",
        "counts pages_processed pages_total",
        "inline data",
    ),
    "enum": (
        "getTranscription",
        "status",
        "queued | in_progress | completed | failed | cancelled",
        "counts segments_completed segments_total",
        "operation getTranscript",
    ),
    "integer": ("GetTask", "taskStatus", "0 | 1 | 2 | 3 | 4", "none", "second id solutionId → GetSolution"),
    "missing": ("get_labels_jobs_by_job", "job_status", "new | printing | | |", "none", "link links.pdf_url"),
    "nested": (
        "analyses.get",
        "data.attributes.status",
        "CREATED | ANALYZING | SUCCEEDED | ERRORED |",
        "steps data.attributes.current_step data.attributes.total_steps",
        "inline data.attributes.result",
    ),
    "operation": (
        "get_batch",
        "status",
        "validating | in_progress finalizing | completed | failed expired | cancelled",
        "counts request_counts.completed request_counts.total",
        "second id output_file_id",
    ),
    "prose": (
        "render_status_renders__render_id__status_get",
        "state",
        "waiting | rendering | done | error aborted |",
        "percent percent",
        "link video_url",
    ),
    "varnames": ("conversionGet", "state", "0 | 10 | 20 | 30 |", "fraction progress", "link downloadUrl"),
}
VERDICTS = ("queued", "running", "succeeded", "failed", "canceled")


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_found(name):
    """
    Operation, state, verdicts, progress and result are those that a person finds.
    """
    document = read(SPECS / f"{name}.yaml")
    found = find(document)
    progress, result = yields.progress(document, found), yields.result(document, found)

    assert RIGHT[name] == (
        found.operation["operationId"],
        ".".join(found.status.path),
        " ".join(" | ".join(" ".join(found.states.of(verdict)) for verdict in VERDICTS).split()),
        " ".join(filter(None, (progress.kind, ".".join(progress.done), ".".join(progress.total)))),
        " ".join(filter(None, (result.kind, result.place))),
    )


def test_every_spec_is_here():
    """
    Nine specs have a job that can be found; the tenth says nothing of a status, and none is invented.
    """
    assert {*RIGHT, "operations_api"} == {path.stem for path in SPECS.glob("*.yaml")}
    assert find(read(SPECS / "operations_api.yaml")) is None


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("IN_PROGRESS", "running"),
        ("InProgress", "running"),
        ("Not Started", "queued"),
        ("completed-with-errors", "succeeded"),
        ("JOB_STATE_FAILED", "failed"),
        ("JobStateCancelled", "canceled"),
        ("brewing", "running"),
        ("purple", None),
    ],
)
def test_words_and_their_meaning(word, verdict):
    """
    A word means what it means in every spelling, a longer one what its last telling part does; others mean nothing.
    """
    assert verdict == meaning(word)


def test_only_the_life_cycle_is_taken():
    """
    Of a large spec only the operations of the job's collection, and the one that its result is at, are wanted.
    """
    for name, operations in (
        ("enum", {"createTranscription", "getTranscription", "getTranscript"}),
        ("integer", {"GetTask", "GetSolution"}),
        ("operation", {"get_batch"}),
    ):
        document = read(SPECS / f"{name}.yaml")
        assert operations == life_cycle(document, find(document))


@pytest.fixture(scope="module")
def added(tmp_path_factory):
    """A copy of the whole project to which four services were added, with what each run said."""
    root = tmp_path_factory.mktemp("added")
    for part in ("codegen.py", "pyproject.toml", "generator", "specs", "generated", "src", "tests"):
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / part)
    copy = Copy(root)
    said = {
        name: copy.codegen("add", name, str(SPECS / f"{name}.yaml")) for name in ("azure", "integer", "nested", "enum")
    }
    return copy, said, copy.codegen()


def test_added_services_fit_at_once(added):
    """
    The pages and rows that add writes pass all that guards the project: types, imports and the contract.
    """
    copy, said, made = added

    assert [0] * 4 == [done.returncode for done in said.values()], [done.stderr for done in said.values()]
    assert (0, "") == (made.returncode, made.stderr)
    assert {"azure_client", "integer_client"} <= {path.name for path in copy.generated.iterdir()}


def test_every_guess_is_marked(added):
    """
    States, progress and result are marked in the page, and the run says what to look at.
    """
    copy, said, _ = added
    page = (copy.root / "src/jobwait/azure.py").read_text("utf-8")

    assert page.count(GUESS) >= 4
    assert f"verdicts=Verdicts(  {GUESS} from the enum of status." in page
    assert 5 <= said["azure"].stdout.count("GUESS")
    assert "none of them starts a job" in said["integer"].stdout
    assert "GUESS: none, as the specification asks for none" in said["integer"].stdout
    assert "GUESS: createTranscription, whose answer names the job in id" in said["enum"].stdout
    assert "guessed" in json.loads((copy.root / "tests/added/azure.json").read_text("utf-8"))


SUBMITTING = """
import httpx
from jobwait import enum
def play(request):
    if request.method == "POST":
        return httpx.Response(201, json={"id": "t 1", "status": "queued"})
    assert request.url.raw_path == b"/v1/transcriptions/t%201", request.url
    return httpx.Response(200, json={"id": "t 1", "status": "completed"})
with enum.connect(transport=httpx.MockTransport(play)) as client:
    job = enum.submit(client)
    assert not any("auth" in name for name in enum.SERVICE.look(client, {"transcription_id": "x"}).headers)
    print(job.id, job.wait(policy=__import__("jobwait").Policy(pace=0.001, floor=0.001)).status)
"""


def test_a_submission_that_is_clear_is_written(added):
    """
    What starts a job and names it in its answer is a function of the page; without a key where the spec wants none.
    """
    copy, _, _ = added
    paths = os.pathsep.join([str(copy.root / "src"), str(copy.generated)])
    done = subprocess.run(
        [sys.executable, "-c", SUBMITTING],
        cwd=copy.root,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ("t 1 completed\n", "") == (done.stdout, done.stderr)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda post, _: post.pop("responses") and post.update(responses={"204": {"description": ""}}),
        lambda post, _: post.update(parameters=[{"name": "to", "in": "query", "required": True, "schema": {}}]),
        lambda post, _: post.update(requestBody={"content": {"text/plain": {"schema": {"type": "string"}}}}),
        lambda _, job: job.update(required=["status"]),
        lambda _, job: job["properties"].update(id={"anyOf": [{"type": "string"}, {"type": "integer"}]}),
    ],
)
def test_a_submission_that_is_not_clear_is_not_guessed(spoil):
    """
    Without a named id that is always there, or with more to say than a model, a person writes it.
    """
    document = read(SPECS / "enum.yaml")
    assert "createTranscription" == submit(document, find(document)).operation["operationId"]
    spoil(document["paths"]["/transcriptions"]["post"], document["components"]["schemas"]["Job"])

    assert None is submit(document, find(document))


def test_the_client_has_the_chosen_operations_only(added):
    """
    What a job does not need stays out of the client; the overlay records the choice.
    """
    copy, _, _ = added
    modules = {path.stem for path in (copy.generated / "enum_client" / "api").rglob("*.py")} - {"__init__"}

    assert {"create_transcription", "get_transcription", "get_transcript"} == modules
    assert "x-only-operations" in (copy.root / "specs/enum/overlay.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fryte", "enum"), "specs/fryte is there already"),
        (("../up", "enum"), "is no name for a service"),
        (("long", "operations_api"), "no operation that reports a job's status"),
    ],
)
def test_what_cannot_be_added_is_told(added, arguments, said):
    """
    A name that is taken or none, or a spec without a job, is a sentence, and nothing is written.
    """
    copy, _, _ = added
    name, spec = arguments
    before = copy.contents()
    done = copy.codegen("add", name, str(SPECS / f"{spec}.yaml"))

    assert 1 == done.returncode
    assert said in done.stderr
    assert before == copy.contents()
