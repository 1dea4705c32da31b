"""Writes models and endpoints of a package: openapi-python-client parses the document and renders our templates."""

import contextlib
import io
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache
from openapi_python_client import Project, __version__
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError as ParserError
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.protocol import Value
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonCode, PythonIdentifier

from generator import paths
from generator.emit.expressions import endpoints as endpoint_expressions
from generator.emit.expressions import enum_words
from generator.emit.expressions import models as model_expressions
from generator.emit.expressions.decoders import Decoders
from generator.emit.expressions.literals import literal
from generator.emit.expressions.model_use import model_use
from generator.emit.methods import tags_of, write_methods
from generator.emit.parser.changes import number_names
from generator.emit.parser.document import TEXT_BODY, media_types
from generator.emit.parser.parsing import Parsed, parse
from generator.emit.template_data import TemplateData, template_data
from generator.emit.uuid_arguments import take_texts
from generator.errors import Finding, GeneratorError
from generator.python_names import module_name
from generator.spec.pointers import Document

# What openapi-python-client raises for documents that it does not support.
PARSER_EXCEPTIONS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
COMPILED = paths.ROOT / "build" / "templates" / __version__  # compiled templates, as they depend on that version too
# Names that generated modules already define or import.
RESERVED_IN_ENDPOINTS = frozenset(
    {
        *("build", "parse", "sync", "asyncio", "httpx", "answers", "decode", "encode", "errors", "body", "deprecated"),
        *("parameters", "forms", "content_type", "into", "download", "download_async"),
    }
)
RESERVED_IN_MODELS = frozenset(
    {"additional_properties", "fields_set", "to_dict", "from_dict", "cls", "Any", "Literal", "Self", "UNSET", "Unset"}
)


def parse_document(document: Document, package: Path) -> Parsed:
    """What openapi-python-client makes of the normalised *document*, into which plain forms are put where it must."""
    try:
        parsed = parse(document, _config(package, document))
    except PARSER_EXCEPTIONS as error:
        raise GeneratorError(f"{package.name} cannot be generated; openapi-python-client fails: {error}.") from error
    if not any(collection.endpoints for collection in parsed.data.endpoint_collections_by_tag.values()):
        places = [f"{pointer}: {message}" for pointer, message in parsed.findings]
        raise GeneratorError(f"{package.name} would have no operation:", places)
    _correct(parsed.data)
    return parsed


def write_client(document: Document, parsed: GeneratorData, package: Path, notices: Sequence[Finding] = ()) -> None:
    """
    Write models, endpoints, client, errors and README of the normalised *document* into the new folder *package*.

    *parsed* was made of *document*; the README lists *notices*.
    """
    data = template_data(document)
    project = Project(openapi=parsed, config=_config(package, document), custom_template_path=paths.TEMPLATES)
    project.env.bytecode_cache = _compiled_templates()
    use = model_use(parsed)
    take_texts(parsed, use)
    decoders = Decoders(data.discriminators, use.named)
    project.env.globals.update({"data": data, **endpoint_expressions.expressions(data, decoders)})
    project.env.globals.update({**model_expressions.expressions(use, decoders), **enum_words.expressions()})
    project.env.filters.update({"in_markdown": in_markdown, "literal": literal})
    tags = tags_of(parsed)
    project.env.globals["tags"] = tags
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints its progress
            errors = project.build()
        write_methods(project.env, package, tags)
    except PARSER_EXCEPTIONS as error:
        raise GeneratorError(f"{package.name} cannot be generated; openapi-python-client fails: {error}.") from error
    if errors:
        raise GeneratorError(f"{package.name} would be incomplete:", [_error_text(error) for error in errors])
    readme = project.env.get_template("README.md.jinja").render(
        operations=_readme_rows(parsed, data), notices=list(notices)
    )
    (package / "README.md").write_text(readme, encoding="utf-8")


def _config(package: Path, document: Document) -> Config:
    settings = ConfigFile(
        package_name_override=package.name, content_type_overrides=media_types(document), post_hooks=[]
    )
    return Config.from_sources(
        settings,
        MetaType.NONE,
        document_source="",
        file_encoding="utf-8",
        overwrite=False,
        output_path=package,
    )


def _compiled_templates() -> FileSystemBytecodeCache | None:
    """Where compiled templates are kept: to compile them takes longer than to render those of a small client."""
    try:
        COMPILED.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(COMPILED)) if os.access(COMPILED, os.W_OK) else None


