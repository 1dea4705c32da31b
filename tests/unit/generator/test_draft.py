"""`codegen.py add`: which job it drafts, what it asks for, and that only a draft that works is written."""

import sys
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from generator.errors import GeneratorError
from generator.options import options
from generator.publish.draft import Trial, check_draft
from generator.scaffold.add import draft
from generator.scaffold.add_report import report
from generator.spec.load import load_spec
from ruamel.yaml import YAML

from jobwait.service import load

SPECS = Path(__file__).parent / "services"


def drafted(name, **chosen):
    """The draft of the spec *name*, with that job or those operations."""
    spec = SPECS / f"{name}.yaml"
    return draft(f"new_{name}", spec, load_spec(spec), **chosen)


def trial(one):
    """What is tried of a draft."""
    return Trial(one.overlay, one.module, one.row, one.answers)


def test_each_job_of_a_document_is_listed_and_can_be_made():
    """The report names the other jobs, and each of the names makes that one."""
    listed = "\n".join(report(drafted("several")))
    assert "the document has 3; make another one with --job NAME" in listed
    assert "getOrder" not in listed

    for name in ("getExport", "getScan", "getImport"):
        assert name == "getImport" or f"{name} (GET " in listed
        assert [name] == drafted("several", job=name).only


def test_a_job_that_is_not_there_is_an_error_that_names_those_that_are():
    """The sentence says what --job may be."""
    with pytest.raises(
        GeneratorError, match=r"no operation getInvoice that reports .* may: getImport, getExport, getScan"
    ):
        drafted("several", job="getInvoice")


def test_an_error_in_another_operation_prevents_no_draft():
    """What is wrong in getBroken is said if it is asked for."""
    one = drafted("several")
    assert ("getBroken" in one.only, one.repairs) == (False, [])
    asked = options(operations=["getBroken", "getScan"])
    assert any("the path parameter id is not declared" in said for said in drafted("several", asked=asked).repairs)


def test_a_lean_draft_has_only_what_the_module_uses():
    """It is tried where the client cannot be generated with all operations on the job."""
    assert ["createTranscription", "getTranscript", "getTranscription"] == drafted("enum").only
    lean = drafted("enum", lean=True)
    assert ["createTranscription", "getTranscription"] == lean.only
    assert any("without others on the job" in line for line in report(lean))


def test_the_document_is_left_as_it_is():
    """It is read once, for the draft and for the trial."""
    source = load_spec(SPECS / "inputs.yaml")
    before = deepcopy(source)
    draft("speech", SPECS / "inputs.yaml", source)
    assert before == source


def test_an_inline_body_gets_a_name_that_no_model_has():
    """The overlay names it, and submit() takes that model."""
    spec = SPECS / "inputs.yaml"
    source = load_spec(spec)
    schemas = source["components"]["schemas"]
    for name in ("SubmitTranscriptBody", "SubmitTranscriptBody2"):
        made = draft("speech", spec, source)
        assert f"title: {name}\n" in made.overlay
        assert f"body: models.{name})" in made.module
        schemas["Transcript"]["properties"][name] = {"$ref": f"#/components/schemas/{name}"}
        schemas[name] = {"type": "object", "properties": {"text": {"type": "string"}}}


