"""What we change in openapi-python-client's parser, which has no option for it."""

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import replace
from itertools import chain, count
from typing import Any

from attrs import evolve
from openapi_python_client.config import Config
from openapi_python_client.parser import openapi as parser_module
from openapi_python_client.parser import properties as properties_module
from openapi_python_client.parser.errors import ParseError, PropertyError
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty, Schemas
from openapi_python_client.parser.properties import model_property as model_module
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.schema.parameter_location import ParameterLocation
from openapi_python_client.strings import ClassName, PythonIdentifier

from generator.emit.parser.refusals import SAME_NAME
from generator.spec.operations import path_parameters


def _copied(endpoint: Any) -> Any:
    """A copy of *endpoint* with lists and sets of its own; the models in them are shared."""
    if isinstance(endpoint, ParseError):
        return endpoint
    fields = {name: copy(value) for name, value in vars(endpoint).items() if isinstance(value, list | set)}
    responses = evolve(endpoint.responses, patterns=list(endpoint.responses.patterns))
    return replace(endpoint, **fields, responses=responses)


def tell_arguments_apart(endpoint: Endpoint, *, config: Config, **more: Any) -> Endpoint:
    """*endpoint* with the parser's Python names of its parameters, or with numbers in them where these are alike."""
    if isinstance(_told_apart(endpoint, config=config, **more), ParseError):
        parameters = [one for _, one in endpoint.iter_all_parameters()]
        for one in parameters:
            one.set_python_name(one.name, config=config)
        number_names(parameters, {"client", "url"})
    return endpoint


def tell_fields_apart(*fields: Any) -> None:
    """The parser's refusal of two fields of one Python name is ignored: such names are numbered in the end."""
    _fields_by_spelling(*fields)


def number_names(properties: Iterable[Any], taken: Collection[str] = ()) -> None:
    """Put a number behind each Python name that is *taken* or another one's, which keeps it if it is spelled so."""
    used = set(taken)
    for one in sorted(properties, key=_is_respelled):
        names = chain([str(one.python_name)], (f"{one.python_name}_{number}" for number in count(2)))
        free = next(name for name in names if name not in used)
        used.add(free)
        if free != one.python_name:
            one.python_name = PythonIdentifier(free, "field_", skip_snake_case=True)


def _is_respelled(one: Any) -> bool:
    return bool(one.name.get_untrusted_value().strip("_") != one.python_name.strip("_"))


def _sorted_by_path(*, endpoint: Endpoint) -> Endpoint | ParseError:
    """*endpoint* with its path parameters in the order of the path, where a name may occur more than once."""
    endpoint = _copied(endpoint)
    names = list(dict.fromkeys(path_parameters(endpoint.path.get_untrusted_value())))
    found = {one.name.get_untrusted_value(): one for one in endpoint.path_parameters}
    if found.keys() != set(names):
        return ParseError(detail="The parameters of the path are not those that are declared")
    endpoint.path_parameters = [found[name] for name in names]
    return endpoint


def _processed_once(model: ModelProperty, *, schemas: Schemas, config: Config) -> Schemas | PropertyError:
    """
    A model in a union that is a component has its properties since the union was built.

    The parser would process it again, and refuse the models of its properties as duplicates of themselves.
    """
    if model.required_properties is not None:
        return schemas
    return _process_model(model, schemas=schemas, config=config)


def _built_once(kind: Any, /, *, data: Any, name: Any, schemas: Schemas, **more: Any) -> Any:
    """A model of *data*; the one that there is, if it has the same name and an equal schema."""
    made, after = _built(kind, data=data, name=name, schemas=schemas, **more)
    same = SAME_NAME.search(made.detail or "") if isinstance(made, PropertyError) else None
    known = schemas.classes_by_name.get(ClassName(same[1], "")) if same else None
    if isinstance(known, ModelProperty) and known.data == data:
        python_name = PythonIdentifier(name, more["config"].field_prefix)
        return evolve(known, required=more["required"], name=name, python_name=python_name), schemas
    return made, after


_process_model = model_module.process_model
_built = ModelProperty.build.__func__  # type: ignore[attr-defined]
_told_apart = Endpoint._check_parameters_for_conflicts  # noqa: SLF001 - see change_parser
_fields_by_spelling = model_module.__dict__["_resolve_naming_conflict"]


def change_parser() -> None:
    """Make the changes; a second call changes nothing."""
    for kind in (PropertyProtocol, NoneProperty):  # it refuses arrays, dates and nulls in some places
        kind._allowed_locations = set(ParameterLocation)  # noqa: SLF001 - it has no option for this
    setattr(Endpoint, "_check_parameters_for_conflicts", tell_arguments_apart)  # noqa: B010 - mypy allows no assignment
    setattr(Endpoint, "sort_parameters", staticmethod(_sorted_by_path))  # noqa: B010
    setattr(ModelProperty, "build", classmethod(_built_once))  # noqa: B010
    model_module.__dict__["_resolve_naming_conflict"] = tell_fields_apart
    properties_module.__dict__["process_model"] = _processed_once
    # Each operation is copied three times, with all models that it refers to: most of the time of a large document.
    parser_module.__dict__["deepcopy"] = _copied
