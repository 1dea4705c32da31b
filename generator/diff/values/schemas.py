"""Compares two schemas: types, limits, enums and fields; what a difference means to callers is in rules.py."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from generator.diff.values.differences import Difference, enum_differences, from_to, type_differences
from generator.diff.values.effective_schema import WORDS, Effective, effective, is_object
from generator.diff.values.limits import changed_limits, loosened
from generator.diff.values.python_names import Naming, field_names
from generator.diff.values.value_kinds import Kinds, kinds_of, value_kinds
from generator.python_names import class_name
from generator.spec.pointers import Document


class Pair(NamedTuple):
    """Two schemas that remain to be compared, the place of the old one, and what classes of both are named after."""

    old: Document
    new: Document
    place: str
    names: tuple[Naming, Naming]


MISSING = object()


@dataclass(frozen=True)
class Comparison:
    """The two documents that the schemas are in, and whether their values are `sent` or `read`."""

    old: Document
    new: Document
    direction: str

    def models(self, old: Document, new: Document, place: str) -> Iterator[Difference]:
        """Every difference between two components: their own classes, even if each has only one base."""
        naming = Naming("", class_name(place))
        wholes = (replace(effective(*one), naming=naming) for one in ((self.old, old), (self.new, new)))
        before, after = (
            kinds_of(document, whole) for document, whole in zip((self.old, self.new), wholes, strict=True)
        )
        yield from self._all(self._compare((old, before), (new, after), place))

    def schemas(self, old: Document, new: Document, place: str, names: tuple[Naming, Naming]) -> Iterator[Difference]:
        """Every difference between the normalised schemas *old* and *new*; *place* and the first name are of *old*."""
        yield from self._all(iter([Pair(old, new, place, names)]))

    def _all(self, found: Iterator[Difference | Pair]) -> Iterator[Difference]:
        """The differences of *found*, and those of its pairs; a pair that comes again, as in a circle, is left out."""
        seen: dict[tuple[int, int], Pair] = {}
        waiting = [found]
        while waiting:
            for one in waiting.pop():
                if not isinstance(one, Pair):
                    yield one
                elif (id(one.old), id(one.new)) not in seen:
                    seen[id(one.old), id(one.new)] = one
                    kinds = value_kinds(self.old, one.old, one.names[0]), value_kinds(self.new, one.new, one.names[1])
                    waiting.append(self._compare((one.old, kinds[0]), (one.new, kinds[1]), one.place))

    def _compare(
        self, old: tuple[Document, Kinds], new: tuple[Document, Kinds], place: str
    ) -> Iterator[Difference | Pair]:
        (was, before), (now, after) = old, new
        yield from type_differences(set(before), set(after), place, self.direction)
        if was.get("default", MISSING) != now.get("default", MISSING):
            yield "default changed", place, from_to(was.get("default"), now.get("default"))
        if was.get("discriminator") != now.get("discriminator"):
            yield "discriminator changed", place, ""
        if bool(was.get("deprecated")) != bool(now.get("deprecated")):
            yield "deprecated" if now.get("deprecated") else "no longer deprecated", place, ""
        for name in sorted({*before} & {*after}):
            yield from self._details(before[name], after[name], place)
        if any(was.get(word) != now.get(word) for word in WORDS):
            yield "descriptions changed", place, ""

    def _details(self, old: Effective, new: Effective, place: str) -> Iterator[Difference | Pair]:
        """The differences inside a kind of value that both schemas allow."""
        before, after = old.keywords, new.keywords
        names = self._class(self.old, old), self._class(self.new, new)
        if names[0] and names[1] and names[0] != names[1]:
            yield "class renamed", place, from_to(*names)
        yield from enum_differences(before, after, place)
        limits = changed_limits(before, after)
        if limits:
            loose = all(loosened(word, *both) for word, both in limits.items())
            kind = "limits loosened" if loose else "limits changed"
            yield kind, place, ", ".join(f"{word}: {from_to(*both)}" for word, both in limits.items())
        yield from self._items(old, new, place)
        yield from self._additional(before, after, f"{place}.*", _parts(names, "AdditionalProperty"))
        yield from self._properties(old, new, place, names)

    def _class(self, document: Document, schema: Effective) -> str:
        """The name of the class of *schema*; empty if it has none."""
        values = schema.keywords.get("enum")
        is_enum = isinstance(values, list) and "const" not in schema.keywords and None not in values
        if schema.naming is None or not (is_enum or is_object(schema)):
            return ""
        return schema.naming.class_of(schema.title, document["components"]["schemas"])

    def _items(self, whole: Effective, other: Effective, place: str) -> Iterator[Difference | Pair]:
        """The differences in the entries of arrays, and in those of tuples, which have a schema for each."""
        old, new = whole.keywords, other.keywords
        names = _entries(whole), _entries(other)
        before, after = (one.get("prefixItems") or [] for one in (old, new))
        if len(before) != len(after):
            yield "type changed", f"{place}[]", f"{len(before)} → {len(after)} entries with a type of their own"
        for index, (was, now) in enumerate(zip(before, after, strict=False)):
            yield Pair(was, now, f"{place}[{index}]", (names[0].part(f"type_{index}"), names[1].part(f"type_{index}")))
        if "items" in old or "items" in new:
            yield Pair(_schema(old.get("items")), _schema(new.get("items")), f"{place}[]", names)

    def _additional(
        self, old: Document, new: Document, place: str, names: tuple[Naming, Naming]
    ) -> Iterator[Difference | Pair]:
        """The differences in additionalProperties: any value, those of a schema, or none."""
        was, now = (one.get("additionalProperties", True) for one in (old, new))
        if (was is False) != (now is False):
            yield "field removed" if now is False else "optional field added", place, "additional properties"
        elif was != now:
            yield Pair(_schema(was), _schema(now), place, names)

    def _properties(
        self, old: Effective, new: Effective, place: str, names: tuple[str, str]
    ) -> Iterator[Difference | Pair]:
        """The differences in fields. What happened in a base that both have is reported there."""
        attributes = field_names(old.properties), field_names(new.properties)
        for name in sorted({*old.properties, *new.properties}):
            where = f"{place}.{name}"
            if name not in new.properties:
                if old.inherited.get(name) not in new.bases:
                    yield "field removed", where, ""
            elif name not in old.properties:
                if new.inherited.get(name) not in old.bases:
                    yield "required field added" if name in new.required else "optional field added", where, ""
            elif name in old.inherited and old.inherited[name] == new.inherited.get(name):
                yield from _required(name in old.own_required, name in new.own_required, where)
            else:
                yield from _required(name in old.required, name in new.required, where)
                yield Pair(old.properties[name], new.properties[name], where, _parts(names, name))
            if name in old.properties and name in new.properties and attributes[0][name] != attributes[1][name]:
                yield "field renamed", where, from_to(attributes[0][name], attributes[1][name])


def _parts(classes: tuple[str, str], name: str) -> tuple[Naming, Naming]:
    """What classes of the part *name* of two *classes* are named after."""
    return Naming(classes[0], name), Naming(classes[1], name)


def _entries(array: Effective) -> Naming:
    return (array.naming or Naming("", "")).part("item")


def _required(was: bool, now: bool, place: str) -> Iterator[Difference]:
    if was != now:
        yield "field became required" if now else "field became optional", place, ""


def _schema(value: Any) -> Document:
    return value if isinstance(value, dict) else {}
