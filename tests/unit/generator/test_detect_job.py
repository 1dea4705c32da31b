"""Detection: the job operations that `codegen.py add` finds in unknown specs."""

from dataclasses import replace
from pathlib import Path

import pytest
from generator.scaffold.add import job_operations
from generator.scaffold.add_report import doubts
from generator.scaffold.detect.end import detect_end
from generator.scaffold.detect.progress import Progress, detect_progress
from generator.scaffold.detect.response_fields import Field
from generator.scaffold.detect.result import Reason, detect_reason, detect_result
from generator.scaffold.detect.state_words import state_of
from generator.scaffold.detect.states import detect_states
from generator.scaffold.detect.status import find_jobs, find_status_operation
from generator.scaffold.detect.submit import detect_submit
from generator.spec.effective import read_spec, whole
from generator.spec.load import load_spec

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
    "operations_api": ("getOperation", "done", "| running | succeeded | failed |", "none", "inline response"),
    "operation": (
        "get_batch",
        "status",
        "validating | in_progress finalizing | completed | failed expired | cancelled",
        "counts request_counts.completed request_counts.total",
        "second id output_file_id",
    ),
    "two_fields": (
        "getBuild",
        "status",
        "queued | in_progress completed | success | failure timed_out | cancelled",
        "none",
        "none",
    ),
    "same_word": ("getRun", "state", "pending | running | completed | failed |", "none", "none"),
    "checked": ("getRun", "status", "1 | 2 | 10 | failed |", "none", "none"),
    "another": ("getBuild", "previous_build.status", "| running | success | failed |", "none", "none"),
    "flag": ("get_search", "is_running", "| running | succeeded | failed |", "none", "inline response"),
    "tasks": (
        "getRun",
        "tasks.[].status",
        "deferred up_for_retry | running | success | upstream_failed | skipped",
        "none",
        "none",
    ),
    "inputs": ("getTranscript", "status", "queued | processing | completed | error |", "none", "inline transcript"),
    "several": (
        "getImport",
        "status",
        "ready | upload_completed importing | completed | fail |",
        "none",
        "none",
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
    """Operation, status field, states, progress and result of each spec."""
    document = at_whole(name)
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
    """All specs but one have a job; in that one no operation is guessed."""
    assert {*EXPECTED, "no_job"} == {path.stem for path in SPECS.glob("*.yaml")}
    assert find_status_operation(read_spec(SPECS / "no_job.yaml")) is None


@pytest.mark.parametrize(
    ("name", "kind", "second", "reason"),
    [
        ("two_fields", "conclusion", ("conclusion",), None),
        ("operations_api", "boolean", ("error",), ("error",)),
        ("flag", "boolean", ("success",), None),
        ("tasks", "items", (), ("errors",)),
        ("checked", "checked", ("is_success",), ("status_message",)),
        ("inputs", "status", (), ("error", "message")),
    ],
)
def test_what_decides_the_end_and_why_a_job_failed(name, kind, second, reason):
    """Two fields, a boolean with an error or a success, all entries of an array; and the field with the reason."""
    document = read_spec(SPECS / f"{name}.yaml")
    found = find_status_operation(document)
    why = detect_reason(document, found)

    assert (kind, second, reason) == (found.end.kind, found.end.second, why and why.path)


def test_a_job_is_chosen_by_the_name_of_its_operation():
    """All operations that may be about a job are found; one without a declared parameter does not prevent that."""
    document = at_whole("several")
    assert {"getImport", "getExport", "getScan"} <= {one.name for one in find_jobs(document) if one.is_clear}
    scan = find_status_operation(document, "getScan")

    assert {"scanning": "running", "finished": "succeeded", "to_be_completed": None, "unfinished": None} == (
        scan.statuses.states
    )
    assert find_status_operation(document, "getInvoice") is None


def at_whole(name):
    """The document of *name* as `add` searches it: repaired, not checked."""
    document = load_spec(SPECS / f"{name}.yaml")
    whole(document)
    return document


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("enum", []),
        ("inputs", []),
        ("two_fields", ["neutral"]),
        ("several", ["not_completed"]),
        ("tasks", ["all of tasks"]),
        ("prose", ["from a text"]),
        ("flag", []),
        ("another", ["speaks of another"]),
        ("missing", ["about a job", "from a text", "printed, jammed", "job that succeeded", "job that failed"]),
    ],
)
def test_only_what_the_specification_leaves_open_is_said_to_be_not_sure(name, words):
    """Nothing is doubted where a status, its values and their words are clear."""
    document = at_whole(name)
    said = [*doubts(find_status_operation(document))]

    assert len(words) == len(said), said
    assert all(word in sentence for word, sentence in zip(words, said, strict=True))


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
        ("JOB_STATE_IN_PROGRESS", "running"),
        ("STATE_NOT_STARTED", "queued"),
        ("deferred", "queued"),
        ("up_for_retry", "queued"),
        ("in-process", "running"),
        ("retry", "running"),
        ("fail", "failed"),
        ("over_quota", "failed"),
        ("failed_to_complete", "failed"),
        ("complete_failure", "failed"),
        ("partial_failure", "failed"),
        ("success_with_errors", "succeeded"),
        ("CANCEL_REQUESTED", "queued"),
        ("pending_completion", "queued"),
        ("completed_pending_review", "queued"),
        ("being_cancelled", "running"),
        ("failed_retrying", "running"),
        ("installing", "running"),
        ("not_found", "failed"),
        ("unsuccessful", "failed"),
        ("waiting_for_retry", "queued"),
        ("purple", None),
    ],
)
def test_state_of_a_status_word_in_every_spelling(word, state):
    """A compound word has the state of its last known part; an unknown word has none."""
    assert state == state_of(word)


