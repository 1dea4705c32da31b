"""Load: what a spec file may contain, and its limits."""

import os
from pathlib import Path

import pytest
from generator.errors import GeneratorError
from generator.spec import load as stage
from generator.spec.load import load, load_spec


def test_yaml_is_read_by_version_1_2(write):
    """Words such as no, numbers such as 012 and dates mean what they mean in JSON."""
    document = load(write("answer: no\nnumber: 012\nday: 2026-01-31\nmoment: 2026-01-31T10:00:00Z\n"))

    assert {
        "answer": "no",
        "number": 12,
        "day": "2026-01-31",
        "moment": "2026-01-31T10:00:00Z",
    } == document


def test_status_codes_written_as_numbers_become_strings(write):
    """A status code may be written as a number."""
    document = load(write("responses:\n  200: {description: ok}\n  default: {description: other}\n"))

    assert ["200", "default"] == list(document["responses"])


def test_json_is_read_whatever_the_file_name(write):
    """A spec may be JSON."""
    assert {"a": [1, None, True]} == load(write('{"a": [1, null, true]}', "spec.txt"))


def test_yaml_in_flow_style_is_read_as_yaml(write):
    """YAML may begin with a brace too."""
    assert {"a": "b"} == load(write("{a: b}"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", "line 1"),
        ("a: 1\na: 2\n", "duplicate key"),
        ('{"a": 1, "a": 2}', "'a' occurs twice"),
        ("- 1\n", "not contain an object at its top level"),
        ("", "not contain an object at its top level"),
        ("1: one\n", "the key 1, which is not a string"),
        ("a: .nan\n", "JSON cannot represent"),
        ("a: !!python/object/apply:os.getcwd []\n", "does not parse"),
        ("a: !!binary aGk=\n", "JSON cannot represent"),
        ("%YAML 1.1\n---\na: no\n", "another YAML version than 1.2"),
        ("a: 1\n---\nb: 2\n", "does not parse"),
        ("a: \x00\n", "does not parse"),
    ],
)
def test_what_json_cannot_represent_is_refused(write, text, said):
    """The error names the file and the reason."""
    with pytest.raises(GeneratorError, match=r"spec\.yaml") as refusal:
        load(write(text))

    assert said in str(refusal.value)


def test_a_missing_file_is_named(tmp_path):
    """The error names the file."""
    with pytest.raises(GeneratorError, match=r"none\.yaml does not exist"):
        load(tmp_path / "none.yaml")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    """A spec is UTF-8."""
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"a: \xff\n")

    with pytest.raises(GeneratorError, match="not UTF-8"):
        load(path)


def test_a_file_above_the_size_limit_is_refused_unread(write, monkeypatch):
    """A file above the limit is not read."""
    monkeypatch.setattr(stage, "MAX_BYTES", 10)

    with pytest.raises(GeneratorError, match="larger than"):
        load(write("a: 12345678901"))


@pytest.mark.parametrize("text", ["a: " + "[" * 200 + "]" * 200, '{"a": ' + "[" * 5000 + "]" * 5000 + "}"])
def test_a_document_above_the_depth_limit_is_refused(write, text):
    """Depth is refused before it can exhaust the stack."""
    with pytest.raises(GeneratorError, match="deeper than 100 levels"):
        load(write(text))


def test_aliases_above_the_value_limit_are_refused_before_expansion(write):
    """A few lines of aliases cannot become millions of values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(GeneratorError, match="once its aliases are expanded"):
        load(write("\n".join(lines)))


def test_a_recursive_alias_is_refused(write):
    """A document that contains itself has no end."""
    with pytest.raises(GeneratorError, match="once its aliases are expanded"):
        load(write("a: &a [*a]"))


def test_aliases_are_expanded_to_independent_values(write):
    """Changing one value leaves the other."""
    document = load(write("a: &a {x: 1}\nb: *a\n"))
    document["a"]["x"] = 2

    assert {"x": 1} == document["b"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("swagger: '2.0'\n", "Swagger 2.0"),
        ("title: no spec\n", "not an OpenAPI 3.0 or 3.1 document"),
        ("openapi: 4.0.0\n", "'4.0.0'"),
        ("openapi: 3.1\n", "3.1"),
    ],
)
def test_a_document_other_than_openapi_3_is_refused(write, text, said):
    """The error names the version."""
    with pytest.raises(GeneratorError) as refusal:
        load_spec(write(text))

    assert said in str(refusal.value)


def test_a_device_or_a_pipe_is_refused(tmp_path):
    """Reading it may never end."""
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(GeneratorError, match="is not a file"):
            load(path)


def test_a_long_key_is_shortened_in_the_error(write):
    """A message stays readable."""
    with pytest.raises(GeneratorError) as refusal:
        load(write(f"? [{'a,' * 500}]\n: 1\n"))

    assert 300 > len(str(refusal.value).replace(str(refusal.value).partition(" at ")[0], ""))
