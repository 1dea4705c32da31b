"""Limits of the tool: too long, too deep, too many, no space left. One sentence, and nothing half-written."""

import builtins
import errno
import io
import json
import os
from copy import deepcopy
from typing import Any

import codegen
import pytest
from generator import pipeline
from generator.emit import package as package_builder
from generator.errors import GeneratorError, limit_sentence
from generator.spec.load import load
from generator.spec.names.long_names import MAX_LETTERS
from generator.spec.overlays.apply import apply

from support.specs import read_and_repair

LONG = "n" * 300
SPEC: Any = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "https://api.example.test"}],
    "components": {"schemas": {"Job": {"type": "object", "properties": {"id": {"type": "string"}}}}},
    "paths": {
        "/a": {
            "get": {
                "operationId": "get_a",
                "tags": ["x"],
                "responses": {
                    "200": {
                        "description": "d",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}},
                    }
                },
            }
        }
    },
}


@pytest.fixture
def make(tmp_path, capsys, monkeypatch):
    """Run `codegen.py client` on a document; the exit code, the error and the files in the folder."""
    monkeypatch.setattr(pipeline, "verify", lambda *_arguments, **_options: None)

    def run(document, name="t"):
        spec = tmp_path / "spec.json"
        spec.write_text(json.dumps(document), encoding="utf-8")
        code = codegen.main(["client", str(spec), "--name", name, "--out", str(tmp_path / "out")])
        out = tmp_path / "out"
        return code, capsys.readouterr().err, sorted(path.name for path in out.iterdir()) if out.exists() else []

    return run


def test_names_of_300_letters_are_shortened_and_said(tmp_path):
    """Of components, operations and tags; references and mappings follow, and the same name gives the same."""
    spec = deepcopy(SPEC)
    schemas = spec["components"]["schemas"]
    schemas[LONG] = schemas.pop("Job")
    schemas[LONG + "2"] = {"type": "object", "properties": {"kind": {"type": "string"}}}
    place = f"#/components/schemas/{LONG}"
    union: Any = {"oneOf": [{"$ref": place}, {"$ref": place + "2"}]}
    union["discriminator"] = {"propertyName": "kind", "mapping": {"a": place, "b": LONG + "2"}}
    operation = spec["paths"]["/a"]["get"]
    operation.update(operationId=LONG, tags=[LONG])
    operation["responses"]["200"]["content"]["application/json"]["schema"] = union
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(spec))
    document, said = read_and_repair(path)
    names = list(document["components"]["schemas"])

    assert 2 == len(set(names))
    assert all(len(name) <= MAX_LETTERS for name in names)
    assert 4 == len([one for one in said if "too long for a file; it is shortened to nnnn" in one])
    assert document == read_and_repair(path)[0]
    mapped = document["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"][
        "discriminator"
    ]
    assert {f"#/components/schemas/{name}" for name in names} == set(mapped["mapping"].values())


@pytest.mark.parametrize(
    "schema", [{"type": "object", "properties": {"a": {"type": "string"}}}, {"enum": ["a"], "type": "string"}]
)
def test_a_model_whose_name_is_made_of_long_ones_is_an_error_with_the_next_step(make, schema):
    """An inline model is named after its field; a title gives it another name. Nothing is left."""
    spec = deepcopy(SPEC)
    spec["components"]["schemas"]["Job"]["properties"][LONG] = schema
    code, said, files = make(spec)

    assert (1, []) == (code, files)
    assert said.endswith("too long for a file. Choose a shorter one; of a schema, by a title in an overlay.\n")
    assert len(said) < 500


def test_a_package_name_of_300_letters_is_one_sentence(make):
    """The name of the folder is too long."""
    code, said, files = make(SPEC, name=LONG)

    assert (1, []) == (code, files)
    assert "the name is too long for a file" in said


@pytest.mark.parametrize("depth", [400, 5000])
@pytest.mark.parametrize(
    "target",
    [
        lambda depth: "$" + ".a" * depth,
        lambda depth: "$" + "[?@" * depth + ".x" + "]" * depth,
        lambda depth: "$[?" + "(" * depth + "@.a" + ")" * depth + "]",
        lambda depth: "$" + "..a" * depth,
        lambda depth: "$[?" + "!(" * depth + "@.a" + ")" * depth + "]",
        lambda depth: "$" + "['a']" * depth + "[",
    ],
)
def test_a_json_path_that_is_400_deep_is_one_sentence(target, depth):
    """It names the action and a part of the path."""
    action = {"target": target(depth), "update": {"x": 1}}

    with pytest.raises(GeneratorError, match=r"^the overlay, action 1") as refusal:
        apply({"b": {}}, {"overlay": "1.0.0", "actions": [action]})

    assert len(str(refusal.value)) < 400


