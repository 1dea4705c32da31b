"""Values that fit a schema of an OpenAPI document, by chance that repeats: what is sent, and what a service answers."""

import random
from functools import cache
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

Schema = dict[str, Any]
Document = dict[str, Any]
# From the first on optional parts are left out; a schema that needs more than the second has no value.
DEEP, TOO_DEEP = 5, 24
MANY, TOO_MANY = 100, 3000  # the same for the number of parts
FORMATS = {
    "date": ["2026-01-31", "1999-12-01"],
    "date-time": ["2026-01-31T10:20:30Z", "2025-06-01T00:00:00.250Z"],
    "time": ["10:20:30Z"],
    "duration": ["P3D"],
    "uuid": ["5f1d7c8e-2f4b-4a6e-9c3d-0b1a2c3d4e5f", "00000000-0000-4000-8000-000000000001"],
    "uri": ["https://example.com/a?b=c"],
    "url": ["https://example.com/a?b=c"],
    "email": ["first.last@example.com"],
    "ipv4": ["192.0.2.7"],
    "ipv6": ["2001:db8::7"],
    "hostname": ["host.example.com"],
    "byte": ["aGVsbG8="],
}
PLAIN_WORDS = ["word", "two words", "7", "true", "a-b_c"]  # text that any place of a request can hold
WORDS = [*PLAIN_WORDS, "a&b=c", "50%", "ü/ñ", 'say "x"', "[1]"]


class NoValueError(Exception):
    """No value fits the schema, as far as this module knows."""


