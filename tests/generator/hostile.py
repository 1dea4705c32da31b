"""A spec that tries to become code: each of many texts at each place where a vendor can say something."""

from typing import Any

# Each text is tried with a mark of its own, so that one which runs can be told.
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
# Which parts of one operation and its model say the text.
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
    "date default",
    "number default",
)
CASES = [(text, place) for text in TEXTS for place in PLACES]


def hostile(cases: list[tuple[str, str]]) -> dict[str, Any]:
    """One operation and one model for each of *cases*; and the texts in all that a document says of itself."""
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
    for number, (text, place) in enumerate(cases):
        _add(document, f"{number:03}", TEXTS[text].replace("MARK", f"case-{number}"), place)
    return document


def _add(document: dict[str, Any], number: str, text: str, place: str) -> None:
    """One operation and one model, with *text* at *place* and something harmless everywhere else."""

    def said(here: str, usual: Any) -> Any:
        return text if here == place else usual

    def named(here: str) -> str:
        return f"n{number}{text}" if here == place else f"n{number}"

    model = named("model name") if place == "model name" else f"Toy{number}"
    segment = text.replace("{", "").replace("}", "") if place == "path" else "x"
    answer = {"description": said("response description", "It."), "content": _answer(model)}
    document["paths"][f"/{number}/{segment}"] = {
        "get": {
            "operationId": named("operationId"),
            "tags": [f"t{number}{text}" if place == "tag" else "all"],
            "summary": said("summary", "Get it."),
            "description": said("description", "It is got."),
            "parameters": [
                {
                    "name": said("query name", "q"),
                    "in": "query",
                    "description": said("query description", "Asked."),
                    "schema": {"type": "string", "default": said("query default", "d")},
                },
                {"name": said("header name", "X-H"), "in": "header", "schema": {"type": "string"}},
                {"name": said("cookie name", "c"), "in": "cookie", "schema": {"type": "string"}},
            ],
            "responses": {"200": answer, "404": answer},
        }
    }
    document["components"]["schemas"][model] = _model(said)


def _answer(model: str) -> dict[str, Any]:
    place = model.replace("~", "~0").replace("/", "~1")
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{place}"}}}


def _model(said: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "title": said("model title", "Toy"),
        "description": said("model description", "A toy."),
        "example": {"x": said("model example", "e")},
        "properties": {
            said("field name", "name"): {
                "type": "string",
                "title": said("field title", "Name"),
                "description": said("field description", "The name."),
                "default": said("field default", "d"),
                "example": said("field example", "e"),
                "pattern": said("field pattern", "^.*$"),
                "x-unit": said("field unit", "words"),
            },
            "state": {
                "type": "string",
                "enum": ["a", said("enum value", "b")],
                "x-enum-varnames": ["A", said("enum name", "B")],
            },
            "only": {"const": said("const", "c")},
            "either": {
                "oneOf": [{"$ref": "#/components/schemas/Plain"}],
                "discriminator": {
                    "propertyName": said("discriminator field", "kind"),
                    "mapping": {said("discriminator value", "plain"): "Plain"},
                },
            },
        },
    }
