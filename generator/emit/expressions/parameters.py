"""The Python expressions that send the parameters of an operation, made from the parser's escaped parts."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.strings import PythonCode

from generator.emit.expressions.literals import literal
from generator.emit.template_data import TemplateData
from generator.spec.operations import PATH_PARAMETER
from generator.spec.requests.media_types import is_json
from generator.spec.requests.parameter_styles import Style

SAFE_IN_PATHS = "/%:@!$&'()*+,;=~-._?"  # the characters that RFC 3986 allows in a path, and what begins a query
SEPARATORS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
# The kinds of path values, by the parser's property class; all others are text.
KINDS = {
    "FloatProperty": ("number",),
    "BooleanProperty": ("boolean",),
    "ListProperty": ("array",),
    "ModelProperty": ("object",),
    "AnyProperty": ("text", "number", "boolean", "array", "object"),
}
NESTED = frozenset({"array", "object"})


class Parameters:
    """Makes these expressions for one document."""

    def __init__(self, data: TemplateData) -> None:
        self._data = data

    def address(self, endpoint: Endpoint) -> PythonCode:
        """The expression of the path with the values of its parameters."""
        return PythonCode(" + ".join(self._pieces(endpoint)))

    def plain_query(self, endpoint: Endpoint) -> bool:
        """Whether all query parameters are single values or repeated arrays, which need no style."""
        return all(_is_plain(self._style(endpoint, "query", one), kinds(one)) for one in endpoint.query_parameters)

    def query_piece(self, endpoint: Endpoint, parameter: Any) -> PythonCode:
        """The call that encodes one query parameter."""
        name, style = literal(parameter.name), self._style(endpoint, "query", parameter)
        more = ", reserved=True" if style.reserved else ""
        value = _value(parameter, style)
        if style.name == "deepObject":
            return PythonCode(f"parameters.deep_object({name}, {value}{more})")
        if not style.explode:
            more = ", explode=False" + more
        if style.name in SEPARATORS:
            more += f", separator={SEPARATORS[style.name]!r}"
        return PythonCode(f"parameters.form({name}, {value}{more})")

    def header_piece(self, endpoint: Endpoint, parameter: Any) -> PythonCode:
        """The call that encodes one header."""
        name, style = literal(parameter.name), self._style(endpoint, "header", parameter)
        if not style.media and not kinds(parameter) & NESTED:
            return PythonCode(f"encode.header_value({name}, {parameter.python_name})")
        more = ", explode=True" if style.explode else ""
        return PythonCode(f"parameters.header({name}, {_value(parameter, style, ascii_only=True)}{more})")

    def cookie_piece(self, endpoint: Endpoint, parameter: Any) -> PythonCode:
        """The call that encodes one cookie."""
        style = self._style(endpoint, "cookie", parameter)
        more = "" if style.explode else ", explode=False"
        return PythonCode(f"parameters.cookie({literal(parameter.name)}, {_value(parameter, style)}{more})")

    def styled(self, endpoint: Endpoint) -> bool:
        """Whether the module of *endpoint* needs the runtime's module of styles."""
        code = [self.address(endpoint), *(self.header_piece(endpoint, one) for one in endpoint.header_parameters)]
        query = endpoint.query_parameters and not self.plain_query(endpoint)
        return bool(
            query or endpoint.cookie_parameters or any("parameters." in one.as_unembedded_code() for one in code)
        )

    def _pieces(self, endpoint: Endpoint) -> Iterator[str]:
        parameters = {parameter.name.get_untrusted_value(): parameter for parameter in endpoint.path_parameters}
        address, _, _ = endpoint.path.get_untrusted_value().partition("#")
        for index, piece in enumerate(PATH_PARAMETER.split(address)):
            if index % 2:  # the name of a parameter; text is between them
                yield self._segment(endpoint, parameters[piece])
            elif piece:
                yield literal(quote(piece, safe=SAFE_IN_PATHS))

    def _segment(self, endpoint: Endpoint, parameter: Any) -> str:
        name, style = parameter.python_name, self._style(endpoint, "path", parameter)
        if style.media:
            return f'encode.path_value("{name}", {_value(parameter, style)})'
        found = sorted(kinds(parameter), key=list(ALL_KINDS).index)
        if found == ["text"] and style.name == "simple":
            return f'encode.path_value("{name}", {name})'
        code = ", ".join([f'"{name}"', str(name), *map(repr, found)])
        code += f", style={style.name!r}" if style.name != "simple" else ""
        code += ", explode=True" if style.explode else ""
        code += f", sent={style.sent!r}" if style.name == "matrix" and style.sent != str(name) else ""
        return f"parameters.path({code})"

    def _style(self, endpoint: Endpoint, place: str, parameter: Any) -> Style:
        return self._data.operation(endpoint).styles[place, parameter.name.get_untrusted_value()]


ALL_KINDS = KINDS["AnyProperty"]
SINGLE = frozenset({"text", "number", "boolean"})


def _is_plain(style: Style, found: frozenset[str]) -> bool:
    usual = style.name == "form" and not style.reserved and not style.media
    return usual and found <= (SINGLE | {"array"} if style.explode else SINGLE)


def kinds(prop: Any) -> frozenset[str]:
    """The kinds of values that *prop* allows, as the runtime names them."""
    if type(prop).__name__ == "UnionProperty":
        return frozenset[str]().union(*(kinds(one) for one in prop.inner_properties))
    if type(prop).__name__ == "NoneProperty":
        return frozenset()
    return frozenset(KINDS.get(type(prop).__name__, ("text",)))


def _value(parameter: Any, style: Style, *, ascii_only: bool = False) -> str:
    name = str(parameter.python_name)
    if not is_json(style.media):
        return name
    return f"parameters.json_text({name}, ascii_only=True)" if ascii_only else f"parameters.json_text({name})"
