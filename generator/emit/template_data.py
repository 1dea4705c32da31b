"""The data that templates need and that openapi-python-client's parser drops, read from the normalised document."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from generator.python_names import module_name
from generator.spec.operations import operations
from generator.spec.pointers import Document, resolved
from generator.spec.requests.body_encodings import FieldEncoding, field_encodings
from generator.spec.requests.keys import Auth, auth, key_requirement
from generator.spec.requests.media_types import accept
from generator.spec.requests.parameter_styles import Style, style_of
from generator.spec.requests.servers import Servers, has_own_servers, own_server, servers_of
from generator.spec.schemas.discriminators import Discriminator, discriminators

# Python versions differ in these phrases; the class names are made of the ones here under every version.
PHRASES = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    418: "Teapot",
    422: "Unprocessable Entity",
}
FIRST_ERROR = 300


@dataclass(frozen=True)
class Status:
    """An error status that the document describes, and the name of its class."""

    code: int
    name: str


@dataclass(frozen=True)
class DocumentedError:
    """One error response that the document describes for an operation."""

    code: int
    name: str
    description: UntrustedString


@dataclass(frozen=True)
class Operation:
    """One operation."""

    name: UntrustedString
    path: UntrustedString
    security: str  # required, optional or none
    deprecated: bool
    deprecated_parameters: frozenset[str]
    body: UntrustedString  # the description of the request body
    errors: list[DocumentedError]
    styles: dict[tuple[str, str], Style]  # of the parameters, by place and name
    encodings: dict[str, dict[str, FieldEncoding]]  # of the fields of forms, by content type
    server: str  # its own; empty if it is that of the document
    accept: str  # the content types that its responses are read as


@dataclass(frozen=True)
class TemplateData:
    """What templates need besides the parser's data; all text of the vendor's is wrapped as UntrustedString."""

    title: UntrustedString
    version: UntrustedString
    servers: Servers
    own_servers: bool  # whether operations have servers on other hosts
    auth: Auth
    statuses: list[Status]
    operations: dict[tuple[str, str], Operation]  # by folder and module
    discriminators: list[Discriminator]

    def operation(self, endpoint: Any) -> Operation:
        """The operation that the parser's *endpoint* was made of."""
        return self.operations[str(endpoint.tags[0]), str(endpoint.name)]


def template_data(document: Document) -> TemplateData:
    """The template data of the normalised *document*."""
    return TemplateData(
        title=UntrustedString(document["info"]["title"]),
        version=UntrustedString(re.sub(r"[^!-~]", "", document["info"]["version"])),
        servers=servers_of(document),
        own_servers=has_own_servers(document),
        auth=auth(document),
        statuses=_statuses(document),
        operations={
            _module_of(operation): _operation(document, path, operation)
            for _, _, path, operation in operations(document)
        },
        discriminators=discriminators(document),
    )


def _module_of(operation: Document) -> tuple[str, str]:
    """The folder and the module of *operation*, as openapi-python-client names them."""
    tag = (operation.get("tags") or ["default"])[0]
    return str(PythonIdentifier(tag, "tag")), module_name(str(operation["operationId"]))


def _operation(document: Document, path: str, operation: Document) -> Operation:
    parameters = [
        resolved(document, one)
        for one in document["paths"][path].get("parameters", []) + operation.get("parameters", [])
    ]
    content = resolved(document, operation.get("requestBody", {})).get("content", {})
    return Operation(
        name=UntrustedString(str(operation.get("operationId"))),
        path=UntrustedString(path),
        security=key_requirement(operation),
        deprecated=operation.get("deprecated") is True,
        deprecated_parameters=frozenset(one["name"] for one in parameters if one.get("deprecated") is True),
        body=_description(resolved(document, operation.get("requestBody", {}))),
        errors=[
            DocumentedError(int(code), _class_name(int(code)), _description(resolved(document, response)))
            for code, response in sorted(operation["responses"].items())
            if _is_error(code)
        ],
        styles={(one["in"], one["name"]): style_of(one) for one in parameters},
        encodings={content_type: field_encodings(media) for content_type, media in content.items()},
        server=own_server(document, path, operation),
        accept=accept(document, operation),
    )


def _description(part: Document) -> UntrustedString:
    return UntrustedString(" ".join(str(part.get("description", "")).split()))


def _is_error(code: str) -> bool:
    return code.isdigit() and int(code) >= FIRST_ERROR


def _statuses(document: Document) -> list[Status]:
    codes = {
        int(code) for _, _, _, operation in operations(document) for code in operation["responses"] if _is_error(code)
    }
    return [Status(code, _class_name(code)) for code in sorted(codes)]


def _class_name(code: int) -> str:
    try:
        phrase = PHRASES.get(code) or HTTPStatus(code).phrase
    except ValueError:
        return f"Status{code}"
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z]+", phrase))
