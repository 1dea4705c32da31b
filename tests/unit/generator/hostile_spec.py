"""A spec whose texts try to become code: each of many texts at each place where a spec can contain text."""

from typing import Any

# Each text contains a mark, so that a text that runs can be identified.
TEXTS = {
    "docstring": '"""; import builtins; builtins.OWNED.append("MARK"); """',
    "docstring over lines": '"""\nimport builtins\nbuiltins.OWNED.append("MARK")\n"""',
    "docstring after a backslash": '\\"""\nimport builtins; builtins.OWNED.append("MARK")\n"""',
    "double quote": '"; import builtins; builtins.OWNED.append("MARK") #',
    "double quote in a call": '" + __import__("builtins").OWNED.append("MARK") + "',
    "single quote": "'; import builtins; builtins.OWNED.append('MARK') #",
    "single quote in a call": "' + str(__import__('builtins').OWNED.append('MARK')) + '",
    "closing brackets": '")]})\nimport builtins; builtins.OWNED.append("MARK")\n#',
    "f-string": "{__import__('builtins').OWNED.append('MARK')}",
    "jinja": "{{ cycler.__init__.__globals__.__builtins__.OWNED.append('MARK') }}{% raw %}",
    "jinja statement": "{% set x = cycler.__init__.__globals__.os.system('touch MARK') %}{#",
    "comment with a line break": "# \rimport builtins; builtins.OWNED.append('MARK')",
    "line separators": "\u2028import builtins; builtins.OWNED.append('MARK')\u2029\x85\x0c",
    "control characters": "\x00\x07\x1b[31mMARK\x7f\u202e\ufeff",
    "a backslash at the end": "MARK ends with \\",
    "quotes at the end": 'MARK ends with ""',
    "escapes": "\\N{BULLET}\\u0041\\x41\\777 MARK",
    "a way up": "../../../../MARK",
    "an absolute path": "/MARK.py",
    "another system's path": "..\\..\\MARK\x00.py",
    "markup": "</pre><script>MARK</script> [x](javascript:MARK) `MARK`",
    "a long word": "MARK" + "\\" * 300,
}
# The parts of an operation and its model that contain the text.
PLACES = (
    "operationId",
    "tag",
    "summary",
    "description",
    "response description",
    "path",
    "query name",
    "query description",
    "query default",
    "header name",
    "cookie name",
    "model name",
    "model title",
    "model description",
    "model example",
    "field name",
    "field description",
    "field title",
    "field default",
    "field example",
    "field pattern",
    "field unit",
    "enum value",
    "enum name",
    "const",
    "discriminator value",
    "discriminator field",
)
Case = dict[str, str]  # the text at each place of one operation and its model


def all_pairs() -> list[Case]:
    """As many operations as texts: the places of each have different texts, and each place has each text once."""
    texts = list(TEXTS.values())
    return [
        {place: _marked(texts[(row + column) % len(texts)], place, row) for column, place in enumerate(PLACES)}
        for row in range(len(texts))
    ]


def one_place(place: str) -> list[Case]:
    """One operation for each text, with the text at *place* only."""
    return [{place: _marked(text, place, row)} for row, text in enumerate(TEXTS.values())]


def _marked(text: str, place: str, row: int) -> str:
    return text.replace("MARK", f"{row} {place}")


def hostile_spec(cases: list[Case]) -> dict[str, Any]:
    """One operation and one model for each of *cases*; and all texts in what a document says of itself."""
    everything = " ".join(TEXTS.values())
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": everything, "version": everything, "description": everything},
        "servers": [{"url": "https://example.com/{v}" + everything, "variables": {"v": {"default": everything}}}],
        "security": [{"key": []}],
        "paths": {},
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-" + everything}},
            "schemas": {"Plain": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}},
        },
    }
    for number, case in enumerate(cases):
        _add(document, f"{number:03}", case)
    return document


def _add(document: dict[str, Any], number: str, case: Case) -> None:
    """One operation and one model, with the texts of *case* and something harmless at the other places."""
    model = f"n{number}{case['model name']}" if "model name" in case else f"Toy{number}"
    segment = case.get("path", "x").replace("{", "").replace("}", "")
    answer = {"description": case.get("response description", "It."), "content": _content(model)}
    document["paths"][f"/{number}/{segment}"] = {
        "get": {
            "operationId": f"n{number}{case.get('operationId', '')}",
            "tags": [f"t{number}{case['tag']}" if "tag" in case else "all"],
            "summary": case.get("summary", "Get it."),
            "description": case.get("description", "It is read."),
            "parameters": [
                {
                    "name": case.get("query name", "q"),
                    "in": "query",
                    "description": case.get("query description", "Asked."),
                    "schema": {"type": "string", "default": case.get("query default", "d")},
                },
                {"name": case.get("header name", "X-H"), "in": "header", "schema": {"type": "string"}},
                {"name": case.get("cookie name", "c"), "in": "cookie", "schema": {"type": "string"}},
            ],
            "responses": {"200": answer, "404": answer},
        }
    }
    document["components"]["schemas"][model] = _model(case)


def _content(model: str) -> dict[str, Any]:
    place = model.replace("~", "~0").replace("/", "~1")
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{place}"}}}


def _model(case: Case) -> dict[str, Any]:
    return {
        "type": "object",
        "title": case.get("model title", "Toy"),
        "description": case.get("model description", "A toy."),
        "example": {"x": case.get("model example", "e")},
        "properties": {
            case.get("field name", "name"): {
                "type": "string",
                "title": case.get("field title", "Name"),
                "description": case.get("field description", "The name."),
                "default": case.get("field default", "d"),
                "example": case.get("field example", "e"),
                "pattern": case.get("field pattern", "^.*$"),
                "x-unit": case.get("field unit", "words"),
            },
            # Each has its own field: a value with control characters makes the repair drop the whole enum.
            "state": {"type": "string", "enum": ["a", case.get("enum value", "b")]},
            "named": {"type": "string", "enum": ["a", "b"], "x-enum-varnames": ["A", case.get("enum name", "B")]},
            "only": {"const": case.get("const", "c")},
            "either": _union("kind", case.get("discriminator value", "plain")),
            "other": _union(case.get("discriminator field", "kind"), "plain"),
        },
    }


def _union(field: str, value: str) -> dict[str, Any]:
    return {
        "oneOf": [{"$ref": "#/components/schemas/Plain"}],
        "discriminator": {"propertyName": field, "mapping": {value: "Plain"}},
    }
