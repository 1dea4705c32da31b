"""Lets callers give a UUID as text: as an argument, and in a model that is only sent, its type is `UUID | str`."""

from typing import Any

import attrs
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.properties.list_property import ListProperty as StockListProperty
from openapi_python_client.parser.properties.uuid import UuidProperty as StockUuidProperty
from openapi_python_client.strings import PythonCode

from generator.emit.expressions.model_use import ModelUse

PARAMETERS = ("path_parameters", "query_parameters", "header_parameters", "cookie_parameters")
FIELDS = ("required_properties", "optional_properties")


class UuidProperty(StockUuidProperty):
    """A UUID, or its text."""

    def get_base_type_string(self) -> PythonCode:
        """The type."""
        return PythonCode("UUID | str")


class ListProperty(StockListProperty):
    """A list of UUIDs, or of their texts."""

    def get_base_type_string(self) -> PythonCode:
        """The type; lists of both are none of either, as a list may be written to."""
        return PythonCode("list[UUID] | list[str]")


def take_texts(parsed: GeneratorData, use: ModelUse) -> None:
    """Widen the UUIDs of all parameters and of the models that are only sent."""
    for collection in parsed.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            for name in PARAMETERS:
                setattr(endpoint, name, [_widened(one) for one in getattr(endpoint, name)])
    for model in parsed.models:
        if str(model.class_info.name) in use.only_sent:
            for name in FIELDS:
                object.__setattr__(model, name, [_widened(one) for one in getattr(model, name) or []])


def _widened(prop: Any) -> Any:
    match prop:
        case StockUuidProperty():
            return _as(UuidProperty, prop)
        case StockListProperty(inner_property=StockUuidProperty()):
            return _as(ListProperty, prop)
        case _ if hasattr(prop, "inner_properties"):
            return attrs.evolve(prop, inner_properties=[_widened(one) for one in prop.inner_properties])
        case _:
            return prop


def _as(kind: Any, prop: Any) -> Any:
    return kind(**{field.alias: getattr(prop, field.name) for field in attrs.fields(type(prop)) if field.init})
