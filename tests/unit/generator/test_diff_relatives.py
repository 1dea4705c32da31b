"""Diff: what is the same to callers, however it is written, and what differs although it looks the same."""

import json
from copy import deepcopy

import pytest
from generator.diff.changes import changes
from generator.diff.rules import RULES, Verdict
from generator.diff.summary import Summary, as_json, markdown, text
from generator.emit.client import parse_document
from generator.spec.normalise import normalise
from generator.spec.repair import repair
from generator.spec.requests.keys import remove_unsendable

TEXT = {"type": "string"}
JOB = {
    "id": {"type": "string"},
    "status": {"type": "string", "enum": ["queued", "done"]},
    "size": {"type": "integer", "format": "int32"},
    "mail": {"type": "string"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "ratio": {"type": "number", "format": "float"},
    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
}
PARAMETERS = ("id", "fields", "X-Org")  # of getJob
NEW = {"url": {"type": "string"}, "n": {"type": "integer"}, "share": {"type": "number"}}
ONE, ALL = "/jobs/{id}", "/jobs"
GET, POST = (ONE, "get"), (ALL, "post")


def document():
    """A small API with a job that is read and a body that is sent."""
    job, new = deepcopy(JOB), deepcopy(NEW)
    answer = {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}}
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}}
    parameters = [
        {"name": "id", "in": "path", "required": True, "schema": TEXT},
        {"name": "fields", "in": "query", "schema": {"type": "array", "items": TEXT}},
        {"name": "X-Org", "in": "header", "schema": TEXT},
    ]
    return {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://api.example.test/v1"}],
        "components": {
            "securitySchemes": {
                "b": {"type": "http", "scheme": "bearer"},
                "k": {"type": "apiKey", "in": "header", "name": "X-Key"},
            },
            "schemas": {
                "Base": {"type": "object", "required": ["id"], "properties": {"id": TEXT}},
                "Job": {"type": "object", "required": ["id", "status"], "properties": job},
                "New": {"type": "object", "required": ["url"], "properties": new},
            },
        },
        "security": [{"b": []}],
        "paths": {
            ONE: {"get": {"operationId": "getJob", "parameters": parameters, "responses": {"200": answer}}},
            ALL: {"post": {"operationId": "newJob", "requestBody": body, "responses": {"201": answer}}},
        },
    }


def set_at(*path, to):
    """An edit that sets the value at *path* to *to*."""

    def edit(spec):
        holder = spec
        for step in path[:-1]:
            holder = holder.setdefault(step, {}) if isinstance(holder, dict) else holder[step]
        holder[path[-1]] = to

    return edit


def job(field, **words):
    """An edit of the keywords of a field of Job, which is read."""
    return lambda spec: spec["components"]["schemas"]["Job"]["properties"][field].update(words)


def new(field, **words):
    """An edit of the keywords of a field of New, which is sent."""
    return lambda spec: spec["components"]["schemas"]["New"]["properties"][field].update(words)


def parameter(index, **words):
    """An edit of a parameter of getJob."""
    return lambda spec: spec["paths"][ONE]["get"]["parameters"][index].update(words)


def schema(name, value):
    """An edit that sets the component *name*."""
    return set_at("components", "schemas", name, to=value)


def into_base(inline):
    """Job's id comes from Base now; its other fields stand in a part of allOf if *inline*, or else beside it."""

    def edit(spec):
        schemas = spec["components"]["schemas"]
        own = schemas["Job"]
        del own["properties"]["id"]
        own["required"] = ["status"]
        base = {"$ref": "#/components/schemas/Base"}
        schemas["Job"] = {"allOf": [base, own]} if inline else {**own, "allOf": [base]}

    return edit


def into_two_bases(spec):
    """Job's fields are spread over Base, a base of that, and a part of its own."""
    into_base(True)(spec)
    schemas = spec["components"]["schemas"]
    schemas["Root"] = schemas["Base"]
    schemas["Base"] = {"allOf": [{"$ref": "#/components/schemas/Root"}, {"description": "Has an id."}]}


