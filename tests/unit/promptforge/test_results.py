"""The lines of result files: an odd one spoils nothing, and none is lost."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobwait import promptforge
from jobwait._httpx import httpx
from jobwait.promptforge import FailedPrompt, ResultLine
from jobwait.promptforge.results import failures_of, results_of
from support.odd_lines import ODD, ODD_TEXT
from support.waits import at_once

GOOD = [b'{"prompt_id": %d, "response": "ok"}' % number for number in range(5)]
BOM = b"\xef\xbb\xbf"


def odd(line):
    """The result of *line*, which stands between good ones that are all there."""
    found = results_of([b"\n".join([*GOOD[:3], line, *GOOD[3:]])], {})
    assert ["ok"] * 5 == [one.response for one in found if one.problem is None]
    [result] = [one for one in found if one.problem is not None]
    return result


@pytest.mark.parametrize(("line", "prompt_id", "says"), [*ODD, *ODD_TEXT], ids=lambda value: str(value)[:40])
def test_odd_line_has_problem_and_raw_and_spoils_no_other(line, prompt_id, says):
    """It has no response, one sentence that names it, and the line itself."""
    found = odd(line)
    assert (prompt_id, None) == (found.prompt_id, found.response)
    assert found.problem.startswith(f"Line 4 of result file 1 {says}")
    assert found.problem.endswith(".")
    assert line.decode("utf-8", "backslashreplace") == found.raw


def line_of(text):
    """The result of one good line."""
    [found] = results_of([text if isinstance(text, bytes) else text.encode()], {})
    assert (None, None) == (found.problem, found.raw)
    return found


def test_extra_fields_are_kept():
    """Fields that a ResultLine does not have, and values of a type that it does not have, are in extra."""
    found = line_of('{"prompt_id": 1, "response": "x", "finish_reason": "stop", "nested": {"a": [1]}, "model": 5}')
    assert {"finish_reason": "stop", "nested": {"a": [1]}, "model": 5} == found.extra
    assert (None, "x") == (found.model, found.response)
    assert {} == line_of('{"prompt_id": 1, "response": "x", "model": "m", "tokens": {"prompt": 1}}').extra
    assert isinstance(hash(found), int)


def test_numbers_that_json_does_not_have_are_null():
    """Python's servers write NaN; the answer beside it is an answer."""
    found = line_of('{"prompt_id": 1, "response": "x", "latency_ms": NaN, "cost": Infinity, "score": -1e999}')
    assert (None, {"cost": None, "score": None}) == (found.latency_ms, {k: found.extra[k] for k in ("cost", "score")})
    big = line_of('{"prompt_id": 1, "response": "x", "tokens": {"prompt": %s, "completion": 1}}' % ("9" * 5000))
    assert (None, 1) == (big.prompt_tokens, big.completion_tokens)


@pytest.mark.parametrize("prompt_id", ["7", '"7"', '"+7"', '" 7 "', '"007"', '"p7"', str(10**30), "-1", '""'])
def test_ids_of_any_form_are_kept(prompt_id):
    """Integers and texts are ids as they are."""
    assert json.loads(prompt_id) == line_of(f'{{"prompt_id": {prompt_id}, "response": "x"}}').prompt_id


def test_equal_ids_in_other_forms_are_one_prompt():
    """The first line with a response counts, whatever stands before it."""
    lines = [b'{"prompt_id": 7, "response": null}', *(b'{"prompt_id": %s, "response": "%s"}' % two for two in FORMS)]
    [found] = results_of([b"\n".join(lines)], {})
    assert ('"first"', None) == (json.dumps(found.response), found.problem)


FORMS = [(b'"+7"', b"first"), (b"7", b"second"), (b'"07"', b"third"), (b'" 7"', b"fourth")]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\n\n", b"\n \r\n", b"\n" + BOM + b"\n"])
def test_line_ends_blank_lines_and_byte_order_marks_are_taken(ending):
    """Each part may begin with a mark, and joined files have one in the middle."""
    part = BOM + GOOD[0] + ending + BOM + GOOD[1] + ending
    found = results_of([part, BOM + GOOD[2] + ending, BOM, b""], {})
    assert [0, 1, 2] == [line.prompt_id for line in found]
    assert {None} == {line.problem for line in found}


def test_line_separators_in_text_end_no_line():
    """NEL, LS, PS, vertical tabs and form feeds are text."""
    text = "a\x85b\u2028c\u2029d\x0be\x0cf\x1cg\ufeffh"
    assert text == line_of(json.dumps({"prompt_id": 1, "response": text}, ensure_ascii=False, indent=None)).response


def test_lone_surrogates_are_kept():
    """As escapes, and as bytes, which Python's servers can write."""
    assert "half \ud83d" == line_of('{"prompt_id": 1, "response": "half \\ud83d"}').response
    assert "half \ud83d" == line_of(b'{"prompt_id": 1, "response": "half \xed\xa0\xbd"}').response


