"""The Python expressions that encode the body of a request, made from the parser's escaped parts."""

from collections.abc import Iterator
from typing import Any

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.strings import PythonCode

from generator.emit.expressions.decoders import type_of
from generator.emit.expressions.literals import literal
from generator.emit.template_data import TemplateData
from generator.spec.requests.body_encodings import FieldEncoding
from generator.spec.requests.media_types import family

# What isinstance takes for the parser's property classes whose type is no class of its own.
CLASSES = {
    "AnyProperty": "object",
    "BooleanProperty": "bool",
    "ConstProperty": "object",
    "FloatProperty": "float | int",
    "ListProperty": "list",
    "NoneProperty": "None",
}


class Bodies:
    """Makes these expressions for one document."""

    def __init__(self, data: TemplateData) -> None:
        self._data = data

    def body_code(self, endpoint: Endpoint) -> PythonCode:
        """
        The call that encodes the body; of several content types, the one that is named or fits the body's type.

        Where its type decides, a body of none of the types is an error; one content type takes what can be encoded.
        """
        named = endpoint.bodies if chosen_by_name(endpoint) else []
        chain = [
            f"{self._body(endpoint, body)} if content_type == {literal(body.content_type)} else " for body in named
        ]
        *others, last = sorted(_distinct(endpoint), key=lambda body: "object" in classes(body))
        if others and "object" not in classes(last):
            others.append(last)
        chain += [
            f"{self._body(endpoint, body)} if isinstance(body, {' | '.join(classes(body))}) else " for body in others
        ]
        otherwise = (
            f"encode.wrong_body(body, {_types_of(endpoint)!r})" if last in others else self._body(endpoint, last)
        )
        return PythonCode("".join(chain) + otherwise)

    def forms(self, endpoint: Endpoint) -> bool:
        """Whether the module of *endpoint* needs the runtime's module of forms."""
        return any(body.body_type in {"data", "files"} for body in endpoint.bodies)

    def _body(self, endpoint: Endpoint, body: Any) -> str:
        content_type = literal(body.content_type)
        fields = self._data.operation(endpoint).encodings.get(body.content_type.get_untrusted_value(), {})
        more = f", {_fields(fields)}" if fields else ""
        return {
            "json": f"encode.json_body(body, {content_type})",
            "data": f"forms.urlencoded(body{more})",
            "files": f"forms.multipart(body{more})",
            "content": f"encode.content_body(body, {content_type})",
        }[body.body_type]


def body_type(endpoint: Endpoint) -> PythonCode:
    """The type of the argument body, with its default."""
    types = _types_of(endpoint)
    required = all(body.prop.required for body in endpoint.bodies)
    return PythonCode(types if required else f"{types} | Unset = UNSET")


def _types_of(endpoint: Endpoint) -> str:
    return " | ".join(dict.fromkeys(one for body in endpoint.bodies for one in _types(body)))


def _types(body: Any) -> tuple[str, ...]:
    """The types of a body's argument: text, the content of a file in any form, or the type of its schema."""
    if body.body_type != "content":
        return (type_of(body.prop),)
    return ("str",) if family(body.content_type.get_untrusted_value()) == "text" else ("File", "bytes", "str")


def content_type_argument(endpoint: Endpoint) -> PythonCode:
    """The type and default of the argument content_type; empty where the body's type decides."""
    if not chosen_by_name(endpoint):
        return PythonCode("")
    names = ", ".join(literal(body.content_type) for body in endpoint.bodies)
    return PythonCode(f"Literal[{names}] | Unset = UNSET")


def chosen_by_name(endpoint: Endpoint) -> bool:
    """Whether two content types have bodies that no isinstance tells apart."""
    found = [one for body in endpoint.bodies for one in classes(body)]
    return len(set(found)) < len(found) or (len(endpoint.bodies) > 1 and "object" in found)


def _distinct(endpoint: Endpoint) -> list[Any]:
    """The bodies without those of which every class is one of an earlier body."""
    seen: set[str] = set()
    found: list[Any] = []
    for body in endpoint.bodies:
        if not set(classes(body)) <= seen:
            found.append(body)
        seen.update(classes(body))
    return found


def classes(body: Any) -> tuple[str, ...]:
    """The classes of the values of *body*, by which isinstance recognises them."""
    return _types(body) if body.body_type == "content" else tuple(dict.fromkeys(_classes(body.prop)))


def _classes(prop: Any) -> Iterator[str]:
    kind = type(prop).__name__
    if kind == "UnionProperty":
        for one in prop.inner_properties:
            yield from _classes(one)
    else:
        yield from (CLASSES.get(kind) or prop.get_instance_type_string().as_unembedded_code()).split(" | ")


def _fields(fields: dict[str, FieldEncoding]) -> str:
    return "{" + ", ".join(f"{name!r}: forms.Field({_arguments(one)})" for name, one in fields.items()) + "}"


def _arguments(one: FieldEncoding) -> str:
    given = {
        "style": one.style,
        "explode": None if one.explode else False,
        "reserved": one.reserved,
        "content_type": one.content_type,
        "headers": one.headers,
    }
    return ", ".join(
        f"{name}={value!r}" for name, value in given.items() if value or (value is False and name == "explode")
    )
