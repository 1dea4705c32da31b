"""Compares two schemas: types, limits, enums and fields; what a difference means to callers is in rules.py."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from openapi_python_client.strings import snake_case

from generator.diff.values.effective_schema import WORDS, Effective, effective
from generator.diff.values.limits import changed_limits, loosened
from generator.diff.values.value_kinds import ANYTHING, Kinds, kinds_of, value_kinds
from generator.spec.pointers import Document

Difference = tuple[str, str, str]  # its kind, the place, and old → new


class Pair(NamedTuple):
    """Two schemas that remain to be compared, and the place of the old one."""

    old: Document
    new: Document
    place: str


MISSING = object()


@dataclass(frozen=True)
class Comparison:
    """The two documents that the schemas are in, and whether their values are `sent` or `read`."""

    old: Document
    new: Document
    direction: str

    def models(self, old: Document, new: Document, place: str) -> Iterator[Difference]:
        """Every difference between two components: their own classes, even if each has only one base."""
        kinds = kinds_of(self.old, effective(self.old, old)), kinds_of(self.new, effective(self.new, new))
        yield from self._all(self._compare((old, kinds[0]), (new, kinds[1]), place))

    def schemas(self, old: Document, new: Document, place: str) -> Iterator[Difference]:
        """Every difference between the normalised schemas *old* and *new*; *place* is the place of *old*."""
        yield from self._all(iter([Pair(old, new, place)]))

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
                    kinds = value_kinds(self.old, one.old), value_kinds(self.new, one.new)
                    waiting.append(self._compare((one.old, kinds[0]), (one.new, kinds[1]), one.place))

    def _compare(
        self, old: tuple[Document, Kinds], new: tuple[Document, Kinds], place: str
    ) -> Iterator[Difference | Pair]:
        (was, before), (now, after) = old, new
        yield from _types(set(before), set(after), place)
        if was.get("default", MISSING) != now.get("default", MISSING):
            yield "default changed", place, _from_to(was.get("default"), now.get("default"))
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
        yield from _enums(before, after, place)
        limits = changed_limits(before, after)
        if limits:
            loose = all(loosened(word, *both) for word, both in limits.items())
            kind = "limits loosened" if loose else "limits changed"
            yield kind, place, ", ".join(f"{word}: {_from_to(*both)}" for word, both in limits.items())
        yield from self._items(before, after, place)
        yield from self._additional(
            before.get("additionalProperties", True), after.get("additionalProperties", True), f"{place}.*"
        )
        yield from self._properties(old, new, place)

    def _items(self, old: Document, new: Document, place: str) -> Iterator[Difference | Pair]:
        """The differences in the entries of arrays, and in those of tuples, which have a schema for each."""
        before, after = (one.get("prefixItems") or [] for one in (old, new))
        if len(before) != len(after):
            yield "type changed", f"{place}[]", f"{len(before)} → {len(after)} entries with a type of their own"
        for index, (was, now) in enumerate(zip(before, after, strict=False)):
            yield Pair(was, now, f"{place}[{index}]")
        if "items" in old or "items" in new:
            yield Pair(_schema(old.get("items")), _schema(new.get("items")), f"{place}[]")

    def _additional(self, old: Any, new: Any, place: str) -> Iterator[Difference | Pair]:
        """The differences in additionalProperties: any value, those of a schema, or none."""
        if (old is False) != (new is False):
            yield "field removed" if new is False else "optional field added", place, "additional properties"
        elif old != new:
            yield Pair(_schema(old), _schema(new), place)

    def _properties(self, old: Effective, new: Effective, place: str) -> Iterator[Difference | Pair]:
        """The differences in fields. What happened in a base that both have is reported there."""
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
                yield Pair(old.properties[name], new.properties[name], where)


def _types(before: set[str], after: set[str], place: str) -> Iterator[Difference]:
    """Null is reported separately; of the other types, whether one set contains the other."""
    if ("null" in before) != ("null" in after):
        yield "may be null now" if "null" in after else "may not be null any more", place, ""
    old, new = before - {"null"}, after - {"null"}
    detail = _from_to(" | ".join(sorted(old)), " | ".join(sorted(new)))
    if old == new:
        return
    if _contains(new, old):
        yield "type widened", place, detail
    elif _contains(old, new):
        yield "type narrowed", place, detail
    else:
        yield "type changed", place, detail


def _contains(more: set[str], less: set[str]) -> bool:
    """Whether *more* allows every value of *less*; an integer is a number."""
    return ANYTHING in more or less <= more | ({"integer"} if "number" in more else set())


def _required(was: bool, now: bool, place: str) -> Iterator[Difference]:
    if was != now:
        yield "field became required" if now else "field became optional", place, ""


def _enums(old: Document, new: Document, place: str) -> Iterator[Difference]:
    before, after = old.get("enum"), new.get("enum")
    if before is None or after is None:
        if before != after:
            yield "enum instead of text" if before is None else "text instead of enum", place, ""
        return
    for value in after:
        if value not in before:
            yield "enum value added", place, str(value)
    for value in before:
        if value not in after:
            yield "enum value removed", place, str(value)
    names = [_member_names(one) for one in (old, new)]
    for value in [value for value in names[0] if value in names[1] and names[0][value] != names[1][value]]:
        yield "enum member renamed", place, f"{value}: {_from_to(names[0][value], names[1][value])}"


def _member_names(schema: Document) -> dict[str, str]:
    """The name of the enum's member for each value that is text."""
    texts = [value for value in schema["enum"] if isinstance(value, str)]
    made = (snake_case(value).upper() if value[:1].isalpha() else f"VALUE_{index}" for index, value in enumerate(texts))
    return dict(zip(texts, schema.get("x-enum-varnames") or made, strict=False))


def _schema(value: Any) -> Document:
    return value if isinstance(value, dict) else {}


def _from_to(old: Any, new: Any) -> str:
    return f"{'nothing' if old is None else old} → {'nothing' if new is None else new}"