def test_results_are_sorted_by_prompt_id_if_the_order_is_unknown():
    """Numbers first, then texts, then lines without an id, whatever file they are in."""
    ids = ["10", '"9"', '"b"', "2", '"a"', "-1", str(10**30)]
    content = [b'{"prompt_id": %s, "response": "x"}' % one.encode() for one in ids]
    found = results_of([b"\n".join([b"?", *content[:3]]), b"\n".join(content[3:])], {})
    assert [-1, 2, "9", 10, 10**30, "a", "b", None] == [line.prompt_id for line in found]


def job_of(files, prompts=None):
    """A finished job with result *files*, submitted with *prompts* if they are given."""
    links = [
        {"filename": "f", "url": f"http://127.0.0.1/{n}", "expires_at": "2026-06-11T16:47:49Z"}
        for n in range(len(files))
    ]

    def answer(request):
        match request.method, request.url.path:
            case "POST", _:
                created = {"job_id": "j", "upload_url": "http://127.0.0.1/up", "expires_at": links[0]["expires_at"]}
                return httpx.Response(202, json=created)
            case "PUT", _:
                return httpx.Response(200)
            case _, path if path.endswith("results"):
                return httpx.Response(200, json={"job_id": "j", "status": "COMPLETED", "files": links})
            case _, path:
                return httpx.Response(200, content=files[int(path[1:])])

    client = promptforge.connect("k", base_url="http://127.0.0.1", transport=httpx.MockTransport(answer))
    if prompts is None:
        return promptforge.job(client, "j")
    return promptforge.submit(client, prompts, provider="openai", model="m")


SHUFFLED = [{"prompt_id": number, "prompt": "?"} for number in (3, "1", 4, 0, 2)]


def test_results_and_failures_come_in_the_order_of_the_input():
    """The handle that submitted the prompts knows their order; another one sorts by id."""
    failed = b'{"prompt_id": %d, "error": "no", "attempts": 2, "timestamp": "now"}'
    files = [b"\n".join([failed % 4, failed % 3]), b"\n".join(GOOD[:3])]
    job = job_of(files, SHUFFLED)
    assert [1, 0, 2] == [line.prompt_id for line in at_once(job._results())]
    found = at_once(job._failures())
    assert [FailedPrompt(prompt_id=n, error="no", attempts=2, extra={"timestamp": "now"}) for n in (3, 4)] == found
    assert [0, 1, 2] == [line.prompt_id for line in at_once(job_of(files)._results())]
    assert {} == job_of(files, sorted(SHUFFLED, key=lambda prompt: int(prompt["prompt_id"]))).order


def test_failures_are_the_prompts_without_a_response():
    """An error of a prompt that has a response after all is none; one beside a null response is one."""
    content = b"\n".join(
        [
            b'{"prompt_id": 1, "error": "again", "stage": "execution"}',
            b'{"prompt_id": 1, "response": "at last"}',
            b'{"prompt_id": 2, "response": null, "error": {"code": "filter"}, "attempts": 3}',
            b'{"prompt_id": null, "line": 9, "raw": "{", "error": "not JSON", "stage": "validation"}',
            b'{"prompt_id": 3, "response": null}',
        ]
    )
    found = failures_of([content], {})
    assert [(2, '{"code": "filter"}', 3), (None, "not JSON", None)] == [
        (one.prompt_id, one.error, one.attempts) for one in found
    ]
    assert {"line": 9, "raw": "{"} == found[1].extra
    assert [(1, "at last"), (2, None), (3, None)] == [
        (one.prompt_id, one.response) for one in results_of([content], {})
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(["prompt_id", "response", "result", "error", "tokens", "model", "attempt", "x"])
any_line = st.one_of(
    st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")),
    st.dictionaries(fields, json_values, max_size=6).map(lambda entry: json.dumps(entry).encode()),
)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(any_line, max_size=8))
def test_any_lines_are_read_merged_and_lose_no_good_one(tmp_path_factory, lines):
    """Whatever stands between the good lines, nothing is raised, and the merged files are JSON."""
    good = [b'{"prompt_id": "good-%d", "response": "ok"}' % number for number in range(3)]
    content = b"\n".join([good[0], *lines[:4], good[1], *lines[4:], good[2]])
    found = results_of([content], {})
    assert 3 == sum(str(line.prompt_id).startswith("good-") and line.response == "ok" for line in found)
    assert all((line.problem is None) == (line.raw is None) == (line.response is not None) for line in found)
    assert all(isinstance(line, ResultLine) for line in found)
    folder = tmp_path_factory.mktemp("any")
    (folder / "1").write_bytes(content)
    made = promptforge.merge([folder / "1"], folder / "all.jsonl")
    assert sum(line.problem is None for line in found) == made.answers
    for path in filter(None, (made.file, made.failures_file)):
        assert all(isinstance(json.loads(line), dict) for line in path.read_text("utf-8").splitlines())
    promptforge.merge([folder / "1"], folder / "cells.csv", format="csv")
