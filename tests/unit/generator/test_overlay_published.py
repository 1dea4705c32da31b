"""Overlays when a vendor publishes what they add: it is named, pruned, and no change to `diff`."""

import errno
import json
import os
from copy import deepcopy
from pathlib import Path

import codegen
import pytest
from generator import paths
from generator.errors import GeneratorError
from generator.publish import whole_file
from generator.publish.swap import MARK
from generator.spec.effective import read_spec, read_with_findings
from generator.spec.load import load
from generator.spec.overlays.apply import apply, apply_file
from ruamel.yaml import YAML

TEXT = {"type": "string"}
CORRIDOR = {"name": "corridor", "in": "query", "schema": {"type": "integer"}}
ANSWER = {
    "200": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}}
}
SUBMIT = {"operationId": "submit", "responses": {"202": {"description": "later"}}}
SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "https://api.example.test"}],
    "tags": [{"name": "jobs"}],
    "components": {
        "schemas": {"Job": {"type": "object", "required": ["id"], "properties": {"id": TEXT, "state": TEXT}}}
    },
    "paths": {
        "/jobs": {
            "get": {
                "operationId": "list",
                "parameters": [{"name": "q", "in": "query", "schema": TEXT}],
                "responses": ANSWER,
            }
        }
    },
}
OVERLAY = """\
# What we know that the document does not say.
overlay: 1.0.0   # the version
info: {title: t, version: '1'}

actions:
  # A kinder name.
  - target: $.paths['/jobs'].get
    update: {operationId: get_jobs}

  # Documented in prose only.
  - target: $.paths['/jobs'].get
    description: >-
      Two parameters and
      words.
    update:
      description: |
        All of them.

      # how far apart
      parameters:
        - {name: corridor, in: query, schema: {type: integer}}   # metres
        - name: width
          in: query
          schema:
            type: integer

      tags: [jobs]   # ours
  - target: $.paths
    update:
      /submit:
        post: {operationId: submit, responses: {'202': {description: later}}}

  - target: $.components.schemas.Job.properties.state
    remove: true
# The end.
"""


@pytest.fixture
def service(tmp_path, monkeypatch):
    """A folder specs/ with one service; the fixture gives its folder."""
    monkeypatch.setattr(paths, "SPECS", tmp_path / "specs")
    folder = tmp_path / "specs" / "tours"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_text(json.dumps(SPEC), encoding="utf-8")
    (folder / "overlay.yaml").write_text(OVERLAY, encoding="utf-8")
    return folder


def publish(folder, *edits):
    """Write the document of *folder* with *edits*, functions of the document."""
    spec = deepcopy(SPEC)
    for edit in edits:
        edit(spec)
    (folder / "openapi.yaml").write_text(json.dumps(spec), encoding="utf-8")
    return folder / "openapi.yaml"


def corridor(spec, **words):
    """The vendor publishes the parameter."""
    spec["paths"]["/jobs"]["get"]["parameters"].append({**CORRIDOR, **words})


def submit(spec):
    """The vendor publishes the operation, with an answer that we did not know."""
    spec["paths"]["/submit"] = {"post": {**SUBMIT, "responses": {**SUBMIT["responses"], "409": {"description": "no"}}}}


def kind_name(spec):
    """The vendor takes our name."""
    spec["paths"]["/jobs"]["get"]["operationId"] = "get_jobs"


def no_state(spec):
    """The vendor takes out what we remove."""
    del spec["components"]["schemas"]["Job"]["properties"]["state"]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (corridor, "Line 11 of {}, action 2 adds parameter corridor, which the document now has: remove it"),
        (submit, "Line 28 of {}, action 3 adds path /submit, which the document now has: remove it"),
        (kind_name, "Line 7 of {}, action 1 adds operationId, which the document now has: remove it"),
    ],
)
def test_an_action_whose_addition_was_published_is_named_with_file_number_and_line(service, edit, said):
    """All such actions are named in one error, with the command that removes them."""
    publish(service, edit)

    with pytest.raises(GeneratorError) as refusal:
        read_spec(service / "openapi.yaml", service / "overlay.yaml")

    assert [said.format(service / "overlay.yaml")] == refusal.value.places
    assert "codegen.py overlay --prune" in str(refusal.value)


