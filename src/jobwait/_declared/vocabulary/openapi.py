"""What a declaration takes from an OpenAPI document: operations by name, the address, where the key stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from jobwait._declared.vocabulary.answer_path import ANY, AnswerPath
from jobwait._declared.vocabulary.fields import shown
from jobwait._declared.vocabulary.key import KeyPlacement
from jobwait._text import nearest
from jobwait.errors import InvalidInput

_METHODS: Final = ("get", "post", "put", "patch", "delete", "head")
_DEEPEST: Final = 20  # references in a row


class Operation(NamedTuple):
    """An operation: method, path below the address, the query parameters that have one possible value, its security."""

    name: str
    method: str
    path: str
    query: Mapping[str, str]
    security: Any = None


class Document(NamedTuple):
    """An OpenAPI document, as JSON has it; *name* is for errors."""

    value: Mapping[str, Any]
    name: str

    def operation(self, name: str, place: str) -> Operation:
        """The operation with this operationId; raises InvalidInput that names *place* and those that are near."""
        names = []
        for operation in self.operations():
            if operation.name == name:
                return operation
            names += [operation.name] if operation.name else []

        near = nearest(name, names, 1)
        meant = f"did you mean {near[0]}?" if near else f"it has {len(names)} operations."
        raise InvalidInput(f"{place} is {shown(name)}, which is no operationId of {self.name}; {meant}")

    def operations(self) -> Iterator[Operation]:
        """All operations; the name of one without operationId is empty."""
        for path, item in self._mapping(self.value.get("paths")).items():
            methods = self._mapping(item)
            for method in _METHODS:
                entry = self._mapping(methods.get(method))
                if entry and isinstance(path, str):
                    shared, own = methods.get("parameters"), entry.get("parameters")
                    security = entry.get("security", self.value.get("security"))
                    fixed = self._fixed([*(shared or ()), *(own or ())])
                    name = entry.get("operationId")
                    yield Operation(name if isinstance(name, str) else "", method.upper(), path, fixed, security)

    def answers(self, operation: Operation) -> Iterator[tuple[int, Any, list[Any]]]:
        """The JSON responses of *operation*: status code, schema, samples."""
        entry = self.entry(operation)
        for status, response in self._mapping(entry.get("responses")).items():
            for media_type, content in self._mapping(self._mapping(response).get("content")).items():
                if str(status).isdigit() and "json" in media_type:
                    media = self._mapping(content)
                    schema = self._mapping(media.get("schema"))
                    examples = [
                        self._mapping(one).get("value") for one in self._mapping(media.get("examples")).values()
                    ]
                    samples = [*examples, media.get("example"), schema.get("example"), *schema.get("examples", ())]
                    yield int(status), schema, [one for one in samples if one is not None]

    def enum_at(self, schema: Any, path: AnswerPath) -> list[Any]:
        """The values that the enums in *schema* allow at *path*."""
        variants = [variant for one in self._at_path(schema, path) for variant in self._variants(one)]
        return [word for one in variants for word in ([one["const"]] if "const" in one else one.get("enum") or ())]

    def _at_path(self, schema: Any, path: AnswerPath) -> list[Any]:
        found = [schema]
        for step in path.steps:
            found = [after for one in found for after in self._below(one, step)]
        return found

    def texts_in(self, schema: Any) -> list[str]:
        """The paths of the texts in an answer of *schema*: its own, then those one level below."""
        own = self._properties(schema)
        below = [
            (f"{name}.{inner}", one) for name, value in own.items() for inner, one in self._properties(value).items()
        ]
        return [name for name, value in [*own.items(), *below] if self._is_text(value)]

    def _properties(self, schema: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in self._variants(schema):
            found |= {
                name: value for name, value in self._mapping(one.get("properties")).items() if name.isidentifier()
            }
        return found

    def _is_text(self, schema: Any) -> bool:
        kinds = [kind for one in self._variants(schema) for kind in _listed(one.get("type"))]
        return "string" in kinds or any("enum" in one for one in self._variants(schema))

    def _below(self, schema: Any, step: str | int) -> list[Any]:
        below = []
        for one in self._variants(schema):
            if step == ANY or isinstance(step, int):
                below += [one.get("items"), one.get("additionalProperties")]
            else:
                below.append(self._mapping(one.get("properties")).get(step))
        return [one for one in below if one]

    def _variants(self, schema: Any, depth: int = 0) -> list[Mapping[str, Any]]:
        """*schema* and what it is made of by allOf, anyOf and oneOf."""
        own = self._mapping(schema)
        parts = (
            [part for name in ("allOf", "anyOf", "oneOf") for part in own.get(name) or ()] if depth < _DEEPEST else []
        )
        return [own, *(one for part in parts for one in self._variants(part, depth + 1))]

    def has(self, schema: Any, path: AnswerPath) -> bool:
        """Whether *schema* describes something at *path*."""
        return bool(self._at_path(schema, path))

    def entry(self, operation: Operation) -> Mapping[str, Any]:
        """What the document says about *operation*."""
        return self._mapping(self._item(operation).get(operation.method.lower()))

    def parameters(self, operation: Operation) -> list[Mapping[str, Any]]:
        """The parameters of *operation* and of its path."""
        listed = [*(self._item(operation).get("parameters") or ()), *(self.entry(operation).get("parameters") or ())]
        return [self._mapping(one) for one in listed]

    def _item(self, operation: Operation) -> Mapping[str, Any]:
        return self._mapping(self._mapping(self.value.get("paths")).get(operation.path))

    @property
    def server(self) -> str | None:
        """The first address of the document, with the defaults of its variables; None if it names no host."""
        return self._server_in(self.value)

    def server_of(self, operation: Operation) -> str | None:
        """The address of *operation*: its own, that of its path, or the document's."""
        places = (self.entry(operation), self._item(operation))
        return next((found for one in places if (found := self._server_in(one))), self.server)

    def _server_in(self, place: Mapping[str, Any]) -> str | None:
        servers = place.get("servers")
        server = self._mapping(servers[0]) if isinstance(servers, list) and servers else {}
        url = server.get("url")
        if not isinstance(url, str):
            return None
        for name, variable in self._mapping(server.get("variables")).items():
            url = url.replace(f"{{{name}}}", str(self._mapping(variable).get("default", "")))
        return url.rstrip("/") if urlsplit(url).netloc and "{" not in url else None

    def key(self, security: Any) -> KeyPlacement | None:
        """Where the key of an operation with this *security* stands; None: it needs none, or one we cannot send."""
        alternatives = [one for one in security if isinstance(one, Mapping)] if isinstance(security, list) else []
        schemes = self._mapping(self._mapping(self.value.get("components")).get("securitySchemes"))
        single = [name for one in alternatives if len(one) == 1 for name in one]
        found = (KeyPlacement.of_scheme(self._mapping(schemes.get(name))) for name in single)
        return next((one for one in found if one is not None), None)

    def _mapping(self, value: Any) -> Mapping[str, Any]:
        """*value*, or what it refers to in this document, if that is a mapping; else an empty one."""
        for _ in range(_DEEPEST):
            if not isinstance(value, Mapping):
                return {}
            reference = value.get("$ref")
            if not isinstance(reference, str):
                return value
            value = self._at(reference)
        return {}

    def _at(self, reference: str) -> Any:
        found: Any = self.value
        for part in reference.removeprefix("#/").split("/") if reference.startswith("#/") else ():
            name = part.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if reference.startswith("#/") else None

    def _fixed(self, parameters: list[Any]) -> dict[str, str]:
        """The required query parameters that have a single possible value."""
        found = {}
        for parameter in map(self._mapping, parameters):
            schema = self._mapping(parameter.get("schema"))
            values = [schema["const"]] if "const" in schema else schema.get("enum")
            if parameter.get("in") == "query" and parameter.get("required") and values and len(values) == 1:
                found[str(parameter["name"])] = str(values[0])
        return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
