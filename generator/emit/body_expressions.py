"""The Python expressions that encode the body of a request, made from the parser's escaped parts."""

from typing import Any

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.strings import PythonCode

from generator.emit.decode_expressions import type_of
from generator.emit.literals import literal
from generator.emit.template_data import TemplateData
from generator.spec.body_encodings import FieldEncoding

# What isinstance takes for the parser's property classes whose type is no class of its own.
CLASSES = {
    "AnyProperty": "object",
    "BooleanProperty": "bool",
    "ConstProperty": "object",
    "FloatProperty": "float",
    "ListProperty": "list",
    "NoneProperty": "type(None)",
}


class Bodies:
    """Makes these expressions for one document."""

    def __init__(self, data: TemplateData) -> None:
        self._data = data

    def body_code(self, endpoint: Endpoint) -> PythonCode:
        """The call that encodes the body; of several content types, the one that is named or fits the body's type."""
        named = endpoint.bodies if chosen_by_name(endpoint) else []
        *others, last = _distinct(endpoint)
        chain = [
            f"{self._body(endpoint, body)} if content_type == {literal(body.content_type)} else " for body in named
        ]
        chain += [f"{self._body(endpoint, body)} if isinstance(body, {classes(body.prop)}) else " for body in others]
        return PythonCode("".join(chain) + self._body(endpoint, last))

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
            "content": f"encode.file_body(body, {content_type})",
        }[body.body_type]


def body_type(endpoint: Endpoint) -> PythonCode:
    """The type of the argument body, with its default."""
    types = " | ".join(dict.fromkeys(type_of(body.prop) for body in endpoint.bodies))
    required = all(body.prop.required for body in endpoint.bodies)
    return PythonCode(types if required else f"{types} | Unset = UNSET")


def content_type_argument(endpoint: Endpoint) -> PythonCode:
    """The type and default of the argument content_type; empty where the body's type decides."""
    if not chosen_by_name(endpoint):
        return PythonCode("")
    names = ", ".join(literal(body.content_type) for body in endpoint.bodies)
    return PythonCode(f"Literal[{names}] | Unset = UNSET")


def chosen_by_name(endpoint: Endpoint) -> bool:
    """Whether two content types have bodies that no isinstance tells apart."""
    return len(_distinct(endpoint)) < len(endpoint.bodies)


def _distinct(endpoint: Endpoint) -> list[Any]:
    """The bodies without those whose class an earlier one has."""
    seen: dict[str, Any] = {}
    for body in endpoint.bodies:
        seen.setdefault(classes(body.prop), body)
    return list(seen.values())


def classes(prop: Any) -> str:
    """What isinstance takes to recognise a value of *prop*."""
    kind = type(prop).__name__
    if kind == "UnionProperty":
        inner = dict.fromkeys(classes(one) for one in prop.inner_properties)
        return " | ".join("None" if one == "type(None)" else one for one in inner)
    code: str = CLASSES.get(kind) or prop.get_instance_type_string().as_unembedded_code()
    return code


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
