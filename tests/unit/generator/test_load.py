"""Load: what a spec file may contain, and its limits."""

import os
from pathlib import Path

import pytest
import yaml
from generator.errors import GeneratorError
from generator.spec import load as stage
from generator.spec import yaml_values
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
        ("a: [1", "line 2, column 1"),
        ("a: 1\na: 2\n", "duplicate key"),
        ('{"a": 1, "a": 2}', "'a' occurs twice"),
        ("- 1\n", "not contain an object at its top level"),
        ("", "not contain an object at its top level"),
        ("? [a]\n: one\n", "line 1, column 3, does not parse: a key is not a string"),
        ("a: " + "1" * 5000, "too many digits"),
        ('{"a": ' + "1" * 5000 + "}", "does not parse"),
        ("a: *b\n", "found undefined alias 'b'"),
        ("a: !!set {x}\n", "is not known"),
        ("a: !!int x\n", "JSON cannot represent"),
        ("a: {<<: x}\n", "neither a mapping nor a list of mappings"),
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


@pytest.mark.parametrize("word", [".nan", "-.Inf", "1e400", "-1e400", "NaN", "-Infinity"])
def test_a_number_that_json_cannot_represent_is_text(write, word):
    """It is most often an example; where the document needs a number, the text is reported at its place."""
    assert {"a": word} == load(write(f"a: {word}\n"))
    if "." not in word:
        assert {"a": word} == load(write(f'{{"a": {word}}}'))


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
        load(write(f"{'a' * 1000}: 1\n{'a' * 1000}: 1\n"))

    assert 150 > len(str(refusal.value).partition("spec.yaml")[2])


# The core schema of YAML 1.2.2, chapter 10.3.2: each word without quotes, and what it is.
CORE_SCHEMA = {
    "null": None, "Null": None, "NULL": None, "~": None, "": None, "nULL": "nULL",
    "true": True, "True": True, "FALSE": False, "tRUE": "tRUE",
    "yes": "yes", "No": "No", "on": "on", "OFF": "OFF", "y": "y",
    "0": 0, "-0": 0, "+12": 12, "012": 12, "0o14": 12, "0xC": 12, "0b11": "0b11", "1_000": "1_000", "-0x1": "-0x1",
    "1.": 1.0, ".5": 0.5, "-1.5e3": -1500.0, "1e3": 1000.0, "1:30": "1:30", "12:30:45": "12:30:45", "1.2.3": "1.2.3",
    "+": "+", "-x": "-x", ".": ".", "e3": "e3", "2026-01-31": "2026-01-31", "=": "=", "<<": "<<",
    "123456789012345678901234567890": 123456789012345678901234567890,
    "!!str 12": "12", "!!float 12": 12.0, "!!null ''": None, "'12'": "12", '"true"': "true",
}  # fmt: skip


@pytest.mark.parametrize(("word", "value"), CORE_SCHEMA.items())
def test_a_word_means_what_the_core_schema_says(write, word, value):
    """The value is right, and of the right type."""
    read = load(write(f"a: {word}\n"))["a"]

    assert (type(value), value) == (type(read), read)


def test_a_key_is_the_word_that_is_written(write):
    """JSON has no other keys than strings."""
    assert {"1": "a", "0x10": "b", "true": "c", "null": "d", "": "e", "1.50": "f"} == load(
        write("1: a\n0x10: b\ntrue: c\nnull: d\n'': e\n1.50: f\n")
    )


def test_keys_of_a_merged_mapping_are_added(write):
    """Own keys win, then those of the mapping that is named first; a quoted << is a name like others."""
    document = load(
        write("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 0}\nd: {<<: *b, z: 0}\ne: {'<<': 1}\n")
    )

    assert {"x": 0, "y": 1, "z": 2} == document["c"]
    assert {"y": 2, "z": 0} == document["d"]
    assert {"<<": 1} == document["e"]


def test_thirty_thousand_anchors_are_read(write):
    """Each alias of a small value costs as much as the value."""
    text = "".join(f"a{n}: &a{n} {n}\nb{n}: *a{n}\n" for n in range(30_000))

    assert 29_999 == load(write(text))["b29999"]


def test_depth_is_counted_through_aliases(write):
    """Each alias adds the levels of its value."""
    lines = ["a0: &a0 [[[[[[[[[[x]]]]]]]]]]", *(f"a{n}: &a{n} [[[[[[[[[[*a{n - 1}]]]]]]]]]]" for n in range(1, 12))]

    with pytest.raises(GeneratorError, match="deeper than 100 levels once its aliases are expanded"):
        load(write("\n".join(lines)))


def test_the_slower_parser_reads_the_same(write, monkeypatch):
    """A PyYAML without libyaml has only that."""
    path = write("a: &a [1, no, {<<: {x: 1}}]\nb: *a\n200: |\n  text\n")
    fast = load(path)
    monkeypatch.setattr(yaml_values, "_Parser", yaml.Loader)

    assert fast == load(path) == {"a": [1, "no", {"x": 1}], "b": [1, "no", {"x": 1}], "200": "text\n"}
