"""How each parameter is written: its style, and where the document asks for what OpenAPI does not define, a finding."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.errors import Finding
from generator.spec.operations import METHODS
from generator.spec.pointers import Document, joined, objects, resolved
from generator.spec.requests.media_types import is_json
from generator.spec.schemas.kinds import NESTED, inner_kinds, kinds_of

# The styles of each place, the default first (OpenAPI 3.1, "Style Values").
STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
HEADER_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
SENT_NAME = "x-sent-name"  # the name in a path of style matrix, where the document's parser needs another one


@dataclass(frozen=True)
class Style:
    """How one parameter is written; *media* is the content type of its value, empty without one."""

    name: str
    explode: bool
    reserved: bool
    media: str
    sent: str


def style_of(parameter: Document) -> Style:
    """The style of a *parameter* that the rules below have passed."""
    name = parameter.get("style", STYLES[parameter["in"]][0])
    return Style(
        name=name,
        explode=parameter.get("explode", name == "form"),
        reserved=parameter.get("allowReserved", False),
        media=next(iter(parameter.get("content", {})), ""),
        sent=str(parameter.get(SENT_NAME, parameter["name"])),
    )


def prepare_parameters(document: Document) -> list[Finding]:
    """Give the parameters of *document* a schema and a style that can be sent; return what OpenAPI leaves open."""
    parameters = list(_parameters(document))
    found = [finding for pointer, node in parameters for rule in RULES for finding in rule(document, pointer, node)]
    _one_spelling(document)
    return [*found, *_headers_of_the_client(document)]


def _one_spelling(document: Document) -> None:
    """Names of headers have no case: each gets the spelling of the first, so that it overrides that or occurs twice."""
    of_path: dict[str, dict[str, str]] = {}
    for pointer, holder, _ in _lists(document):
        path = "/".join(pointer.split("/")[:3])
        spelled = of_path.setdefault(path, {}) if pointer == path else dict(of_path.get(path, {}))
        for index, parameter in enumerate(holder["parameters"]):
            node = _resolved(document, parameter)
            first = spelled.setdefault(_place(node)[1], node["name"]) if node.get("in") == "header" else None
            if first and first != node["name"]:
                holder["parameters"][index] = {**node, "name": first}


def _headers_of_the_client(document: Document) -> Iterator[Finding]:
    """OpenAPI ignores header parameters with these names: the content types and the key say what is sent."""
    for pointer, holder, operations in _lists(document):
        security = [_security(document, one) for one in operations]
        keys = set[tuple[str, str]].intersection(*(_keys(document, one) for one in security)) if security else set()
        kept, needed = [], set()
        for index, parameter in enumerate(holder["parameters"]):
            node = _resolved(document, parameter)
            location, name = _place(node)
            ignored = {"accept", "content-type", *(["authorization"] if security and all(security) else [])}
            if location == "header" and name in ignored:
                yield (
                    joined(pointer, "parameters", index),
                    f"OpenAPI ignores a header parameter {node['name']}; it is left out",
                )
            elif location == "header" and not HEADER_NAME.fullmatch(name):
                yield (
                    joined(pointer, "parameters", index),
                    f"HTTP has no header with the name {node['name']!r}; this parameter is left out",
                )
            elif (location, name) in keys:
                needed |= {(location, name)} if node.get("required") is True else set()
                yield (
                    joined(pointer, "parameters", index),
                    f"the {location} parameter {node['name']} is the API key, which the client has; it is left out",
                )
            else:
                kept.append(parameter)
        holder["parameters"] = kept
        for one in operations if needed else []:
            one["security"] = _with_keys(document, _security(document, one), needed)


def _with_keys(document: Document, security: list[Document], places: set[tuple[str, str]]) -> list[Document]:
    """*security* with the keys of *places* in each alternative: they are required parameters, whatever else is sent."""
    names = {place: name for choice in security for name in choice for place in _keys(document, [{name: []}])}
    needed: Document = {names[place]: [] for place in sorted(places)}
    choices = [{**needed, **choice} for choice in security]
    return [one for index, one in enumerate(choices) if one not in choices[:index]]


def _place(node: Document) -> tuple[str, str]:
    """Where a parameter or a key stands; the names of headers have no case."""
    location, name = str(node.get("in")), str(node.get("name"))
    return location, name.lower() if location == "header" else name


def _security(document: Document, operation: Document) -> list[Document]:
    given = operation.get("security", document.get("security"))
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _keys(document: Document, security: list[Document]) -> set[tuple[str, str]]:
    """Where the keys of *security* stand that have a place of their own."""
    known = document.get("components", {}).get("securitySchemes", {})
    schemes = [_resolved(document, known.get(name, {})) for choice in security for name in choice]
    return {_place(one) for one in schemes if one.get("type") == "apiKey"}


def _lists(document: Document) -> Iterator[tuple[str, Document, list[Document]]]:
    """Every path and operation with parameters, and the operations that send them."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        holders = [("", item), *((key, item.get(key)) for key in METHODS)] if isinstance(item, dict) else []
        for key, holder in holders:
            if isinstance(holder, dict) and isinstance(holder.get("parameters"), list):
                place = joined("/paths", path, key) if key else joined("/paths", path)
                sending = [one for method, one in holders[1:] if isinstance(one, dict) and key in {"", method}]
                yield place, holder, sending


