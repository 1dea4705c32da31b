"""Finds the changes between two normalised documents that callers of the client may notice."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from generator.diff.model_usage import ModelUsage, model_usage
from generator.diff.rules import Change
from generator.diff.schemas import compare_schemas
from generator.spec.connection import first_server
from generator.spec.keys import Key, auth, key_requirement
from generator.spec.operations import operations, path_parameters, path_pattern
from generator.spec.pointers import Document, resolved

DESCRIPTIONS = ("summary", "description")


def changes(old: Document, new: Document) -> list[Change]:
    """Every change from *old* to *new* once, the worst first."""
    found = dict.fromkeys(change for stage in STAGES for change in stage(old, new))
    return sorted(found, key=lambda change: -change.rule.verdict)


def _document(old: Document, new: Document) -> Iterator[Change]:
    names = tuple(sorted(operation["operationId"] for operation in _by_place(new).values()))
    if first_server(old) != first_server(new):
        yield Change("server changed", "servers", _from_to(first_server(old), first_server(new)), names)
    before, after = auth(old).keys, auth(new).keys
    if before and after and set(before) != set(after):
        yield Change("key sent in another way", "security", _from_to(*map(_sent_as, (before, after))), names)
    if old["info"] != new["info"]:
        yield Change("descriptions changed", "info")


def _sent_as(keys: Iterable[Key]) -> str:
    """How *keys* are sent, each by its place, its name there and what stands before it."""
    words = ((one.location, one.name.get_untrusted_value(), one.prefix.get_untrusted_value()) for one in keys)
    return ", ".join(f"{name}: {prefix}… in the {place}" for place, name, prefix in sorted(words))


def _operations(old: Document, new: Document) -> Iterator[Change]:
    before, after = _by_place(old), _by_place(new)
    for place in sorted({*before, *after}):
        if place not in after:
            yield Change("operation removed", _title(before[place]), operations=(before[place]["operationId"],))
        elif place not in before:
            yield Change("operation added", _title(after[place]), operations=(after[place]["operationId"],))
        else:
            name = before[place]["operationId"]
            for change in _operation((old, before[place]), (new, after[place]), _title(before[place])):
                yield Change(change.kind, change.place, change.detail, (name,))


def _by_place(document: Document) -> dict[str, Document]:
    """Every operation by its method and path pattern, with the parameters of its path item added to its own."""
    return {
        f"{method.upper()} {path_pattern(path)}": {
            **operation,
            "method": method,
            "path": path,
            "parameters": [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])],
        }
        for _, method, path, operation in operations(document)
    }


def _title(operation: Document) -> str:
    return f"{operation['method'].upper()} {operation['path']}"


Side = tuple[Document, Document]  # a document, and one of its operations


def _operation(old: Side, new: Side, place: str) -> Iterator[Change]:
    before, after = old[1], new[1]
    if before["operationId"] != after["operationId"]:
        yield Change("operation renamed", place, _from_to(before["operationId"], after["operationId"]))
    tags = [(one.get("tags") or ["default"])[0] for one in (before, after)]
    if tags[0] != tags[1]:
        yield Change("operation moved to another tag", place, _from_to(*tags))
    if bool(before.get("deprecated")) != bool(after.get("deprecated")):
        yield Change("operation deprecated" if after.get("deprecated") else "operation no longer deprecated", place)
    required = [key_requirement(one) == "required" for one in (before, after)]
    if required[0] != required[1]:
        yield Change("key needed" if required[1] else "key not needed any more", place)
    if any(before.get(word) != after.get(word) for word in DESCRIPTIONS):
        yield Change("descriptions changed", place)
    yield from _parameters(old, new, place)
    yield from _bodies(old, new, place)
    yield from _responses(old, new, place)


def _parameters(old: Side, new: Side, place: str) -> Iterator[Change]:
    before, after = _parameters_of(old), _parameters_of(new)
    for key in sorted({*before, *after}):
        where = f"{place}, {key[0]} parameter {before.get(key, after.get(key, {})).get('name')}"
        if key not in after:
            yield Change("parameter removed", where)
        elif key not in before:
            yield Change(
                "required parameter added" if after[key].get("required") else "optional parameter added", where
            )
        else:
            was, now = before[key], after[key]
            if was["name"] != now["name"]:
                yield Change("path parameter renamed", where, _from_to(was["name"], now["name"]))
            if bool(was.get("required")) != bool(now.get("required")):
                yield Change("parameter became required" if now.get("required") else "parameter became optional", where)
            if now.get("deprecated") and not was.get("deprecated"):
                yield Change("parameter deprecated", where)
            if was.get("description") != now.get("description"):
                yield Change("descriptions changed", where)
            yield from _schema_changes(was.get("schema", {}), now.get("schema", {}), where, ("sent",))


def _parameters_of(side: Side) -> dict[tuple[str, str], Document]:
    """Each parameter by location and name; a path parameter by its position, as its name is not sent."""
    document, operation = side
    order = path_parameters(operation["path"])
    named = [resolved(document, one) for one in operation["parameters"]]
    return {
        (one["in"], str(order.index(one["name"])) if one["in"] == "path" and one["name"] in order else one["name"]): one
        for one in named
    }


def _bodies(old: Side, new: Side, place: str) -> Iterator[Change]:
    before, after = (resolved(document, operation.get("requestBody") or {}) for document, operation in (old, new))
    where = f"{place}, body"
    if before and not after:
        yield Change("body removed", where)
    elif after and not before:
        yield Change("required body added" if after.get("required") else "optional body added", where)
    elif before and after:
        if bool(before.get("required")) != bool(after.get("required")):
            yield Change("body became required" if after.get("required") else "body became optional", where)
        yield from _contents(before, after, where, "body", "sent")


def _responses(old: Side, new: Side, place: str) -> Iterator[Change]:
    before, after = old[1]["responses"], new[1]["responses"]
    for code in sorted({*before, *after}):
        where, good = f"{place}, answer {code}", code.startswith("2")
        was, now = (resolved(one[0], held.get(code) or {}) for one, held in ((old, before), (new, after)))
        if code not in after:
            yield Change("success removed" if good else "documented error removed", where)
        elif code not in before and good:
            yield Change("success added" if now.get("content") else "success without content added", where)
        elif code not in before:
            yield Change("documented error added", where)
        else:
            if was.get("description") != now.get("description"):
                yield Change("descriptions changed", where)
            yield from _contents(was, now, where, "answer", "read")


def _contents(old: Document, new: Document, place: str, what: str, direction: str) -> Iterator[Change]:
    before, after = old.get("content") or {}, new.get("content") or {}
    for kind in sorted({*before, *after}):
        if kind not in after:
            yield Change(f"kind of {what} removed", f"{place}, {kind}")
        elif kind not in before:
            yield Change(f"kind of {what} added", f"{place}, {kind}")
        else:
            yield from _schema_changes(
                before[kind].get("schema") or {}, after[kind].get("schema") or {}, place, (direction,)
            )


def _models(old: Document, new: Document) -> Iterator[Change]:
    before, after = old["components"]["schemas"], new["components"]["schemas"]
    uses = [model_usage(old), model_usage(new)]
    for name in sorted({*before, *after}):
        concerned = sorted({operation for use in uses for operation in use.operations.get(name, ())})
        for change in _model(before.get(name), after.get(name), name, uses):
            yield Change(change.kind, change.place, change.detail, tuple(concerned))


def _model(before: Document | None, after: Document | None, name: str, uses: list[ModelUsage]) -> Iterator[Change]:
    if after is None:
        yield Change("model removed", name)
    elif before is None:
        yield Change("model added", name)
    else:
        directions = [way for way in ("sent", "read") if any(name in use.directions[way] for use in uses)]
        yield from _schema_changes(before, after, name, tuple(directions) or ("read",))


def _schema_changes(old: Document, new: Document, place: str, directions: tuple[str, ...]) -> Iterator[Change]:
    for kind, where, detail in compare_schemas(old, new, place):
        for direction in directions if kind != "descriptions changed" else directions[:1]:
            yield Change(kind if kind == "descriptions changed" else f"{direction}: {kind}", where, detail)


def _from_to(old: Any, new: Any) -> str:
    return f"{old or 'nothing'} → {new or 'nothing'}"


STAGES: tuple[Callable[[Document, Document], Iterator[Change]], ...] = (_document, _operations, _models)
