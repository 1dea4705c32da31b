"""The style table of OpenAPI 3.1 and additions to it: parameters, their values, and the bytes on the wire."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

STRING, INTEGER, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
STRINGS = {"type": "array", "items": STRING}
OBJECT = {"type": "object", "properties": {name: {"type": "integer"} for name in "RGB"}}
TEXTS = {"type": "object", "additionalProperties": STRING}
ANYTHING = {"type": "object", "additionalProperties": {}}
BLUE, COLORS, RGB = "blue", ["blue", "black", "brown"], {"R": 100, "G": 200, "B": 150}
JSON = {"application/json": {"schema": ANYTHING}}
SCHEMATHESIS = "schemathesis"  # the second implementation that writes a row in the same way


@dataclass(frozen=True)
class Row:
    """One parameter named color, and what is sent for *value*: after `?` in a query, else the whole place."""

    place: str
    style: str
    explode: bool | None
    schema: dict[str, Any]
    value: Any
    wire: str
    judge: str = SCHEMATHESIS
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def parameter(self) -> dict[str, Any]:
        """The parameter in the document."""
        given = {"style": self.style or None, "explode": self.explode, "schema": self.schema or None}
        written = {key: value for key, value in given.items() if value is not None}
        return {"name": "color", "in": self.place, "required": True, **written, **self.more}


TABLE = [
    # OpenAPI 3.1.1, "Style Examples", with both values of explode.
    Row("path", "matrix", False, STRING, "", ";color", "RFC 6570, which schemathesis writes ;color="),
    Row("path", "matrix", False, STRING, BLUE, ";color=blue"),
    Row("path", "matrix", False, STRINGS, COLORS, ";color=blue,black,brown"),
    Row("path", "matrix", False, OBJECT, RGB, ";color=R,100,G,200,B,150"),
    Row("path", "matrix", True, STRING, BLUE, ";color=blue"),
    Row("path", "matrix", True, STRINGS, COLORS, ";color=blue;color=black;color=brown"),
    Row("path", "matrix", True, OBJECT, RGB, ";R=100;G=200;B=150"),
    Row("path", "label", False, STRING, BLUE, ".blue"),
    Row("path", "label", False, STRINGS, COLORS, ".blue,black,brown"),
    Row("path", "label", False, OBJECT, RGB, ".R,100,G,200,B,150"),
    Row("path", "label", True, STRING, BLUE, ".blue"),
    Row("path", "label", True, STRINGS, COLORS, ".blue.black.brown"),
    Row("path", "label", True, OBJECT, RGB, ".R=100.G=200.B=150"),
    Row("path", "simple", False, STRING, BLUE, "blue"),
    Row("path", "simple", False, STRINGS, COLORS, "blue,black,brown"),
    Row("path", "simple", False, OBJECT, RGB, "R,100,G,200,B,150"),
    Row("path", "simple", True, STRING, BLUE, "blue"),
    Row("path", "simple", True, STRINGS, COLORS, "blue,black,brown"),
    Row("path", "simple", True, OBJECT, RGB, "R=100,G=200,B=150"),
    Row("header", "simple", False, STRING, BLUE, "blue"),
    Row("header", "simple", False, STRINGS, COLORS, "blue,black,brown"),
    Row("header", "simple", False, OBJECT, RGB, "R,100,G,200,B,150"),
    Row("header", "simple", True, STRINGS, COLORS, "blue,black,brown"),
    Row("header", "simple", True, OBJECT, RGB, "R=100,G=200,B=150"),
    Row("query", "form", False, STRING, "", "color="),
    Row("query", "form", False, STRING, BLUE, "color=blue"),
    Row("query", "form", False, STRINGS, COLORS, "color=blue,black,brown"),
    Row("query", "form", False, OBJECT, RGB, "color=R,100,G,200,B,150"),
    Row("query", "form", True, STRING, BLUE, "color=blue"),
    Row("query", "form", True, STRINGS, COLORS, "color=blue&color=black&color=brown"),
    Row("query", "form", True, OBJECT, RGB, "R=100&G=200&B=150"),
    Row("query", "spaceDelimited", False, STRINGS, COLORS, "color=blue%20black%20brown"),
    Row("query", "spaceDelimited", False, OBJECT, RGB, "color=R%20100%20G%20200%20B%20150", "the specification alone"),
    Row("query", "pipeDelimited", False, STRINGS, COLORS, "color=blue%7Cblack%7Cbrown"),
    Row("query", "pipeDelimited", False, OBJECT, RGB, "color=R%7C100%7CG%7C200%7CB%7C150", "the specification alone"),
    Row("query", "deepObject", True, OBJECT, RGB, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
    Row("cookie", "form", False, STRING, BLUE, "color=blue"),
    Row("cookie", "form", False, STRINGS, COLORS, "color=blue,black,brown"),
    Row("cookie", "form", False, OBJECT, RGB, "color=R,100,G,200,B,150"),
    # The defaults of each place.
    Row("path", "", None, STRINGS, COLORS, "blue,black,brown"),
    Row("query", "", None, STRINGS, COLORS, "color=blue&color=black&color=brown"),
    Row("query", "", None, OBJECT, RGB, "R=100&G=200&B=150"),
    Row("query", "", False, STRINGS, COLORS, "color=blue,black,brown"),
    Row("query", "deepObject", None, OBJECT, RGB, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
    Row("header", "", None, STRINGS, COLORS, "blue,black,brown"),
    Row("cookie", "", None, STRING, BLUE, "color=blue"),
    # Where OpenAPI says "not applicable", what servers read.
    Row("query", "spaceDelimited", True, STRINGS, COLORS, "color=blue&color=black&color=brown"),
    Row("query", "pipeDelimited", True, STRINGS, COLORS, "color=blue&color=black&color=brown"),
    Row("query", "spaceDelimited", None, STRING, BLUE, "color=blue"),
    Row("query", "deepObject", None, STRING, BLUE, "color=blue"),
    Row("query", "deepObject", True, STRINGS, ["a", "b"], "color%5B0%5D=a&color%5B1%5D=b", "Stripe's libraries"),
    Row("query", "deepObject", True, ANYTHING, {"a": {"b": 1}}, "color%5Ba%5D%5Bb%5D=1"),
    Row("query", "deepObject", True, ANYTHING, {"a": ["x", "y"]}, "color%5Ba%5D%5B0%5D=x&color%5Ba%5D%5B1%5D=y", "qs"),
    Row("cookie", "form", True, STRINGS, ["1", "2"], "color=1; color=2", "the style cookie of OpenAPI 3.2"),
    Row("cookie", "form", True, OBJECT, {"R": 1, "G": 2}, "R=1; G=2", "the style cookie of OpenAPI 3.2"),
    # What is absent or empty.
    Row("query", "form", True, STRINGS, [], ""),
    Row("query", "form", False, STRINGS, [], "", "RFC 6570: an empty list is undefined"),
    Row("query", "form", True, OBJECT, {}, ""),
    Row("query", "deepObject", True, OBJECT, {}, ""),
    Row("query", "form", False, STRINGS, [""], "color="),
    Row("query", "form", True, ANYTHING, {"a": None, "b": "x"}, "b=x", "a null is no value"),
    # Kinds of values.
    Row("query", "form", True, {"type": "boolean"}, True, "color=true"),
    Row("path", "simple", False, {"type": "boolean"}, False, "false"),
    Row("header", "simple", False, {"type": "boolean"}, True, "true"),
    Row("cookie", "form", True, {"type": "boolean"}, True, "color=true"),
    Row("query", "form", True, NUMBER, 1.5, "color=1.5"),
    Row("path", "simple", False, NUMBER, 0.25, "0.25"),
    Row("path", "label", False, INTEGER, 5, ".5"),
    Row(
        "query",
        "form",
        True,
        {"type": "string", "format": "date"},
        dt.date(2026, 1, 31),
        "color=2026-01-31",
        "RFC 3339",
    ),
    Row(
        "query",
        "form",
        True,
        {"type": "string", "format": "date-time"},
        dt.datetime(2026, 1, 31, 8, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        "color=2026-01-31T08%3A00%3A00%2B02%3A00",
        "RFC 3339",
    ),
    Row(
        "header", "simple", False, {"type": "string", "format": "date"}, dt.date(2026, 1, 31), "2026-01-31", "RFC 3339"
    ),
    Row(
        "path",
        "matrix",
        False,
        {"type": "string", "format": "date"},
        dt.date(2026, 1, 31),
        ";color=2026-01-31",
        "RFC 3339",
    ),
    Row(
        "cookie",
        "form",
        True,
        {"type": "string", "format": "date"},
        dt.date(2026, 1, 31),
        "color=2026-01-31",
        "RFC 3339",
    ),
    Row(
        "query",
        "form",
        False,
        {"type": "array", "items": {"type": "string", "format": "uuid"}},
        [UUID(int=1), UUID(int=2)],
        "color=00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-000000000002",
        "RFC 9562",
    ),
    Row("query", "form", False, {"type": "array", "items": {"type": "boolean"}}, [True, False], "color=true,false"),
    Row("query", "deepObject", True, ANYTHING, {"on": True, "x": 0.5}, "color%5Bon%5D=true&color%5Bx%5D=0.5"),
    # Characters.
    Row("query", "form", True, STRING, "a b&c=d+e/ü", "color=a%20b%26c%3Dd%2Be%2F%C3%BC"),
    Row("query", "form", False, STRINGS, ["a,b", "c&d"], "color=a%2Cb,c%26d"),
    Row("query", "form", True, TEXTS, {"a b": "c", "d&e": "f=g"}, "a%20b=c&d%26e=f%3Dg"),
    Row("query", "deepObject", True, TEXTS, {"a b": "c&d"}, "color%5Ba%20b%5D=c%26d"),
    Row("query", "spaceDelimited", False, STRINGS, ["a,b", "c"], "color=a%2Cb%20c"),
    Row("path", "simple", False, STRINGS, ["a/b", "c,d"], "a%2Fb,c%2Cd"),
    Row("path", "matrix", True, TEXTS, {"a;b": "c/d"}, ";a%3Bb=c%2Fd"),
    Row("path", "label", False, STRING, "a.b", ".a.b"),
    Row("header", "simple", False, STRING, "a, b; c", "a, b; c"),
    Row("cookie", "form", True, STRING, 'a;b,c "d" é%', "color=a%3Bb%2Cc%20%22d%22%20%C3%A9%25", "percent-decoding"),
    Row("cookie", "form", True, STRING, "YWJj/+==", "color=YWJj/+=="),
    Row("cookie", "form", False, STRINGS, ["a,b", "c;d"], "color=a%2Cb,c%3Bd", "percent-decoding"),
    # allowReserved: what would end or split the query is encoded all the same.
    Row(
        "query",
        "form",
        True,
        STRING,
        "a:b/c?d=e@f!$'()*,;",
        "color=a:b/c?d=e@f!$'()*,;",
        "RFC 6570",
        {"allowReserved": True},
    ),
    Row(
        "query",
        "form",
        True,
        STRING,
        "#[]&+ %zé",
        "color=%23%5B%5D%26%2B%20%25z%C3%A9",
        "RFC 6570",
        {"allowReserved": True},
    ),
    Row("query", "form", True, STRING, "100%25/%zz", "color=100%25/%25zz", "RFC 6570", {"allowReserved": True}),
    Row("query", "form", False, STRINGS, ["a/b", "c,d"], "color=a/b,c%2Cd", "RFC 6570", {"allowReserved": True}),
    # A content type instead of a schema.
    Row(
        "query",
        "",
        None,
        {},
        {"a": [1, "é"]},
        "color=%7B%22a%22%3A%5B1%2C%22%C3%A9%22%5D%7D",
        "json",
        {"content": JSON},
    ),
    Row("path", "", None, {}, {"a": 1}, "%7B%22a%22%3A1%7D", "json", {"content": JSON}),
    Row("header", "", None, {}, {"a": "é"}, '{"a":"\\u00e9"}', "json", {"content": JSON}),
    Row("cookie", "", None, {}, {"a": 1, "b": 2}, "color={%22a%22:1%2C%22b%22:2}", "json", {"content": JSON}),
]