def moved(old, to):
    """An edit that replaces the beginning *old* of all paths."""

    def edit(spec):
        spec["paths"] = {path.replace(old, to, 1): item for path, item in spec["paths"].items()}

    return edit


def prefix_into_paths(spec):
    """The server's /v1 is a part of each path now."""
    spec["servers"] = [{"url": "https://api.example.test"}]
    moved("/", "/v1/")(spec)


def variable(**words):
    """An edit that makes a part of the server's address a variable."""
    return set_at("servers", to=[{"url": "https://api.example.test/{v}", "variables": {"v": words}}])


def recoded(spec, code):
    """NewJob's only success gets another code."""
    answers = spec["paths"][ALL]["post"]["responses"]
    answers[code] = answers.pop("201")


def more(index, name, place="query"):
    """An edit that puts one more parameter before that with this index in getJob."""
    return lambda spec: spec["paths"][ONE]["get"]["parameters"].insert(
        index, {"name": name, "in": place, "schema": TEXT}
    )


def team_first(path):
    """An edit that gives getJob's path a second parameter."""

    def edit(spec):
        spec["paths"][path] = spec["paths"].pop(next(one for one in spec["paths"] if "{id}" in one))
        if "{team}" in path and len(spec["paths"][path]["get"]["parameters"]) == len(PARAMETERS):
            team = {"name": "team", "in": "path", "required": True, "schema": TEXT}
            spec["paths"][path]["get"]["parameters"].append(team)

    return edit


def media_type(kind):
    """An edit of the content type of getJob's answer and newJob's body."""

    def edit(spec):
        for holder in (spec["paths"][ONE]["get"]["responses"]["200"], spec["paths"][ALL]["post"]["requestBody"]):
            holder["content"] = {kind: holder["content"].popitem()[1]}

    return edit


def alias(field, name, target):
    """The schema of a field of Job becomes the component *name*, which is no class."""

    def edit(spec):
        spec["components"]["schemas"][name] = target
        spec["components"]["schemas"]["Job"]["properties"][field] = {"$ref": f"#/components/schemas/{name}"}

    return edit


def renamed(spec):
    """Names that are other words to the service, or other spellings, and the same in Python."""
    schemas = spec["components"]["schemas"]
    schemas["job"] = schemas.pop("Job")
    spec["paths"][ONE]["get"]["operationId"] = "get_job"
    for item in spec["paths"].values():
        for operation in item.values():
            for answer in operation["responses"].values():
                answer["content"]["application/json"]["schema"]["$ref"] = "#/components/schemas/job"


def form_body(**encoding):
    """An edit that makes newJob's body a form with *encoding*."""

    def edit(spec):
        content = spec["paths"][ALL]["post"]["requestBody"]["content"]
        content["multipart/form-data"] = {**deepcopy(content["application/json"]), "encoding": encoding}

    return edit


