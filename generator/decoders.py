"""Decoders: the expressions that models and endpoints decode with, made of the parser's own properties."""

from collections.abc import Iterator, Sequence
from typing import Any

from openapi_python_client.parser.responses import Response
from openapi_python_client.strings import PythonCode

from generator.discriminators import Kinds

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
NULL = "decode.null"
# Answers that are no JSON: where the parser finds them, their type and their reader.
SOURCES = {
    "response.text": ("str", "text"),
    "response.content": ("bytes", "content"),
    "None": ("None", "nothing"),
}


class Decoders:
    """Makes those expressions for one spec; a name from the spec is printed as a literal only."""

    def __init__(self, kinds: Sequence[Kinds]) -> None:
        self._kinds = kinds

    def decoder(self, prop: Any) -> PythonCode:
        """The decoder of what *prop* describes."""
        return PythonCode(self._of(prop))

    def taken(self, prop: Any) -> PythonCode:
        """How a model takes *prop* out of its fields."""
        name = repr(prop.name.get_untrusted_value())
        if prop.required:
            return PythonCode(f"required({name}, {self._of(prop)})")
        if prop.default is not None:
            return PythonCode(f"defaulting({name}, {self._of(prop)}, {prop.default.python_code.as_unembedded_code()})")
        return PythonCode(f"optional({name}, {self._of(prop)})")

    def reader(self, response: Response) -> PythonCode:
        """The reader of one documented answer."""
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
        """The members of a union, those that a discriminator tells apart as one."""
        models = {str(one.class_info.name) for one in union.inner_properties if type(one).__name__ == "ModelProperty"}
        told: set[str] = set()
        for kinds in self._kinds:
            members = set(kinds.classes.values())
            if members <= models and not members & told:
                told |= members
                named = ", ".join(f"{value!r}: {name}.from_dict" for value, name in kinds.classes.items())
                yield f"decode.OneOfKind[{' | '.join(sorted(members))}]({kinds.field!r}, {{{named}}})"
        for one in union.inner_properties:
            if type(one).__name__ != "ModelProperty" or str(one.class_info.name) not in told:
                yield self._of(one)


def answer_type_of(response: Response) -> str:
    """The type of what one documented answer gives."""
    known = SOURCES.get(response.source["attribute"])
    return known[0] if known else type_of(response.prop)


def type_of(prop: Any) -> str:
    """The type of a value that is there."""
    code: str = prop.get_type_string(no_optional=True).as_unembedded_code()
    return code
