"""
Separates what is sent from what is read: fields that are readOnly or writeOnly, and files.

A model of both keeps its name as the one that is sent; `XResponse` is the one that is read. A component stays one model
unless that makes a difference.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from copy import deepcopy
from itertools import chain, count
from typing import Any

from generator.python_names import RESERVED_CLASSES, class_name
from generator.spec.operations import operations
from generator.spec.pointers import Document, resolved, schemas, steps

COMPONENTS = "#/components/schemas/"
JSON_TYPE = re.compile(r"[/+]json\b", re.IGNORECASE)
FORM_TYPE = re.compile(r"multipart/", re.IGNORECASE)


def separate_directions(document: Document) -> None:
    """Leave readOnly fields out of what is sent, and writeOnly fields out of what is read."""
    sent, read = list(_sent(document)), list(_read(document))
    _give_own_models(document, sent, read, _one_way, "Response")
    kept = frozenset(
        one["discriminator"].get("propertyName")
        for _, one in schemas(document)
        if isinstance(one.get("discriminator"), dict)
    )
    for holders, flag in ((sent, "readOnly"), (read, "writeOnly")):
        for schema in _reached(document, holders):
            _drop_fields(document, schema, flag, kept)


def separate_files(document: Document) -> None:
    """A file inside JSON is text: only the parts of a multipart form are files."""
    media = list(_media(document))
    texts = [one for kind, one in media if JSON_TYPE.search(kind)]
    forms = [one for kind, one in media if FORM_TYPE.search(kind)]
    _give_own_models(document, texts, forms, _is_file, "Form")
    for schema in _reached(document, texts):
        if _is_file(document, schema):
            del schema["format"]


def _is_file(_: Document, schema: Document) -> bool:
    return schema.get("type") == "string" and schema.get("format") == "binary"


def _one_way(document: Document, schema: Document) -> bool:
    fields = schema.get("properties", {}).values()
    return any(_marked(document, one, flag) for one in fields for flag in ("readOnly", "writeOnly"))


def _marked(document: Document, schema: Any, flag: str) -> bool:
    described = schema.get("allOf", [])
    target = resolved(document, described[0] if len(described) == 1 else schema)
    return schema.get(flag) is True or target.get(flag) is True


def _drop_fields(document: Document, schema: Document, flag: str, kept: Collection[str | None]) -> None:
    fields = schema.get("properties", {})
    for name in [one for one in fields if _marked(document, fields[one], flag) and one not in kept]:
        del fields[name]
        if name in schema.get("required", []):
            schema["required"] = [one for one in schema["required"] if one != name]


def _give_own_models(
    document: Document,
    first: list[Document],
    second: list[Document],
    concerns: Callable[[Document, Document], bool],
    suffix: str,
) -> None:
    """Give *second* its own copies of the components that *first* reaches too, where one contains what *concerns*."""
    components = document["components"]["schemas"]
    uses = {name: set(_references([one])) for name, one in components.items()}
    both = _closure(_references(first), uses) & _closure(_references(second), uses)
    concerned = {name for name in both if any(concerns(document, one) for _, one in _inside(components[name]))}
    copied = [name for name in components if name in both and _closure([name], uses) & concerned]
    renamed = {name: _free_name(components, name, suffix) for name in copied}
    places = {f"{COMPONENTS}{old}": f"{COMPONENTS}{new}" for old, new in renamed.items()}
    for old, new in renamed.items():
        components[new] = deepcopy(components[old])
    reached = {f"{COMPONENTS}{name}" for name in _closure(_references(second), uses)}
    own = [components[steps(place)[-1]] for place in sorted(reached - set(places))]
    if renamed:
        _make_exclusive(document, own, first, places)
        for schema in chain(second, (components[new] for new in renamed.values())):
            _rename(schema, places)


def _make_exclusive(document: Document, own: list[Document], first: list[Document], places: dict[str, str]) -> None:
    """Rename the references in components that only the second side reaches."""
    shared = [id(one) for one in _reached(document, first)]
    for schema in own:
        if id(schema) not in shared:
            _rename(schema, places)


def _rename(schema: Document, places: dict[str, str]) -> None:
    for _, node in _inside(schema):
        if node.get("$ref") in places:
            node["$ref"] = places[node["$ref"]]
        mapping = (node.get("discriminator") or {}).get("mapping") or {}
        mapping.update({value: places.get(place, place) for value, place in mapping.items()})


def _free_name(components: Document, name: str, suffix: str) -> str:
    taken = {*RESERVED_CLASSES, *map(class_name, components)}
    numbered = (f"{name}{suffix}{number}" for number in count(2))
    return next(one for one in chain([f"{name}{suffix}"], numbered) if class_name(one) not in taken)


def _inside(schema: Document) -> Iterator[tuple[str, Document]]:
    return schemas({"schema": schema})


def _references(of: Iterable[Document]) -> Iterator[str]:
    for schema in of:
        for _, node in _inside(schema):
            if str(node.get("$ref", "")).startswith(COMPONENTS):
                yield steps(node["$ref"])[-1]


def _closure(names: Iterable[str], uses: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found and name in uses:
            found.add(name)
            waiting += uses[name]
    return found


def _reached(document: Document, holders: list[Document]) -> Iterator[Document]:
    """Every schema in *holders* and in the components that they refer to."""
    components = document["components"]["schemas"]
    uses = {name: set(_references([one])) for name, one in components.items()}
    for schema in [*holders, *(components[name] for name in _closure(_references(holders), uses))]:
        yield from (node for _, node in _inside(schema))


def _sent(document: Document) -> Iterator[Document]:
    """The schemas of all request bodies and parameters."""
    for _, _, path, operation in operations(document):
        yield from _content(resolved(document, operation.get("requestBody", {})))
        for parameter in [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])]:
            found = resolved(document, parameter)
            yield from _content(found)
            if "schema" in found:
                yield found["schema"]


def _read(document: Document) -> Iterator[Document]:
    """The schemas of all responses."""
    for _, _, _, operation in operations(document):
        for response in operation.get("responses", {}).values():
            yield from _content(resolved(document, response))


def _media(document: Document) -> Iterator[tuple[str, Document]]:
    """The schema of each body, with its media type."""
    for _, _, _, operation in operations(document):
        for holder in (operation.get("requestBody", {}), *operation.get("responses", {}).values()):
            for kind, media in (resolved(document, holder).get("content") or {}).items():
                if isinstance(media.get("schema"), dict):
                    yield kind, media["schema"]


def _content(holder: Document) -> Iterator[Document]:
    for media in (holder.get("content") or {}).values():
        if isinstance(media.get("schema"), dict):
            yield media["schema"]