NOTHING, FORM = set(), {"parameter sent in another form"}
OTHER = [{"url": "https://other.example.test"}]
CASES = {
    # formats
    "int32 to int64": (job("size", format="int64"), {"read: limits loosened"}),
    "float to double": (job("ratio", format="double"), {"read: limits loosened"}),
    "a format of text": (job("mail", format="email"), {"read: limits changed"}),
    "a format of an integer that is sent": (new("n", format="int64"), {"sent: limits changed"}),
    "an unknown format of text that is sent": (new("url", format="x-link"), {"sent: limits changed"}),
    "a format with a type in Python": (job("mail", format="date-time"), {"read: type changed"}),
    "the same of what is sent": (new("url", format="date"), {"sent: type changed"}),
    "a UUID that is sent, for which text is taken": (new("url", format="uuid"), {"sent: limits changed"}),
    "entries with a format": (job("tags", items={"type": "string", "format": "uri"}), {"read: limits changed"}),
    "a number is sent where an integer was": (new("n", type="number"), {"sent: type widened"}),
    "an integer is sent where a number was": (new("share", type="integer"), {"sent: type narrowed"}),
    # bases, and names of values that are no classes
    "a field moved into a base": (into_base(True), NOTHING),
    "a field moved into a base beside own ones": (into_base(False), NOTHING),
    "a field moved into the base of a base": (
        into_two_bases,
        {"model added"},
    ),
    "a name for a text": (alias("mail", "Mail", {"type": "string"}), NOTHING),
    "a name for a list": (alias("tags", "Tags", {"type": "array", "items": {"type": "string"}}), NOTHING),
    "a name for an integer": (alias("size", "Size", {"type": "integer", "format": "int32"}), NOTHING),
    "other spellings that are the same in Python": (renamed, NOTHING),
    # addresses
    "a prefix moved from server to paths": (prefix_into_paths, NOTHING),
    "a path changed": (moved("/jobs", "/tasks"), {"path changed"}),
    "a path with one more parameter": (
        lambda spec: (
            moved("/jobs/{id}", "/teams/{team}/jobs/{id}")(spec),
            spec["paths"]["/teams/{team}/jobs/{id}"].update(
                parameters=[{"name": "team", "in": "path", "required": True, "schema": TEXT}]
            ),
        ),
        {"path changed", "required parameter added"},
    ),
    "another method": (
        lambda spec: set_at("paths", ONE, "post", to=spec["paths"][ONE].pop("get"))(spec),
        {"method changed"},
    ),
    "a server of an operation": (set_at("paths", ONE, "get", "servers", to=OTHER), {"server changed"}),
    "a server of a path": (set_at("paths", ONE, "servers", to=OTHER), {"server changed"}),
    "the same server, of an operation": (
        set_at("paths", ONE, "get", "servers", to=[{"url": "https://api.example.test/v1/"}]),
        NOTHING,
    ),
    "a variable of the server": (variable(default="v1"), {"argument for the server added"}),
    "another default of it": (variable(default="v2"), {"server changed", "argument for the server added"}),
    "no server": (lambda spec: spec.pop("servers"), {"server changed", "server no longer documented"}),
    # parameters
    "a header in another case": (parameter(2, name="x-org"), NOTHING),
    "a header that is another word in Python": (
        parameter(2, name="XORG-"),
        {"optional parameter added", "parameter removed"},
    ),
    "a header in a case that Python splits elsewhere": (parameter(2, name="X-ORg"), {"header parameter renamed"}),
    "a list that is not exploded": (parameter(1, explode=False), FORM),
    "a list with other separators": (parameter(1, style="pipeDelimited", explode=False), FORM),
    "the usual style and explode": (parameter(1, style="form", explode=True), NOTHING),
    "explode of a single value": (parameter(2, explode=True), NOTHING),
    "a label in the path": (parameter(0, style="label"), FORM),
    "reserved characters": (parameter(1, allowReserved=True), FORM),
    "JSON in the query": (
        lambda spec: set_at("content", to={"application/json": {"schema": {"type": "array", "items": TEXT}}})(
            spec["paths"][ONE]["get"]["parameters"][1]
        ),
        FORM,
    ),
    # content
    "a charset": (media_type("application/json; charset=utf-8"), NOTHING),
    "a content type in capitals": (media_type("Application/JSON"), NOTHING),
    "another content type": (
        media_type("text/json"),
        {f"{one} sent as another content type" for one in ("body", "answer")},
    ),
    "content that is not JSON": (
        media_type("text/csv"),
        {f"kind of {one}" for one in ("body added", "body removed", "answer added", "answer removed")},
    ),
    "another code of the same success": (
        lambda spec: recoded(spec, "200"),
        {"code of a success added", "code of a success removed"},
    ),
    "the only success as the default answer": (
        lambda spec: recoded(spec, "default"),
        {"code of a success added", "code of a success removed"},
    ),
    "a range of answers in capitals": (
        set_at("paths", ONE, "get", "responses", "4xx", to={"description": "d"}),
        {"documented error added"},
    ),
    # limits, deprecation, directions
    "fewer entries of a map": (job("labels", maxProperties=3), {"read: limits changed"}),
    "no entries of a map needed": (job("labels", minProperties=0), NOTHING),
    "limits of the values of a map": (
        job("labels", additionalProperties={"type": "string", "maxLength": 3}),
        {"read: limits changed"},
    ),
    "unique entries": (job("tags", uniqueItems=True), {"read: limits changed"}),
    "a deprecated field": (job("mail", deprecated=True), {"read: deprecated"}),
    "a deprecated field of a body": (new("n", deprecated=True), {"sent: deprecated"}),
    "a field that only the service sets": (new("n", readOnly=True), {"sent: field removed"}),
    "a field that is only sent": (job("mail", writeOnly=True), {"read: field removed"}),
    "a field that is only read, in an answer": (job("mail", readOnly=True), NOTHING),
    # keys
    "another header of a key, in another case": (
        set_at("components", "securitySchemes", "k", "name", to="x-key"),
        NOTHING,
    ),
    "OAuth instead of a bearer token": (
        set_at("components", "securitySchemes", "b", to={"type": "oauth2", "flows": {}}),
        NOTHING,
    ),
    "a key in the query": (
        set_at("components", "securitySchemes", "b", to={"type": "apiKey", "in": "query", "name": "key"}),
        {"key sent in another way"},
    ),
    "a second key beside the first": (
        set_at("security", to=[{"b": [], "k": []}]),
        {"key sent in another way", "key argument renamed"},
    ),
    "two keys for one operation": (
        set_at("paths", ONE, "get", "security", to=[{"b": []}, {"k": []}]),
        {"another key accepted", "key argument renamed"},
    ),
}


