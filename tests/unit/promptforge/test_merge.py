"""One file from the result files of a job: in order, without repeats, and safe to open."""

import csv
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobwait import errors, promptforge
from jobwait.promptforge.csv_cells import defused


def lines(*entries):
    return b"\n".join(json.dumps(entry).encode() for entry in entries)


@pytest.fixture
def parts(tmp_path):
    """Two result files in both shapes, a repeated prompt and a failed one."""
    documented = tmp_path / "1.jsonl"
    documented.write_bytes(
        lines({"prompt_id": 1, "result": "=1+1", "tokens_used": 7}, {"prompt_id": 2, "result": "two"})
    )
    real = tmp_path / "2.jsonl"
    again = {"prompt_id": "1", "response": "again"}
    failed = {"prompt_id": 5, "stage": "execution", "error": "no", "attempts": 4}
    real.write_bytes(
        lines(again, {"prompt_id": 3, "response": "dré", "tokens": {"prompt": 2, "completion": 3}}, failed)
    )
    return [documented, real]


def test_merge_writes_one_line_for_each_prompt(parts, tmp_path):
    """The first result of a prompt wins, both formats become one, and prompts without a line are listed."""
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_bytes(lines(*({"prompt_id": number, "prompt": "?"} for number in (1, 2, 3, 4, "5"))) + b"\n\n")
    made = promptforge.merge(parts, tmp_path / "all.jsonl", prompts=prompts)
    found = [json.loads(line) for line in made.file.read_text("utf-8").splitlines()]
    assert [(1, "=1+1", 7), (2, "two", None), (3, "dré", 5)] == [
        (line["prompt_id"], line["response"], line["total_tokens"]) for line in found
    ]
    assert 1 == len({tuple(line) for line in found})
    assert (3, 1, 1, 1) == (made.answers, made.repeated, made.failures, made.missing)
    assert 5 == json.loads(made.failures_file.read_text())["prompt_id"]
    assert {"prompt_id": 4, "prompt": "?"} == json.loads(made.missing_file.read_text())


def test_merge_to_csv_escapes_formulas(parts, tmp_path):
    """Text that begins with = + - @ gets an apostrophe; numbers stay numbers."""
    made = promptforge.merge(parts, tmp_path / "all.csv", format="csv")
    rows = list(csv.DictReader(made.file.read_text("utf-8").splitlines()))
    assert ["'=1+1", "two", "dré"] == [row["response"] for row in rows]
    assert "7" == rows[0]["total_tokens"]


SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
risky = st.text(st.sampled_from(SIGNS + " \"';,\t\r\n\0x"), max_size=12)


@given(text=risky | st.text(max_size=20))
@example("\uff1d1+1")
@example("\n=1+1")
@example("\r\n")
@example("x;=1+1")
@example('x; "=1+1')
@example("x\n=1+1;y")
@settings(max_examples=200, deadline=None)
def test_csv_cells_of_any_text_begin_with_no_formula(text):
    """Neither the cell nor what is left of it where it is split begins with a sign or a line break."""
    found = defused(text)
    assert not found.startswith(("\t", "\r", "\n"))
    for piece in found.replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";"):
        assert not piece.strip(' "\0').startswith(tuple(SIGNS))
    assert text.replace("'", "") == found.replace("'", "")


@pytest.mark.parametrize("text", ["a - b; c", "x=1; y = 2", "1-2", "a@b.example", "a;b", "wait; ", "plain\ntext"])
def test_text_without_a_formula_is_not_changed(text):
    """A sign within a line is text."""
    assert text == defused(text)


@pytest.mark.parametrize("unit", [" ", ";", ";=", "\n", "'", "\n'=", "x;", "\0"])
def test_cells_are_searched_a_run_at_a_time(unit):
    """A pattern that began anew in each run would take hours for this."""
    defused(unit * 1_000_000)


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_csv_cells_are_defused_in_every_column(tmp_path):
    """The id and the model are text of others, too; numbers stay numbers."""
    line = {"prompt_id": "=1", "response": "a;=1", "model": "\uff0b1", "provider": "\n@x", "latency_ms": -5}
    (tmp_path / "1").write_bytes(lines(line))
    [row] = read_csv(promptforge.merge([tmp_path / "1"], tmp_path / "a.csv", format="csv").file)
    found = [row[name] for name in ("prompt_id", "response", "model", "provider", "latency_ms")]
    assert ["'=1", "a;'=1", "'\uff0b1", "'\n'@x", "-5"] == found


