"""The Python expressions in generated code that decode JSON, made from the parser's properties."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openapi_python_client.parser.responses import Response
from openapi_python_client.strings import PythonCode

from generator.emit.expressions.model_use import Named
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

    def __init__(self, discriminators: Sequence[Discriminator], named: Mapping[str, Named]) -> None:
        self._discriminators = discriminators
        self._named = named

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
        if absent == "or_none" and any(type(one).__name__ == "ConstProperty" for one in _members(prop)):
            return PythonCode(f"defaulting({name}, {self._of(prop)}, None)")  # mypy infers no literal or null there
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
        models = {name for one in union.inner_properties if (name := _class_of(one))}
        grouped: set[str] = set()
        for discriminator in self._discriminators:
            members = set(discriminator.classes.values())
            if members <= models and not members & grouped:
                grouped |= members
                named = ", ".join(f"{value!r}: {name}.from_dict" for value, name in discriminator.classes.items())
                yield f"decode.OneOfKind[{' | '.join(sorted(members))}]({discriminator.field!r}, {{{named}}})"
        rest = [one for one in union.inner_properties if _class_of(one) not in grouped]
        alone = [name for one in rest if (name := _class_of(one)) in self._named]
        kinds = Counter(field for name in alone for field in self._named[name].listed)
        for one in rest:
            name = _class_of(one)
            yield self._member(name, kinds) if name in alone and len(alone) > 1 else self._of(one)

    def _member(self, name: str, kinds: Mapping[str, int]) -> str:
        """The decoder of the model *name* in a union with others, of which *kinds* counts those that list a field."""
        named = self._named[name]
        if named.typed:  # any other field is one that the document describes
            return f"decode.model({name}.from_dict)"
        listed = {field: values for field, values in named.listed.items() if kinds[field] > 1}
        told = ", ".join(f"{field!r}: {_set(values)}" for field, values in listed.items())
        arguments = [f"{name}.from_dict", _set(named.fields)]
        arguments += [f"{{{told}}}"] if told else []
        return f"decode.Member({', '.join([*arguments, *(['closed=True'] if named.closed else [])])})"


def _set(values: Sequence[object]) -> str:
    return f"{{{', '.join(map(repr, values))}}}" if values else "frozenset()"


def _members(prop: Any) -> Sequence[Any]:
    """The members of a union; none of what is no union."""
    return prop.inner_properties if type(prop).__name__ == "UnionProperty" else ()


def _class_of(prop: Any) -> str:
    """The class name of a model; empty for what is none."""
    return str(prop.class_info.name) if type(prop).__name__ == "ModelProperty" else ""


def answer_type_of(response: Response) -> str:
    """The type of the value that one documented response is read as."""
    known = SOURCES.get(response.source["attribute"])
    return known[0] if known else type_of(response.prop)


def type_of(prop: Any) -> str:
    """The type of a value of *prop* that is present."""
    code: str = prop.get_type_string(no_optional=True).as_unembedded_code()
    return code
