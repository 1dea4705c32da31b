"""Values that fit a schema of an OpenAPI document, by chance that repeats: what is sent, and what a service answers."""

import random
from enum import Enum
from typing import Any

from .operations_schemas import (
    TOO_DEEP,
    Document,
    NoValueError,
    Schema,
    both,
    fitting_words,
    limits,
    matching,
    may_be_null,
    resolved,
)

# From there on optional parts are left out; a schema that needs TOO_DEEP has no value.
DEEP = 5
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


class Edge(Enum):
    """What a value has wherever its schema allows it."""

    NOTHING = "nothing special"
    NULL = "null"
    EMPTY = "empty arrays, objects and texts"
    EXTRA = "fields that the schema does not name"


class Branches:
    """Which members of each union, and which optional properties, have been in a value."""

    def __init__(self) -> None:
        self._uses: dict[int, list[int]] = {}
        self._properties: set[int] = set()
        self.paused = False  # while a value is tried that is thrown away

    def in_turn(self, members: list[Any]) -> list[int]:
        """The places of *members*, those that were used least before the others."""
        return sorted(range(len(members)), key=self._uses_of(members).__getitem__)

    def used(self, members: list[Any], place: int) -> None:
        """Count a use of the member at *place*."""
        self._uses_of(members)[place] += not self.paused

    def _uses_of(self, members: list[Any]) -> list[int]:
        return self._uses.setdefault(id(members), [0] * len(members))

    def is_new(self, part: Any) -> bool:
        """Whether the property *part* was in no value, and note that it is in one now."""
        new = id(part) not in self._properties
        if not self.paused:
            self._properties.add(id(part))
        return new

    @property
    def is_complete(self) -> bool:
        """Whether each member of each union that was met has been in a value."""
        return all(all(uses) for uses in self._uses.values())


class Values:
    """
    Makes values by the schemas of one *document*; *sent* leaves readOnly fields out, else writeOnly ones.

    Unions take their members in the order of *branches*, else by chance.
    """

    def __init__(
        self,
        document: Document,
        seed: str,
        *,
        sent: bool,
        everything: bool,
        edge: Edge = Edge.NOTHING,
        branches: Branches | None = None,
    ) -> None:
        self._document, self._chance = document, random.Random(seed)
        self._hidden, self._everything = ("readOnly" if sent else "writeOnly"), everything
        self._edge, self._branches = edge, branches
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
        if [] in (found.get("type"), found.get("enum")):
            raise NoValueError("the parts of an allOf, or what stands beside a union, contradict each other")
        if depth and may_be_null(found) and (self._edge is Edge.NULL or self._chance.random() < 0.1):
            return None
        if "enum" in found:
            return self._chance.choice(fitting_words(found))
        kind = self._kind(found)
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
        for place in self._order(members, depth):
            one = members[place]
            if isinstance(one, dict) and one.get("type") == "null" and self._edge is not Edge.NULL:
                self._use(members, place)
                continue
            try:
                flat = self._flat(one, depth + 1)
                self._try(flat, depth + 1)
            except NoValueError:
                self._use(members, place)
                continue
            self._use(members, place)
            name = str(one.get("$ref", "")).rpartition("/")[2] if isinstance(one, dict) else ""
            return (
                self._of_kind({**flat, "discriminator": node["discriminator"]}, name)
                if "discriminator" in node
                else flat
            )
        raise NoValueError("no member of a union has a value")

    def _order(self, members: list[Any], depth: int) -> list[int]:
        """The places of *members* in the order in which they are tried."""
        order = self._chance.sample(range(len(members)), len(members))
        if self._is_deep(depth):  # plain members end what refers to itself
            plain = [not isinstance(one, dict) or not one.keys() & {"$ref", "properties"} for one in members]
            return sorted(order, key=lambda place: not plain[place])
        if self._edge is Edge.NULL:
            return sorted(order, key=lambda place: members[place] != {"type": "null"})
        return self._branches.in_turn(members) if self._branches else order

    def _use(self, members: list[Any], place: int) -> None:
        if self._branches:
            self._branches.used(members, place)

    def _try(self, flat: Schema, depth: int) -> None:
        """Make a value of *flat* and throw it away; NoValueError if there is none."""
        if self._branches is None:
            self.of(flat, depth)
            return
        before, self._branches.paused = self._branches.paused, True
        try:
            self.of(flat, depth)
        finally:
            self._branches.paused = before

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

    def _has_room(self, part: Any, depth: int) -> bool:
        """Whether the optional property *part* is made; of long values those first that were in no other."""
        if self._is_deep(depth):
            return False
        return self._branches is None or self._branches.is_new(part) or self._chance.random() < 0.5

    def _is_hidden(self, schema: Any) -> bool:
        node = resolved(self._document, schema)
        return bool(node.get(self._hidden)) or any(map(self._is_hidden, node.get("allOf", [])))

    def _kind(self, schema: Schema) -> str:
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = self._chance.choice([one for one in kind if one not in {"null", "integer"}] or kind)
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
        if self._edge is Edge.EMPTY and schema.get("format") not in FORMATS:
            return "x" * int(least)
        words = FORMATS.get(schema.get("format", ""), self.words)
        word = str(self._chance.choice(words))
        word += "x" * (least - len(word))
        return str(word[:most])

    def _array(self, schema: Schema, depth: int) -> list[Any]:
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        wanted = 0 if self._is_deep(depth) or self._edge is Edge.EMPTY else self._chance.randint(1, 2) + (depth == 0)
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
            wanted = name in required or (self._everything and self._has_room(part, depth))
            if wanted and not self._is_hidden(part):
                try:
                    value[name] = self.of(part, depth + 1)
                except NoValueError:
                    if name in required:
                        raise
        value |= {name: "word" for name in required if name not in value and name not in schema.get("properties", {})}
        extra, least = schema.get("additionalProperties"), schema.get("minProperties", 0)
        if isinstance(extra, dict) and extra and self._everything and not self._is_deep(depth):
            least = max(least, len(value) + (self._edge is not Edge.EMPTY))
        if self._edge is Edge.EXTRA and extra in (None, True, {}):
            value["more of it"] = {"than": [1, None, "was named"]}
        for number in range(least - len(value)):
            value[f"extra_{number}"] = self.of(extra if isinstance(extra, dict) else {}, depth + 1)
        return value
