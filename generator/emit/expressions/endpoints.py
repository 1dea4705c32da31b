"""The Python expressions and types of endpoint modules, made from the parser's escaped parts; templates call these."""

from collections.abc import Callable
from functools import partial
from typing import Any

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.responses import Response
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonCode, safe_for_docstring

from generator.emit.expressions.bodies import Bodies, body_type, content_type_argument
from generator.emit.expressions.decoders import Decoders, answer_type_of
from generator.emit.expressions.parameters import Parameters
from generator.emit.template_data import TemplateData

SUCCESS = range(200, 300)
USES = ("Body of ", "Answer of ")  # how the sentence begins that descriptions.py adds to the description of a component


def successes(endpoint: Endpoint) -> list[Response]:
    """The documented success responses; the default response, for any 2xx, only if there is no other."""
    found = [
        one for one in endpoint.responses.patterns if one.status_code.range and one.status_code.range[0] in SUCCESS
    ]
    default = endpoint.responses.default
    return found or ([default] if default else [])


def error_responses(endpoint: Endpoint) -> list[Response]:
    """All other documented responses; the default response describes errors too."""
    good = successes(endpoint)
    return [response for response in endpoint.responses if response not in good or response.is_default()]


def answer_type(endpoint: Endpoint) -> PythonCode:
    """The type that a successful call returns."""
    types = dict.fromkeys(answer_type_of(response) for response in successes(endpoint))
    return PythonCode(" | ".join(sorted(types, key=lambda name: (name == "None", name))) or "None")


def streams(endpoint: Endpoint) -> bool:
    """Whether the answer is bytes, if there is any content: these can be written to a file as they arrive."""
    return answer_type(endpoint).as_unembedded_code() in {"bytes", "bytes | None"}


def late_imports(endpoint: Endpoint) -> list[str]:
    """The imports of models that run at the first call; those needed for default values run with the module."""
    defaults = [
        one.default.python_code.as_unembedded_code() for _, one in endpoint.iter_all_parameters() if one.default
    ]
    early = {default.partition(".")[0] for default in defaults}
    return sorted(
        line for line in endpoint.relative_imports if " ...models." in line and line.split(" ")[3] not in early
    )


def body_doc(endpoint: Endpoint, description: UntrustedString) -> str:
    """The line of the docstring for the argument body; *description* is that of the request body."""
    models = [one.prop.description for one in endpoint.bodies if type(one.prop).__name__ == "ModelProperty"]
    texts = [_without_uses(one.get_untrusted_value()).strip() for one in [description, *models] if one]
    said = next(filter(None, texts), "The body of the request.")
    return f"body ({_type_doc(body_type(endpoint))}): {safe_for_docstring(UntrustedString(said))}"


def content_type_doc(endpoint: Endpoint) -> str:
    """The line of the docstring for the argument content_type; empty where there is none."""
    type_doc = _type_doc(content_type_argument(endpoint))
    said = "What the body is sent as; without it the first of these that takes a body of its class."
    return f"content_type ({type_doc}): {said}" if type_doc else ""


def _type_doc(argument: PythonCode) -> str:
    return safe_for_docstring(PythonCode(argument.as_unembedded_code().removesuffix(" = UNSET")))


def _without_uses(description: str) -> str:
    """*description* without its last sentence, if that says which operations use the component."""
    start = end = len(description) - 1
    while start > 0 and (description[start - 1].isalnum() or description[start - 1] in "_; "):
        start -= 1
    places = [place for word in USES if (place := description.find(word, start)) >= 0]
    return description[: min(places)] if places and description[end:] == "." else description


def _key_code(data: TemplateData, endpoint: Endpoint) -> PythonCode:
    """The call that gives the keys of a request: of one of the alternatives, each a tuple of the client's arguments."""
    if data.auth.single:
        return PythonCode("client.auth_headers()")
    alternatives = data.auth.alternatives[data.operation(endpoint).name.get_untrusted_value()]
    return PythonCode(f"client.credentials({', '.join(repr(names) for names in alternatives)})")


def expressions(data: TemplateData, decoders: Decoders) -> dict[str, Callable[..., Any]]:
    """The functions that templates call, by name."""
    parameters, bodies = Parameters(data), Bodies(data)
    functions = (
        decoders.decoder,
        decoders.reader,
        successes,
        error_responses,
        answer_type,
        streams,
        late_imports,
        body_type,
        body_doc,
        content_type_argument,
        content_type_doc,
        bodies.body_code,
        bodies.forms,
        parameters.address,
        parameters.plain_query,
        parameters.query_piece,
        parameters.header_piece,
        parameters.cookie_piece,
        parameters.styled,
    )
    named: dict[str, Callable[..., Any]] = {function.__name__: function for function in functions}
    return {**named, "key_code": partial(_key_code, data)}