# What is declared of each: fields in which the state, progress, reason and result are, as far as there are any.
DECLARED = {
    "same_word": {
        "rules": [
            {"state": "running", "when": {"state": ["Completed"], "result": {"present": False}}},
            {"state": "succeeded", "when": {"state": ["Completed"], "result": ["completed"]}},
            {"state": "failed", "when": {"state": ["Completed"], "result": ["failed"]}},
        ],
        "state": {"path": "state", "queued": ["pending"], "running": ["running"]},
    },
    "checked": {
        "rules": [
            {"state": "succeeded", "when": {"status": [10], "is_success": True}},
            {"state": "failed", "when": {"status": [10]}},
        ],
        "state": {"path": "status", "queued": [1], "running": [2]},
        "reason": "status_message",
    },
    "tasks": {
        "rules": [
            {"state": "queued", "when": {"tasks[*].status": {"present": False}}},
            {"state": "queued", "when": {"tasks[*].status": ["deferred", "up_for_retry"]}},
            {"state": "running", "when": {"tasks[*].status": ["running"]}},
            {"state": "succeeded", "when": {"tasks[*].status": {"all": ["success"]}}},
            {"state": "canceled", "when": {"tasks[*].status": {"all": ["success", "skipped"]}}},
            {"state": "failed", "when": {"tasks[*].status": {"all": ["success", "skipped", "upstream_failed"]}}},
        ],
        "reason": "errors[*].message",
        "submit": {"operation": "startRun", "id": "runId"},
    },
    "missing": {
        "state": {
            "path": "job_status",
            "queued": ["new"],
            "running": ["printing"],
            "succeeded": ["name-the-word-for-success"],
        },
        "result": {"link": "links.pdf_url"},
    },
    "integer": {
        "state": {
            "path": "taskStatus",
            "queued": [0],
            "running": [1],
            "succeeded": [2],
            "failed": [3],
            "canceled": [4],
        },
        "result": {"operation": "GetSolution", "id": "solutionId"},
    },
}


@pytest.mark.parametrize("spec", DECLARED)
def test_what_is_declared(spec):
    """The overlay has the declaration, each guess with a comment; it can be loaded with its document."""
    made = drafted(spec)
    written = YAML(typ="safe").load(made.overlay)["actions"][-1]["update"]["x-job"]
    always = {"name", "key", "ids", "poll", "interval", "timeout"}
    assert DECLARED[spec] == {field: value for field, value in written.items() if field not in always}
    guessed = written.keys() - {"name", "ids"}
    assert len(guessed) == made.overlay.count("# a guess: ")
    source = load_spec(SPECS / f"{spec}.yaml")
    if "operationId" in str(source):  # else only the client has names for operations
        load({**source, "x-job": written})


@pytest.mark.parametrize("spec", ["two_fields", "same_word", "checked", "flag", "tasks", "operations_api"])
def test_each_answer_says_its_status_in_the_fields_that_decide(spec):
    """An answer before the end has no conclusion, no error and no flag; each end has its own."""
    made = drafted(spec)
    known = {raw for raw, state in made.found.statuses.states.items() if state}
    assert known == set(made.answers)
    texts = [repr(answer) for answer in made.answers.values()]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda one: replace(one, module=f"{one.module}\nimport no_such_module\n"), "no_such_module"),
        (
            lambda one: replace(one, answers={**one.answers, "failed": one.answers["succeeded"]}),
            "becomes failed ended as",
        ),
    ],
)
def test_a_draft_that_does_not_work_is_refused(spoil, message):
    """It must type-check against the new client, and each final status must end a wait as that state."""
    spec = SPECS / "flag.yaml"
    source = load_spec(spec)
    made = draft("flag", spec, source)
    with pytest.raises(GeneratorError, match=message):
        check_draft("flag", spec, source, spoil(trial(made)))


def resources(count):
    """A document with one job and *count* resources, which have states and long descriptions too."""

    def item(number):
        state = {"type": "string", "enum": ["active", f"gone{number}"], "description": "`active` or `gone`. " * 5}
        schema = {
            "type": "object",
            "properties": {"status": state, "name": {"type": "string"}, "size": {"type": "integer"}},
        }
        answers = {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
        parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        return {"get": {"operationId": f"get{number}", "parameters": [parameter], "responses": answers}}

    document = load_spec(SPECS / "enum.yaml")
    document["paths"] |= {f"/things{number}/{{id}}": item(number) for number in range(count)}
    return document


def test_the_work_grows_with_the_document_and_no_faster():
    """Four times as many operations are at most four and a half times as many calls."""
    calls = Counter()
    for count in (50, 200):
        document = resources(count)

        def counted(_, event, __, count=count):
            calls[count] += event == "call"

        sys.setprofile(counted)
        try:
            draft("many", SPECS / "enum.yaml", document)
        finally:
            sys.setprofile(None)
    assert calls[200] <= 4.5 * calls[50]
