"""`codegen.py add`: the files of a new service, from a spec that the project does not know."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Project, copy_project

pytestmark = pytest.mark.xdist_group("pipeline")  # one copy of the project for all of them

SPECS = Path(__file__).parent / "services"
# An end by a status alone, by two fields, by a boolean, by an array; and a body that is inline.
ADDED = ("azure", "integer", "nested", "enum", "two_fields", "operations_api", "tasks", "inputs")
DECLARED = ("nested",)  # without a page


@pytest.fixture(scope="module")
def added(tmp_path_factory, build_cache):
    """A copy of the whole project with added services; what each run of add printed, and the run that followed."""
    parts = ("codegen.py", "pyproject.toml", "generator", "specs", "generated", "src", "tests")
    project = Project(copy_project(tmp_path_factory.mktemp("added") / "copy", parts), build_cache)
    done = {
        name: project.codegen("add", name, str(SPECS / f"{name}.yaml"), *([] if name in DECLARED else ["--page"]))
        for name in ADDED
    }
    return project, done, project.codegen()


def test_added_services_pass_types_imports_and_contract_test(added):
    """The written modules and contract rows pass every check of a run."""
    project, done, generated = added

    assert [0] * len(ADDED) == [one.returncode for one in done.values()], [one.stderr for one in done.values()]
    assert (0, "") == (generated.returncode, generated.stderr)
    assert {"azure_client", "integer_client"} <= {path.name for path in project.generated.iterdir()}


def test_every_guess_is_marked_in_the_declaration_and_in_the_report(added):
    """States, progress and result are marked in the overlay, and the report lists what to check."""
    project, done, _ = added
    overlay = (project.root / "specs/azure/overlay.yaml").read_text("utf-8")

    assert "# a guess: from the enum of status\n" in overlay
    assert not (project.root / "src/jobwait/nested.py").exists()
    assert "jobwait.service.declared(nested_client, " in done["nested"].stdout
    assert 5 <= done["azure"].stdout.count("GUESS")
    assert "none of them starts a job" in done["integer"].stdout
    assert "GUESS: none, as the specification asks for none" in done["integer"].stdout
    assert "GUESS: createTranscription, whose response identifies the job by id" in done["enum"].stdout
    assert "guessed" in json.loads((project.root / "tests/added/azure.json").read_text("utf-8"))


SUBMITTING = """
from jobwait._httpx import httpx
from jobwait import enum
def play(request):
    if request.method == "POST":
        return httpx.Response(201, json={"id": "t 1", "status": "queued"})
    assert request.url.raw_path == b"/v1/transcriptions/t%201", request.url
    return httpx.Response(200, json={"id": "t 1", "status": "completed"})
with enum.connect(transport=httpx.MockTransport(play)) as client:
    job = enum.submit(client)
    assert not any("auth" in name for name in enum.SERVICE.poll(client, {"transcription_id": "x"}).headers)
    print(job.id, job.wait(policy=__import__("jobwait").Policy(interval=0.001, min_interval=0.001)).status)
"""


ENDS = """
from jobwait._httpx import httpx
import nested_client
from jobwait import Policy, inputs, operations_api, tasks, two_fields
from jobwait.service import Job, JobState, connector, declared
from nested_client.api.default import analyses_get
from inputs_client import models
FAST = Policy(interval=0.001, min_interval=0.001)
def played(module, *bodies, key=()):
    left = list(bodies)
    play = lambda request: httpx.Response(200, json=left.pop(0) if len(left) > 1 else left[0])
    return module.connect(*key, base_url="https://service.example", transport=httpx.MockTransport(play))
def end(module, ids, *bodies):
    with played(module, *bodies) as client:
        outcome = module.job(client, **ids).outcome(policy=FAST)
        print(outcome.state, module.SERVICE.reason(outcome.snapshot))
build = {"id": 1, "html_url": "x", "repo_id": None}
for conclusion in ("success", "failure", "cancelled"):
    ended = {**build, "status": "completed"}
    end(two_fields, {"repo": "r", "build_id": 1}, {**build, "status": "queued", "conclusion": None},
        {**ended, "conclusion": None}, {**ended, "conclusion": conclusion})
