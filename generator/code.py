"""Code: the Python expressions that templates print, each made of the parser's own escaped parts."""

import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.responses import Response
from openapi_python_client.strings import PythonCode, in_double_quote_literal

# The parser's kinds of property and their decoders.
SIMPLE = {
    "BooleanProperty": "boolean",
    "DateProperty": "date",
    "DateTimeProperty": "date_time",
    "FloatProperty": "number",
    "IntProperty": "integer",
    "NoneProperty": "null",
    "StringProperty": "string",
    "UuidProperty": "uuid",
}
# Answers that are no JSON: where the parser finds them, their type and their reader.
SOURCES = {
    "response.text": ("str", "text"),
    "response.content": ("bytes", "content"),
    "None": ("None", "nothing"),
}
SUCCESS = range(200, 300)


def decoder(prop: Any) -> PythonCode:
    """The decoder of what *prop* describes."""
    return PythonCode(_decoder(prop))


def _decoder(prop: Any) -> str:
    match kind := type(prop).__name__:
        case "ListProperty":
            return f"decode.list_of({_decoder(prop.inner_property)})"
        case "ModelProperty":
            return f"decode.model({prop.class_info.name}.from_dict)"
        case "EnumProperty":
            return f"decode.enum({prop.class_info.name})"
        case "UnionProperty":
            options = ", ".join(_decoder(inner) for inner in prop.inner_properties)
            return f"decode.OneOf[{_type(prop)}]({options})"
        case "ConstProperty":
            return f"decode.Constant[{_type(prop)}]({prop.value.python_code.as_unembedded_code()})"
        case _:
            return f"decode.{SIMPLE.get(kind, 'anything')}"


def taken(prop: Any) -> PythonCode:
    """How a model takes *prop* out of its fields."""
    name = in_double_quote_literal(prop.name)
    if prop.required:
        return PythonCode(f'required("{name}", {_decoder(prop)})')
    if prop.default is not None:
        return PythonCode(f'defaulting("{name}", {_decoder(prop)}, {prop.default.python_code.as_unembedded_code()})')
    return PythonCode(f'optional("{name}", {_decoder(prop)})')


def successes(endpoint: Endpoint) -> list[Response]:
    """The documented answers that are successes; the default one only where nothing else can be."""
    found = [
        one for one in endpoint.responses.patterns if one.status_code.range and one.status_code.range[0] in SUCCESS
    ]
    default = endpoint.responses.default
    return found or ([default] if default else [])


def faults(endpoint: Endpoint) -> list[Response]:
    """All other documented answers."""
    good = successes(endpoint)
    return [response for response in endpoint.responses if response not in good]


def answer_type(endpoint: Endpoint) -> PythonCode:
    """The type of what a success gives."""
    types = dict.fromkeys(_answer_type(response) for response in successes(endpoint))
    return PythonCode(" | ".join(sorted(types, key=lambda name: (name == "None", name))) or "None")


def _answer_type(response: Response) -> str:
    known = SOURCES.get(response.source["attribute"])
    return known[0] if known else _type(response.prop)


def reader(response: Response) -> PythonCode:
    """The reader of one documented answer."""
    known = SOURCES.get(response.source["attribute"])
    if known:
        return PythonCode(f"answers.{known[1]}")
    name = in_double_quote_literal(_type(response.prop))
    return PythonCode(f'answers.json_of("{name}", {_decoder(response.prop)})')


def late_imports(endpoint: Endpoint) -> list[str]:
    """The imports of models: they wait for the first call, unless a default value is one of theirs."""
    defaults = [
        one.default.python_code.as_unembedded_code() for _, one in endpoint.iter_all_parameters() if one.default
    ]
    early = {default.partition(".")[0] for default in defaults}
    return sorted(
        line for line in endpoint.relative_imports if " ...models." in line and line.split(" ")[3] not in early
    )


def body_type(endpoint: Endpoint) -> PythonCode:
    """The type of the argument body, with its default."""
    types = " | ".join(dict.fromkeys(_type(body.prop) for body in endpoint.bodies))
    required = all(body.prop.required for body in endpoint.bodies)
    return PythonCode(types if required else f"{types} | Unset = UNSET")


def body_code(endpoint: Endpoint) -> PythonCode:
    """The call that makes the body; where several kinds are documented, the one of the argument's type."""
    *others, last = endpoint.bodies
    chain = [f"{_body(body)} if isinstance(body, {_class(body.prop)}) else " for body in others]
    return PythonCode("".join(chain) + _body(last))


def _body(body: Any) -> str:
    content_type = in_double_quote_literal(body.content_type)
    return {
        "json": f'encode.json_body(body, "{content_type}")',
        "data": "encode.form_body(body)",
        "files": "encode.multipart_body(body)",
        "content": f'encode.file_body(body, "{content_type}")',
    }[body.body_type]


def address(endpoint: Endpoint) -> PythonCode:
    """The path with its parameters put in."""
    return PythonCode(" + ".join(_pieces(endpoint)))


def _pieces(endpoint: Endpoint) -> Iterator[str]:
    parameters = {str(parameter.python_name): parameter for parameter in endpoint.path_parameters}
    for piece in re.split(r"\{([^}]*)\}", endpoint.path.get_untrusted_value()):
        if piece in parameters:
            value = f"str({piece})" if type(parameters[piece]).__name__ == "FloatProperty" else piece
            yield f'encode.path_value("{piece}", {value})'
        elif piece:
            yield f'"{in_double_quote_literal(piece)}"'


def _class(prop: Any) -> str:
    code: str = prop.get_instance_type_string().as_unembedded_code()
    return code


def _type(prop: Any) -> str:
    code: str = prop.get_type_string(no_optional=True).as_unembedded_code()
    return code


EXPRESSIONS = {
    function.__name__: function
    for function in (
        decoder,
        taken,
        successes,
        faults,
        answer_type,
        reader,
        late_imports,
        body_type,
        body_code,
        address,
    )
}