class Values:
    """Makes values by the schemas of one *document*; *sent* leaves readOnly fields out, else writeOnly ones."""

    def __init__(self, document: Document, seed: str, *, sent: bool, everything: bool) -> None:
        self._document, self._chance = document, random.Random(seed)
        self._hidden, self._everything = ("readOnly" if sent else "writeOnly"), everything
        self._parts = 0  # of the value that is being made
        self.words = WORDS

    def of(self, schema: Any, depth: int = 0) -> Any:
        """A value of *schema*; NoValueError if there is none."""
        self._parts = self._parts + 1 if depth else 0
        if depth > TOO_DEEP or self._parts > TOO_MANY:
            raise NoValueError("nested without end")
        found = self._flat(schema, depth)
        if "const" in found:
            return found["const"]
        if found.get("enum"):
            values = [one for one in found["enum"] if one is not None] or [None]
            return self._chance.choice(values)
        kind = self._kind(found)
        if found.get("nullable") is True and depth and self._chance.random() < 0.1:
            return None
        return getattr(self, f"_{kind}")(found, depth)

    def _flat(self, schema: Any, depth: int) -> Schema:
        """*schema* without references and compositions: one member of each union, all members of each allOf."""
        if not isinstance(schema, dict):
            return {}
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        node = resolved(self._document, schema)
        flat = {key: value for key, value in node.items() if key not in {"allOf", "oneOf", "anyOf"}}
        for part in node.get("allOf", []):
            flat = both(flat, self._flat(part, depth + 1))
        for union in ("oneOf", "anyOf"):
            if node.get(union):
                flat = both(flat, self._member(node, node[union], depth))
        kind = flat.get("discriminator")
        if name and isinstance(kind, dict) and "oneOf" not in node and "anyOf" not in node:
            flat = self._of_kind(flat, name)
        return flat

    def _member(self, node: Schema, members: list[Any], depth: int) -> Schema:
        """One member of a union that has a value, with its own word for the discriminator."""
        order = self._chance.sample(members, len(members))
        if self._is_deep(depth):  # plain members end what refers to itself
            order.sort(key=lambda one: isinstance(one, dict) and ("$ref" in one or "properties" in one))
        for one in order:
            if isinstance(one, dict) and one.get("type") == "null":
                continue
            try:
                flat = self._flat(one, depth + 1)
                self.of(flat, depth + 1)
            except NoValueError:
                continue
            name = str(one.get("$ref", "")).rpartition("/")[2] if isinstance(one, dict) else ""
            return (
                self._of_kind({**flat, "discriminator": node["discriminator"]}, name)
                if "discriminator" in node
                else flat
            )
        raise NoValueError("no member of a union has a value")

    def _of_kind(self, flat: Schema, name: str) -> Schema:
        """*flat*, the schema of *name*, with the only value that its discriminator can have."""
        discriminator = flat["discriminator"]
        field, mapping = discriminator.get("propertyName", ""), discriminator.get("mapping", {})
        words = [word for word, target in mapping.items() if str(target).rpartition("/")[2] == name] or [name]
        properties = flat.get("properties", {})
        known = self._flat(properties.get(field, {}), TOO_DEEP - 2)
        if "const" in known or (known.get("enum") and not set(words) & {str(one) for one in known["enum"]}):
            return flat
        own = {"type": "string", "const": self._chance.choice(words)}
        return {**flat, "properties": {**properties, field: own}, "required": [*flat.get("required", []), field]}

    def _is_deep(self, depth: int) -> bool:
        """Whether optional parts are left out here."""
        return depth > DEEP or self._parts > MANY

    def _is_hidden(self, schema: Any) -> bool:
        node = resolved(self._document, schema)
        return bool(node.get(self._hidden)) or any(map(self._is_hidden, node.get("allOf", [])))

    def _kind(self, schema: Schema) -> str:
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = self._chance.choice([one for one in kind if one != "null"] or ["null"])
        if isinstance(kind, str) and hasattr(self, f"_{kind}"):
            return kind
        if "properties" in schema or "additionalProperties" in schema:
            return "object"
        return "array" if "items" in schema else "string"

    def _null(self, _schema: Schema, _depth: int) -> None:
        return None

    def _boolean(self, _schema: Schema, _depth: int) -> bool:
        return self._chance.random() < 0.5

    def _integer(self, schema: Schema, _depth: int) -> int:
        low, high = limits(schema)
        step = int(schema.get("multipleOf") or 1) or 1
        low = 1 if low is None else low
        high = max(low, low + 999) if high is None else high
        least, most = -(-int(-(-low // 1)) // step), int(high // 1) // step
        if least > most:
            raise NoValueError("no integer is within the limits")
        return self._chance.randint(least, most) * step

    def _number(self, schema: Schema, depth: int) -> float:
        low, high = limits(schema)
        if schema.get("multipleOf") or (low is not None and high is not None and high - low < 1):
            return float(low) if low is not None and not schema.get("multipleOf") else self._integer(schema, depth)
        value = float(self._integer({**schema, "exclusiveMaximum": False}, depth))
        return value + 0.5 if high is None or value + 0.5 < high else value

    def _string(self, schema: Schema, _depth: int) -> str:
        least, most = schema.get("minLength", 0), schema.get("maxLength")
        if schema.get("pattern"):
            return matching(str(schema["pattern"]), least, most)
        words = FORMATS.get(schema.get("format", ""), self.words)
        word = str(self._chance.choice(words))
        word += "x" * (least - len(word))
        return str(word[:most])

    def _array(self, schema: Schema, depth: int) -> list[Any]:
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        wanted = 0 if self._is_deep(depth) else self._chance.randint(1, 2) + (depth == 0)
        count = max(least, wanted if most is None else min(wanted, most))
        items: list[Any] = []
        for _ in range(20 * count):
            if len(items) < count:
                one = self.of(schema.get("items", {}), depth + 1)
                if not schema.get("uniqueItems") or one not in items:
                    items.append(one)
        if len(items) < least:
            raise NoValueError("too few different items")
        return items

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        required = schema.get("required", [])
        value: dict[str, Any] = {}
        for name, part in schema.get("properties", {}).items():
            wanted = name in required or (self._everything and not self._is_deep(depth))
            if wanted and not self._is_hidden(part):
                try:
                    value[name] = self.of(part, depth + 1)
                except NoValueError:
                    if name in required:
                        raise
        value |= {name: "word" for name in required if name not in value and name not in schema.get("properties", {})}
        extra, least = schema.get("additionalProperties"), schema.get("minProperties", 0)
        if isinstance(extra, dict) and extra and self._everything and not self._is_deep(depth):
            least = max(least, len(value) + 1)
        for number in range(least - len(value)):
            value[f"extra_{number}"] = self.of(extra if isinstance(extra, dict) else {}, depth + 1)
        return value


def resolved(document: Document, node: Any) -> dict[str, Any]:
    """*node*, or what its references lead to in *document*, with what stands beside them in OpenAPI 3.1."""
    beside: dict[str, Any] = {}
    for _ in range(TOO_DEEP):
        if not isinstance(node, dict):
            return beside
        if not isinstance(node.get("$ref"), str):
            return both(node, beside) if beside else node
        if not document["openapi"].startswith("3.0"):
            beside = both({key: value for key, value in node.items() if key != "$ref"}, beside)
        target: Any = document
        for step in node["$ref"].removeprefix("#").split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
            target = target[int(key)] if isinstance(target, list) else target.get(key, {})
        node = target
    return beside


def both(one: Schema, other: Schema) -> Schema:
    """A schema of the values that fit both; a property of both is an allOf."""
    mine, theirs = one.get("properties", {}), other.get("properties", {})
    shared = {key: {"allOf": [mine[key], theirs[key]]} for key in mine if key in theirs and mine[key] != theirs[key]}
    merged = {**one, **other}
    if mine or theirs:
        merged["properties"] = {**mine, **theirs, **shared}
    if "nullable" in merged:  # which has a meaning beside a type alone
        merged["nullable"] = all(part.get("nullable") for part in (one, other) if part.keys() & {"type", "enum"})
    if "required" in one and "required" in other:
        merged["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    if "enum" in one and "enum" in other:
        merged["enum"] = [value for value in one["enum"] if value in other["enum"]] or one["enum"]
    return merged


def limits(schema: Schema) -> tuple[float | None, float | None]:
    """The least and the greatest integer or number, with exclusive limits in both versions' forms."""
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if above is True and low is not None:
        low += 1
    elif above not in (None, True, False):
        low = above + 1
    if below is True and high is not None:
        high -= 1
    elif below not in (None, True, False):
        high = below - 1
    if low is None and high is not None:
        low = min(high, 1)
    return low, high


@cache
def matching(pattern: str, least: int, most: int | None) -> str:
    """A text that *pattern* finds, the same in each run; NoValueError if there is none of that length."""
    found: list[str] = []
    try:
        texts = st.from_regex(pattern).filter(lambda one: len(one) >= least and (most is None or len(one) <= most))

        @settings(max_examples=20, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
        @given(texts.filter(lambda one: one.isprintable() and one.strip() == one and one not in {"", ".", ".."}))
        def take(text: str) -> None:
            found.append(text)

        take()
    except Exception as error:  # noqa: BLE001 - hypothesis raises many kinds, re another
        if not found:
            raise NoValueError(f"no text for the pattern {pattern}: {type(error).__name__}") from None
    return max(found, key=len)
