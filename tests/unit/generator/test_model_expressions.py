"""The declarations of models that are only read: an absent field is None, and its type says so."""

import re

from generator.emit.package import build
from generator.spec.effective import read_spec

from .test_plain_forms import getting, ref

TEXT = {"type": "string"}
MAYBE = {"type": ["string", "null"]}
ROLE = {"type": "object", "properties": {"name": TEXT}}
MAYBE_ROLE = {"anyOf": [ROLE, {"type": "null"}]}


def listed(schema, **more):
    """A list of it."""
    return {"type": "array", "items": schema, **more}


FIELDS = {
    "text": (TEXT, "str | None"),
    "maybe": (MAYBE, "None | str"),
    "texts": (listed(TEXT), "list[str] | None"),
    "maybes": (listed(MAYBE), "list[None | str] | None"),
    "rows": (listed(listed(MAYBE)), "list[list[None | str]] | None"),
    "roles": (listed(MAYBE_ROLE), "list[None | TRolesItemType0] | None"),
    "maybe_list": ({"anyOf": [listed(MAYBE), {"type": "null"}]}, "list[None | str] | None"),
    "either": ({"anyOf": [listed(MAYBE), {"type": "integer"}]}, "int | list[None | str] | None"),
    "nothing": ({"type": "null"}, "None"),
    "word": ({"type": "string", "enum": ["None | x"]}, "TWord | None"),
}


def test_a_field_that_may_be_absent_has_none_in_its_type_once(write, tmp_path):
    """None inside a list is not the field's own."""
    schema = {"type": "object", "properties": {name: schema for name, (schema, _) in FIELDS.items()}}
    build(read_spec(write(getting(ref("T"), T=schema))), tmp_path / "probe_client", "a comment")
    text = (tmp_path / "probe_client" / "models" / "t.py").read_text()

    declared = dict(re.findall(r"^    (\w+): (.*) = None$", text, re.MULTILINE))
    expected = {name: code for name, (_, code) in FIELDS.items()}
    assert {name: sorted(code.split(" | ")) for name, code in expected.items()} == {
        name: sorted(code.split(" | ")) for name, code in declared.items()
    }