@pytest.mark.parametrize(
    "word",
    [
        *(
            "not_completed",
            "NotCompleted",
            "notcompleted",
            "to_be_completed",
            "ToBeCompleted",
            "no_error",
            "noFailures",
        ),
        *(
            "incomplete",
            "Incomplete",
            "unfinished",
            "uncompleted",
            "undone",
            "never_finished",
            "not-yet-done",
            "inactive",
        ),
        *("ready_to_complete", "unable_to_complete", "cannot_fail", "almost_done", "without_errors", "error_free"),
        *("will_fail", "non_final", "not_failed", "unprocessed", "unknownFutureValue", "STATUS_UNSPECIFIED", "missing"),
        *("error_converting", "maybe_failed", "yet_to_finish", "isnt_done", "has_not_finished", "wasn't_completed"),
        *("pre_complete", "half_done", "ready_for_completion", "expected_success", "ended_abnormally"),
        "missing_success",
    ],
)
def test_a_word_that_says_that_nothing_has_happened_has_no_state(word):
    """Neither a negated word nor one about the future is an end."""
    assert state_of(word) is None


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
        lambda _, job: job["properties"].pop("id"),
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One of Queued, InProgress, Done, Baked, Failed", ["Queued", "InProgress", "Done", "Baked", "Failed"]),
        ("queued | glazed | succeeded", ["queued", "glazed", "succeeded"]),
        ("Is pending, running or completed. Read the link, data, or file.", ["pending", "running", "completed"]),
    ],
)
def test_words_beside_known_ones_in_a_list_are_statuses_too(text, words):
    """A status that is left out would be unknown for ever, and nobody would be told."""
    assert words == list(detect_states({"type": "string"}, [text]).states)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ({"maximum": 1}, "fraction"),
        ({"maximum": 100}, "percent"),
        ({"description": "From 0.0 to 1.0."}, "fraction"),
        ({"description": "A number in 0..1"}, "fraction"),
        ({"description": "1.0 means that the job has ended"}, "fraction"),
        ({"description": "0 to 100"}, "percent"),
        ({"description": "0-1%, then more"}, "percent"),
        ({"example": 0.42}, "fraction"),
        ({"examples": [37.5]}, "percent"),
        ({"type": "integer"}, "percent"),
        ({"type": ["number", "null"]}, "unclear"),
        ({}, "unclear"),
    ],
)
def test_progress_is_read_only_if_the_document_says_where_it_ends(words, kind):
    """A fraction that is shown as per cent would stay at 0 or 1 until the end."""
    document = read_spec(SPECS / "prose.yaml")
    found = find_status_operation(document)
    schema = {"type": "object", "properties": {"progress": {"type": "number", **words}}}

    assert Progress(kind, ("progress",)) == detect_progress(document, replace(found, response=schema))


def test_the_end_of_a_status_that_only_says_ended_is_in_the_conclusion():
    """`TERMINATED` is no failure where a second field says how the job ended; an internal error is one."""
    words = {"life_cycle_state": ["RUNNING", "TERMINATED", "INTERNAL_ERROR"], "result_state": ["SUCCESS", "FAILED"]}
    both = [Field(("state", name), {"type": "string", "enum": values}) for name, values in words.items()]
    own, second = (detect_states(one.schema, []) for one in both)
    end, known = detect_end({}, both[0], own, both, lambda _: second)

    assert ("conclusion", ("state", "result_state"), ("TERMINATED",)) == (end.kind, end.second, end.ended)
    assert ["RUNNING", "TERMINATED"] == known.of("running")
    assert ["INTERNAL_ERROR", "FAILED"] == known.of("failed")


def test_a_reason_may_be_a_list_in_an_object():
    """Errors with their messages in an array, and an array of messages."""
    document = read_spec(SPECS / "prose.yaml")
    found = find_status_operation(document)
    text = {"type": "string"}
    error = {"properties": {"code": text, "message": text}}
    for name, entries, item in (("messages", text, ""), ("data", error, "message")):
        errors = {"type": "object", "properties": {"type": text, name: {"type": "array", "items": entries}}}
        job = replace(found, response={"type": "object", "properties": {"errors": errors}})
        assert Reason(("errors", name), many=True, item=item) == detect_reason(document, job)
