"""Detection: the job operations that `codegen.py add` finds in unknown specs."""

from pathlib import Path

import pytest
from generator.scaffold.add import job_operations
from generator.scaffold.detect_result import detect_progress, detect_result
from generator.scaffold.detect_states import state_of
from generator.scaffold.detect_status import find_status_operation
from generator.scaffold.detect_submit import detect_submit
from generator.spec.effective import read_spec

SPECS = Path(__file__).parent / "services"
# What a person finds in each spec: the operation, the status field, the status values of each state in the order of
# STATES, how progress is reported, and where the result is.
EXPECTED = {
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
        "render_status",
        "state",
        "waiting | rendering | done | error aborted |",
        "percent percent",
        "link video_url",
    ),
    "varnames": ("conversionGet", "state", "0 | 10 | 20 | 30 |", "fraction progress", "link downloadUrl"),
}
STATES = ("queued", "running", "succeeded", "failed", "canceled")


@pytest.mark.parametrize("name", EXPECTED)
def test_detected_status_states_progress_and_result_are_those_a_person_finds(name):
    """Operation, status field, states, progress and result of nine specs."""
    document = read_spec(SPECS / f"{name}.yaml")
    found = find_status_operation(document)
    progress, result = detect_progress(document, found), detect_result(document, found)

    assert EXPECTED[name] == (
        found.operation["operationId"],
        ".".join(found.status.path),
        " ".join(" | ".join(" ".join(found.statuses.of(state)) for state in STATES).split()),
        " ".join(filter(None, (progress.kind, ".".join(progress.done), ".".join(progress.total)))),
        " ".join(filter(None, (result.kind, result.place))),
    )


def test_a_spec_without_a_job_has_no_status_operation():
    """Nine specs have a job; in the tenth no operation is guessed."""
    assert {*EXPECTED, "operations_api"} == {path.stem for path in SPECS.glob("*.yaml")}
    assert find_status_operation(read_spec(SPECS / "operations_api.yaml")) is None


@pytest.mark.parametrize(
    ("word", "state"),
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
def test_state_of_a_status_word_in_every_spelling(word, state):
    """A compound word has the state of its last known part; an unknown word has none."""
    assert state == state_of(word)


def test_job_operations_are_those_of_the_collection_and_the_result():
    """Of a large spec only the operations on jobs, and the one that returns the result, are selected."""
    for name, operations in (
        ("enum", {"createTranscription", "getTranscription", "getTranscript"}),
        ("integer", {"GetTask", "GetSolution"}),
        ("operation", {"get_batch"}),
    ):
        document = read_spec(SPECS / f"{name}.yaml")
        assert operations == job_operations(document, find_status_operation(document))


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
def test_an_unclear_submit_operation_is_not_guessed(spoil):
    """Without a required id in the response, or with more than a model in the request, a person writes it."""
    document = read_spec(SPECS / "enum.yaml")
    found = find_status_operation(document)
    assert "createTranscription" == detect_submit(document, found).operation["operationId"]
    spoil(document["paths"]["/transcriptions"]["post"], document["components"]["schemas"]["Job"])

    assert None is detect_submit(document, found)
