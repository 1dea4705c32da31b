"""Generation: what packages come out, the same ones each time."""

import builtins
import importlib
import subprocess
import sys

import codegen
import pytest
from generator.build import build
from generator.differences import differences
from generator.normalise import normalise
from generator.places import GENERATED, ROOT

BUILD_ALL = "import sys, pathlib; from generator.build import build_all; build_all(pathlib.Path(sys.argv[1]))"


def test_generation_is_reproducible(tmp_path):
    """
    Another process with another hash seed makes the very bytes that are committed.
    """
    command = [sys.executable, "-c", BUILD_ALL, str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env={"PYTHONHASHSEED": "7"}, check=True)

    assert ["MANIFEST.json: is there, but is not made any more"] == list(differences(GENERATED, tmp_path))


def test_client_touches_nothing_else(tmp_path, write, spec, capsys):
    """
    `client` makes one package in the folder that it is told, which may lie anywhere.
    """
    path = write(spec, "toys.json")
    out = tmp_path / "new" / "folder"

    assert 0 == codegen.main(["client", str(path), "--name", "toys", "--out", str(out)])
    assert f"{out / 'toys_client'} was made.\n" == capsys.readouterr().out
    assert [out / "toys_client"] == list(out.iterdir())
    first_line = (out / "toys_client" / "models" / "toy.py").read_text().partition("\n")[0]
    assert first_line.startswith("# Generated from toys.json (sha256 ")


def test_client_replaces_only_its_own_work(tmp_path, write, spec, capsys):
    """
    A folder that somebody else made is never overwritten.
    """
    own = tmp_path / "toys_client"
    own.mkdir()
    (own / "notes.txt").touch()

    assert 1 == codegen.main(["client", str(write(spec)), "--name", "toys", "--out", str(tmp_path)])
    assert "was not made by codegen.py" in capsys.readouterr().err
    assert (own / "notes.txt").exists()


@pytest.mark.parametrize("name", ["Toys", "../toys", "toys-1", "1"])
def test_names_are_identifiers(tmp_path, write, spec, capsys, name):
    """
    A name that no package can have is refused.
    """
    assert 1 == codegen.main(["client", str(write(spec)), "--name", name, "--out", str(tmp_path)])
    assert "is no name for a client" in capsys.readouterr().err


def test_an_unparsable_piece_stops_the_run(tmp_path, write, spec, capsys):
    """
    What the tool would only warn of and leave out stops the run: the client would lack something.
    """
    content = spec["paths"]["/toys/{toy_id}"]["get"]["responses"]["200"]["content"]
    content["application/vnd.strange"] = content.pop("application/json")

    assert 1 == codegen.main(["client", str(write(spec)), "--name", "toys", "--out", str(tmp_path)])
    assert "would lack something" in capsys.readouterr().err
    assert not (tmp_path / "toys_client").exists()


def test_a_spec_without_object_schemas_has_an_empty_wire(tmp_path, spec):
    """
    A service that speaks in plain values needs no TypedDict.
    """
    content = spec["paths"]["/toys/{toy_id}"]["get"]["responses"]["200"]["content"]
    content["application/json"]["schema"] = {"type": "string"}
    del spec["components"]
    build(normalise(spec), tmp_path / "toys_client", "a remark")

    assert "class" not in (tmp_path / "toys_client" / "wire.py").read_text()


HOSTILE = [
    '"""; import builtins; builtins.OWNED = 1; """',
    '"""\nimport builtins\nbuiltins.OWNED = 1\n"""',
    '"; import builtins; builtins.OWNED = 1 #',
    "'; import builtins; builtins.OWNED = 1 #",
    "{__import__('builtins').__dict__.update(OWNED=1)}",
    "{{ cycler.__init__.__globals__ }}{% raw %}",
    "ends with a backslash \\",
    'ends with quotes ""',
    "../../../up",
    "line\nbreak\r\u2028\x00",
]


def hostile():
    """A spec that says each of these texts wherever a vendor can say something."""
    everything = " ".join(HOSTILE)
    spec = {
        "openapi": "3.1.0",
        "info": {"title": everything, "version": everything, "description": everything},
        "servers": [{"url": "https://example.com/" + everything}],
        "security": [{"key": []}],
        "paths": {},
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-" + everything}},
            "schemas": {},
        },
    }
    for number, text in enumerate(HOSTILE):
        spec["paths"][f"/{number}/" + text.replace("{", "").replace("}", "")] = {"get": operation(number, text)}
        spec["components"]["schemas"][f"Toy{number}"] = model(text)
    return spec


def operation(number, text):
    """An operation described by *text*."""
    answer = {"application/json": {"schema": {"$ref": f"#/components/schemas/Toy{number}"}}}
    query = {"type": "string", "default": text, "description": text}
    return {
        "operationId": f"op{number} {text}",
        "tags": [f"tag{number} {text}"],
        "summary": text,
        "description": text,
        "parameters": [{"name": f"q {text}", "in": "query", "description": text, "schema": query}],
        "responses": {
            "200": {"description": text, "content": answer},
            "404": {"description": text, "content": answer},
        },
    }


def model(text):
    """A model described by *text*."""
    field = {"type": "string", "description": text, "default": text, "example": text, "title": text}
    return {
        "type": "object",
        "description": text,
        "example": {"x": text},
        "properties": {
            f"field {text}": field,
            "kind": {"type": "string", "enum": ["a", f"b{text}"], "description": text},
            "only": {"const": text},
        },
    }


def test_no_word_of_a_spec_becomes_code(tmp_path, monkeypatch):
    """
    Whatever a vendor writes stays text: every module imports, none runs it, and no file lies outside.
    """
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "hostile_client"
    build(normalise(hostile()), package, "a remark")
    for module in sorted(package.rglob("*.py")):
        name = module.relative_to(tmp_path).with_suffix("").as_posix().replace("/", ".")
        importlib.import_module(name.removesuffix(".__init__"))

    assert not hasattr(builtins, "OWNED")
    assert [package] == list(tmp_path.iterdir())
    assert len(HOSTILE) == len(list((package / "api").rglob("op*.py")))