def _resolved(document: Document, node: Any) -> Document:
    try:
        found = resolved(document, node)
    except (LookupError, ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _parameters(document: Document) -> Iterator[tuple[str, Document]]:
    """Every parameter in a list of parameters or among the components; references are left out."""
    for pointer, node in list(objects(document)):
        holder = pointer.rpartition("/")[0]
        listed = holder.endswith("/parameters") and (holder.startswith("/paths/") or holder == "/components/parameters")
        if listed and node.get("in") in STYLES and isinstance(node.get("name"), str):
            yield pointer, node


def _content(document: Document, pointer: str, node: Document) -> Iterator[Finding]:
    """The schema of `content` becomes that of the parameter; what is left says which content type its value has."""
    content = node.get("content")
    if not content:
        node.pop("content", None)
    elif "schema" in node:
        del node["content"]
        yield pointer, f"the parameter {node['name']} has schema and content; it is sent as its schema says"
    else:
        chosen = next((one for one in content if is_json(one)), next(iter(content)))
        media = content[chosen] if isinstance(content[chosen], dict) else {}
        node["schema"] = media.get("schema", {})
        node["content"] = {chosen: {}}
        for keyword in ("style", "explode", "allowReserved"):
            node.pop(keyword, None)
        if "*" in chosen and not kinds_of(document, node["schema"]) & {*NESTED, "any"}:
            del node["content"]  # any form will do: that of a parameter without a content type
        elif not is_json(chosen):
            node["schema"] = {"type": "string"}
            if not chosen.startswith("text/"):
                yield (
                    pointer,
                    f"the parameter {node['name']} is {chosen}; pass its value as text, which is sent as it is",
                )


def _keywords(_: Document, pointer: str, node: Document) -> Iterator[Finding]:
    """Keywords that OpenAPI does not know in this place mean nothing; the defaults are taken."""
    allowed = STYLES[node["in"]]
    if node.get("style", allowed[0]) not in allowed:
        style = node.pop("style")
        yield pointer, f"the style {style!r} is none of a {node['in']} parameter; it is sent in the style {allowed[0]}"
    for keyword in ("explode", "allowReserved"):
        if not isinstance(node.get(keyword, False), bool):
            del node[keyword]
            yield pointer, f"{keyword} is neither true nor false; its default is taken"
    if node.get("allowReserved") and node["in"] != "query":
        del node["allowReserved"]
        yield pointer, f"allowReserved is for query parameters only; the {node['in']} parameter is percent-encoded"


def _undefined(document: Document, pointer: str, node: Document) -> Iterator[Finding]:
    """Where OpenAPI says "not applicable" or "undefined", a form is chosen that servers read, and said."""
    schema, name, style = node.get("schema", {}), node["name"], style_of(node)
    kinds, inner = kinds_of(document, schema), inner_kinds(document, schema)
    if style.media or not kinds & NESTED:
        if not style.media and style.name in {"deepObject", "spaceDelimited", "pipeDelimited"} and "any" not in kinds:
            node.pop("explode", None)
            del node["style"]
            yield pointer, f"the style {style.name} is not for single values; {name} is sent in the style form"
    elif style.name == "deepObject":
        if "array" in kinds:
            yield (
                pointer,
                f"OpenAPI has no form for an array in the style deepObject; it is sent as {name}[0]=…&{name}[1]=…",
            )
        elif inner & NESTED:
            yield (
                pointer,
                f"OpenAPI leaves open how what is nested in {name} is sent; it is sent as {name}[field][inner]=…",
            )
    else:
        if inner & NESTED:
            yield (
                pointer,
                f"OpenAPI has no form for what is nested in {name} in the style {style.name}; it is sent as JSON",
            )
        if node["in"] == "cookie" and style.explode:
            yield (
                pointer,
                f"OpenAPI leaves open how {name} is sent in cookies; each of its items is sent as a cookie of its own",
            )


def _sent_names(_: Document, __: str, node: Document) -> Iterator[Finding]:
    """In the style matrix the name of a path parameter is sent; it may be renamed for the parser later."""
    if node.get("style") == "matrix":
        node[SENT_NAME] = node["name"]
    yield from ()


def _files(_: Document, pointer: str, node: Document) -> Iterator[Finding]:
    schema: Any = node.get("schema")
    if isinstance(schema, dict) and schema.get("type") == "string" and schema.get("format") == "binary":
        del schema["format"]
        yield joined(pointer, "schema"), f"the parameter {node['name']} cannot be a file; it is sent as text"


RULES: tuple[Callable[[Document, str, Document], Iterator[Finding]], ...] = (
    _content,
    _keywords,
    _undefined,
    _sent_names,
    _files,
)
