"""The options of codegen.py's commands: arguments, and a file with the same names."""

import codegen
import pytest
from generator.errors import GeneratorError
from generator.options import Options, options
from generator.spec.select import Selection

OVERLAY = {"overlay": "1.0.0", "info": {"title": "T", "version": "1"}, "actions": []}


def test_arguments_and_file_are_joined(tmp_path, write):
    """Lists are joined; the overlay of the file is found from its folder; true in either place is strict."""
    (tmp_path / "own").mkdir()
    overlay = write(OVERLAY, "own/overlay.json")
    config = write({"skip": ["b"], "tags": ["t"], "overlay": "overlay.json", "strict": True}, "own/config.json")

    found = options(["a"], (), ["c"], None, config)

    assert Options(Selection(("a",), ("t",), ("c", "b")), overlay, strict=True) == found
    assert Options() == options()


def test_an_argument_wins_over_the_file(write):
    """One overlay is applied, not two."""
    overlay, other = write(OVERLAY, "a.json"), write(OVERLAY, "b.json")
    config = write({"overlay": other.name}, "config.json")

    assert overlay == options(overlay=overlay, config=config).overlay


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"operation": ["a"]}, "has the key operation; it may have operations, tags, skip, overlay and strict"),
        ({"skip": "a"}, "skip must be a list of names"),
        ({"strict": "yes"}, "strict must be true or false"),
        ({"overlay": "none.yaml"}, "none.yaml does not exist"),
    ],
)
def test_a_wrong_file_is_refused(write, content, said):
    """The sentence names the key and what it may be."""
    with pytest.raises(GeneratorError, match=said):
        options(config=write(content, "config.json"))


def test_a_client_of_a_corrected_document_without_an_operation(tmp_path, write, spec, capsys):
    """The overlay is applied first; what is skipped has no module."""
    spec["paths"]["/old"] = {"get": {"operationId": "old", "responses": {"204": {"description": ""}}}}
    action = {"target": "$.paths['/toys/{toy_id}'].get", "update": {"operationId": "find_toy"}}
    overlay = write(OVERLAY | {"actions": [action]}, "overlay.json")
    config = write({"skip": ["old"], "overlay": overlay.name}, "config.json")

    arguments = ["client", str(write(spec)), "--name", "toys", "--out", str(tmp_path), "--config", str(config)]
    assert 0 == codegen.main(arguments), capsys.readouterr().err
    modules = {path.stem for path in (tmp_path / "toys_client" / "api").rglob("*.py")} - {"__init__"}
    assert {"find_toy"} == modules