def test_all_actions_are_named_at_once(service, capsys):
    """The command names what is not needed and exits with 1; nothing is written."""
    publish(service, corridor, submit, kind_name, no_state)

    assert 1 == codegen.main(["overlay"])
    said = capsys.readouterr().err
    assert ["action 1", "action 2", "action 3", "action 4"] == [
        f"action {n}" for n in range(1, 5) if f"action {n} " in said
    ]
    assert "removes $.components.schemas.Job.properties.state, which the document no longer has: remove it" in said
    assert OVERLAY == (service / "overlay.yaml").read_text()


@pytest.mark.parametrize(
    ("edits", "gone"),
    [
        ((corridor,), ["        - {name: corridor, in: query, schema: {type: integer}}   # metres\n"]),
        (
            (kind_name,),
            ["  # A kinder name.\n  - target: $.paths['/jobs'].get\n    update: {operationId: get_jobs}\n\n"],
        ),
        (
            (lambda spec: corridor(spec, name="width"),),
            ["        - name: width\n          in: query\n          schema:\n            type: integer\n\n"],
        ),
        (
            (corridor, lambda spec: corridor(spec, name="width")),
            [OVERLAY[OVERLAY.index("      # how far apart") : OVERLAY.index("      tags:")]],
        ),
        ((submit, no_state), [OVERLAY[OVERLAY.index("  - target: $.paths\n") : OVERLAY.index("# The end.")]]),
    ],
)
def test_prune_removes_what_is_published_and_keeps_every_other_byte(service, edits, gone):
    """Comments, quotes, indentation and empty lines of the rest stay; after that the overlay fits."""
    publish(service, *edits)
    expected = OVERLAY
    for text in gone:
        assert text in expected
        expected = expected.replace(text, "")

    assert 0 == codegen.main(["overlay", "--prune"])
    assert expected == (service / "overlay.yaml").read_text()
    assert {"openapi.yaml", "overlay.yaml"} == {path.name for path in service.iterdir()}
    read_spec(service / "openapi.yaml", service / "overlay.yaml")
    assert 0 == codegen.main(["overlay"])


def test_prune_deletes_an_overlay_of_which_nothing_is_left(service):
    """An overlay without actions is none."""
    publish(
        service,
        corridor,
        lambda spec: corridor(spec, name="width"),
        submit,
        kind_name,
        no_state,
        lambda spec: spec["paths"]["/jobs"]["get"].update(tags=["jobs"], description="All of them.\n"),
    )

    assert 0 == codegen.main(["overlay", "--prune", str(service / "openapi.yaml")])
    assert not (service / "overlay.yaml").exists()


def test_prune_of_an_overlay_that_is_needed_writes_nothing(service, capsys):
    """Not even the time of the file changes."""
    before = (service / "overlay.yaml").stat()

    assert 0 == codegen.main(["overlay", "--prune"])
    assert "Each action of the overlays is needed.\n" == capsys.readouterr().out
    assert before.st_mtime_ns == (service / "overlay.yaml").stat().st_mtime_ns


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_prune_of_json_and_of_other_line_ends(service, newline):
    """An overlay may be JSON on many lines, with any line ends."""
    overlay = {"overlay": "1.0.0", "actions": YAML(typ="safe").load(OVERLAY)["actions"]}
    text = json.dumps(overlay, indent=2).replace("\n", newline)
    (service / "overlay.yaml").write_bytes(text.encode())
    publish(service, corridor, submit)

    assert 0 == codegen.main(["overlay", "--prune"])
    after = (service / "overlay.yaml").read_bytes().decode()
    assert ["$.paths['/jobs'].get"] * 2 == [one["target"] for one in json.loads(after)["actions"]][:2]
    assert ["width"] == [one["name"] for one in json.loads(after)["actions"][1]["update"]["parameters"]]
    assert after.count(newline) == after.count("\n")
    assert after.count("\n") < text.count("\n")


