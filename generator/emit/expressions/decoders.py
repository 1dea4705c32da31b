"""The Python expressions in generated code that decode JSON, made from the parser's properties."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openapi_python_client.parser.responses import Response
from openapi_python_client.strings import PythonCode

from generator.spec.schemas.discriminators import Discriminator

# The parser's property classes and the decoders of scalar ones.
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
NULL = "decode.null"
# Responses that are not JSON: the parser's source of the value, its type and its reader.
SOURCES = {
    "response.text": ("str", "text"),
    "response.content": ("bytes", "content"),
    "None": ("None", "nothing"),
}


class Decoders:
    """Makes these expressions for one document; names from it are printed as string literals only."""

    def __init__(self, discriminators: Sequence[Discriminator], closed: Mapping[str, Sequence[str]]) -> None:
        self._discriminators = discriminators
        self._closed = closed

    def decoder(self, prop: Any) -> PythonCode:
        """The decoder of values that *prop* describes."""
        return PythonCode(self._of(prop))

    def taken(self, prop: Any, absent: str = "optional") -> PythonCode:
        """The call with which a model reads *prop* from its fields; *absent* is the one for a field without default."""
        name = repr(prop.name.get_untrusted_value())
        if prop.required:
            return PythonCode(f"required({name}, {self._of(prop)})")
        if prop.default is not None:
            return PythonCode(f"defaulting({name}, {self._of(prop)}, {prop.default.python_code.as_unembedded_code()})")
        return PythonCode(f"{absent}({name}, {self._of(prop)})")

    def reader(self, response: Response) -> PythonCode:
        """The reader of one documented response."""
        known = SOURCES.get(response.source["attribute"])
        if known:
            return PythonCode(f"answers.{known[1]}")
        return PythonCode(f"answers.json_of({type_of(response.prop)!r}, {self._of(response.prop)})")

    def _of(self, prop: Any) -> str:
        match kind := type(prop).__name__:
            case "ListProperty":
                return f"decode.list_of({self._of(prop.inner_property)})"
            case "ModelProperty":
                return f"decode.model({prop.class_info.name}.from_dict)"
            case "EnumProperty":
                return f"decode.enum({prop.class_info.name})"
            case "UnionProperty":
                return self._union(prop)
            case "ConstProperty":
                return f"decode.Constant[{type_of(prop)}]({prop.value.python_code.as_unembedded_code()})"
            case _:
                return f"decode.{SIMPLE.get(kind, 'anything')}"

    def _union(self, prop: Any) -> str:
        options = list(self._options(prop))
        others = [option for option in options if option != NULL]
        if len(options) == len(others) + 1 == 2:
            return f"decode.nullable({others[0]})"
        return options[0] if len(options) == 1 else f"decode.OneOf[{type_of(prop)}]({', '.join(options)})"

    def _options(self, union: Any) -> Iterator[str]:
        """The decoders of a union's members; those with a discriminator share one."""
        models = {str(one.class_info.name) for one in union.inner_properties if type(one).__name__ == "ModelProperty"}
        grouped: set[str] = set()
        for discriminator in self._discriminators:
            members = set(discriminator.classes.values())
            if members <= models and not members & grouped:
                grouped |= members
                named = ", ".join(f"{value!r}: {name}.from_dict" for value, name in discriminator.classes.items())
                yield f"decode.OneOfKind[{' | '.join(sorted(members))}]({discriminator.field!r}, {{{named}}})"
        for one in union.inner_properties:
            name = str(one.class_info.name) if type(one).__name__ == "ModelProperty" else ""
            if name in self._closed and name not in grouped:
                known = ", ".join(map(repr, self._closed[name]))
                yield f"decode.Closed({name}.from_dict, {{{known}}})" if known else self._of(one)
            elif name not in grouped or not name:
                yield self._of(one)


def answer_type_of(response: Response) -> str:
    """The type of the value that one documented response is read as."""
    known = SOURCES.get(response.source["attribute"])
    return known[0] if known else type_of(response.prop)


def type_of(prop: Any) -> str:
    """The type of a value of *prop* that is present."""
    code: str = prop.get_type_string(no_optional=True).as_unembedded_code()
    return code
