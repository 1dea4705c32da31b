"""Compares one operation of two documents: its names, parameters, bodies and answers."""

from collections.abc import Iterator

from generator.diff.endpoints import Endpoint
from generator.diff.rules import WORDS, Change
from generator.diff.values.media_types import by_kind
from generator.diff.values.schemas import Comparison
from generator.diff.values.wire_forms import field_forms, parameter_form, parameter_schema
from generator.python_names import module_name
from generator.spec.operations import path_parameters
from generator.spec.pointers import Document, resolved

DESCRIPTIONS = ("summary", "description")


def endpoint_changes(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    """Every change from *old* to *new*, except of address and keys."""
    for stage in (_names, _parameters, _bodies, _responses):
        for change in stage(old, new):
            yield Change(change.kind, change.place, change.detail, (old.name,))


def _names(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    place = old.title
    if old.module != new.module:
        yield Change("operation renamed", place, _from_to(old.name, new.name))
    if module_name(old.tag) != module_name(new.tag):
        yield Change("operation moved to another tag", place, _from_to(old.tag, new.tag))
    deprecated = [bool(one.operation.get("deprecated")) for one in (old, new)]
    if deprecated[0] != deprecated[1]:
        yield Change("operation deprecated" if deprecated[1] else "operation no longer deprecated", place)
    if any(old.operation.get(word) != new.operation.get(word) for word in DESCRIPTIONS):
        yield Change(WORDS, place)


def _parameters(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    for was, now in _parameter_pairs(old, new):
        where = f"{old.title}, {(was or now or {})['in']} parameter {(was or now or {})['name']}"
        if now is None:
            yield Change("parameter removed", where)
        elif was is None:
            yield Change("required parameter added" if now.get("required") else "optional parameter added", where)
        else:
            yield from _parameter((old, was), (new, now), where)


def _parameter(old: tuple[Endpoint, Document], new: tuple[Endpoint, Document], where: str) -> Iterator[Change]:
    was, now = old[1], new[1]
    if module_name(was["name"]) != module_name(now["name"]):
        kind = "path parameter renamed" if was["in"] == "path" else "header parameter renamed"
        yield Change(kind, where, _from_to(was["name"], now["name"]))
    if bool(was.get("required")) != bool(now.get("required")):
        yield Change("parameter became required" if now.get("required") else "parameter became optional", where)
    if bool(was.get("deprecated")) != bool(now.get("deprecated")):
        yield Change("parameter deprecated" if now.get("deprecated") else "parameter no longer deprecated", where)
    forms = [parameter_form(endpoint.document, parameter) for endpoint, parameter in (old, new)]
    differences = list(_schemas(old[0], new[0], parameter_schema(was), parameter_schema(now), where, "sent"))
    if forms[0] != forms[1] and not any(change.kind.startswith("sent: type") for change in differences):
        yield Change("parameter sent in another form", where, _from_to(*forms))
    if was.get("description") != now.get("description"):
        yield Change(WORDS, where)
    yield from differences


def _parameter_pairs(old: Endpoint, new: Endpoint) -> Iterator[tuple[Document | None, Document | None]]:
    """
    The parameters that belong together.

    Names of headers have no case. The name of a path parameter is not sent: those of other names go by their positions.
    """
    before, after = ({_key(one): one for one in endpoint.parameters} for endpoint in (old, new))
    lone = [
        [name for name in path_parameters(endpoint.path) if ("path", name) in own and ("path", name) not in others]
        for endpoint, own, others in ((old, before, after), (new, after, before))
    ]
    if len(lone[0]) == len(lone[1]):
        for was, now in zip(*lone, strict=True):
            yield before.pop(("path", was)), after.pop(("path", now))
    for key in sorted({*before, *after}):
        yield before.get(key), after.get(key)


def _key(parameter: Document) -> tuple[str, str]:
    name = str(parameter["name"])
    return parameter["in"], name.lower() if parameter["in"] == "header" else name


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
        yield from _contents((old, before), (new, after), where, "sent")


def _responses(old: Endpoint, new: Endpoint) -> Iterator[Change]:
    before, after = (_by_code(one) for one in (old, new))
    for code in sorted({*before, *after}):
        where, good = f"{old.title}, answer {code}", code.startswith("2")
        was, now = before.get(code, {}), after.get(code, {})
        if code not in after:
            yield Change("success removed" if good else "documented error removed", where)
        elif code not in before and good:
            yield Change("success added" if now.get("content") else "success without content added", where)
        elif code not in before:
            yield Change("documented error added", where)
        else:
            if was.get("description") != now.get("description"):
                yield Change(WORDS, where)
            yield from _contents((old, was), (new, now), where, "read")


def _by_code(endpoint: Endpoint) -> dict[str, Document]:
    answers = endpoint.operation["responses"]
    return {code.upper(): resolved(endpoint.document, answer or {}) for code, answer in answers.items()}


def _contents(
    old: tuple[Endpoint, Document], new: tuple[Endpoint, Document], place: str, direction: str
) -> Iterator[Change]:
    """The changes in the `content` of a body, which is sent, or of an answer, which is read."""
    before, after = (by_kind(holder.get("content") or {}) for _, holder in (old, new))
    what = "body" if direction == "sent" else "answer"
    for kind in sorted({*before, *after}):
        if kind not in after:
            yield Change(f"kind of {what} removed", f"{place}, {kind}")
        elif kind not in before:
            yield Change(f"kind of {what} added", f"{place}, {kind}")
        else:
            was, now = before[kind], after[kind]
            yield from _schemas(old[0], new[0], was.get("schema") or {}, now.get("schema") or {}, place, direction)
            forms = [field_forms(one.document, kind, medium) for one, medium in ((old[0], was), (new[0], now))]
            for name in sorted({*forms[0], *forms[1]} if direction == "sent" else ()):
                if forms[0].get(name) != forms[1].get(name):
                    detail = _from_to(forms[0].get(name, "usual"), forms[1].get(name, "usual"))
                    yield Change("field of a form sent in another form", f"{place}, {kind}, {name}", detail)


def _schemas(
    old: Endpoint, new: Endpoint, before: Document, after: Document, place: str, direction: str
) -> Iterator[Change]:
    found = Comparison(old.document, new.document, direction).schemas(before, after, place)
    yield from (directed(*difference, direction) for difference in found)


def directed(kind: str, place: str, detail: str, direction: str) -> Change:
    """The change that a difference between two schemas is, in one direction; words have none."""
    return Change(kind if kind == WORDS else f"{direction}: {kind}", place, detail)


def _from_to(old: str, new: str) -> str:
    return f"{old} → {new}"