INLINE = {"type": "object", "properties": {"p": TEXT}}
MODES = {"type": "string", "enum": ["a", "b"]}
LEVELS = {"type": "integer", "enum": [1, 2]}
DIGEST = {"type": "http", "scheme": "digest"}
TWO_KEYS = set_at("security", to=[{"b": []}, {"k": []}])
NO_SERVER_VALUES = variable(default="v1", enum=["v1", "v2"])
# What the client names otherwise, or does otherwise with the same call, though what is sent looks alike:
# an edit that both documents have, the edit, its kinds and whether the names of classes and arguments stay.
NAMES = {
    "an argument with the name of another": (None, more(9, "id"), {"optional parameter added", "argument renamed"}),
    "a header with the name of an argument": (
        None,
        more(9, "Id", "header"),
        {"optional parameter added", "argument renamed"},
    ),
    "path parameters that change places": (
        team_first("/t/{team}/j/{id}"),
        team_first("/t/{id}/j/{team}"),
        {"path parameters in another order"},
    ),
    "a field with the name of another": (
        schema("New", {"type": "object", "properties": {"$id": TEXT}}),
        schema("New", {"type": "object", "properties": {"$id": TEXT, "id": TEXT}}),
        {"sent: optional field added", "sent: field renamed"},
    ),
    "a field of an answer with the name of another": (
        schema("Base", {"type": "object", "properties": {"$id": TEXT}}),
        schema("Base", {"type": "object", "properties": {"$id": TEXT, "id": TEXT}}),
        {"read: optional field added", "read: field renamed"},
    ),
    "a title of an answer's enum": (
        job("mail", **MODES),
        job("mail", title="Way"),
        {"read: class renamed", "descriptions changed"},
    ),
    "a title": (new("n", **MODES), new("n", title="Way"), {"sent: class renamed", "descriptions changed"}),
    "the title that its name is": (new("n", **MODES), new("n", title="N"), {"descriptions changed"}),
    "null in an inline enum": (
        new("n", **MODES),
        new("n", nullable=True),
        {"sent: may be null now", "sent: class renamed"},
    ),
    "one more type beside an inline model": (
        new("n", anyOf=[INLINE, TEXT]),
        new("n", anyOf=[TEXT, INLINE]),
        {"sent: class renamed"},
    ),
    "a model with the name of an inline one": (
        new("n", **INLINE),
        schema("NewN", {"type": "object"}),
        {"model added", "sent: class renamed"},
    ),
    "names of the members of numbers": (
        job("size", **LEVELS),
        job("size", **{"x-enum-varnames": ["LOW", "HIGH"]}),
        {"read: enum member renamed"},
    ),
    "an enum without its type": (schema("State", MODES), schema("State", {"enum": ["a", "b"]}), NOTHING),
    "a value of the server": (NO_SERVER_VALUES, variable(default="v1", enum=["v1"]), {"value for the server removed"}),
    "a variable of the server that is gone": (
        variable(default="v1"),
        set_at("servers", to=[{"url": "https://api.example.test/v1"}]),
        {"argument for the server removed"},
    ),
    "a server that is documented": (
        lambda spec: spec.pop("servers"),
        set_at("servers", to=OTHER),
        {"server changed", "server documented"},
    ),
    "keys in another order": (TWO_KEYS, set_at("security", to=[{"k": []}, {"b": []}]), {"other key preferred"}),
    "a key that the client cannot send": (
        None,
        set_at("components", "securitySchemes", "b", to=DIGEST),
        {"key sent in another way"},
    ),
    "an error of another operation too": (
        lambda spec: [set_at("paths", *one, "responses", "404", to={"description": "d"})(spec) for one in (GET, POST)],
        lambda spec: spec["paths"][ONE]["get"]["responses"].pop("404"),
        {"error no longer documented"},
    ),
    "a range of errors": (
        set_at("paths", *GET, "responses", "4XX", to={"description": "d"}),
        lambda spec: spec["paths"][ONE]["get"]["responses"].pop("4XX"),
        {"error no longer documented"},
    ),
    "content where there was none": (
        lambda spec: spec["paths"][ONE]["get"]["responses"]["200"].pop("content"),
        set_at("paths", *GET, "responses", "200", "content", to={"text/plain": {"schema": TEXT}}),
        {"content of an answer added"},
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_names_and_calls_of_the_client_are_compared(case):
    """What callers write is compared as the generator names it."""
    before, edit, kinds = NAMES[case]

    assert kinds == {change.kind for change in compared(edit, before)}


def test_names_of_inline_classes_are_those_of_the_parser(tmp_path):
    """The comparison follows the parser's rule: a class that is gone from the client is never said to be compatible."""
    for case, (before, edit, kinds) in NAMES.items():
        if any("class" in kind or "argument renamed" == kind for kind in kinds) or case.startswith("the title"):
            old = document()
            for one in filter(None, [before]):
                one(old)
            edited = deepcopy(old)
            edit(edited)
            names = [names_in_client(one, tmp_path) for one in (old, edited)]
            assert bool(kinds - {"descriptions changed"}) == bool(names[0] - names[1]), case


def names_in_client(spec, folder):
    """The classes, the fields with their types and the arguments that the parser makes of *spec*."""
    repair(spec)
    parsed = parse_document(normalise(spec), folder / "t_client").data
    endpoints = [one for tag in parsed.endpoint_collections_by_tag.values() for one in tag.endpoints]
    arguments = {f"{one.name} {part.python_name}" for one in endpoints for _, part in one.iter_all_parameters()}
    fields = {
        f"{model.class_info.name} {field.python_name} {field.get_type_string().as_unembedded_code()}"
        for model in parsed.models
        for field in model.optional_properties or []
    }
    return arguments | fields | {str(one.class_info.name) for one in [*parsed.models, *parsed.enums]}


def compared(edit, before=None):
    """The changes that *edit* makes of the document that *before* makes."""
    old = document()
    if before:
        before(old)
    edited = deepcopy(old)
    edit(edited)
    for side in (old, edited):
        repair(side)
        remove_unsendable(side)
    return changes(normalise(old), normalise(edited))


@pytest.mark.parametrize("case", CASES)
def test_an_edit_gives_the_kinds_that_callers_notice_and_no_others(case):
    """What is only written in another way is no change; what is sent or read in another way is one."""
    edit, kinds = CASES[case]

    assert kinds == {change.kind for change in compared(edit)}


@pytest.mark.parametrize("case", CASES)
def test_the_reverse_edit_of_what_is_the_same_is_no_change_either(case):
    """Both documents mean the same, whichever is the old one; and a change is one in both directions."""
    edit, kinds = CASES[case]
    old, edited = document(), document()
    edit(edited)
    for side in (old, edited):
        repair(side)

    assert bool(kinds) == bool(changes(normalise(edited), normalise(old)))


def test_fields_of_a_form_that_are_sent_in_another_form_are_named():
    """`encoding` says how the fields of a form are written."""
    (change,) = compared(form_body(url={"contentType": "text/plain"}), before=form_body())

    assert "field of a form sent in another form" == change.kind
    assert change.place.endswith("multipart/form-data, url")


@pytest.mark.parametrize(
    ("kind", "encoding", "named"),
    [
        ("array", {"style": "form", "explode": False}, True),
        ("array", {"style": "form"}, False),
        ("array", {"explode": True}, False),
        ("string", {"style": "form", "explode": False}, False),
        ("object", {"style": "form"}, True),
        ("object", {"headers": {"X-A": {"schema": {"type": "string"}}}}, False),
    ],
)
def test_a_style_of_a_field_in_a_form_is_named_if_it_is_not_the_usual_one(kind, encoding, named):
    """Without `encoding` an array is repeated and an object is JSON."""

    def form(encodings):
        def edit(spec):
            form_body(**encodings)(spec)
            content = spec["paths"][ALL]["post"]["requestBody"]["content"]
            content["multipart/form-data"]["schema"] = {"type": "object", "properties": {"field": {"type": kind}}}

        return edit

    found = compared(form({"field": encoding}), before=form({}))

    assert [one.kind for one in found] == ["field of a form sent in another form"] * named


def test_a_change_of_a_base_is_reported_at_the_base_only():
    """Each class that has the base changes with it; one line says so, with all operations."""
    (change,) = compared(schema("Base", {"type": "object", "properties": {}}), before=into_base(True))

    assert ("Base.id", "read: field removed") == (change.place, change.kind)
    assert ("getJob", "newJob") == change.operations


def test_a_base_that_is_taken_away_removes_its_fields():
    """A class without its base has lost the fields of it."""

    def without(spec):
        spec["components"]["schemas"]["Job"]["allOf"].pop(0)

    assert {("Job.id", "read: field removed")} == {
        (change.place, change.kind) for change in compared(without, before=into_base(True))
    }


def test_a_schema_that_refers_to_itself_is_compared():
    """Names that are no classes are followed once around."""
    tree = {"type": "array", "items": {"anyOf": [TEXT, {"$ref": "#/components/schemas/Tree"}]}}

    assert [] == compared(lambda _spec: None, before=alias("mail", "Tree", tree))


def test_operations_that_swap_their_names_are_followed_by_name():
    """Callers call a name: it sends to another path now."""

    def swap(spec):
        spec["paths"][ONE], spec["paths"][ALL] = (
            {"get": {**spec["paths"][ONE]["get"], "operationId": "other"}},
            {**spec["paths"][ALL], "get": {**deepcopy(spec["paths"][ONE]["get"]), "parameters": []}},
        )

    found = {(change.kind, change.operations) for change in compared(swap)}

    assert ("path changed", ("getJob",)) in found
    assert ("operation added", ("other",)) in found


def test_changes_of_words_come_last_and_in_one_line():
    """The text and the table have one line for all changed words; JSON has each place."""

    def edit(spec):
        spec["info"]["description"] = "A"
        for path in spec["paths"].values():
            for operation in path.values():
                operation["summary"] = "B"
        job("mail", description="C")(spec)
        job("mail", deprecated=True)(spec)
        schema("Extra", {"type": "object"})(spec)

    summary = Summary("t", compared(edit))
    lines = text(summary).splitlines()

    assert "t: 1 risky, 2 harmless. Version bump: minor." == lines[0]
    assert (
        "  HARMLESS  4 places: descriptions changed (info, GET /jobs/{id}, POST /jobs and 1 more); text only"
        == lines[-1]
    )
    assert 4 == len(lines)
    assert 1 == markdown(summary).count("descriptions changed")
    assert ["descriptions changed"] * 4 == [one["kind"] for one in json.loads(as_json(summary))["changes"]][-4:]


def test_what_only_looks_different_never_breaks_callers():
    """Formats, bases, prefixes, cases and parameters of content types are not breaking."""
    for case, (_, kinds) in CASES.items():
        if case.startswith(("int", "float", "a format of", "a field moved", "a prefix", "a path changed", "a charset")):
            assert all(RULES[kind].verdict < Verdict.BREAKING for kind in kinds), case
