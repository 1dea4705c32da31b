"""Generation: what packages come out, the same ones each time."""

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
    assert f"toys: a new client.\n{out / 'toys_client'} was made.\n" == capsys.readouterr().out
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
    said = capsys.readouterr().err
    assert "would lack something" in said
    assert "object at 0x" not in said
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
