"""How the models of one client are used: which go one way only, and what they name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_python_client.parser import GeneratorData

from generator.emit.expressions.enum_words import literal_value


@dataclass(frozen=True)
class Named:
    """What a model names: its fields, the values listed for some, and whether there is a rule for other fields."""

    fields: tuple[str, ...]
    listed: Mapping[str, tuple[object, ...]]
    closed: bool
    typed: bool


@dataclass(frozen=True)
class ModelUse:
    """The class names of models that go one way, and what each model names."""

    only_read: frozenset[str]
    only_sent: frozenset[str]
    named: Mapping[str, Named]


def model_use(parsed: GeneratorData) -> ModelUse:
    """The use of each model of *parsed*."""
    endpoints = [one for collection in parsed.endpoint_collections_by_tag.values() for one in collection.endpoints]
    sent = [body.prop for endpoint in endpoints for body in endpoint.bodies]
    sent += [one for endpoint in endpoints for _, one in endpoint.iter_all_parameters()]
    read = [response.prop for endpoint in endpoints for response in endpoint.responses]
    models = {str(model.class_info.name): model for model in parsed.models}
    return ModelUse(
        only_read=frozenset(_reached(read, models) - _reached(sent, models)),
        only_sent=frozenset(_reached(sent, models) - _reached(read, models)),
        named={name: _named(model) for name, model in models.items()},
    )


def _named(model: Any) -> Named:
    fields = {one.name.get_untrusted_value(): one for one in _fields(model)}
    more = model.additional_properties
    return Named(
        fields=tuple(fields),
        listed={name: listed for name, one in fields.items() if (listed := _listed(one))},
        closed=more is None,
        typed=more is not None and type(more).__name__ != "AnyProperty",
    )


def _listed(prop: Any) -> tuple[object, ...]:
    """The values that the document lists for *prop*, which may be optional or null."""
    members = prop.inner_properties if type(prop).__name__ == "UnionProperty" else [prop]
    enums = [one for one in members if type(one).__name__ == "EnumProperty"]
    if len(enums) != 1 or any(type(one).__name__ != "NoneProperty" for one in members if one is not enums[0]):
        return ()
    return tuple(map(literal_value, enums[0].values.values()))


def _reached(properties: Iterable[Any], models: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = [name for prop in properties for name in _names(prop)]
    while waiting:
        name = waiting.pop()
        if name not in found and name in models:
            found.add(name)
            model = models[name]
            inner = [*_fields(model), *([model.additional_properties] if model.additional_properties else [])]
            waiting += [one for prop in inner for one in _names(prop)]
    return found


def _names(prop: Any) -> Iterator[str]:
    """The class names of the models that a value of *prop* may contain directly."""
    match type(prop).__name__:
        case "ModelProperty":
            yield str(prop.class_info.name)
        case "ListProperty":
            yield from _names(prop.inner_property)
        case "UnionProperty":
            for one in prop.inner_properties:
                yield from _names(one)


def _fields(model: Any) -> list[Any]:
    return [*(model.required_properties or []), *(model.optional_properties or [])]