def test_a_json_path_with_many_descents_is_refused_before_it_is_searched():
    """Each `..` multiplies the places that are searched."""
    with pytest.raises(GeneratorError, match=r"has `\.\.` more than 2 times"):
        apply({"a": {}}, {"overlay": "1.0.0", "actions": [{"target": "$..*..*..*[?@.x]", "remove": True}]})


def test_updates_that_nest_too_deep_are_refused():
    """Each action may add as many levels as a file has; together they are limited too."""
    update = {}
    for _ in range(90):
        update = {"a": update}
    actions = [{"target": "$" + ".a" * (90 * number), "update": update} for number in range(30)]

    with pytest.raises(GeneratorError, match=r"action 2 \(.*: the document would be nested deeper than 100 levels"):
        apply({}, {"overlay": "1.0.0", "actions": actions})


@pytest.mark.parametrize("number", ["0x" + "f" * 5000, "0o" + "7" * 9000, "9" * 5000, "-" + "9" * 4000])
def test_integers_of_thousands_of_digits_are_refused(tmp_path, number):
    """Python itself does not write them."""
    path = tmp_path / "spec.yaml"
    path.write_text(f"a: {number}")

    with pytest.raises(GeneratorError, match="is a number of too many digits"):
        load(path)


def test_thousands_of_anchors_are_read_once(tmp_path):
    """An anchor may be defined again; that gives no warning."""
    path = tmp_path / "spec.yaml"
    path.write_text(
        "".join(f"k{index}: &a{index % 1000} {{x: {index}}}\nl{index}: *a{index % 1000}\n" for index in range(3000))
    )
    found = load(path)

    assert 6000 == len(found)
    assert {"x": 2999} == found["l2999"]


def test_a_full_disk_at_any_file_is_one_sentence_and_leaves_nothing(make, tmp_path, monkeypatch):
    """Whichever file is the one that finds no space: the client that was there stays whole."""
    assert (0, ["t_client"]) == make(SPEC)[::2]
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    spec = {**SPEC, "info": {"title": "U", "version": "2"}}
    real, left = io.open, 0

    def opened(file, mode="r", *arguments, **options):
        nonlocal left
        if str(tmp_path / "out") in str(file) and set(mode) & set("wax+"):
            left -= 1
            if left == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
        return real(file, mode, *arguments, **options)

    monkeypatch.setattr(io, "open", opened)
    monkeypatch.setattr(builtins, "open", opened)
    monkeypatch.setattr(package_builder.wire_types, "wire_types", lambda _document: "")
    monkeypatch.setattr(package_builder.formatting, "format_package", lambda _package: None)
    failed, code = 0, 1
    for moment in range(1, 200):
        left = moment
        code, said, files = make(spec)
        if code == 0:
            break
        failed += 1
        assert said.endswith("no space is left on the disk. Free some, and run the command again.\n")
        assert ["t_client"] == files
        assert before == {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert failed > 20
    assert code == 0


def test_every_error_of_the_system_is_a_sentence():
    """With the file that it is about, where there is one."""
    assert "a file cannot be read or written: x." == limit_sentence(OSError("x"))
    assert "/a cannot be read or written: Permission denied." == limit_sentence(
        PermissionError(13, "Permission denied", "/a")
    )
    assert "/to cannot be written: no space" in limit_sentence(OSError(errno.ENOSPC, "x", "/from", None, "/to"))
    assert "nested too deep" in limit_sentence(RecursionError())


def test_bases_of_bases_over_thousands_of_steps_are_one_sentence(tmp_path, capsys):
    """A chain of references is followed as far as Python can."""
    spec = deepcopy(SPEC)
    spec["components"]["schemas"] |= {
        f"M{index}": {
            "allOf": [{"$ref": f"#/components/schemas/M{index + 1}"}, {"properties": {"x": {"type": "string"}}}]
        }
        for index in range(1100)
    }
    spec["components"]["schemas"]["M1100"] = {"type": "object"}
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(spec))

    assert 1 == codegen.main(["diff", str(path), str(path)])
    assert "make it flatter" in capsys.readouterr().err
