"""How a client connects to the service: the server's address, and how the API key is sent."""

from dataclasses import dataclass

from openapi_python_client.schema.untrusted_string import UntrustedString

from generator.errors import GeneratorError
from generator.spec.operations import operations
from generator.spec.pointers import Document, resolved


@dataclass(frozen=True)
class Auth:
    """How the API key is sent: in which header, after which prefix; *needed* if any operation takes one."""

    needed: bool
    header: UntrustedString
    prefix: UntrustedString


def first_server(document: Document) -> str:
    """The first server's URL with the defaults of its variables, without a final slash; empty if it is not absolute."""
    servers = document.get("servers") or [{}]
    url = str(servers[0].get("url", ""))
    for name, variable in servers[0].get("variables", {}).items():
        url = url.replace("{" + name + "}", str(variable.get("default", "")))
    return url.rstrip("/") if url.startswith(("https://", "http://")) else ""


def key_requirement(operation: Document) -> str:
    """Whether *operation* takes an API key: `required`, `optional` or `none`."""
    security = operation["security"]
    if not security:
        return "none"
    return "optional" if {} in security else "required"


def auth(document: Document) -> Auth:
    """How this document's operations take their key; GeneratorError if they differ or no header can carry it."""
    schemes = document["components"].get("securitySchemes", {})
    headers: dict[tuple[str, str], None] = {}
    for pointer, _, _, operation in operations(document):
        alternatives = [one for one in operation["security"] if one]
        sendable = [
            _header_of(resolved(document, schemes[name])) for one in alternatives if len(one) == 1 for name in one
        ]
        if alternatives and not any(sendable):
            raise GeneratorError(
                f"The operation at {pointer} takes its API key in a way that this generator does not support."
            )
        headers.update(dict.fromkeys(one for one in sendable if one))
    if len(headers) > 1:
        names = ", ".join(header for header, _ in headers)
        raise GeneratorError(f"The operations take API keys in {len(headers)} different ways: {names}.")
    header, prefix = next(iter(headers), ("Authorization", "Bearer "))
    return Auth(bool(headers), UntrustedString(header), UntrustedString(prefix))


def _header_of(scheme: Document) -> tuple[str, str] | None:
    """The header and the prefix of *scheme*, None where the key is not sent in one header."""
    match scheme.get("type"), str(scheme.get("scheme", "")).lower():
        case ("http", "bearer") | ("oauth2" | "openIdConnect", _):
            return "Authorization", "Bearer "
        case ("http", "basic"):
            return "Authorization", "Basic "
        case ("apiKey", _) if scheme.get("in") == "header":
            return str(scheme["name"]), ""
        case _:
            return None