def test_merge_replaces_no_file_without_overwrite(parts, tmp_path):
    """An existing file stays as it is, and a failed merge leaves no file."""
    target = tmp_path / "all.jsonl"
    target.write_text("mine")
    with pytest.raises(errors.InvalidInput, match=r"all\.jsonl is there already"):
        promptforge.merge(parts, target)
    assert "mine" == target.read_text()
    with pytest.raises(errors.InvalidInput, match=r"3\.jsonl: No such file.* nothing that was there is lost"):
        promptforge.merge([*parts, tmp_path / "3.jsonl"], target, overwrite=True)
    assert "mine" == target.read_text()
    assert {"1.jsonl", "2.jsonl", "all.jsonl"} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_merge_writes_in_the_order_of_the_prompts_or_by_id(tmp_path, kind):
    """Answers, failures and missing prompts of shuffled files come in one order."""
    text = "two\nlines"
    parts = [[("b", text), (10, text), (9, None)], [(2, text), ("8", None), ("1", text)]]
    for number, part in enumerate(parts):
        entries = ({"prompt_id": one, "response" if said else "error": said or "no"} for one, said in part)
        (tmp_path / str(number)).write_bytes(lines(*entries))
    prompts = tmp_path / "prompts.jsonl"
    order = [10, "b", 9, 1, 8, 2, 7]
    prompts.write_bytes(b"\xef\xbb\xbf" + lines(*({"prompt_id": one, "prompt": "?"} for one in order)))

    def ids(**given):
        made = promptforge.merge(
            [tmp_path / "0", tmp_path / "1"], tmp_path / "all", format=kind, overwrite=True, **given
        )
        rows = read_csv(made.file) if kind == "csv" else read(made.file)
        return [str(row["prompt_id"]) for row in rows], [line["prompt_id"] for line in read(made.failures_file)]

    assert (["1", "2", "10", "b"], ["8", 9]) == ids()
    assert (["10", "b", "1", "2"], [9, "8"]) == ids(prompts=prompts)
    assert [7] == [line["prompt_id"] for line in read(tmp_path / "all-missing.jsonl")]


def read(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_merge_keeps_odd_lines_beside_the_failures(tmp_path):
    """They are counted apart, with their problem and the line; one whose prompt has an answer after all is left out."""
    content = [
        b'{"prompt_id": 1, "response": null}',
        b'{"prompt_id": 2, "error": "again"}',
        b'{"prompt_id": 1, "response": "one", "seed": 4}',
        b'{"prompt_id": 2, "response": "two"}',
        b'{"prompt_id": 3, "response": null, "error": "filter"}',
        b'{"prompt_id": 4.0, "response": "four"}',
        b'{"prompt_id": 5, "resp',
    ]
    (tmp_path / "1").write_bytes(b"\n".join(content))
    made = promptforge.merge([tmp_path / "1"], tmp_path / "all.jsonl")
    assert (2, 0, 1, 2) == (made.answers, made.repeated, made.failures, made.problems)
    assert [{"seed": 4}, None] == [line.get("extra") for line in read(made.file)]
    failed, four, cut = read(made.failures_file)
    assert ("filter", False) == (failed["error"], "extra" in failed)
    assert "Line 6 of result file 1 has 4.0 as its prompt_id, not an integer or text." == four["error"]
    assert content[5:] == [four["raw"].encode(), cut["raw"].encode()]


def test_merged_lines_are_lines_of_utf_8_for_every_reader(tmp_path):
    """NEL, LS and PS are escaped, as some readers split there, and so are lone surrogates, which UTF-8 cannot hold."""
    text = "a\x85b\u2028c\u2029d \ud83d e"
    (tmp_path / "1").write_bytes(lines({"prompt_id": 1, "response": text}))
    made = promptforge.merge([tmp_path / "1"], tmp_path / "all.jsonl")
    assert [text] == [line["response"] for line in read(made.file)]
    promptforge.merge([tmp_path / "1"], tmp_path / "all.csv", format="csv").file.read_text("utf-8")
