"""Changes: each kind of change has its verdict, and nothing else is told."""

import json
import re
import subprocess
from copy import deepcopy

import codegen
import pytest
from generator.changes import changes
from generator.load import load_spec
from generator.meanings import MEANINGS, Verdict
from generator.mend import mend
from generator.normalise import normalise
from generator.pages import Page
from generator.places import ROOT
from generator.summary import Summary, as_json, markdown, text

GET, PUT, POST = (("paths", "/toys/{id}", method) for method in ("get", "put", "post"))
TOY, ORDER = (("components", "schemas", name) for name in ("Toy", "Order"))
GONE = object()
TEXT = {"schema": {"type": "string"}}
TOY_REF = {"application/json": {"schema": {"$ref": "#/components/schemas/Toy"}}}


def both(*rows):
    """The same change of a field that is read and of one that is sent."""
    for path, value, read, sent in rows:
        yield (*TOY, *path), value, f"read: {read}"
        yield (*ORDER, *path), value, f"sent: {sent}"


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
    ((*POST, "requestBody"), {"required": True, "content": {"text/plain": TEXT}}, "required body added"),
    ((*POST, "requestBody"), {"content": {"text/plain": TEXT}}, "optional body added"),
    ((*PUT, "requestBody"), GONE, "body removed"),
    ((*PUT, "requestBody", "required"), True, "body became required"),
    ((*PUT, "requestBody", "required"), False, None),
    ((*PUT, "requestBody", "content", "text/html"), TEXT, "kind of body added"),
    ((*PUT, "requestBody", "content", "text/plain"), GONE, "kind of body removed"),
    ((*GET, "responses", "201"), {"description": "", "content": TOY_REF}, "success added"),
    ((*GET, "responses", "204"), {"description": ""}, "success without content added"),
    ((*PUT, "responses", "202"), GONE, "success removed"),
    ((*GET, "responses", "409"), {"description": ""}, "documented fault added"),
    ((*GET, "responses", "404"), GONE, "documented fault removed"),
    ((*GET, "responses", "200", "content", "text/plain"), TEXT, "kind of answer added"),
    ((*PUT, "responses", "200", "content", "text/plain"), GONE, "kind of answer removed"),
    (("components", "schemas", "Bird"), {"type": "object"}, "model added"),
    (("security",), [], "key not needed any more"),
    (("security",), [{"other": []}], "key sent in another way"),
    (("servers",), [{"url": "https://b.example"}], "server changed"),
    (("info", "version"), "2", "words changed"),
    ((*GET, "summary"), "A toy.", "words changed"),
    ((*TOY, "properties", "name", "description"), "Its name.", "words changed"),
    *both(
        (FIELD, {"type": "string"}, "optional field added", "optional field added"),
        (("properties", "free"), GONE, "field removed", "field removed"),
        (("required",), ["name", "maybe", "free"], "field became required", "field became required"),
        (("required",), ["name"], "field became optional", "field became optional"),
        (("properties", "free", "type"), "integer", "type changed", "type changed"),
        (("properties", "free", "format"), "uuid", "type changed", "type changed"),
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
        (("properties", "level", "default"), 4, "default changed", "default changed"),
        (("additionalProperties",), False, "field removed", "field removed"),
        (("additionalProperties",), {"type": "string"}, "type narrowed", "type narrowed"),
        (("properties", "free", "const"), "a", "type changed", "type changed"),
        (("properties", "pet", "discriminator", "propertyName"), "l", "discriminator changed", "discriminator changed"),
    ),
]
# Changes that need more than one hand.
TWOFOLD = {
    "key needed": (("security",), []),
    "model removed": (("components", "schemas", "Bird"), {"type": "object"}),
    "body became optional": ((*PUT, "requestBody", "required"), True),
}


@pytest.fixture(scope="module")
def base():
    """The spec that all rows change."""
    return load_spec(ROOT / "tests" / "generator" / "shop.yaml")


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
    """The changes from *old* to *new*, as a run sees them."""
    sides = [deepcopy(old), deepcopy(new)]
    for side in sides:
        mend(side)
    return changes(*map(normalise, sides))


@pytest.mark.parametrize(("path", "value", "kind"), ROWS)
def test_each_change_is_one_kind(base, path, value, kind):
    """
    One change in a spec is told as one kind, and as nothing else.
    """
    assert ({kind} if kind else set()) == kinds(base, changed(base, path, value))


@pytest.mark.parametrize("kind", TWOFOLD)
def test_the_way_back_is_another_kind(base, kind):
    """
    What one change brings, its opposite takes away.
    """
    assert {kind} == kinds(changed(base, *TWOFOLD[kind]), base)


