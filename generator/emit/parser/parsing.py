"""Lets openapi-python-client parse a document; what it refuses is replaced by a plain form, and reported."""

from dataclasses import dataclass

from openapi_python_client import schema as oai
from openapi_python_client.config import Config
from openapi_python_client.parser.errors import ParseError
from openapi_python_client.parser.openapi import EndpointCollection, GeneratorData
from openapi_python_client.parser.properties import (
    EnumProperty,
    ModelProperty,
    Parameters,
    Schemas,
    build_parameters,
    build_schemas,
)
from openapi_python_client.schema.openapi_schema_pydantic.components import Components
from pydantic import ValidationError

from generator.emit.descriptions import with_full_descriptions
from generator.emit.parser.changes import change_parser
from generator.emit.parser.document import parser_document
from generator.emit.parser.refusals import Refusal, of_error, of_validation, places_in, repair, same_modules
from generator.errors import Finding, GeneratorError
from generator.spec.pointers import Document

MAX_ROUNDS = 12  # each repairs what the parser refused in the one before


@dataclass(frozen=True)
class Parsed:
    """What the parser made of a document, and what was replaced for it."""

    data: GeneratorData
    findings: list[Finding]


def parse(document: Document, config: Config) -> Parsed:
    """Parse the normalised *document*; plain forms are put into it for what openapi-python-client cannot parse."""
    change_parser()
    findings: list[Finding] = []
    refusals: list[Refusal] = []
    for number in range(MAX_ROUNDS):
        data, refusals = _attempt(document, config)
        if data is not None and not refusals:
            return Parsed(data, findings)
        findings += repair(document, refusals, last=number >= MAX_ROUNDS // 2)
    raise GeneratorError("openapi-python-client cannot parse the document:", [one.reason for one in refusals])


def _attempt(document: Document, config: Config) -> tuple[GeneratorData | None, list[Refusal]]:
    """What the parser makes of *document*, and what it refuses."""
    try:
        openapi = oai.OpenAPI.model_validate(parser_document(with_full_descriptions(document)))
    except ValidationError as error:
        return None, [of_validation(document, one) for one in error.errors() if "Reference" not in one["loc"]]
    places = {id(node): (node, pointer) for node, pointer in places_in(openapi, "")}
    components = openapi.components or Components()
    schemas = build_schemas(components=components.schemas or {}, schemas=Schemas(), config=config)
    parameters = build_parameters(components=components.parameters or {}, parameters=Parameters(), config=config)
    errors: list[ParseError] = [*schemas.errors, *parameters.errors]
    if errors:  # then operations fail for no reason of their own
        return None, [of_error(error, places) for error in errors]
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
    refusals = [of_error(error, places) for error in errors]
    return data, refusals or list(same_modules(data, places))
