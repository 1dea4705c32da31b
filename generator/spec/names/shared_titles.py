"""Titles that several parts of one object have: its fields get classes of their own, or share one if they are equal."""

from collections.abc import Iterable, Iterator
from itertools import count

from generator.python_names import RESERVED_CLASSES, class_name
from generator.spec.operations import operations
from generator.spec.pointers import Document, joined, schemas, steps

COMPONENTS = "#/components/schemas"
COMPONENT_DEPTH = 3  # steps of its pointer
LISTS = ("anyOf", "oneOf", "prefixItems")
Titled = dict[str, list[Document]]  # inline schemas by the class name of their title


def tell_titles_apart(document: Document) -> None:
    """
    Leave no two inline schemas of one object the same title, as a title is part of the name of a class.

    Equal ones become one component; from others the title is removed, so that they are named by their fields. The
    parser would refuse the document at each of them.
    """
    components = document["components"]["schemas"]
    taken = {*RESERVED_CLASSES, *map(class_name, components)}
    for pointer, schema in reversed(list(schemas(document))):  # innermost first: then equal parts are equal already
        if "properties" in schema or _is_component(pointer):
            _tell_apart(components, taken, _owner(pointer, schema), _parts(schema))
    for _, _, _, operation in operations(document):
        _tell_apart(components, taken, str(operation["operationId"]), _parts_of_operation(operation))


def _tell_apart(components: Document, taken: set[str], owner: str, parts: Iterable[Document]) -> None:
    """Tell the titles of *parts* apart, whose classes have names that begin with that of *owner*."""
    for title, found in _titled(parts).items():
        bodies = [{key: value for key, value in one.items() if key != "title"} for one in found]
        if any(body != bodies[0] for body in bodies):
            for one in found:
                del one["title"]
        elif len(found) > 1 and "enum" not in bodies[0]:  # the parser takes equal enums for one
            key = _component(components, taken, class_name(f"{owner}_{title}"), bodies[0])
            for one in found:
                one.clear()
                one["$ref"] = f"{COMPONENTS}{joined('', key)}"


def _is_component(pointer: str) -> bool:
    way = steps(pointer)
    return len(way) == COMPONENT_DEPTH and way[:2] == ["components", "schemas"]


def _titled(parts: Iterable[Document]) -> Titled:
    """The titled schemas of *parts* that become classes."""
    found: Titled = {}
    for one in parts:
        if one.get("title") and ("properties" in one or "enum" in one or one.get("type") == "object"):
            found.setdefault(class_name(str(one["title"])), []).append(one)
    return found


def _parts(schema: Document) -> Iterator[Document]:
    """The schemas in *schema*, through lists and unions, but not those in a part that is a class itself."""
    inner = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]
    for one in [*inner, *(member for key in LISTS for member in schema.get(key, []))]:
        if isinstance(one, dict):
            yield from _with_parts(one)


def _with_parts(schema: Document) -> Iterator[Document]:
    yield schema
    if "properties" not in schema:
        yield from _parts(schema)


def _parts_of_operation(operation: Document) -> Iterator[Document]:
    """The schemas of parameters, body and responses that stand in *operation* itself, with their parts."""
    holders = [operation.get("requestBody", {}), *operation["responses"].values()]
    contents = [media for holder in holders for media in holder.get("content", {}).values()]
    for holder in [*operation.get("parameters", []), *contents]:
        if isinstance(holder.get("schema"), dict):
            yield from _with_parts(holder["schema"])


def _owner(pointer: str, schema: Document) -> str:
    """The beginning of a name for what is inside *schema*: its key, if it is a component, its title, its field."""
    key = steps(pointer)[-1]
    return key if _is_component(pointer) else str(schema.get("title") or key)


def _component(components: Document, taken: set[str], name: str, body: Document) -> str:
    """The key of the component that has *body*: *name*, or with a number the first that is free or has it already."""
    for number in count(1):
        key = f"{name}{number}" if number > 1 else name
        if components.get(key) == body:
            break
        if key not in taken:
            taken.add(key)
            components[key] = body
            break
    return key
