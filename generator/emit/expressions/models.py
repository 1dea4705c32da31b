"""The Python expressions and types of model modules, made from the parser's escaped parts; templates call these."""

import ast
from collections.abc import Callable
from typing import Any

import attrs
from openapi_python_client.strings import PythonCode, safe_for_docstring

from generator.emit.expressions.decoders import Decoders, type_of
from generator.emit.expressions.enum_words import general_description
from generator.emit.expressions.model_use import ModelUse


class ModelFields:
    """
    Writes the fields of models.

    In a model that is only read an absent field is None; in one that is sent too it is UNSET, as null is another thing
    to say there.
    """

    def __init__(self, use: ModelUse, decoders: Decoders) -> None:
        self._use = use
        self._decoders = decoders

    def only_read(self, model: Any) -> bool:
        """Whether no request contains *model*."""
        return str(model.class_info.name) in self._use.only_read

    def declaration(self, model: Any, prop: Any) -> PythonCode:
        """The line of the class that declares the field *prop*."""
        if not self.only_read(model) or prop.required:
            code: PythonCode = prop.to_string()
            return code
        return PythonCode(f"{prop.python_name}: {self._type(prop)} = {_default(prop)}")

    def documented(self, model: Any, prop: Any) -> str:
        """The line of the docstring for the field *prop*."""
        text: str = attrs.evolve(prop, description=general_description(prop)).to_docstring()
        if not self.only_read(model) or prop.required:
            return text
        known = safe_for_docstring(prop.get_type_string())
        return text.replace(f"({known})", f"({safe_for_docstring(PythonCode(self._type(prop)))})", 1)

    def taken(self, model: Any, prop: Any) -> PythonCode:
        """The call with which *model* reads *prop* from its fields."""
        return self._decoders.taken(prop, absent="or_none" if self.only_read(model) else "optional")

    def _type(self, prop: Any) -> str:
        known = type_of(prop)
        return known if prop.default is not None or _allows_null(known) else f"{known} | None"


def _default(prop: Any) -> str:
    return "None" if prop.default is None else str(prop.default.python_code.as_unembedded_code())


def _allows_null(code: str) -> bool:
    """Whether None is a value of the type *code* itself, not only of what a list or dict of it holds."""
    members = [ast.parse(code, mode="eval").body]
    for member in members:
        if isinstance(member, ast.BinOp):
            members += [member.left, member.right]
    return any(isinstance(member, ast.Constant) and member.value is None for member in members)


def expressions(use: ModelUse, decoders: Decoders) -> dict[str, Callable[..., Any]]:
    """The functions that the template of a model calls, by name."""
    fields = ModelFields(use, decoders)
    functions = (fields.only_read, fields.declaration, fields.documented, fields.taken)
    return {function.__name__: function for function in functions}