for last in ({"done": True, "response": {}}, {"done": True, "error": {"message": "no disk"}}):
    end(operations_api, {"name": "o"}, {}, {"done": False}, last)
errors = [{"code": "1", "message": "no disk"}, {"code": "2", "message": "full"}]
for last in ("success", "upstream_failed", "skipped"):
    end(tasks, {"run_id": "r"}, {"runId": "r", "tasks": []},
        {"runId": "r", "tasks": [{"name": "a", "status": "success"}, {"name": "b", "status": "running"}]},
        {"runId": "r", "tasks": [{"name": "a", "status": "success"}, {"name": "b", "status": last}],
         "errors": errors if last == "upstream_failed" else []})
text = {"id": "t 1", "audio_url": "a", "acoustic_model_url": "m"}
bodies = [{**text, "status": "queued"}, {**text, "status": "error", "error": {"message": "no speech"}}]
with played(inputs, *bodies, key=["k"]) as client:
    job = inputs.submit(client, models.SubmitTranscriptBody(audio_url="a"))
    outcome = job.outcome(policy=FAST)
    print(job.id, outcome.state, inputs.SERVICE.reason(outcome.snapshot))
service = declared(nested_client, analyses_get)
client = connector(nested_client.Client, service)
steps = {"current_step": 3, "total_steps": 4}
bodies = [{"data": {"attributes": {"status": status, **steps}}} for status in ("ANALYZING", "SUCCEEDED")]
with client(base_url="https://service.example", transport=httpx.MockTransport(
        lambda request: httpx.Response(200, json=bodies.pop(0)))) as client:
    outcome = Job(JobState(service, client, {"project_id": "1", "analysis_id": "2"})).outcome(policy=FAST)
    print(outcome.state, service.progress(outcome.snapshot).done)
"""


def test_written_modules_end_a_wait_where_the_fields_together_say_so(added):
    """A conclusion, a flag with an error, the last task of a run; and the reason is that of the response."""
    project, _, _ = added
    search_path = os.pathsep.join([str(project.root / "src"), str(project.generated)])
    done = subprocess.run(
        [sys.executable, "-c", ENDS],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": search_path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "" == done.stderr
    assert done.stdout.splitlines() == [
        "succeeded None",
        "failed None",
        "canceled None",
        "succeeded None",
        "failed no disk",
        "succeeded None",
        "failed no disk",
        "canceled None",
        "t 1 failed no speech",
        "succeeded 2",
    ]


def test_written_submit_function_starts_a_job_and_needs_no_key_without_security(added):
    """The module can submit and wait; no authentication header is sent if the spec has no security."""
    project, _, _ = added
    search_path = os.pathsep.join([str(project.root / "src"), str(project.generated)])
    done = subprocess.run(
        [sys.executable, "-c", SUBMITTING],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": search_path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ("t 1 completed\n", "") == (done.stdout, done.stderr)


def test_client_of_an_added_service_has_only_the_job_operations(added):
    """The overlay records the selection."""
    project, _, _ = added
    modules = {path.stem for path in (project.generated / "enum_client" / "api").rglob("*.py")} - {"__init__"}

    assert {"create_transcription", "get_transcription", "get_transcript"} == modules
    assert "x-only-operations" in (project.root / "specs/enum/overlay.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "spec", "message"),
    [
        ("fryte", "enum", "specs/fryte exists already"),
        ("../up", "enum", "is not a name for a service"),
        ("long", "no_job", "no operation that reports a job's status"),
    ],
)
def test_a_service_that_cannot_be_added_is_an_error_and_nothing_is_written(project, name, spec, message):
    """A used or invalid name, or a spec without a job, is one sentence."""
    before = project.contents()
    done = project.codegen("add", name, str(SPECS / f"{spec}.yaml"))

    assert 1 == done.returncode
    assert message in done.stderr
    assert before == project.contents()
