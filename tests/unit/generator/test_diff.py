"""Diff: the kind and the verdict of each change, and the formats of the summary."""

import json
import re
import subprocess
from copy import deepcopy
from pathlib import Path

import codegen
import pytest
from generator.diff.changes import changes
from generator.diff.rules import RULES, Verdict
from generator.diff.service_usage import ServiceUsage
from generator.diff.summary import Summary, as_json, markdown, text
from generator.paths import ROOT
from generator.spec.load import load_spec
from generator.spec.normalise import normalise
from generator.spec.repair import repair

from .test_diff_relatives import CASES, NAMES

GET, PUT, POST = (("paths", "/toys/{id}", method) for method in ("get", "put", "post"))
TOY, ORDER = (("components", "schemas", name) for name in ("Toy", "Order"))
GONE = object()
TEXT = {"schema": {"type": "string"}}
TOY_REF = {"application/json": {"schema": {"$ref": "#/components/schemas/Toy"}}}


def both(*rows):
    """The same change of a field that is read and of one that is sent."""
    for path, value, read, sent in rows:
        yield (*TOY, *path), value, read and f"read: {read}"
        yield (*ORDER, *path), value, sent and f"sent: {sent}"


FIELD = ("properties", "new")
ROWS = [
    (("paths", "/new"), {"get": {"operationId": "n", "responses": {"200": {"description": ""}}}}, "operation added"),
    (POST, GONE, "operation removed"),
    ((*GET, "operationId"), "fetch_toy", "operation renamed"),
    ((*GET, "tags"), ["games"], "operation moved to another tag"),
    ((*GET, "deprecated"), True, "operation deprecated"),
    ((*PUT, "deprecated"), GONE, "operation no longer deprecated"),
    ((*GET, "parameters", 3), {"name": "n", "in": "query", **TEXT}, "optional parameter added"),
    ((*GET, "parameters", 3), {"name": "n", "in": "query", "required": True, **TEXT}, "required parameter added"),
    ((*GET, "parameters", 1), GONE, "parameter removed"),
    ((*GET, "parameters", 1, "required"), True, "parameter became required"),
    ((*GET, "parameters", 2, "required"), False, "parameter became optional"),
    ((*GET, "parameters", 1, "deprecated"), True, "parameter deprecated"),
    ((*GET, "parameters", 1, "schema", "default"), "de", "sent: default changed"),
    ((*GET, "parameters", 1, "schema", "maxLength"), 2, "sent: limits changed"),
    ((*GET, "parameters", 2, "schema", "enum"), ["a"], "sent: enum value removed"),
    ((*GET, "parameters", 1, "style"), "form", None),
    ((*POST, "requestBody"), {"required": True, "content": {"text/plain": TEXT}}, "required body added"),
    ((*POST, "requestBody"), {"content": {"text/plain": TEXT}}, "optional body added"),
    ((*PUT, "requestBody"), GONE, "body removed"),
    ((*PUT, "requestBody", "required"), True, "body became required"),
    ((*PUT, "requestBody", "required"), False, None),
    ((*PUT, "requestBody", "content", "text/html"), TEXT, "kind of body added"),
    ((*PUT, "requestBody", "content", "text/plain"), GONE, "kind of body removed"),
    ((*GET, "responses", "201"), {"description": "", "content": TOY_REF}, "code of a success added"),
    ((*GET, "responses", "201"), {"description": "", "content": {"text/plain": TEXT}}, "success added"),
    ((*GET, "responses", "204"), {"description": ""}, "success without content added"),
    ((*PUT, "responses", "202"), GONE, "success removed"),
    ((*GET, "responses", "409"), {"description": ""}, "documented error added"),
    ((*GET, "responses", "404"), GONE, "documented error removed"),
    ((*GET, "responses", "200", "content", "text/plain"), TEXT, "kind of answer added"),
    ((*PUT, "responses", "200", "content", "text/plain"), GONE, "unread kind of answer removed"),
    ((*PUT, "responses", "200", "content", "application/json"), GONE, "kind of answer removed"),
    (("components", "schemas", "Bird"), {"type": "object"}, "model added"),
    (("security",), [], "key not needed any more"),
    (("security",), [{"other": []}], "key sent in another way"),
    (("servers",), [{"url": "https://b.example"}], "server changed"),
    ((*GET, "servers"), [{"url": "https://b.example"}], "server changed"),
    (("paths", "/toys/{id}", "servers"), [{"url": "https://b.example"}], "server changed"),
    (("info", "version"), "2", "descriptions changed"),
    ((*GET, "summary"), "A toy.", "descriptions changed"),
    ((*TOY, "properties", "name", "description"), "Its name.", "descriptions changed"),
    *both(
        (FIELD, {"type": "string"}, "optional field added", "optional field added"),
        (("properties", "free"), GONE, "field removed", "field removed"),
        (("required",), ["name", "maybe", "free"], "field became required", "field became required"),
        (("required",), ["name"], "field became optional", "field became optional"),
        (("properties", "free", "type"), "integer", "type changed", "type changed"),
        (("properties", "free", "format"), "uuid", "type changed", "limits changed"),
        (("properties", "free", "type"), ["string", "integer"], "type widened", "type widened"),
        (("properties", "free"), {}, "type widened", "type widened"),
        (("properties", "either", "type"), "string", "type narrowed", "type narrowed"),
        (("properties", "tags", "items", "type"), "integer", "type changed", "type changed"),
        (("properties", "free", "type"), ["string", "null"], "may be null now", "may be null now"),
        (("properties", "maybe", "type"), "string", "may not be null any more", "may not be null any more"),
        (("properties", "state", "enum"), ["a", "b", "c"], "enum value added", "enum value added"),
        (("properties", "state", "enum"), ["a"], "enum value removed", "enum value removed"),
        (("properties", "free", "enum"), ["a"], "enum instead of text", "enum instead of text"),
        (("properties", "state", "enum"), GONE, "text instead of enum", "text instead of enum"),
        (("properties", "name", "maxLength"), 5, "limits changed", "limits changed"),
        (("properties", "free", "format"), "email", "limits changed", "limits changed"),
        (("properties", "level", "format"), "int64", "limits changed", "limits changed"),
        (("properties", "name", "maxLength"), 10, "limits loosened", "limits loosened"),
        (("properties", "tags", "uniqueItems"), True, "limits changed", "limits changed"),
        (("properties", "tags", "uniqueItems"), False, None, None),
        (("minProperties",), 1, "limits changed", "limits changed"),
        (("maxProperties",), 9, "limits changed", "limits changed"),
        (("properties", "free", "deprecated"), True, "deprecated", "deprecated"),
        (("deprecated",), True, "deprecated", "deprecated"),
        (("properties", "state", "x-enum-varnames"), ["ONE", "TWO"], "enum member renamed", "enum member renamed"),
        (("properties", "free", "readOnly"), True, None, "field removed"),
        (("properties", "free", "writeOnly"), True, "field removed", None),
        (("properties", "level", "default"), 4, "default changed", "default changed"),
        (("additionalProperties",), False, "field removed", "field removed"),
        (("additionalProperties",), {"type": "string"}, "type narrowed", "type narrowed"),
        (("properties", "free", "const"), "a", "type narrowed", "type narrowed"),
        (("properties", "pet", "discriminator", "propertyName"), "l", "discriminator changed", "discriminator changed"),
    ),
]
# Kinds that occur when the change of a row is reversed.
REVERSED = {
    "key needed": (("security",), []),
    "model removed": (("components", "schemas", "Bird"), {"type": "object"}),
    "body became optional": ((*PUT, "requestBody", "required"), True),
    "parameter no longer deprecated": ((*GET, "parameters", 1, "deprecated"), True),
    "read: no longer deprecated": ((*TOY, "properties", "free", "deprecated"), True),
    "sent: no longer deprecated": ((*ORDER, "properties", "free", "deprecated"), True),
}