def test_a_new_required_field_is_two_things(base):
    """
    Whoever sends must send it; whoever reads may meet an older server that does not.
    """
    for model, kind in ((TOY, "read: required field added"), (ORDER, "sent: required field added")):
        new = changed(base, (*model, "properties", "new"), {"type": "string"})
        new = changed(new, (*model, "required"), ["name", "maybe", "new"])
        assert {kind} == kinds(base, new)


def test_a_path_parameter_of_another_name_is_another_argument(base):
    """
    The operation is the same one, but whoever passes the argument by name is refused.
    """
    new = deepcopy(base)
    new["paths"] = {path.replace("{id}", "{toy}"): item for path, item in new["paths"].items()}
    for item in new["paths"].values():
        for holder in (item, *(one for one in item.values() if isinstance(one, dict))):
            for parameter in holder.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["name"] = "toy"

    assert {"path parameter renamed"} == kinds(base, new)
    assert "id → toy" == compared(base, new)[0].detail


def test_every_meaning_is_met():
    """
    No row of the table of meanings is without a test.
    """
    tested = {kind for _, _, kind in ROWS} | set(TWOFOLD) | {"read: required field added", "sent: required field added"}
    tested |= {"path parameter renamed"}

    assert set(MEANINGS) == tested - {None}


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
def test_what_means_the_same_is_no_change(base, same):
    """
    Order, spelling and the dialect of nullable do not count.
    """
    assert [] == compared(base, same(base))


def test_a_change_knows_its_operations(base):
    """
    A field concerns each operation that reaches its model.
    """
    (change,) = compared(base, changed(base, (*TOY, "properties", "free"), GONE))

    assert ("get_toy", "put_toy") == change.operations
    assert "Toy.free" == change.place


def test_the_bump_is_that_of_the_worst_change(base):
    """
    Breaking is major, risky or new is minor, words are a patch.
    """
    for path, value, bump in (
        ((*TOY, "properties", "free"), GONE, "major (minor before 1.0)"),
        ((*TOY, "properties", "level", "default"), 4, "minor"),
        (("components", "schemas", "Bird"), {"type": "object"}, "minor"),
        (("info", "version"), "2", "patch"),
        (("info", "version"), "1", "none"),
    ):
        assert bump == Summary("shop", compared(base, changed(base, path, value))).bump


def test_three_forms_say_the_same(base):
    """
    Text, Markdown and JSON name the verdict, the place, the reason and the page; Markdown escapes what it is told.
    """
    page = Page("src/jobwait/shop.py", frozenset({"get_toy"}), frozenset({"free"}))
    new = changed(changed(base, (*TOY, "properties", "free"), GONE), (*TOY, "properties", "<b>|`"), {"type": "string"})
    summary = Summary("shop", compared(base, new), page)
    plain, table, document = text(summary), markdown(summary), json.loads(as_json(summary))

    assert (
        "BREAKING  Toy.free: read: field removed; code that reads it fails [src/jobwait/shop.py, which reads it]"
        in plain
    )
    assert "| Breaking | Toy.free | read: field removed | code that reads it fails | src/jobwait/shop.py" in table
    assert r"Toy.\<b\>\|\`" in table
    assert ("breaking", "breaking") == (document["verdict"], document["changes"][0]["verdict"])
    assert "src/jobwait/shop.py, which reads it" == document["changes"][0]["page"]


@pytest.mark.parametrize(("path", "value", "code"), [(("info", "version"), "2", 0), (POST, GONE, 3)])
def test_diff_exits_3_for_what_breaks(base, tmp_path, capsys, path, value, code):
    """
    The command compares two files; only a breaking change is a code of its own.
    """
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(base), encoding="utf-8")
    new.write_text(json.dumps(changed(base, path, value)), encoding="utf-8")

    assert code == codegen.main(["diff", str(old), str(new), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["verdict"] == ("breaking" if code else "harmless")


def test_diff_takes_a_git_revision(base, tmp_path, capsys):
    """
    OLD may be a revision of NEW; one that git does not know is a fault.
    """
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


def test_how_such_specs_have_really_changed(base):
    """
    A new optional parameter and a union that lost a member, as one vendor did, is a risk for readers and no break.
    """
    new = changed(base, (*GET, "parameters", 3), {"name": "n", "in": "query", **TEXT})
    new = changed(new, (*TOY, "properties", "either", "type"), "string")

    assert Verdict.RISKY == Summary("shop", compared(base, new)).verdict


def test_the_documentation_has_every_kind():
    """
    docs/changes.md lists each kind with the verdict that the table gives it.
    """
    rows = re.findall(
        r"(?m)^\| (.+?) \| (breaking|risky|harmless) \|", (ROOT / "docs" / "changes.md").read_text("utf-8")
    )

    assert {kind: meaning.verdict.name.lower() for kind, meaning in MEANINGS.items()} == dict(rows)
