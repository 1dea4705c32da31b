"""The Python expressions and types of endpoint modules, made from the parser's escaped parts; templates call these."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.responses import Response
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonCode

from generator.emit.decode_expressions import Decoders, answer_type_of, type_of
from generator.emit.template_data import TemplateData
from generator.spec.media_families import family
from generator.spec.operations import PATH_PARAMETER

SUCCESS = range(200, 300)
SAFE_IN_PATHS = "/%:@!$&'()*+,;=~-._"  # the characters that RFC 3986 allows in a path


def successes(endpoint: Endpoint) -> list[Response]:
    """The documented success responses; the default response only if there is no other."""
    found = [
        one for one in endpoint.responses.patterns if one.status_code.range and one.status_code.range[0] in SUCCESS
    ]
    default = endpoint.responses.default
    return found or ([default] if default else [])


def error_responses(endpoint: Endpoint) -> list[Response]:
    """All other documented responses."""
    good = successes(endpoint)
    return [response for response in endpoint.responses if response not in good]


def answer_type(endpoint: Endpoint) -> PythonCode:
    """The type that a successful call returns."""
    types = dict.fromkeys(answer_type_of(response) for response in successes(endpoint))
    return PythonCode(" | ".join(sorted(types, key=lambda name: (name == "None", name))) or "None")


def late_imports(endpoint: Endpoint) -> list[str]:
    """The imports of models that run at the first call; those needed for default values run with the module."""
    defaults = [
        one.default.python_code.as_unembedded_code() for _, one in endpoint.iter_all_parameters() if one.default
    ]
    early = {default.partition(".")[0] for default in defaults}
    return sorted(
        line for line in endpoint.relative_imports if " ...models." in line and line.split(" ")[3] not in early
    )


def body_type(endpoint: Endpoint) -> PythonCode:
    """The type of the argument body, with its default."""
    types = " | ".join(dict.fromkeys(one for body in endpoint.bodies for one in _types(body)))
    required = all(body.prop.required for body in endpoint.bodies)
    return PythonCode(types if required else f"{types} | Unset = UNSET")


def _types(body: Any) -> list[str]:
    """The types of a body's argument: text, the content of a file in any form, or the model."""
    if body.body_type != "content":
        return [type_of(body.prop)]
    return ["str"] if _is_text(body) else ["File", "bytes", "str"]


def _is_text(body: Any) -> bool:
    return family(body.content_type.get_untrusted_value()) == "text"


def body_code(endpoint: Endpoint) -> PythonCode:
    """The call that encodes the body; of several content types, the one that fits the argument's type."""
    first_of_class: dict[str, Any] = {}
    for body in endpoint.bodies:
        first_of_class.setdefault(_classes(body), body)
    *others, last = first_of_class.values()
    chain = [f"{_body(body)} if isinstance(body, {_classes(body)}) else " for body in others]
    return PythonCode("".join(chain) + _body(last))


def _body(body: Any) -> str:
    content_type = literal(body.content_type)
    return {
        "json": f"encode.json_body(body, {content_type})",
        "data": "encode.form_body(body)",
        "files": "encode.multipart_body(body)",
        "content": f"encode.content_body(body, {content_type})",
    }[body.body_type]


def address(endpoint: Endpoint) -> PythonCode:
    """The expression of the path with the values of its parameters."""
    return PythonCode(" + ".join(_pieces(endpoint)))


def _pieces(endpoint: Endpoint) -> Iterator[str]:
    parameters = {str(parameter.python_name): parameter for parameter in endpoint.path_parameters}
    for piece in PATH_PARAMETER.split(endpoint.path.get_untrusted_value()):
        if piece in parameters:
            value = f"str({piece})" if type(parameters[piece]).__name__ == "FloatProperty" else piece
            yield f'encode.path_value("{piece}", {value})'
        elif piece:
            yield literal(quote(piece, safe=SAFE_IN_PATHS))


def literal(text: UntrustedString | str) -> str:
    """*text* as a Python string literal with its quotes; control characters are escaped."""
    return repr(text.get_untrusted_value() if isinstance(text, UntrustedString) else text)


def _classes(body: Any) -> str:
    """What isinstance() tells the argument by."""
    if body.body_type == "content":
        return " | ".join(_types(body))
    code: str = body.prop.get_instance_type_string().as_unembedded_code()
    return code


def expressions(data: TemplateData) -> dict[str, Callable[..., Any]]:
    """The functions that templates call, by name."""
    decoders = Decoders(data.discriminators)
    functions = (
        decoders.decoder,
        decoders.taken,
        decoders.reader,
        successes,
        error_responses,
        answer_type,
        late_imports,
        body_type,
        body_code,
        address,
    )
    return {function.__name__: function for function in functions}