def _correct(parsed: GeneratorData) -> None:
    """Correct string defaults and rename reserved names, which the parser gets wrong."""
    for collection in parsed.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            for body in endpoint.bodies:
                body.content_type = UntrustedString(body.content_type.get_untrusted_value().removeprefix(TEXT_BODY))
            for _, parameter in endpoint.iter_all_parameters():
                _quote_default(parameter)
            name_arguments(endpoint)
    taken = RESERVED_IN_MODELS | {str(one.class_info.name) for one in [*parsed.models, *parsed.enums]}
    for model in parsed.models:
        fields = [*(model.required_properties or []), *(model.optional_properties or [])]
        for field in fields:
            _quote_default(field)
        name_fields(fields, taken)


def name_arguments(endpoint: Endpoint) -> None:
    """Rename the arguments of *endpoint* whose names its module uses, and tell equal ones apart."""
    for _, parameter in endpoint.iter_all_parameters():
        _rename_reserved(parameter, RESERVED_IN_ENDPOINTS)
    number_names(one for _, one in endpoint.iter_all_parameters())  # the path's come first and keep their names


def name_fields(fields: Sequence[Any], taken: frozenset[str] = RESERVED_IN_MODELS) -> None:
    """Rename the *fields* of one model whose names are *taken* in its module, and tell equal ones apart."""
    for field in fields:
        _rename_reserved(field, taken)
    number_names(fields)


def _rename_reserved(prop: Any, taken: frozenset[str]) -> None:
    """Append an underscore to the name of a parameter or field if the module already uses it."""
    if prop.python_name in taken:
        prop.python_name = PythonIdentifier(f"{prop.python_name}_", "field_", skip_snake_case=True)


def _quote_default(prop: Any) -> None:
    """Replace a string default, which the parser escapes twice, by its repr."""
    if prop.default is not None and type(prop).__name__ == "StringProperty":
        text = prop.default.raw_value
        prop.default = Value(python_code=PythonCode(repr(text)), raw_value=text)


def _readme_rows(parsed: GeneratorData, data: TemplateData) -> list[dict[str, Any]]:
    """The rows of the README's table of operations; the first one is also its example."""
    rows = [
        {
            "summary": endpoint.summary or UntrustedString(endpoint.name),
            "tag": str(tag),
            "name": module_name(str(endpoint.name)),
            "arguments": _arguments(endpoint),
            "answer": endpoint_expressions.answer_type(endpoint).as_unembedded_code(),
            "streams": endpoint_expressions.streams(endpoint),
            "client": "Client" if data.operation(endpoint).security == "none" else "AuthenticatedClient",
            "keys": _keys(endpoint, data),
            "rank": (endpoint.method != "get", data.operation(endpoint).security == "none"),
        }
        for tag, collection in parsed.endpoint_collections_by_tag.items()
        for endpoint in collection.endpoints
    ]
    return sorted(rows, key=lambda row: row["rank"])


def _arguments(endpoint: Any) -> str:
    """The arguments that a call cannot do without, as variables of the same names."""
    named = [f"{one.python_name}={one.python_name}" for one in endpoint.query_parameters if one.required]
    body = ["body=body"] if any(one.prop.required for one in endpoint.bodies) else []
    return ", ".join(["client", *(str(one.python_name) for one in endpoint.path_parameters), *named, *body])


def _keys(endpoint: Any, data: TemplateData) -> str:
    """The arguments of a client with the keys that a call needs."""
    alternatives = data.auth.alternatives[data.operation(endpoint).name.get_untrusted_value()]
    pairs = {key.argument for key in data.auth.keys if key.kind == "basic"}
    values = {name: '("user", "password")' if name in pairs else '"…"' for name in (alternatives or [()])[0]}
    return ", ".join(f"{name}={value}" for name, value in values.items())


def in_markdown(value: UntrustedString | str) -> str:
    """*value* on one line, with the special characters of Markdown and HTML escaped."""
    text = value.get_untrusted_value() if isinstance(value, UntrustedString) else value
    return re.sub(r"([\\`*_{}\[\]()#<>|!])", r"\\\1", " ".join(text.split()))


def _error_text(error: ParserError) -> str:
    """The parser's message without the memory addresses in it."""
    message = " ".join(filter(None, (error.header, error.detail))).replace("\n", " ")
    return re.sub(r"<\S{1,200} object at 0x[0-9a-f]+> ?", "", message)