@pytest.fixture(scope="module")
def base():
    """The spec that the changes are made to."""
    return load_spec(Path(__file__).parent / "shop.yaml")


def changed(document, path, value):
    """A copy of *document* with *value* at *path*."""
    document = deepcopy(document)
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    if value is GONE:
        del holder[path[-1]]
    elif isinstance(holder, list) and path[-1] == len(holder):
        holder.append(value)
    else:
        holder[path[-1]] = value
    return document


def kinds(old, new):
    """The kinds of the changes from *old* to *new*."""
    return {change.kind for change in compared(old, new)}


def compared(old, new):
    """The changes from *old* to *new* after repair and normalisation."""
    sides = [deepcopy(old), deepcopy(new)]
    for side in sides:
        repair(side)
    return changes(*map(normalise, sides))


@pytest.mark.parametrize(("path", "value", "kind"), ROWS)
def test_one_change_of_a_spec_gives_exactly_one_kind(base, path, value, kind):
    """One change of a spec is reported as one kind and nothing else."""
    assert ({kind} if kind else set()) == kinds(base, changed(base, path, value))


def test_a_second_key_is_accepted_and_the_argument_of_the_first_has_another_name(base):
    """One key is `token=`; of two each has the name of its scheme, so callers must write another argument."""
    new = changed(base, ("security",), [{"key": []}, {"other": []}])

    assert {"another key accepted", "key argument renamed"} == kinds(base, new)


