"""Lets openapi-python-client parse a document; what it refuses is replaced by a plain form, and reported."""

import re
from collections.abc import Collection, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Any

from attrs import evolve
from openapi_python_client import schema as oai
from openapi_python_client.config import Config
from openapi_python_client.parser import openapi as parser_module
from openapi_python_client.parser.errors import ParseError, PropertyError
from openapi_python_client.parser.openapi import Endpoint, EndpointCollection, GeneratorData
from openapi_python_client.parser.properties import (
    EnumProperty,
    ModelProperty,
    Parameters,
    Schemas,
    build_parameters,
    build_schemas,
)
from openapi_python_client.parser.properties import model_property as model_module
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.schema.openapi_schema_pydantic.components import Components
from openapi_python_client.schema.parameter_location import ParameterLocation
from openapi_python_client.strings import ClassName, PythonIdentifier
from pydantic import BaseModel, ValidationError

from generator.emit.descriptions import with_full_descriptions
from generator.emit.parser_document import TEXT_BODY, parser_document
from generator.errors import Finding, GeneratorError
from generator.spec.plain.last_resort import leave_out_operation, make_component, make_plain, remove_part
from generator.spec.pointers import Document, at, joined, resolved

MAX_ROUNDS = 12  # each repairs what the parser refused in the one before
SAME_NAME = re.compile(r'(?:duplicate models with name "|conflicting enums named )(\w+)')
CASCADES = re.compile("Could not find reference|not found|was not processed")  # caused by what else was refused
OPERATION = re.compile(r"WARNING parsing (\S+) (.*) within \S+\.")
COMPONENT = re.compile(r"/components/(schemas|parameters)/[^/\s:]+")
OPERATION_DEPTH = 3  # steps of an operation's pointer
Places = dict[int, tuple[BaseModel, str]]  # by identity: each object that the parser may name, and its pointer


@dataclass(frozen=True)
class Parsed:
    """What the parser made of a document, and what was replaced for it."""

    data: GeneratorData
    findings: list[Finding]


@dataclass(frozen=True)
class Refusal:
    """One error of the parser: the place of the refused part, its operation or component, and the reason."""

    pointer: str | None
    holder: str | None
    reason: str
    wrong_form: bool = False


