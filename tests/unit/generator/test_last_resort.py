"""What openapi-python-client refuses is put into a plain form; an operation is left out last, and loudly."""

from pathlib import Path

import pytest
from generator.emit.client import parse_document
from generator.emit.package import build
from generator.emit.parser import changes
from generator.errors import GeneratorError
from generator.spec.effective import read_with_findings
from generator.spec.plain.last_resort import make_component, make_plain
from openapi_python_client.parser.errors import ParseError

DONE = {"204": {"description": "done"}}
TEXT = {"type": "string"}


def schemas(**named):
    """A document with these schemas."""
    return {"components": {"schemas": named}}


def ref(name):
    """A reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def parsed(write, paths, **named):
    """The names of the operations and models of a document, and its notices."""
    content = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, **schemas(**named)}
    document, notices = read_with_findings(write(content))
    result = parse_document(document, Path("probe_client"))
    collections = result.data.endpoint_collections_by_tag.values()
    names = {str(endpoint.name) for one in collections for endpoint in one.endpoints}
    return names, {str(model.class_info.name) for model in result.data.models}, [*notices, *result.findings]


@pytest.fixture
def refused(monkeypatch):
    """The path of an operation that the parser refuses."""

    def sorted_by_path(*, endpoint):
        return ParseError(detail="no") if "refused" in endpoint.path.get_untrusted_value() else endpoint

    monkeypatch.setattr(changes, "_sorted_by_path", sorted_by_path)
    return "/refused"


def test_an_operation_that_cannot_be_parsed_is_left_out_in_capitals(write, refused):
    """All others are made."""
    paths = {
        refused: {"get": {"operationId": "odd", "responses": DONE}},
        "/x": {"get": {"operationId": "getx", "responses": DONE}},
    }
    names, _, notices = parsed(write, paths)

    assert {"getx"} == names
    place, said = notices[-1]
    assert ("/paths/~1refused", "THE OPERATION odd IS LEFT OUT: no") == (place, said)


def test_the_models_inside_a_union_that_is_a_component_are_no_duplicates_of_themselves(write):
    """Of a field, of a union in a field, and of a list in it: nothing is kept plain."""
    inner = {"type": "object", "properties": {"x": TEXT}}
    fields = {"one": inner, "two": {"oneOf": [inner, TEXT]}, "three": {"type": "array", "items": inner}}
    union = {"anyOf": [{"type": "object", "properties": fields}, {"type": "null"}]}
    content = {"application/json": {"schema": ref("Job")}}
    paths = {"/x": {"get": {"operationId": "get", "responses": {"200": {"description": "", "content": content}}}}}
    _, models, notices = parsed(write, paths, Job=union)

    names = {"JobType0", "JobType0One", "JobType0TwoType0", "JobType0ThreeItem"}
    assert (names, []) == (models, notices)


@pytest.mark.parametrize(
    ("inline", "component"),
    [
        ({"type": "object", "properties": {"x": TEXT}}, {"type": "object", "properties": {"y": TEXT}}),
        ({"type": "string", "enum": ["a"]}, {"type": "object", "properties": {"y": TEXT}}),
        ({"type": "array", "items": {"type": "object", "properties": {"x": TEXT}}}, None),
    ],
)
def test_models_of_one_name_are_told_apart(write, inline, component):
    """A field's model has the name of a component, whatever kind of class it is."""
    name = "TMeta" if component else "TMetaItem"
    other = component or {"type": "object", "properties": {"y": TEXT}}
    fields = {"meta": inline, "other": ref(name)}
    content = {"200": {"description": "", "content": {"application/json": {"schema": ref("T")}}}}
    paths = {"/x": {"get": {"operationId": "getx", "responses": content}}}
    _, models, notices = parsed(write, paths, **{"T": {"type": "object", "properties": fields}, name: other})

    assert {"T", name} <= models
    assert [f"another model is named {name}; this one is named {name}Model"] == [said for _, said in notices]