@pytest.mark.parametrize("kind", REVERSED)
def test_the_reverse_of_a_change_gives_its_own_kind(base, kind):
    """Reversing a change gives the opposite kind."""
    assert {kind} == kinds(changed(base, *REVERSED[kind]), base)


def test_a_new_required_field_has_one_kind_for_senders_and_one_for_readers(base):
    """Senders must send it; readers may meet an older server that does not."""
    for model, kind in ((TOY, "read: required field added"), (ORDER, "sent: required field added")):
        new = changed(base, (*model, "properties", "new"), {"type": "string"})
        new = changed(new, (*model, "required"), ["name", "maybe", "new"])
        assert {kind} == kinds(base, new)


def test_a_renamed_path_parameter_is_breaking_as_its_argument_is_renamed(base):
    """The operation is the same, but calls that pass the argument by name fail."""
    new = deepcopy(base)
    new["paths"] = {path.replace("{id}", "{toy}"): item for path, item in new["paths"].items()}
    for item in new["paths"].values():
        for holder in (item, *(one for one in item.values() if isinstance(one, dict))):
            for parameter in holder.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["name"] = "toy"

    assert {"path parameter renamed"} == kinds(base, new)
    assert "id → toy" == compared(base, new)[0].detail


def test_every_rule_has_a_test():
    """Each kind in RULES occurs in a test of this file."""
    tested = (
        {kind for _, _, kind in ROWS} | set(REVERSED) | {"read: required field added", "sent: required field added"}
    )
    tested |= {"path parameter renamed", "header parameter renamed", "path changed", "method changed"}
    tested |= {"another key accepted", "key argument renamed"}
    tested |= {kind for *_, kinds in [*CASES.values(), *NAMES.values()] for kind in kinds} | {
        "field of a form sent in another form"
    }

    assert set(RULES) == tested - {None}


@pytest.mark.parametrize(
    "same",
    [
        lambda spec: spec | {"paths": dict(reversed(spec["paths"].items()))},
        lambda spec: spec | {"servers": [{"url": "https://a.example/"}]},
        lambda spec: changed(spec, (*TOY, "properties", "maybe"), {"anyOf": [{"type": "null"}, {"type": "string"}]}),
        lambda spec: changed(spec, (*TOY, "properties", "maybe"), {"type": "string", "nullable": True}),
        lambda spec: changed(spec, (*TOY, "required"), ["maybe", "name"]),
    ],
)
def test_equivalent_specs_have_no_changes(base, same):
    """Order, spelling and the OpenAPI version of nullable make no difference."""
    assert [] == compared(base, same(base))


