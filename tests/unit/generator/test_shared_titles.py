"""Several parts of one object may have one title: then it names no class, or one that all of them share."""

import pytest
from generator.emit.client import parse_document
from generator.spec.effective import read_with_findings

from .test_plain_forms import getting, ref

LOW, TEXT = {"low": {"type": "integer"}}, {"low": {"type": "string"}}
OTHER = {"type": "object", "properties": {"top": {"type": "string"}}}


def titled(properties):
    """An inline object whose title is the name of a component."""
    return {"type": "object", "title": "limits", "properties": properties}


def listed(schema):
    """A list of it."""
    return {"type": "array", "items": schema}


def union(*schemas):
    """One of these, or an empty text."""
    return {"anyOf": [*schemas, {"type": "string", "enum": [""]}]}


def models(write, tmp_path, schema, **components):
    """The names of the models of a document, and its notices."""
    document, notices = read_with_findings(write(getting(ref("T"), T=schema, limits=OTHER, **components)))
    parsed = parse_document(document, tmp_path / "probe_client")
    return {str(model.class_info.name) for model in parsed.data.models}, [*notices, *parsed.findings]


def fields(**properties):
    """An object with these fields, and one of the component that has the title as its name."""
    return {"type": "object", "properties": {"limits": ref("limits"), **properties}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (fields(**{f"f{number}": titled(LOW) for number in range(20)}), {"TLimits"}),
        (fields(a=titled(LOW), b=listed(titled(LOW)), c=union(titled(LOW))), {"TLimits"}),
        (fields(a=titled(LOW), b=titled(TEXT)), {"TA", "TB"}),
        (fields(a=titled(LOW), b=listed(titled(TEXT)), c=union(titled(OTHER["properties"]), titled(LOW))), None),
        (fields(**{f"f{n}": union(titled({f"p{n}": {}})) for n in range(20)}), {f"TF{n}Type0" for n in range(20)}),
        (fields(inner={**fields(a=titled(LOW), b=titled(LOW)), "title": "in ner"}), {"TInNer", "InNerLimits"}),
        ({"anyOf": [titled(LOW), titled(TEXT), ref("limits")]}, {"TType0", "TType1"}),
        (fields(a=titled(LOW)), {"TLimits"}),
    ],
)
def test_parts_of_one_title_are_one_class_if_equal_and_named_by_their_fields_if_not(write, tmp_path, schema, expected):
    """As many as there are, and without a notice: nothing is lost."""
    found, notices = models(write, tmp_path, schema)

    assert [] == notices
    if expected is not None:
        assert expected == found - {"T", "Limits"}


def test_equal_parts_do_not_take_the_name_of_another_component(write, tmp_path):
    """They get the first number that is free."""
    taken = {"type": "object", "properties": {"t": {"type": "string"}}}
    found, _ = models(write, tmp_path, fields(a=titled(LOW), b=titled(LOW), other=ref("TLimits")), TLimits=taken)

    assert {"T", "Limits", "TLimits", "TLimits2"} == found


@pytest.mark.parametrize(("second", "expected"), [(LOW, {"GetxLimits"}), (TEXT, {"GetxAType0", "GetxBType0"})])
def test_parameters_of_one_title_are_told_apart_too(write, tmp_path, second, expected):
    """They belong to one operation, as fields belong to one object."""
    document = getting(ref("limits"), limits=OTHER)
    parameters = [("a", titled(LOW)), ("b", titled(second))]
    document["paths"]["/x"]["get"]["parameters"] = [
        {"in": "query", "name": name, "style": "deepObject", "schema": union(schema)} for name, schema in parameters
    ]
    found, notices = read_with_findings(write(document))
    parsed = parse_document(found, tmp_path / "probe_client")

    assert [] == [*notices, *parsed.findings]
    assert expected == {str(model.class_info.name) for model in parsed.data.models} - {"Limits"}


def test_enums_of_one_title_and_other_values_are_two_enums(write, tmp_path):
    """Those of equal values are one."""

    def enum(*values):
        return {"type": "string", "title": "word", "enum": list(values)}

    schema = fields(a=enum("x"), b=enum("x"), inner=fields(c=enum("y"), d=listed(enum("z"))))
    document, _ = read_with_findings(write(getting(ref("T"), T=schema, limits=OTHER)))
    data = parse_document(document, tmp_path / "probe_client").data

    assert {"TWord", "TInnerC", "TInnerDItem"} == {str(one.class_info.name) for one in data.enums}