def test_a_part_that_others_need_is_removed_by_hand(service, capsys):
    """An anchor in the part that goes cannot go with it."""
    text = OVERLAY.replace(
        "- {name: corridor, in: query, schema: {type: integer}}",
        "- &one {name: corridor, in: query, schema: {type: integer}}",
    )
    (service / "overlay.yaml").write_text(
        text.replace("schema:\n            type: integer", "x-like: *one\n          schema: {}")
    )
    before = (service / "overlay.yaml").read_text()
    publish(service, corridor)

    assert 1 == codegen.main(["overlay", "--prune"])
    assert "remove the named parts by hand" in capsys.readouterr().err
    assert before == (service / "overlay.yaml").read_text()


def test_a_full_disk_keeps_the_overlay_and_leaves_nothing(service, monkeypatch, capsys):
    """The file is written whole or not at all."""

    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    publish(service, corridor)
    monkeypatch.setattr(whole_file.os, "fsync", full)

    assert 1 == codegen.main(["overlay", "--prune"])
    assert "no space is left on the disk" in capsys.readouterr().err
    assert OVERLAY == (service / "overlay.yaml").read_text()
    assert {"openapi.yaml", "overlay.yaml"} == {path.name for path in service.iterdir()}


def test_what_a_killed_run_left_is_removed_by_the_next_one(service):
    """Temporary files of an overlay are beside it."""
    (service / ".overlay.yaml-new-abc").mkdir()
    (service / ".overlay.yaml-new-abc" / MARK).touch()
    (service / ".overlay.yaml-new-abc" / "overlay.yaml").write_text("half")
    (service / ".other.yaml-new-abc").write_text("somebody's")
    publish(service, corridor)
    codegen.main(["overlay", "--prune"])

    assert {"openapi.yaml", "overlay.yaml", ".other.yaml-new-abc"} == {path.name for path in service.iterdir()}


@pytest.mark.parametrize(
    ("document", "action"),
    [
        ({"a": {"type": "string"}}, {"target": "$.a", "update": {"type": "string", "enum": ["x"]}}),
        (
            {"paths": {"/a": {"get": {"summary": "old", "responses": {}}}}},
            {"target": "$.paths", "update": {"/a": {"get": {"summary": "new"}}}},
        ),
        (
            {"properties": {"a": {"type": "string", "description": "old"}}},
            {"target": "$.properties.a", "update": {"description": "new"}},
        ),
        ({"a": [{"k": 1}, {"k": 2}]}, {"target": "$.a[*]", "update": {"k": 1}}),
        ({"a": {}}, {"target": "$.a", "update": {}}),
    ],
)
def test_a_correction_of_what_is_published_is_no_addition(document, action):
    """A correction may repeat a part of what it corrects, and may concern some of its places only."""
    assert apply(document, {"overlay": "1.0.0", "actions": [action]})


def test_a_part_that_one_of_several_places_has_is_not_added_there_again():
    """A target with a wildcard adds to the places that lack it."""
    document = {"a": {"parameters": [CORRIDOR]}, "b": {"parameters": []}}
    result = apply(document, {"overlay": "1.0.0", "actions": [{"target": "$.*", "update": {"parameters": [CORRIDOR]}}]})

    assert {"a": {"parameters": [CORRIDOR]}, "b": {"parameters": [CORRIDOR]}} == result


