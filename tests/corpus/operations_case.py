"""One operation of a client under check: its functions, its judge, made values for it, and where the findings go."""

from dataclasses import dataclass, field
from importlib import import_module
from inspect import signature
from types import ModuleType
from typing import Any

from jobwait._httpx import httpx

from .operations_arguments import Defaults, signature_types
from .operations_document import Operation
from .operations_judge import Judge, Source
from .operations_result import Mismatch, Result
from .operations_schemas import Document, resolved
from .operations_values import Values

HOST = "https://api.example.test"  # where a document's own server is relative


@dataclass
class Case:
    """One *operation* of *document* and its *module* in the client; *defaults* is what absent fields count as."""

    document: Document
    operation: Operation
    module: ModuleType
    defaults: Defaults
    source: Source
    seed: int
    result: Result = field(default_factory=Result)

    def __post_init__(self) -> None:
        first = (self.document.get("servers") or [{}])[0]
        url = str(first.get("url", ""))
        for name, variable in first.get("variables", {}).items():
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        read_from = None if url.startswith("http") else HOST  # where a relative server begins
        self.base_url = f"https:{url}" if url.startswith("//") else read_from
        self.judge = Judge(self.source, self.operation.path, read_from)
        self.types = signature_types(self.module.build)

    def differs(self, subject: str, reason: str) -> None:
        """Record that *subject* is not as the document says."""
        self.result.mismatches.append(Mismatch(str(self.operation), subject, reason))

    def values(self, what: str, *, sent: bool, everything: bool, **more: Any) -> Values:
        """Made values, always the same ones for *what*."""
        seed = f"{self.seed} {self.operation} {what} {everything}"
        return Values(self.document, seed, sent=sent, everything=everything, **more)

    def resolved(self, node: Any) -> Document:
        """*node*, or what it refers to in the document."""
        return resolved(self.document, node)

    def is_key(self, parameter: Document) -> bool:
        """Whether *parameter* stands where an API key does."""
        schemes = map(self.resolved, self.document.get("components", {}).get("securitySchemes", {}).values())
        place = parameter.get("in"), parameter.get("name")
        return any(one.get("type") == "apiKey" and (one.get("in"), one.get("name")) == place for one in schemes)

    def says_read_only(self, schema: Any) -> bool:
        """
        Whether *schema* of a parameter, or a member of its unions, says readOnly.

        openapi-core refuses each value of it, although that is about properties of objects alone.
        """
        node = self.resolved(schema)
        members = [one for key in ("allOf", "anyOf", "oneOf") for one in node.get(key, [])]
        return node.get("readOnly") is True or any(map(self.says_read_only, members))

    def request(self, arguments: dict[str, Any]) -> httpx.Request:
        """The request that the client builds, with a key for each of its arguments for keys."""
        build = self.module.build
        package = build.__module__.partition(".")[0]
        kind = getattr(import_module(f"{package}.client"), signature(build).parameters["client"].annotation)
        single = {"token": None} if "token" in signature(kind).parameters else {}
        keys = {
            name: ("user", "password") if getattr(place, "kind", "") == "basic" else "key"
            for name, place in getattr(kind, "key_places", single).items()
        }
        address = {"base_url": self.base_url} if self.base_url else {}
        request: httpx.Request = build(kind(**keys, **address), **arguments)
        return request