def test_a_field_that_repeats_the_component_of_its_name_has_that_model(write):
    """However many fields do, and however deep: more than the parser would name in all attempts."""
    inner = {"type": "object", "properties": {"deep": {"type": "object", "properties": {"x": TEXT}}}}
    repeated = {f"TF{number}": inner for number in range(15)}
    fields = {name.removeprefix("T").lower(): one for name, one in repeated.items()}
    union = {"oneOf": [{"type": "object", "properties": fields}, ref("TF0")]}
    content = {"200": {"description": "", "content": {"application/json": {"schema": ref("T")}}}}
    paths = {"/x": {"get": {"operationId": "getx", "responses": content}}}
    _, models, notices = parsed(write, paths, T={"type": "object", "properties": {**fields, "u": union}}, **repeated)

    assert {*repeated, *(f"{name}Deep" for name in repeated)} <= models
    assert ([], []) == (notices, [name for name in models if "Model" in name])


def test_a_body_with_the_name_of_a_component_is_told_apart(write):
    """The operation is not left out for that."""
    media = {"application/json": {"schema": {"type": "object", "properties": {"x": TEXT}}}}
    post = {"operationId": "put", "requestBody": {"content": media}, "responses": DONE}
    names, models, notices = parsed(
        write, {"/x": {"post": post}}, PutBody={"type": "object", "properties": {"y": TEXT}}
    )

    assert ({"put"}, {"PutBody", "PutBodyModel"}) == (names, models)
    assert ["another model is named PutBody; this one is named PutBodyModel"] == [said for _, said in notices]


def test_a_model_is_moved_without_a_word_if_its_name_is_free():
    """The parser reads some schemas twice and then takes their models for two."""
    document = schemas(T={"oneOf": [{"type": "object", "properties": {"a": {"type": "object", "title": "x"}}}]})

    place = "/components/schemas/T/oneOf/0/properties/a"
    assert [] == make_component(document, place, "TA")
    assert {"type": "object"} == document["components"]["schemas"]["TA"]
    assert make_component(document, place, "TA") is None
    assert make_component(document, "/components/schemas/T", "T") is None


def test_what_is_plain_already_cannot_be_made_plainer():
    """Then something else must be done."""
    document = schemas(A={"type": "string", "description": "d"})

    assert [("/components/schemas/A", "any JSON is accepted: why")] == make_plain(
        document, "/components/schemas/A", "why"
    )
    assert {"description": "d"} == document["components"]["schemas"]["A"]
    assert make_plain(document, "/components/schemas/A", "why") is None


def test_a_document_whose_only_operation_cannot_be_parsed_is_refused(write, tmp_path, refused):
    """The sentence has the reason."""
    path = {refused: {"get": {"operationId": "odd", "responses": DONE}}}
    document, _ = read_with_findings(write({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": path}))

    with pytest.raises(GeneratorError, match="THE OPERATION odd IS LEFT OUT"):
        build(document, tmp_path / "probe_client", "a comment")


def test_members_of_unions_whose_names_are_taken_are_models_of_other_names(write):
    """The parser names the first member of a field by its place, whatever component has that name."""
    member = {"type": "object", "required": ["a"], "properties": {"a": TEXT}}
    union = {"oneOf": [member, TEXT]}
    answer = {"200": {"description": "d", "content": {"application/json": {"schema": union}}}}
    posted = {"operationId": "postx", "requestBody": answer["200"], "responses": DONE}
    _, models, notices = parsed(
        write,
        {"/x": {"get": {"operationId": "getx", "responses": answer}, "post": posted}},
        A={"type": "object", "properties": {"w": union}},
        AWType0={"type": "object"},
        GetxResponse200Type0={"type": "object"},
        PostxBodyType0={"type": "object"},
    )

    assert {
        "A",
        "AWType0",
        "AWType0Model",
        "GetxResponse200Type0",
        "GetxResponses200Type0",
        "PostxRequestBodyType0",
        "PostxBodyType0",
    } == models
    assert ["another model is named AWType0; this one is named AWType0Model"] == [said for _, said in notices]