def test_findings_in_text_of_an_overlay_name_it_with_action_and_line(service):
    """A wrong type, or a reference to nothing, is a mistake of the overlay."""
    for text, said in (
        ("parameters: none", "a list"),
        ("responses: {'200': {$ref: '#/components/responses/None'}}", "does not exist"),
    ):
        (service / "overlay.yaml").write_text(
            "overlay: 1.0.0\nactions:\n\n  - target: $.paths\n    update: "
            f"{{/new: {{get: {{operationId: n, {text}}}}}}}\n"
        )
        findings = read_with_findings(service / "openapi.yaml", service / "overlay.yaml")[1]
        assert any(said in text and text.endswith(" (Line 4 of overlay.yaml, action 1)") for _, text in findings)


def test_errors_of_actions_name_their_line(service):
    """The line is that of the action's first word."""
    (service / "overlay.yaml").write_text(OVERLAY.replace("$.components.schemas.Job.properties.state", "$.nowhere"))

    with pytest.raises(GeneratorError, match=r"^Line 33 of .*overlay\.yaml, action 4: \$\.nowhere matches nothing\.$"):
        read_spec(service / "openapi.yaml", service / "overlay.yaml")


def verdict(capsys, *arguments):
    """The changes that `diff` finds: their kinds, and the exit code."""
    code = codegen.main(["diff", *map(str, arguments), "--format", "json"])
    return code, [one["kind"] for one in json.loads(capsys.readouterr().out)["changes"]]


def test_what_a_vendor_publishes_as_our_overlay_has_it_is_no_change(service, tmp_path, capsys):
    """The overlay is applied to both documents, as far as it fits."""
    new = tmp_path / "new.json"
    spec = deepcopy(SPEC)
    corridor(spec)
    no_state(spec)
    new.write_text(json.dumps(spec))

    assert (0, []) == verdict(capsys, service / "openapi.yaml", new)
    assert (0, []) == verdict(capsys, new, service / "openapi.yaml")


def test_what_a_vendor_publishes_in_another_way_than_our_overlay_is_compared(service, tmp_path, capsys):
    """The vendor's words count: another type, another answer."""
    new = tmp_path / "new.json"
    spec = deepcopy(SPEC)
    corridor(spec, schema=TEXT)
    submit(spec)
    new.write_text(json.dumps(spec))

    assert (3, ["sent: type changed", "documented error added"]) == verdict(capsys, service / "openapi.yaml", new)


def test_an_overlay_may_cut_a_service_to_operations(service, capsys):
    """`x-only-operations` is not needed of both documents: what it names and a document lacks is removed."""
    (service / "overlay.yaml").write_text("overlay: 1.0.0\nactions: [{target: $, update: {x-only-operations: [list]}}]")
    spec = publish(service, submit)

    assert ["/jobs"] == list(read_spec(spec, service / "overlay.yaml")["paths"])
    other = Path(service, "other.json")
    other.write_text(json.dumps({**SPEC, "paths": {"/submit": {"post": SUBMIT}}}))
    (service / "overlay.yaml").write_text(
        "overlay: 1.0.0\nactions: [{target: $, update: {x-only-operations: [list, submit]}}]"
    )
    code, kinds = verdict(capsys, spec, other)
    assert (3, {"operation removed", "model removed", "documented error removed"}) == (code, set(kinds))


def test_a_selection_that_is_no_list_of_names_names_the_overlay(service):
    """A text instead of a list is an error of the overlay."""
    (service / "overlay.yaml").write_text("overlay: 1.0.0\nactions: [{target: $, update: {x-only-operations: list}}]")

    with pytest.raises(GeneratorError, match=r"x-only-operations: not a list of names \(Line 2 of .*, action 1\)"):
        read_spec(service / "openapi.yaml", service / "overlay.yaml")


def test_the_overlays_of_this_repository_are_needed():
    """None of them adds what its document has."""
    for service in paths.services():
        apply_file(load(paths.SPECS / service / "openapi.yaml"), paths.SPECS / service / "overlay.yaml")