def test_a_change_of_a_field_lists_the_operations_that_use_its_model(base):
    """A field concerns each operation that refers to its model."""
    (change,) = compared(base, changed(base, (*TOY, "properties", "free"), GONE))

    assert ("get_toy", "put_toy") == change.operations
    assert "Toy.free" == change.place


def test_version_bump_follows_the_worst_verdict(base):
    """Breaking is major, risky or a new feature is minor, descriptions are a patch."""
    for path, value, bump in (
        ((*TOY, "properties", "free"), GONE, "major (minor before 1.0)"),
        ((*TOY, "properties", "level", "default"), 4, "minor"),
        (("components", "schemas", "Bird"), {"type": "object"}, "minor"),
        (("info", "version"), "2", "patch"),
        (("info", "version"), "1", "none"),
    ):
        assert bump == Summary("shop", compared(base, changed(base, path, value))).bump


def test_text_markdown_and_json_have_verdict_place_reason_and_module(base):
    """All formats have the verdict, place, reason and service module; Markdown escapes text of the spec."""
    usage = ServiceUsage("src/jobwait/shop.py", frozenset({"get_toy"}), frozenset({"free"}))
    new = changed(changed(base, (*TOY, "properties", "free"), GONE), (*TOY, "properties", "<b>|`"), {"type": "string"})
    summary = Summary("shop", compared(base, new), usage)
    plain, table, document = text(summary), markdown(summary), json.loads(as_json(summary))

    assert (
        "BREAKING  Toy.free: read: field removed; code that reads it fails [src/jobwait/shop.py, which reads it]"
        in plain
    )
    assert "| Breaking | Toy.free | read: field removed | code that reads it fails | src/jobwait/shop.py" in table
    assert r"Toy.\<b\>\|\`" in table
    assert ("breaking", "breaking") == (document["verdict"], document["changes"][0]["verdict"])
    assert "src/jobwait/shop.py, which reads it" == document["changes"][0]["module"]


@pytest.mark.parametrize(("path", "value", "code"), [(("info", "version"), "2", 0), (POST, GONE, 3)])
def test_diff_command_exits_3_only_for_breaking_changes(base, tmp_path, capsys, path, value, code):
    """The command compares two files; the exit code is 3 if a change is breaking, else 0."""
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(base), encoding="utf-8")
    new.write_text(json.dumps(changed(base, path, value)), encoding="utf-8")

    assert code == codegen.main(["diff", str(old), str(new), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["verdict"] == ("breaking" if code else "harmless")


def test_diff_command_accepts_a_git_revision_of_the_new_file(base, tmp_path, capsys):
    """OLD may be a git revision of NEW; an unknown revision is an error."""
    new = tmp_path / "shop.json"
    new.write_text(json.dumps(base), encoding="utf-8")
    settings = ["-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "."], [*settings, "commit", "-qm", "x"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    new.write_text(json.dumps(changed(base, (*TOY, "properties", "free"), GONE)), encoding="utf-8")

    assert 3 == codegen.main(["diff", "HEAD", str(new)])
    assert "Toy.free: read: field removed" in capsys.readouterr().out
    assert 1 == codegen.main(["diff", "no-such-revision", str(new)])
    assert "neither a file nor a git revision" in capsys.readouterr().err


def test_an_optional_parameter_and_a_removed_union_member_are_risky(base):
    """A change that a vendor really made: a risk for readers, but not breaking."""
    new = changed(base, (*GET, "parameters", 3), {"name": "n", "in": "query", **TEXT})
    new = changed(new, (*TOY, "properties", "either", "type"), "string")

    assert Verdict.RISKY == Summary("shop", compared(base, new)).verdict


def test_documentation_lists_every_kind_with_its_verdict():
    """docs/changes.md lists each kind with the verdict that the rules give it."""
    rows = re.findall(
        r"(?m)^\| (.+?) \| (breaking|risky|harmless) \|", (ROOT / "docs" / "changes.md").read_text("utf-8")
    )

    assert {kind: meaning.verdict.name.lower() for kind, meaning in RULES.items()} == dict(rows)
