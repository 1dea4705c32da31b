"""The names that arguments, fields and classes have in the client, where these depend on what stands beside them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import AnyProperty
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier, pascal_case

from generator.emit.client import name_arguments, name_fields
from generator.emit.parser.changes import tell_arguments_apart, tell_fields_apart
from generator.python_names import PREFIX, class_name, module_name
from generator.spec.pointers import Document

CONFIG: Any = SimpleNamespace(field_prefix=PREFIX)  # all that the parser reads of it for names
LOCATIONS = ("path", "query", "header", "cookie")


@dataclass(frozen=True)
class Naming:
    """What the class of a schema is named after: the class or operation *parent*, and its own *name*."""

    parent: str
    name: str

    def class_of(self, title: object, components: Collection[str]) -> str:
        """The name of the class of an inline schema with this *title*, in a document with these *components*."""
        own = str(title or self.name)
        name = class_name(pascal_case(self.parent) + pascal_case(own) if self.parent else own)
        taken = self.parent and ({name, module_name(name)} & {*components} if components else ())
        return f"{name}Model" if taken else name

    def part(self, name: str) -> "Naming":
        """That of a part which has no parent of its own: an entry, or a member of a union."""
        return Naming(self.parent, f"{self.name}_{name}")


def argument_names(parameters: Iterable[Document]) -> dict[tuple[str, str], str]:
    """The names of the arguments for the *parameters* of one operation, by place and name."""
    found = {(one["in"], str(one["name"])): _property(one["name"]) for one in parameters}
    of_place = {f"{place}_parameters": [one for key, one in found.items() if key[0] == place] for place in LOCATIONS}
    operation: Any = Endpoint(
        path=UntrustedString(""),
        method="get",
        description=UntrustedString(""),
        name=PythonIdentifier("operation", PREFIX),
        requires_security=False,
        summary=UntrustedString(""),
        tags=[],
        **of_place,  # type: ignore[arg-type]  # of lists of any properties
    )
    tell_arguments_apart(operation, config=CONFIG)
    name_arguments(operation)
    return {key: str(one.python_name) for key, one in found.items()}


def field_names(names: Iterable[str]) -> dict[str, str]:
    """The names of the attributes for the fields *names* of one class."""
    fields = [_property(name) for name in names]
    first: dict[str, Any] = {}
    for one in fields:
        other = first.setdefault(str(one.python_name), one)
        if other is not one:
            tell_fields_apart(other, one, CONFIG)
    name_fields(fields)
    return {one.name.get_untrusted_value(): str(one.python_name) for one in fields}


def _property(name: object) -> Any:
    return AnyProperty(
        name=UntrustedString(str(name)),
        required=False,
        default=None,
        python_name=PythonIdentifier(str(name), PREFIX),
        description=None,
        example=None,
    )
