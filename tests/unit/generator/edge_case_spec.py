"""An unusual but valid spec: names that collide, every form of schema, and many operations."""

from typing import Any

Document = dict[str, Any]
# Names that generated modules, their imports or Python already use.
NAMES = [
    "additional_properties",
    "answers",
    "asyncio",
    "auth",
    "body",
    "build",
    "cast",
    "class",
    "client",
    "cls",
    "cookies",
    "copy",
    "d",
    "data",
    "datetime",
    "decode",
    "def",
    "deprecated",
    "dict",
    "encode",
    "errors",
    "faults",
    "field",
    "fields",
    "file",
    "filter",
    "format",
    "from",
    "from_dict",
    "get",
    "headers",
    "httpx",
    "id",
    "import",
    "int",
    "json",
    "kwargs",
    "list",
    "literal",
    "mapping",
    "method",
    "model",
    "models",
    "name",
    "none",
    "object",
    "params",
    "parse",
    "path",
    "print",
    "property",
    "raw",
    "read",
    "request",
    "required",
    "response",
    "return",
    "self",
    "send",
    "src_dict",
    "str",
    "successes",
    "sync",
    "taken",
    "text",
    "the",
    "timeout",
    "to_dict",
    "true",
    "type",
    "types",
    "unset",
    "url",
    "uuid",
    "value",
    "wire",
    "__init__",
    "__class__",
    "_private",
    "1st",
    "camelCase",
    "snake_case",
    "CONSTANT",
    "hy-phen",
    "do.t",
    "sp",
    "ace",
    "ünïcode",
    "名前",
]
CLASSES = [
    "Any",
    "Mapping",
    "Self",
    "Literal",
    "Unset",
    "File",
    "Client",
    "AuthenticatedClient",
    "UUID",
    "StrEnum",
    "IntEnum",
    "Error",
    "Exception",
    "ValueError",
    "Type",
    "List",
    "Dict",
    "Optional",
    "Union",
    "TypedDict",
    "NotRequired",
    "Enum",
    "Model",
    "Date",
    "Datetime",
    "toy",
    "Toy",
    "TOY",
    "to_y",
    "a.b",
    "a_b",
    "Response",
    "Request",
    "Status",
    "None",
    "True",
    "int",
    "str",
    "object",
    "dict",
    "list",
]


def ref(name: str) -> Document:
    """A reference to the component *name*."""
    return {"$ref": f"#/components/schemas/{name}"}


def edge_cases(many: int) -> Document:
    """The document, with *many* operations that have a model each."""
    schemas = {**SHAPES, **{name: _object(value={"type": "string"}, other=ref("Tree")) for name in CLASSES}}
    schemas["Colliding"] = _object(**{name: {"type": "string"} for name in NAMES})
    schemas["Error"] = _error("Error")
    schemas |= {f"Many{number}": _object(next=ref(f"Many{(number + 1) % many}")) for number in range(many)}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Edge cases"},
        "paths": {
            **_collisions(),
            **{f"/shapes/{name}": {"get": _answering(f"get_shape_{name}", ref(name))} for name in SHAPES},
            **{f"/classes/{name}": {"get": _answering(f"get_class_{n}", ref(name))} for n, name in enumerate(CLASSES)},
            **{f"/many/{n}": {"get": _answering(f"get_many_{n}", ref(f"Many{n}"), f"t{n % 7}")} for n in range(many)},
            "/answers": ANSWERS,
        },
        "components": {"schemas": schemas},
    }


def _object(**properties: Document) -> Document:
    return {"type": "object", "properties": properties}


def _error(name: str) -> Document:
    """A model with a field of its own name, which the stock generator fails on."""
    kinds = [{"type": "string", "format": "date-time"}, {"type": "string", "format": "uuid"}, ref("Tree"), ref("Color")]
    return _object(**{name.lower(): {"anyOf": kinds}, "detail": {"oneOf": [{"type": "string"}, ref(name), {}]}})


