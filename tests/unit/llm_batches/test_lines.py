"""The lines of OpenAI's, Mistral's and Anthropic's result files: an odd one spoils nothing, and none is lost."""

import json

import pytest

from jobwait._jsonl.reading import failures_of, results_of
from jobwait.llm_batches.lines import RESPONSES, RESULTS
from support.llm_batches import errored_line, message_line, refused_line, response_line
from support.odd_lines import ODD

FORMS = [(RESPONSES, response_line, refused_line, b"response"), (RESULTS, message_line, errored_line, b"result")]
PAYLOADS = {
    b"response": b'"response": {"status_code": 200, "body": {"choices": []}}',
    b"result": b'"result": {"type": "succeeded", "message": {"content": []}}',
}
MORE = [
    (b'{"custom_id": "7", "response": null}', "has null as its response, not an object"),
    (b'{"custom_id": "7", "response": "x"}', "has text as its response, not an object"),
    (b'{"custom_id": "7", "response": {"status_code": 200}}', "has null as the body of its response, not an object"),
    (b'{"custom_id": "7", "result": ["x"]}', "has a list as its result, not an object"),
    (b'{"custom_id": "7", "result": {"message": {}}}', "has a result without a type"),
    (b'{"custom_id": "7", "result": {"type": "succeeded"}}', "has null as the message of its result, not an object"),
]


@pytest.mark.parametrize(("form", "good", "_", "field"), FORMS, ids=["responses", "results"])
def test_odd_line_has_problem_and_raw_and_spoils_no_other(form, good, _, field):
    """As of PromptForge's files: no response, one sentence that names the place, and the line itself."""
    table = [
        (
            line.replace(b'"prompt_id"', b'"custom_id"').replace(b'"response": "x"', PAYLOADS[field]),
            says.replace("prompt_id", "custom_id").replace("has no response", f"has no {field.decode()}"),
        )
        for line, _, says in ODD
    ]
    own = [one for one in MORE if b'"' + field + b'"' in one[0]]
    for line, says in [*table, *own]:
        content = b"\n".join([good("a", "ok").encode(), line, good("b", "ok").encode()])
        lines = results_of([content], {}, form)
        assert [("a", "ok"), ("b", "ok")] == [(one.prompt_id, one.response) for one in lines if not one.problem]
        [found] = [one for one in lines if one.problem]
        assert found.problem.startswith(f"Line 2 of result file 1 {says}"), line
        assert (None, line.decode("utf-8", "backslashreplace")) == (found.response, found.raw)
        assert [] == failures_of([content], {}, form)


@pytest.mark.parametrize(
    ("form", "entry", "error"),
    [
        (RESPONSES, {"error": {"code": "batch_expired", "message": "too late"}, "response": None}, "too late"),
        (RESPONSES, {"error": "no", "response": {"status_code": 200, "body": {}}}, "no"),
        (RESPONSES, {"response": {"status_code": 500, "body": None}}, "the response was 500"),
        (RESPONSES, {"response": {"status_code": 429, "body": {"detail": [{"loc": 1}]}}}, '{"detail": [{"loc": 1}]}'),
        (RESULTS, {"result": {"type": "expired"}}, "expired"),
        (RESULTS, {"result": {"type": "canceled"}}, "canceled"),
        (RESULTS, {"result": {"type": "new kind", "error": {"a": 1}}}, '{"a": 1}'),
    ],
)
def test_failure_has_the_sentence_of_its_error_and_the_line(form, entry, error):
    """Whatever levels down it stands; a later answer to the same request makes it none."""
    content = json.dumps({"custom_id": "1", **entry}).encode()
    [found] = failures_of([content], {}, form)
    assert ("1", error, entry) == (found.prompt_id, found.error, found.extra)
    assert [] == results_of([content], {}, form)
    later = {RESPONSES: response_line, RESULTS: message_line}[form]("1", "at last").encode()
    assert [] == failures_of([content, later], {}, form)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"choices": [{"message": {"content": "a"}}, {"message": {"content": "b"}}]}, "a"),
        ({"choices": [{"message": {"content": [{"type": "thinking"}, {"type": "text", "text": "b"}]}}]}, "b"),
        ({"choices": [{"message": {"content": None, "tool_calls": [1]}}]}, None),
        ({"choices": [{"text": "c"}]}, "c"),
        ({"output": [{"type": "reasoning"}, {"content": [{"type": "output_text", "text": "d"}, {"text": "e"}]}]}, "de"),
        ({"content": [{"type": "tool_use"}]}, None),
        ({"data": [{"embedding": [0.5]}]}, None),
        ({"choices": 7, "content": {"x": 1}, "output": [[1]], "usage": [], "model": 5}, None),
    ],
)
def test_text_is_where_each_endpoint_has_it(body, text):
    """An answer without text is no problem: it is in `body`."""
    message = {"result": {"type": "succeeded", "message": body}}
    for form, entry in ((RESPONSES, {"response": {"body": body}}), (RESULTS, message)):
        [line] = results_of([json.dumps({"custom_id": "1", **entry}).encode()], {}, form)
        assert (text, body, None, {}) == (line.response, line.body, line.problem, line.extra)


def test_ids_that_differ_are_two_and_lines_keep_their_order():
    """07 is not 7 to these services; what the input does not name comes last, as the file has it."""
    content = "\n".join(response_line(one, "x") for one in ("z", "07", "7", "b", "07")).encode()
    found = results_of([content], {"7": 0, "07": 1}, RESPONSES)
    assert ["7", "07", "z", "b"] == [line.prompt_id for line in found]
    assert (2, 3, 5, "m") == (found[0].prompt_tokens, found[0].completion_tokens, found[0].total_tokens, found[0].model)
