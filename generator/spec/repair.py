"""Repairs errors of a document where that is safe; reports each repaired place."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from openapi_python_client.strings import snake_case

from generator.errors import Finding
from generator.python_names import RESERVED_CLASSES, class_name, module_name
from generator.spec.operations import PATH_PARAMETER, operations
from generator.spec.pointers import Document, joined, objects, references

PATH_NAME = re.compile(r"[A-Za-z_-][A-Za-z0-9_-]*")
COMPONENTS = "#/components/schemas/"
PARAMETER_LOCATIONS = frozenset({"path", "query", "header", "cookie"})
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]")


def repair(document: Document) -> list[Finding]:
    """Repair *document* in place; return the places and what was done there."""
    return [finding for rule in RULES for finding in rule(document)]


def _info(document: Document) -> Iterator[Finding]:
    info = document.get("info")
    if not isinstance(info, dict):
        info = document["info"] = {}
    for field, value in (("title", "API"), ("version", "0")):
        if isinstance(info.get(field), int | float):
            info[field] = str(info[field])
        elif not isinstance(info.get(field), str) or not info[field].strip():
            info[field] = value
            yield "/info", f"{field} is missing; it is set to {value!r}"


def _operation_ids(document: Document) -> Iterator[Finding]:
    """A missing operationId is made of method and path, which are unique together."""
    for pointer, method, path, operation in operations(document):
        if not operation.get("operationId"):
            words = PATH_PARAMETER.sub(r"by_\1", path)
            operation["operationId"] = snake_case(f"{method}_{re.sub(r'[^A-Za-z0-9]+', '_', words)}")
            yield pointer, f"operationId is missing; it is set to {operation['operationId']}"


def _descriptions(document: Document) -> Iterator[Finding]:
    for pointer, _, _, operation in operations(document):
        for code, response in _entries(operation, "responses"):
            if "$ref" not in response and not isinstance(response.get("description"), str):
                response["description"] = ""
                yield joined(pointer, "responses", code), "description is missing; it is set to an empty string"


def _parameters(document: Document) -> Iterator[Finding]:
    for pointer, node in objects(document):
        if _is_parameter(pointer, node):
            if "schema" not in node:
                node["schema"] = {"type": "string"}
                yield pointer, f"the parameter {node['name']} has no schema; its value is sent as a string"
            if node["in"] == "path" and node.get("required") is not True:
                node["required"] = True
                yield pointer, f"the path parameter {node['name']} is not marked as required; it is set to required"


def _is_parameter(pointer: str, node: Document) -> bool:
    """A security scheme of an API key has `name` and `in` too, but is not a parameter."""
    scheme = pointer.startswith("/components/securitySchemes/")
    return not scheme and isinstance(node.get("name"), str) and node.get("in") in PARAMETER_LOCATIONS


def _path_names(document: Document) -> Iterator[Finding]:
    """The name of a path parameter is not sent, so one that openapi-python-client cannot parse is replaced."""
    for pointer, node in objects(document):
        name = node.get("name")
        if node.get("in") == "path" and isinstance(name, str) and _simple(name) != name:
            node["name"] = _simple(name)
            yield pointer, f"the path parameter {name} is renamed to {_simple(name)}"
    paths = document.get("paths")
    if isinstance(paths, dict):
        document["paths"] = {PATH_PARAMETER.sub(_simple_match, path): item for path, item in paths.items()}


def _simple_match(match: re.Match[str]) -> str:
    return f"{{{_simple(match[1])}}}"


def _simple(name: str) -> str:
    if PATH_NAME.fullmatch(name):
        return name
    return "path_" + re.sub(r"[^A-Za-z0-9_]", lambda match: f"{ord(match[0]):x}", name)


def _required(document: Document) -> Iterator[Finding]:
    for pointer, node in objects(document):
        required, properties = node.get("required"), node.get("properties")
        joins = "allOf" in node or pointer.rpartition("/")[0].endswith("/allOf")  # which may define the field
        if isinstance(required, list) and isinstance(properties, dict) and node.get("type") == "object" and not joins:
            for name in [name for name in required if name not in properties]:
                required.remove(name)
                yield (
                    joined(pointer, "required"),
                    f"{name} is required but not a property; it is removed from the list",
                )


def _enums(document: Document) -> Iterator[Finding]:
    for pointer, node in objects(document):
        values = [value for value in node.get("enum", []) if value is not None] if _is_enum(node) else []
        kinds = {type(value) for value in values}
        if kinds and kinds not in ({str}, {int}):
            del node["enum"]
            yield joined(pointer, "enum"), "the values are neither all strings nor all integers; any value is accepted"
        elif any(isinstance(value, str) and CONTROL.search(value) for value in values):
            del node["enum"]
            yield joined(pointer, "enum"), "a value contains control characters; any string is accepted"
        elif len(set(values)) < len(values):
            node["enum"] = list(dict.fromkeys(node["enum"]))
            yield joined(pointer, "enum"), "a value occurs twice; the second one is removed"
        yield from _members(pointer, node)


def _is_enum(node: Document) -> bool:
    return isinstance(node.get("enum"), list)


def _members(pointer: str, node: Document) -> Iterator[Finding]:
    """Values whose enum members would have the same name get unique names."""
    values = [value for value in node["enum"] if value is not None] if _is_enum(node) else []
    given = node.pop("x-enum-varnames", None)
    chosen = given if isinstance(given, list) and len(given) == len(values) else None
    texts = chosen or [value for value in values if isinstance(value, str)]
    names = [_member(name, index) for index, name in enumerate(texts)]
    if chosen or len(set(names)) < len(names):
        unique = [name if name not in names[:index] else f"{name}_{index}" for index, name in enumerate(names)]
        node["x-enum-varnames"] = unique
        if unique != chosen:
            yield joined(pointer, "enum"), f"the values are given the member names {', '.join(unique)}"


def _member(value: Any, index: int) -> str:
    name = snake_case(str(value)).upper() if str(value)[:1].isalpha() else f"VALUE_{index}"
    return name if name.isidentifier() else f"VALUE_{index}"


def _component_names(document: Document) -> Iterator[Finding]:
    """A component is renamed if its class name is that of another component or of an import."""
    schemas = document.get("components", {}).get("schemas", {})
    taken = set(RESERVED_CLASSES)
    modules: set[str] = set()
    renamed: dict[str, str] = {}
    for key in schemas:
        plain = re.sub(r"[^\w-]+", "_", key)
        new = plain
        for ending in ("", "Model", *(f"Model{number}" for number in range(2, 100))):
            new = f"{plain}{ending}"
            if class_name(new) not in taken and module_name(class_name(new)) not in modules:
                break
        taken.add(class_name(new))
        modules.add(module_name(class_name(new)))
        if new != key:
            renamed[key] = new
            yield f"/components/schemas/{key}", f"its Python class name is already used; it is renamed to {new}"
    if renamed:
        document["components"]["schemas"] = {renamed.get(key, key): schema for key, schema in schemas.items()}
        _rename_references(document, renamed)


def _rename_references(document: Document, renamed: dict[str, str]) -> None:
    moved = {f"{COMPONENTS}{_escaped(old)}": f"{COMPONENTS}{_escaped(new)}" for old, new in renamed.items()}
    objects_at = dict(objects(document))
    for pointer, reference in list(references(document)):
        objects_at[pointer]["$ref"] = moved.get(reference, reference)
    for node in objects_at.values():
        discriminator = node.get("discriminator")
        mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
        if isinstance(mapping, dict):
            mapping.update({value: moved.get(place, renamed.get(place, place)) for value, place in mapping.items()})


def _escaped(key: str) -> str:
    return joined("", key)[1:]


def _entries(node: Document, field: str) -> Iterator[tuple[str, Document]]:
    held = node.get(field)
    for key, value in held.items() if isinstance(held, dict) else ():
        if isinstance(value, dict):
            yield key, value


RULES: tuple[Callable[[Document], Iterator[Finding]], ...] = (
    _info,
    _operation_ids,
    _descriptions,
    _parameters,
    _path_names,
    _required,
    _enums,
    _component_names,
)
