"""Compares one operation of two documents: its names, bodies and answers; parameters in a module of their own."""

from collections.abc import Iterator
from typing import NamedTuple

from generator.diff.endpoints import Endpoint
from generator.diff.parameter_changes import parameter_changes
from generator.diff.rules import WORDS, Change
from generator.diff.schema_changes import Side, from_to, schema_changes
from generator.diff.values.media_types import by_kind
from generator.diff.values.python_names import Naming
from generator.diff.values.wire_forms import field_forms
from generator.python_names import module_name
from generator.spec.operations import operations
from generator.spec.pointers import Document, resolved
from generator.spec.requests.media_types import family

DESCRIPTIONS = ("summary", "description")
# What the parser calls a body in the names of classes, where an operation takes several.
BODY_NAMES = {"json": "json", "form": "data", "multipart": "files", "text": "content", "bytes": "content"}


class Answer(NamedTuple):
    """A documented answer: its code, whether it is a success, and the whole of it."""

    code: str
    good: bool
    content: Document


def endpoint_changes(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    """Every change from *old* to *new*, except of address and keys."""
    for stage in (_names, parameter_changes, _bodies, _answers):
        for change in stage(old, new):
            yield Change(change.kind, change.place, change.detail, (old.name,))


def _names(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    place = old.title
    if old.module != new.module:
        yield Change("operation renamed", place, from_to(old.name, new.name))
    if module_name(old.tag) != module_name(new.tag):
        yield Change("operation moved to another tag", place, from_to(old.tag, new.tag))
    deprecated = [bool(one.operation.get("deprecated")) for one in (old, new)]
    if deprecated[0] != deprecated[1]:
        yield Change("operation deprecated" if deprecated[1] else "operation no longer deprecated", place)
    if any(old.operation.get(word) != new.operation.get(word) for word in DESCRIPTIONS):
        yield Change(WORDS, place)


def _bodies(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    before, after = (resolved(one.document, one.operation.get("requestBody") or {}) for one in (old, new))
    where = f"{old.title}, body"
    if before and not after:
        yield Change("body removed", where)
    elif after and not before:
        yield Change("required body added" if after.get("required") else "optional body added", where)
    elif before and after:
        if bool(before.get("required")) != bool(after.get("required")):
            yield Change("body became required" if after.get("required") else "body became optional", where)
        if before.get("description") != after.get("description"):
            yield Change(WORDS, where)
        yield from _sent((old, by_kind(before.get("content") or {})), (new, by_kind(after.get("content") or {})), where)


def _sent(old: Side, new: Side, place: str) -> Iterator[Change]:
    """The changes in the content of a body, each kind of which callers may send."""
    (_, before), (_, after) = old, new
    if _another_type(before, after):
        kinds = [*before, *after]
        yield Change("body sent as another content type", place, from_to(*kinds))
        before = {kinds[1]: before[kinds[0]]}
    for kind in sorted({*before, *after}):
        if kind not in after:
            yield Change("kind of body removed", f"{place}, {kind}")
        elif kind not in before:
            yield Change("kind of body added", f"{place}, {kind}")
        else:
            was, now = before[kind], after[kind]
            names = _body_naming(old[0].name, before, kind), _body_naming(old[0].name, after, kind)
            yield from schema_changes(_schema(old, was), _schema(new, now), place, "sent", names)
            forms = [field_forms(one.document, kind, medium) for one, medium in ((old[0], was), (new[0], now))]
            for name in sorted({*forms[0], *forms[1]}):
                if forms[0].get(name) != forms[1].get(name):
                    detail = from_to(forms[0].get(name, "usual"), forms[1].get(name, "usual"))
                    yield Change("field of a form sent in another form", f"{place}, {kind}, {name}", detail)


def _another_type(before: Document, after: Document) -> bool:
    """Whether the only content type of both is another, and its values are the same in Python."""
    both = [*before, *after]
    return len(before) == len(after) == 1 and both[0] != both[1] and family(both[0]) == family(both[1])


def _body_naming(operation: str, contents: Document, kind: str) -> Naming:
    return Naming(f"{operation}_{BODY_NAMES[family(kind)]}" if len(contents) > 1 else operation, "body")


def _schema(side: Side, medium: Document) -> Side:
    return side[0], medium.get("schema") or {}


def _answers(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    before, after = _answers_of(old), _answers_of(new)
    codes = {one.code: one for one in after}
    lone = [one for one in after if one.code not in {was.code for was in before if was.good == one.good}]
    for was in before:
        now, where = codes.get(was.code), f"{old.title}, answer {was.code}"
        if now is not None and now.good == was.good:
            if was.content.get("description") != now.content.get("description"):
                yield Change(WORDS, where)
            yield from _read((old, was), (new, now), where)
        elif was.good:
            same = any(_is_same((old, was), (new, one)) for one in after)
            yield Change("code of a success removed" if same else "success removed", where)
        else:
            yield Change(_removed_error(was.code, new), where)
    for one in lone:
        where = f"{old.title}, answer {one.code}"
        if not one.good:
            yield Change("documented error added", where)
        elif any(_is_same((old, was), (new, one)) for was in before):
            yield Change("code of a success added", where)
        else:
            yield Change("success added" if one.content.get("content") else "success without content added", where)


def _answers_of(endpoint: Endpoint) -> list[Answer]:
    """The answers by code; the default one is a success where there is no other."""
    found = {
        code.upper(): resolved(endpoint.document, one or {}) for code, one in endpoint.operation["responses"].items()
    }
    good = [code for code in found if code.startswith("2")] or ["DEFAULT"]
    return [Answer(code, code in good, found[code]) for code in sorted(found)]


def _is_same(old: tuple[Endpoint, Answer], new: tuple[Endpoint, Answer]) -> bool:
    """Whether callers find no difference between two successes."""
    return old[1].good and new[1].good and all(change.kind == WORDS for change in _read(old, new, ""))


def _removed_error(code: str, new: Endpoint) -> str:
    """Its class is removed only if it has one, and no other operation documents the code."""
    others = (one["responses"] for _, _, _, one in operations(new.document))
    gone = code.isdecimal() and not any(code in one for one in others)
    return "documented error removed" if gone else "error no longer documented"


def _read(old: tuple[Endpoint, Answer], new: tuple[Endpoint, Answer], place: str) -> Iterator[Change]:
    """The changes in an answer's content. Of several content types the first is read, as JSON comes first."""
    before, after = (by_kind(one.content.get("content") or {}) for _, one in (old, new))
    was, now = next(iter(before), ""), next(iter(after), "")
    alike = bool(was and now) and family(was) == family(now)
    if alike:
        if was != now:
            yield Change("answer sent as another content type", place, from_to(was, now))
        names = [Naming(old[0].name, f"response_{answer.code}") for _, answer in (old, new)]
        sides = _schema((old[0], {}), before[was]), _schema((new[0], {}), after[now])
        yield from schema_changes(*sides, place, "read", (names[0], names[1]))
    elif was:
        yield Change("kind of answer removed", f"{place}, {was}")
    elif now:
        yield Change("content of an answer added", f"{place}, {now}")
    for kind in after if was else ():
        if kind not in before and not (alike and kind == now):
            yield Change("kind of answer added", f"{place}, {kind}")
    for kind in before:
        if kind not in after and kind != was:
            yield Change("unread kind of answer removed", f"{place}, {kind}")
