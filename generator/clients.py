"""Generate: the models and endpoints of one package, by openapi-python-client with our templates."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.properties.protocol import Value
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonCode, PythonIdentifier

from generator import code
from generator.facts import Facts, facts
from generator.faults import Fault
from generator.places import TEMPLATES
from generator.pointers import Document
from generator.remarks import with_remarks

# Kinds of content that the tool does not know, as the ones that it does.
CONTENT_TYPES = {
    **dict.fromkeys(
        ("application/x-ndjson", "application/zip", "application/pdf", "application/gzip", "image/png", "image/jpeg"),
        "application/octet-stream",
    ),
    **dict.fromkeys(("application/xml", "application/yaml"), "text/plain"),
    "*/*": "application/json",
}
# What the tool raises for a spec that it was not made for.
STUMBLES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
# Names that a generated module has already.
OF_ENDPOINTS = frozenset(
    {"build", "parse", "sync", "asyncio", "httpx", "answers", "decode", "encode", "errors", "body", "deprecated"}
)
OF_MODELS = frozenset({"additional_properties", "to_dict", "from_dict", "cls"})


def generate(document: Document, package: Path) -> None:
    """Write the package for the normalised *document* into the new folder *package*."""
    known = facts(document)
    try:
        data = _parsed(with_remarks(document), package)
        project = Project(openapi=data, config=_config(package), custom_template_path=TEMPLATES)
        project.env.globals.update({"facts": known, **code.expressions(known)})
        project.env.filters.update({"in_markdown": in_markdown, "literal": code.literal})
        with contextlib.redirect_stdout(io.StringIO()):  # the tool tells what it does
            errors = project.build()
    except STUMBLES as error:
        raise Fault(f"{package.name} cannot be generated: the tool stumbles over it: {error}.") from error
    if errors:
        raise Fault(f"{package.name} would lack something:", [_words(error) for error in errors])
    readme = project.env.get_template("README.md.jinja").render(operations=_rows(data, known))
    (package / "README.md").write_text(readme, encoding="utf-8")


def _parsed(document: Document, package: Path) -> GeneratorData:
    data = GeneratorData.from_dict(document, config=_config(package))
    if isinstance(data, GeneratorError):
        raise Fault(f"{package.name} cannot be generated: {data.header}.", (data.detail or "").splitlines())
    _mend(data)
    return data


def _config(package: Path) -> Config:
    settings = ConfigFile(package_name_override=package.name, content_type_overrides=CONTENT_TYPES, post_hooks=[])
    return Config.from_sources(
        settings,
        MetaType.NONE,
        document_source="",
        file_encoding="utf-8",
        overwrite=False,
        output_path=package,
    )


def _mend(data: GeneratorData) -> None:
    """Correct what the parser does not get right."""
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            for _, parameter in endpoint.iter_all_parameters():
                _quote_default(parameter)
                before = parameter.python_name
                _avoid(parameter, OF_ENDPOINTS)
                path = endpoint.path.get_untrusted_value()
                endpoint.path = UntrustedString(path.replace(f"{{{before}}}", f"{{{parameter.python_name}}}"))
    for model in data.models:
        for field in [*(model.required_properties or []), *(model.optional_properties or [])]:
            _quote_default(field)
            _avoid(field, OF_MODELS)


def _avoid(prop: Any, taken: frozenset[str]) -> None:
    """Give a parameter or field another name if the module has that one already."""
    if prop.python_name in taken:
        prop.python_name = PythonIdentifier(f"{prop.python_name}_", "field_", skip_snake_case=True)


def _quote_default(prop: Any) -> None:
    """A text default is escaped twice by the parser; its repr is what it means."""
    if prop.default is not None and type(prop).__name__ == "StringProperty":
        text = prop.default.raw_value
        prop.default = Value(python_code=PythonCode(repr(text)), raw_value=text)


def _rows(data: GeneratorData, known: Facts) -> list[dict[str, Any]]:
    """What the README says of each operation; first one that shows the client best."""
    rows = [
        {
            "summary": endpoint.summary or UntrustedString(endpoint.name),
            "tag": str(tag),
            "name": str(endpoint.name),
            "arguments": _arguments(endpoint),
            "answer": code.answer_type(endpoint).as_unembedded_code(),
            "client": "Client" if known.operation(endpoint).security == "none" else "AuthenticatedClient",
            "rank": (endpoint.method != "get", known.operation(endpoint).security == "none"),
        }
        for tag, collection in data.endpoint_collections_by_tag.items()
        for endpoint in collection.endpoints
    ]
    return sorted(rows, key=lambda row: row["rank"])


def _arguments(endpoint: Any) -> str:
    """The arguments that a call cannot do without, as variables of the same names."""
    named = [f"{one.python_name}={one.python_name}" for one in endpoint.query_parameters if one.required]
    body = ["body=body"] if any(one.prop.required for one in endpoint.bodies) else []
    return ", ".join(["client", *(str(one.python_name) for one in endpoint.path_parameters), *named, *body])


def in_markdown(value: UntrustedString | str) -> str:
    """*value* on one line, with nothing in it that Markdown or HTML would act upon."""
    text = value.get_untrusted_value() if isinstance(value, UntrustedString) else value
    return re.sub(r"([\\`*_{}\[\]()#<>|!])", r"\\\1", " ".join(text.split()))


def _words(error: GeneratorError) -> str:
    """What the tool says, but for where one of its strings lies in memory."""
    said = " ".join(filter(None, (error.header, error.detail))).replace("\n", " ")
    return re.sub(r"<\S+ object at 0x[0-9a-f]+> ?", "", said)
