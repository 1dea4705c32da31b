"""Load: what a spec file may be, and what it may cost."""

import os
from pathlib import Path

import pytest
from generator.faults import Fault
from generator.load import load, load_spec

from generator import load as stage


def test_yaml_is_read_by_the_rules_of_1_2(write):
    """
    Words such as no, numbers such as 012 and dates mean in a spec what they mean in JSON.
    """
    document = load(write("answer: no\nnumber: 012\nday: 2026-01-31\nmoment: 2026-01-31T10:00:00Z\n"))

    assert {
        "answer": "no",
        "number": 12,
        "day": "2026-01-31",
        "moment": "2026-01-31T10:00:00Z",
    } == document


def test_status_codes_become_strings(write):
    """
    A status code may be written as a number, as people do.
    """
    document = load(write("responses:\n  200: {description: ok}\n  default: {description: other}\n"))

    assert ["200", "default"] == list(document["responses"])


def test_json_is_read_as_well(write):
    """
    A spec may be JSON, whatever its file is called.
    """
    assert {"a": [1, None, True]} == load(write('{"a": [1, null, true]}', "spec.txt"))


def test_flow_style_yaml_is_no_broken_json(write):
    """
    YAML may begin with a brace too.
    """
    assert {"a": "b"} == load(write("{a: b}"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", "line 1"),
        ("a: 1\na: 2\n", "duplicate key"),
        ('{"a": 1, "a": 2}', "'a' is there twice"),
        ("- 1\n", "no object at its top"),
        ("", "no object at its top"),
        ("1: one\n", "the key 1, which is no string"),
        ("a: .nan\n", "JSON does not have"),
        ("a: !!python/object/apply:os.getcwd []\n", "does not parse"),
        ("a: !!binary aGk=\n", "JSON does not have"),
        ("%YAML 1.1\n---\na: no\n", "another YAML than 1.2"),
        ("a: 1\n---\nb: 2\n", "does not parse"),
        ("a: \x00\n", "does not parse"),
    ],
)
def test_what_is_no_plain_object_is_refused(write, text, said):
    """
    Whatever JSON could not hold is refused with a sentence that says why.
    """
    with pytest.raises(Fault, match=r"spec\.yaml") as refusal:
        load(write(text))

    assert said in str(refusal.value)


def test_missing_file_is_named(tmp_path):
    """
    A file that is not there is named.
    """
    with pytest.raises(Fault, match=r"none\.yaml does not exist"):
        load(tmp_path / "none.yaml")


def test_other_encodings_are_refused(tmp_path):
    """
    A spec is UTF-8.
    """
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"a: \xff\n")

    with pytest.raises(Fault, match="not UTF-8"):
        load(path)


def test_large_files_are_refused_unread(write, monkeypatch):
    """
    A file above the limit is not even read.
    """
    monkeypatch.setattr(stage, "MAX_BYTES", 10)

    with pytest.raises(Fault, match="larger than"):
        load(write("a: 12345678901"))


@pytest.mark.parametrize("text", ["a: " + "[" * 200 + "]" * 200, '{"a": ' + "[" * 5000 + "]" * 5000 + "}"])
def test_deep_documents_are_refused(write, text):
    """
    Depth beyond the limit is refused before it can exhaust the stack.
    """
    with pytest.raises(Fault, match="deeper than 100 levels"):
        load(write(text))


def test_alias_bombs_are_refused_before_they_grow(write):
    """
    Aliases count as what they stand for, so that a few lines cannot become millions of values.
    """
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(Fault, match="once its aliases are written out"):
        load(write("\n".join(lines)))


def test_an_alias_of_itself_is_refused(write):
    """
    A document that holds itself has no end.
    """
    with pytest.raises(Fault, match="once its aliases are written out"):
        load(write("a: &a [*a]"))


def test_aliases_are_written_out(write):
    """
    What two places share is two values afterwards: changing one leaves the other.
    """
    document = load(write("a: &a {x: 1}\nb: *a\n"))
    document["a"]["x"] = 2

    assert {"x": 1} == document["b"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("swagger: '2.0'\n", "Swagger 2.0"),
        ("title: no spec\n", "no OpenAPI 3.0 or 3.1 document"),
        ("openapi: 4.0.0\n", "'4.0.0'"),
        ("openapi: 3.1\n", "3.1"),
    ],
)
def test_only_openapi_3_is_a_spec(write, text, said):
    """
    Another kind of document is refused by what it says of itself.
    """
    with pytest.raises(Fault) as refusal:
        load_spec(write(text))

    assert said in str(refusal.value)


def test_a_device_or_a_pipe_is_no_spec(tmp_path):
    """
    What may never end is not opened.
    """
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(Fault, match="is no file"):
            load(path)


def test_a_long_key_is_not_shown_in_full(write):
    """
    A message stays one that people can read.
    """
    with pytest.raises(Fault) as refusal:
        load(write(f"? [{'a,' * 500}]\n: 1\n"))

    assert 300 > len(str(refusal.value).replace(str(refusal.value).partition(" at ")[0], ""))
