"""Facts: what the client generator's own parser drops, read from the normalised spec as one value."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from openapi_python_client.schema.untrusted_string import UntrustedString

from generator.discriminators import Kinds, kinds
from generator.faults import Fault
from generator.lint import operations, shape
from generator.pointers import Document, resolved

# Newer Pythons call these otherwise; the classes keep one name under all of them.
PHRASES = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    418: "Teapot",
    422: "Unprocessable Entity",
}
FIRST_FAULT = 300


@dataclass(frozen=True)
class Auth:
    """How a key is sent."""

    needed: bool
    header: UntrustedString
    prefix: UntrustedString


@dataclass(frozen=True)
class Status:
    """A documented status that is no success."""

    code: int
    name: str


@dataclass(frozen=True)
class Documented:
    """One documented fault of an operation."""

    code: int
    name: str
    description: UntrustedString


@dataclass(frozen=True)
class Operation:
    """What one operation says of itself."""

    name: UntrustedString
    path: UntrustedString
    security: str  # required, optional or none
    deprecated: bool
    deprecated_parameters: frozenset[str]
    faults: list[Documented]


@dataclass(frozen=True)
class Facts:
    """All that templates need besides the parser's own data. Whatever is the vendor's text is wrapped."""

    title: UntrustedString
    version: UntrustedString
    server: UntrustedString
    auth: Auth
    statuses: list[Status]
    operations: dict[tuple[str, str], Operation]
    kinds: list[Kinds]

    def operation(self, endpoint: Any) -> Operation:
        """What is known of *endpoint*, as the generator's parser has it."""
        return self.operations[endpoint.method, shape(endpoint.path.get_untrusted_value())]


def facts(document: Document) -> Facts:
    """The facts of the normalised *document*."""
    return Facts(
        title=UntrustedString(document["info"]["title"]),
        version=UntrustedString(re.sub(r"[^!-~]", "", document["info"]["version"])),
        server=UntrustedString(first_server(document)),
        auth=auth(document),
        statuses=_statuses(document),
        operations={
            (method, shape(path)): _operation(document, path, operation)
            for _, method, path, operation in operations(document)
        },
        kinds=kinds(document),
    )


def _operation(document: Document, path: str, operation: Document) -> Operation:
    parameters = [
        resolved(document, one)
        for one in operation.get("parameters", []) + document["paths"][path].get("parameters", [])
    ]
    return Operation(
        name=UntrustedString(str(operation.get("operationId"))),
        path=UntrustedString(path),
        security=key_need(operation),
        deprecated=operation.get("deprecated") is True,
        deprecated_parameters=frozenset(one["name"] for one in parameters if one.get("deprecated") is True),
        faults=[
            Documented(int(code), _class_name(int(code)), _words(resolved(document, response)))
            for code, response in sorted(operation["responses"].items())
            if _is_fault(code)
        ],
    )


def _words(response: Document) -> UntrustedString:
    return UntrustedString(" ".join(str(response.get("description", "")).split()))


def _is_fault(code: str) -> bool:
    return code.isdigit() and int(code) >= FIRST_FAULT


def first_server(document: Document) -> str:
    """The first server's address with its variables filled in; nothing if it is not a whole one."""
    servers = document.get("servers") or [{}]
    url = str(servers[0].get("url", ""))
    for name, variable in servers[0].get("variables", {}).items():
        url = url.replace("{" + name + "}", str(variable.get("default", "")))
    return url.rstrip("/") if url.startswith(("https://", "http://")) else ""


def key_need(operation: Document) -> str:
    """Whether *operation* wants a key: required, optional or none."""
    security = operation["security"]
    if not security:
        return "none"
    return "optional" if {} in security else "required"


def auth(document: Document) -> Auth:
    """The one way in which this spec wants its key."""
    schemes = document["components"].get("securitySchemes", {})
    ways: dict[tuple[str, str], None] = {}
    for pointer, _, _, operation in operations(document):
        alternatives = [one for one in operation["security"] if one]
        sendable = [_way(resolved(document, schemes[name])) for one in alternatives if len(one) == 1 for name in one]
        if alternatives and not any(sendable):
            raise Fault(f"The operation at {pointer} wants a key in a way that this generator does not know.")
        ways.update(dict.fromkeys(way for way in sendable if way))
    if len(ways) > 1:
        raise Fault(f"The operations want keys in {len(ways)} ways: {', '.join(header for header, _ in ways)}.")
    header, prefix = next(iter(ways), ("Authorization", "Bearer "))
    return Auth(bool(ways), UntrustedString(header), UntrustedString(prefix))


def _way(scheme: Document) -> tuple[str, str] | None:
    """The header and the prefix that *scheme* asks for, None where a header cannot serve it."""
    match scheme.get("type"), str(scheme.get("scheme", "")).lower():
        case ("http", "bearer") | ("oauth2" | "openIdConnect", _):
            return "Authorization", "Bearer "
        case ("http", "basic"):
            return "Authorization", "Basic "
        case ("apiKey", _) if scheme.get("in") == "header":
            return str(scheme["name"]), ""
        case _:
            return None


def _statuses(document: Document) -> list[Status]:
    codes = {
        int(code) for _, _, _, operation in operations(document) for code in operation["responses"] if _is_fault(code)
    }
    return [Status(code, _class_name(code)) for code in sorted(codes)]


def _class_name(code: int) -> str:
    try:
        phrase = PHRASES.get(code) or HTTPStatus(code).phrase
    except ValueError:
        return f"Status{code}"
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z]+", phrase))
