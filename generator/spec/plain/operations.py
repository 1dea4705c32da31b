"""Plain forms of operations: names that occur twice, path parameters that do not fit, answers that are missing."""

import re
from collections.abc import Iterator
from typing import Any

from generator.errors import Finding
from generator.python_names import module_name
from generator.spec.operations import operations, path_parameters
from generator.spec.pointers import Document, joined, resolved

LOCATIONS = frozenset({"path", "query", "header", "cookie"})
BODILESS = frozenset({"204", "205", "304"})
STATUS = re.compile(r"default|[1-9](XX|[0-9]{2})")


def plain_operations(document: Document) -> Iterator[Finding]:
    """Rename operations of one name, make parameters and path agree, and give each operation an answer."""
    yield from _leading_slashes(document)
    yield from _queries_in_paths(document)
    yield from _unique_operation_ids(document)
    for path, item in document.get("paths", {}).items():
        if isinstance(item, dict):
            yield from _parameters(document, joined("/paths", path), item)
    for pointer, method, path, operation in operations(document):
        yield from _parameters(document, pointer, operation)
        yield from _path_parameters(document, pointer, path, operation)
        yield from _responses(pointer, operation)
        yield from _without_content(document, pointer, method, operation)


def _leading_slashes(document: Document) -> Iterator[Finding]:
    """A path is appended to the server's address: without a slash it would change the host."""
    paths = document.get("paths", {})
    wrong = [path for path in paths if not path.startswith(("/", "x-"))]
    for path in wrong:
        plain = next(one for one in (f"/{path}", f"//{path}") if one not in paths)
        document["paths"] = paths = {plain if one == path else one: item for one, item in paths.items()}
        yield joined("/paths", plain), f"the path {path} does not begin with a slash; it is read as {plain}"


def _queries_in_paths(document: Document) -> Iterator[Finding]:
    """OpenAPI knows neither in a path: a query is sent as one, and a fragment only tells operations apart."""
    for path in document.get("paths", {}):
        address, fragment, _ = path.partition("#")
        if "?" in address:
            yield joined("/paths", path), "what follows the ? in this path is sent as the beginning of the query"
        if fragment:
            yield joined("/paths", path), "what follows the # in this path is not sent"


def _unique_operation_ids(document: Document) -> Iterator[Finding]:
    """Operations of one module name in one folder would overwrite each other; the later ones are renamed."""
    taken: set[tuple[str, str]] = set()
    for pointer, method, _, operation in operations(document):
        tag = module_name(str((operation.get("tags") or ["default"])[0]))
        given = str(operation["operationId"])
        names = [given, f"{given}_{method}", *(f"{given}_{method}_{number}" for number in range(2, len(taken) + 3))]
        name = next(one for one in names if (tag, module_name(one)) not in taken)
        taken.add((tag, module_name(name)))
        if name != given:
            operation["operationId"] = name
            yield pointer, f"operationId {given} is used before; this operation is named {name}"


def _parameters(document: Document, pointer: str, holder: Document) -> Iterator[Finding]:
    """Parameters that are sent nowhere, or declared twice, are removed."""
    seen: set[tuple[str, str]] = set()
    kept: list[Any] = []
    for index, one in enumerate(holder.get("parameters", [])):
        parameter = resolved(document, one)
        key = (str(parameter.get("in")), str(parameter.get("name")))
        place = joined(pointer, "parameters", index)
        if key[0] not in LOCATIONS:
            yield place, f"a parameter cannot be in {key[0]}; {key[1]} is removed"
        elif key in seen:
            yield place, f"the {key[0]} parameter {key[1]} is declared twice; the second one is removed"
        else:
            kept.append(one)
        seen.add(key)
    if len(kept) < len(holder.get("parameters", [])):
        holder["parameters"] = kept


def _path_parameters(document: Document, pointer: str, path: str, operation: Document) -> Iterator[Finding]:
    item = document["paths"][path]
    wanted = list(dict.fromkeys(path_parameters(path)))
    for holder in (item, operation):
        for one in list(holder.get("parameters", [])):
            parameter = resolved(document, one)
            if parameter.get("in") == "path" and parameter.get("name") not in wanted:
                holder["parameters"].remove(one)
                yield pointer, f"the path parameter {parameter.get('name')} is not in the path; it is removed"
    declared = [resolved(document, one) for one in item.get("parameters", []) + operation.get("parameters", [])]
    for name in wanted:
        if not any(one.get("in") == "path" and one.get("name") == name for one in declared):
            added = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            operation.setdefault("parameters", []).append(added)
            yield pointer, f"the path parameter {name} is not declared; it is a string"
    yield from _path_defaults(pointer, [one for one in declared if one.get("in") == "path"])


def _path_defaults(pointer: str, parameters: list[Document]) -> Iterator[Finding]:
    """Path parameters are arguments by position, so that either all of them have a default or none has."""
    schemas: dict[str, Document] = {str(one.get("name")): one.get("schema") or {} for one in parameters}
    stated = [name for name, schema in schemas.items() if "default" in schema]
    for name in stated if len(stated) < len(schemas) else ():
        del schemas[name]["default"]
        yield pointer, f"the path parameter {name} must be given like the others; its default is left out"


def _responses(pointer: str, operation: Document) -> Iterator[Finding]:
    """Every operation has answers, by status code, range or `default`."""
    responses = operation.setdefault("responses", {})
    for code in list(responses):
        plain = str(code).strip().upper().replace("DEFAULT", "default")
        if STATUS.fullmatch(plain) and plain != code and plain not in responses:
            responses[plain] = responses.pop(code)
        elif code.startswith("x-"):
            del responses[code]
        elif not STATUS.fullmatch(code):
            del responses[code]
            yield joined(pointer, "responses", code), f"{code} is not a status; this answer is left out"
    if not any(code == "default" or code.startswith("2") for code in responses):
        responses["2XX"] = {"description": ""}
        yield pointer, "no success is documented; the body of one is not read"


def _without_content(document: Document, pointer: str, method: str, operation: Document) -> Iterator[Finding]:
    """HTTP allows no body in an answer to HEAD, nor with these statuses: to read one would fail each time."""
    for code, response in list(operation["responses"].items()):
        plain = resolved(document, response)
        if plain.get("content") and (method == "head" or code in BODILESS):
            operation["responses"][code] = {**plain, "content": {}}
            yield joined(pointer, "responses", code), "HTTP allows no body in this answer; its content is left out"
