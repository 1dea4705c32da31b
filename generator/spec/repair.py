"""Repairs errors of a document where that is safe; reports each repaired place."""

import re
from collections.abc import Callable, Iterator

from openapi_python_client.strings import snake_case

from generator.errors import Finding
from generator.python_names import RESERVED_CLASSES, class_name, module_name
from generator.spec.names.enums import enums
from generator.spec.operations import PATH_PARAMETER, operations
from generator.spec.pointers import Document, composition_of, joined, objects, references, schemas

PATH_NAME = re.compile(r"[A-Za-z_-][A-Za-z0-9_-]*")
COMPONENTS = "#/components/schemas/"
PARAMETER_LOCATIONS = frozenset({"path", "query", "header", "cookie"})


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
    for pointer, node in schemas(document):
        required, properties = node.get("required"), node.get("properties")
        joins = "allOf" in node or composition_of(pointer) == "allOf"  # which may define the field
        if isinstance(required, list) and isinstance(properties, dict) and node.get("type") == "object" and not joins:
            for name in [name for name in required if name not in properties]:
                required.remove(name)
                yield (
                    joined(pointer, "required"),
                    f"{name} is required but not a property; it is removed from the list",
                )


def _component_names(document: Document) -> Iterator[Finding]:
    """A component is renamed if its class name is that of another component or of an import."""
    named = document.get("components", {}).get("schemas", {})
    taken = set(RESERVED_CLASSES)
    modules: set[str] = set()
    renamed: dict[str, str] = {}
    for key in named:
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
        document["components"]["schemas"] = {renamed.get(key, key): schema for key, schema in named.items()}
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
    enums,
    _component_names,
)