def _answering(name: str, schema: Document, tag: str = "shapes") -> Document:
    return {
        "operationId": name,
        "tags": [tag],
        "responses": {"200": {"content": {"application/json": {"schema": schema}}}},
    }


def _collisions() -> Document:
    """Each name as a query, header, cookie and path parameter, and as an operation."""
    paths: Document = {}
    for number, name in enumerate(NAMES):
        token = name if name.isascii() else "X"  # headers and cookies have names of ASCII only
        where = [("query", name), ("header", token), ("cookie", token), ("path", name)]
        parameters = [
            {"name": one, "in": place, "required": place == "path", "schema": {"type": "string"}}
            for place, one in where
        ]
        operation = _answering(name, {"type": "array", "items": ref("Toy")}, tag=name)
        operation["parameters"] = parameters
        operation["requestBody"] = {"content": {"application/json": {"schema": ref("Colliding")}}}
        paths[f"/names/{number}/{{{name}}}/end"] = {"post": operation}
    return paths


SHAPES: Document = {
    "Tree": _object(
        left=ref("Tree"), right={"nullable": True, "allOf": [ref("Tree")]}, rest={"type": "array", "items": ref("Tree")}
    ),
    "Ping": _object(pong=ref("Pong")),
    "Pong": _object(ping=ref("Ping"), pings={"type": "object", "additionalProperties": ref("Ping")}),
    "Color": {"type": "string", "enum": ["red", "RED", "Red", "light-red", "light red", "", "1", "-"]},
    "NullColor": _object(color={"type": "string", "nullable": True, "enum": ["a", "b", None], "default": None}),
    "Level": {"type": "integer", "enum": [-1, 0, 1]},
    "Mixed": {"enum": ["a", 1, None]},
    "Flag": {"type": "boolean", "enum": [True]},
    "Base": {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "integer"}, "kind": {"type": "string"}},
    },
    "Derived": {
        "allOf": [ref("Base"), {"type": "object", "required": ["kind"], "properties": {"more": {"type": "string"}}}]
    },
    "Shape": {
        "oneOf": [ref("Base"), ref("Derived")],
        "discriminator": {"propertyName": "kind", "mapping": {"b": "Base", "d": "#/components/schemas/Derived"}},
    },
    "Either": _object(
        of={"oneOf": [ref("Tree"), {"type": "string"}, {"type": "array", "items": {"type": "integer"}}, {}]}
    ),
    "Closed": {"type": "object", "additionalProperties": False, "properties": {"only": {"type": "string"}}},
    "Nothing": {"type": "object"},
    "Free": {},
    "Numbers": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
    "Map": {"type": "object", "additionalProperties": {"type": "integer"}},
    "Untyped": {"properties": {"a": {"description": "anything"}}},
    "Required": {"type": "object", "required": ["ghost"], "properties": {"a": {"type": "string"}}},
    "Defaults": _object(
        text={"type": "string", "default": "a\"b'c\\d\n{e}"},
        number={"type": "number", "default": 1},
        flag={"type": "boolean", "default": False},
        color={"type": "string", "enum": ["x", "y"], "default": "y"},
        day={"type": "string", "format": "date", "default": "2026-01-31"},
        id={"type": "string", "format": "uuid", "default": "3c90c3cc-0d44-4b50-8888-8dd25736052a"},
        moment={"type": "string", "format": "date-time", "default": "2026-01-31T00:00:00Z"},
    ),
}
ANSWERS: Document = {
    "get": {
        "responses": {
            "200": {"description": "text", "content": {"text/plain": {"schema": {"type": "string"}}}},
            "202": {
                "description": "bytes",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            },
            "204": {"description": "none"},
            "4XX": {"description": "bad", "content": {"application/json": {"schema": ref("Error")}}},
            "default": {"description": "else", "content": {"text/html": {"schema": {"type": "string"}}}},
        }
    },
    "post": {
        "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": ref("Map")}}},
        "responses": {"200": {"description": "empty", "content": {}}, "default": {"description": "else"}},
    },
    "put": {
        "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        "responses": {"default": {"description": "any", "content": {"*/*": {"schema": ref("Free")}}}},
    },
}