def parse(document: Document, config: Config) -> Parsed:
    """Parse the normalised *document*; plain forms are put into it for what openapi-python-client cannot parse."""
    for kind in (PropertyProtocol, NoneProperty):  # the parser refuses arrays, dates and nulls in some places
        kind._allowed_locations = set(ParameterLocation)  # noqa: SLF001 - it has no option for this
    findings: list[Finding] = []
    refusals: list[Refusal] = []
    for number in range(MAX_ROUNDS):
        data, refusals = _attempt(document, config)
        if data is not None and not refusals:
            return Parsed(data, findings)
        roots = [one for one in refusals if not CASCADES.search(one.reason)] or refusals
        findings += _repair(document, roots, last=number >= MAX_ROUNDS // 2)
    raise GeneratorError("openapi-python-client cannot parse the document:", [one.reason for one in refusals])


def _copied(endpoint: Any) -> Any:
    """A copy of *endpoint* with lists and sets of its own; the models in them are shared."""
    if isinstance(endpoint, ParseError):
        return endpoint
    fields = {name: copy(value) for name, value in vars(endpoint).items() if isinstance(value, list | set)}
    responses = evolve(endpoint.responses, patterns=list(endpoint.responses.patterns))
    return replace(endpoint, **fields, responses=responses)


def _parameters_told_apart(endpoint: Endpoint, *, config: Config, **more: Any) -> Endpoint:
    """*endpoint* with the parser's Python names of its parameters, or with numbers in them where these are alike."""
    if isinstance(_told_apart(endpoint, config=config, **more), ParseError):
        parameters = [one for _, one in endpoint.iter_all_parameters()]
        for one in parameters:
            one.set_python_name(one.name, config=config)
        number_names(parameters, {"client", "url"})
    return endpoint


def _fields_told_apart(*fields: Any) -> None:
    """The parser's refusal of two fields of one Python name is ignored: such names are numbered in the end."""
    _fields_by_spelling(*fields)


def number_names(properties: Iterable[Any], taken: Collection[str] = ()) -> None:
    """Put a number behind each Python name that is *taken* or another one's, which keeps it if it is spelled so."""
    used = set(taken)
    for one in sorted(properties, key=lambda one: _text(one.name).strip("_") != one.python_name.strip("_")):
        names = chain([str(one.python_name)], (f"{one.python_name}_{number}" for number in count(2)))
        free = next(name for name in names if name not in used)
        used.add(free)
        if free != one.python_name:
            one.python_name = PythonIdentifier(free, "field_", skip_snake_case=True)


def _built_once(kind: Any, /, *, data: Any, name: Any, schemas: Schemas, **more: Any) -> Any:
    """A model of *data*; the one that there is, if it has the same name and an equal schema."""
    made, after = _built(kind, data=data, name=name, schemas=schemas, **more)
    same = SAME_NAME.search(made.detail or "") if isinstance(made, PropertyError) else None
    known = schemas.classes_by_name.get(ClassName(same[1], "")) if same else None
    if isinstance(known, ModelProperty) and known.data == data:
        python_name = PythonIdentifier(name, more["config"].field_prefix)
        return evolve(known, required=more["required"], name=name, python_name=python_name), schemas
    return made, after


_built = ModelProperty.build.__func__  # type: ignore[attr-defined]
setattr(ModelProperty, "build", classmethod(_built_once))  # noqa: B010 - mypy allows no assignment
_told_apart = Endpoint._check_parameters_for_conflicts  # noqa: SLF001 - it has no option for this
_fields_by_spelling = model_module.__dict__["_resolve_naming_conflict"]
setattr(Endpoint, "_check_parameters_for_conflicts", _parameters_told_apart)  # noqa: B010 - mypy allows no assignment
model_module.__dict__["_resolve_naming_conflict"] = _fields_told_apart
# Each operation is copied three times, with all models that it refers to: most of the time of a large document.
parser_module.__dict__["deepcopy"] = _copied


def _attempt(document: Document, config: Config) -> tuple[GeneratorData | None, list[Refusal]]:
    """What the parser makes of *document*, and what it refuses."""
    try:
        openapi = oai.OpenAPI.model_validate(parser_document(with_full_descriptions(document)))
    except ValidationError as error:
        return None, [_of_validation(document, one) for one in error.errors() if "Reference" not in one["loc"]]
    places = {id(node): (node, pointer) for node, pointer in _places(openapi, "")}
    components = openapi.components or Components()
    schemas = build_schemas(components=components.schemas or {}, schemas=Schemas(), config=config)
    parameters = build_parameters(components=components.parameters or {}, parameters=Parameters(), config=config)
    errors: list[ParseError] = [*schemas.errors, *parameters.errors]
    if errors:  # then operations fail for no reason of their own
        return None, [_of_error(error, places) for error in errors]
    collections, schemas, parameters = EndpointCollection.from_data(
        data=openapi.paths,
        schemas=schemas,
        parameters=parameters,
        request_bodies=components.requestBodies or {},
        responses=components.responses or {},
        config=config,
    )
    errors = [error for collection in collections.values() for error in collection.parse_errors]
    classes = schemas.classes_by_name.values()
    data = GeneratorData(
        title=openapi.info.title,
        description=openapi.info.description,
        version=openapi.info.version,
        endpoint_collections_by_tag=collections,
        models=[one for one in classes if isinstance(one, ModelProperty)],
        errors=[],
        enums=[one for one in classes if isinstance(one, EnumProperty)],
    )
    refusals = [_of_error(error, places) for error in errors]
    return data, refusals or list(_same_modules(data, places))


def _places(node: Any, pointer: str) -> Iterator[tuple[BaseModel, str]]:
    """Each object that the parser may name in an error, with its pointer."""
    if isinstance(node, BaseModel):
        yield node, pointer
        for name, field in type(node).model_fields.items():
            yield from _places(getattr(node, name), joined(pointer, field.alias or name))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _places(value, joined(pointer, _text(key).removeprefix(TEXT_BODY)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _places(value, joined(pointer, index))


def _text(key: Any) -> str:
    return key.get_untrusted_value() if isinstance(key, oai.UntrustedString) else str(key)


def _of_validation(document: Document, error: Any) -> Refusal:
    """The refusal of a part whose form is wrong: its pointer is that of the deepest part that exists."""
    node: Any = document
    pointer = ""
    for step in error["loc"]:
        key = _text(step)
        if isinstance(node, dict) and key in node:
            node, pointer = node[key], joined(pointer, key)
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node, pointer = node[int(key)], joined(pointer, key)
    return Refusal(pointer, None, f"{error['msg']}", wrong_form=True)


def _of_error(error: ParseError, places: Places) -> Refusal:
    reason = " ".join(filter(None, (error.detail or error.header).partition("\n\n")[0].split()))
    holder = _holder(error)
    return Refusal(
        _pointer_of(error.data, places, holder or ""),
        holder,
        re.sub(r"<\S{1,200} object at 0x[0-9a-f]+> ?", "", reason),
    )


def _pointer_of(node: BaseModel | None, places: Places, holder: str) -> str | None:
    """The pointer of *node*, or of the part of *holder* that it is a copy of: the parser copies operations."""
    if node is None:
        return None
    if id(node) in places:
        return places[id(node)][1]
    return next((pointer for one, pointer in places.values() if pointer.startswith(holder) and one == node), None)


def _holder(error: ParseError) -> str | None:
    """The pointer of the operation or of the component that *error* is about."""
    operation = OPERATION.match(error.header)
    if operation:
        return joined("/paths", operation[2], operation[1].lower())
    for text in (error.header, error.detail or ""):
        component = COMPONENT.search(text)
        if component:
            return component[0]
    return None


def _same_modules(data: GeneratorData, places: Places) -> Iterator[Refusal]:
    """Classes whose names differ in case only would overwrite each other's module; an inline one is told apart."""
    seen: dict[str, str | None] = {}
    for one in data.models:
        module = str(one.class_info.module_name)
        pointer = _pointer_of(one.data, places, "")
        if module in seen:
            inline = pointer if pointer and COMPONENT.fullmatch(pointer) is None else seen[module]
            yield Refusal(inline, None, f'duplicate models with name "{one.class_info.name}"')
        seen[module] = pointer


def _repair(document: Document, refusals: list[Refusal], *, last: bool) -> Iterator[Finding]:
    """Replace what was refused: the part itself, else what holds it."""
    done: set[str] = set()
    for one in refusals:
        for pointer in filter(None, (one.pointer, one.holder)):
            if pointer in done:
                break
            findings = _plain_form(document, one, pointer, last=last)
            if findings is not None:
                done.add(pointer)
                yield from findings
                break


def _plain_form(document: Document, one: Refusal, pointer: str, *, last: bool) -> list[Finding] | None:
    """What was put at *pointer* for what was refused; None if nothing can be. At *last* no gentle way is tried."""
    same = None if last else SAME_NAME.search(one.reason)
    if one.wrong_form:
        return remove_part(document, pointer, one.reason)
    if pointer.startswith("/paths/") and pointer.count("/") == OPERATION_DEPTH:
        return _of_operation(document, one, pointer, same)
    if same and pointer == one.pointer:
        return make_component(document, pointer, same[1])
    return make_plain(document, pointer, one.reason)


def _of_operation(document: Document, one: Refusal, pointer: str, same: re.Match[str] | None) -> list[Finding] | None:
    """The body of an operation that was refused is any JSON; else the operation is left out."""
    body = resolved(document, at(document, pointer).get("requestBody", {}))
    for media_type in reversed(list(body.get("content", {}))):
        place = joined(pointer, "requestBody", "content", media_type, "schema")
        findings = make_component(document, place, same[1]) if same else make_plain(document, place, one.reason)
        if findings is not None:
            return findings
    return leave_out_operation(document, pointer, one.reason)
