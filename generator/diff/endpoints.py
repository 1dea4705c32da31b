"""The operations of a document with all that they inherit, and which operations of two documents belong together."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from generator.python_names import module_name
from generator.spec.operations import DOCUMENTED_ID, operations, path_pattern
from generator.spec.pointers import Document, resolved
from generator.spec.requests.servers import filled


@dataclass(frozen=True, eq=False)
class Endpoint:
    """One operation: its *server* is its own, its path's or the document's; *parameters* are resolved."""

    document: Document
    operation: Document
    method: str
    path: str
    server: str
    parameters: list[Document]

    @property
    def name(self) -> str:
        """The operationId."""
        return str(self.operation["operationId"])

    @property
    def documented_name(self) -> str:
        """The operationId in the vendor's document, which may be longer."""
        return str(self.operation.get(DOCUMENTED_ID) or self.name)

    @property
    def module(self) -> str:
        """The name of the module in the client."""
        return module_name(self.name)

    @property
    def tag(self) -> str:
        """The first tag."""
        return str((self.operation.get("tags") or ["default"])[0])

    @property
    def title(self) -> str:
        """Method and path, as places of changes begin."""
        return f"{self.method.upper()} {self.path}"

    @property
    def pattern(self) -> str:
        """The path without the names of its parameters."""
        return path_pattern(self.path)

    @property
    def address(self) -> str:
        """Server and path together: where the request goes."""
        return self.server + self.pattern

    @property
    def origin(self) -> str:
        """The server without its path; empty if it is relative."""
        url = urlsplit(self.server)
        return f"{url.scheme}://{url.netloc}" if url.scheme else ""


def endpoints(document: Document) -> list[Endpoint]:
    """Every operation of the normalised *document*."""
    return [
        Endpoint(
            document,
            operation,
            method,
            path,
            _server(operation, item, document),
            _parameters(document, item, operation),
        )
        for _, method, path, operation in operations(document)
        for item in [document["paths"][path]]
    ]


def _server(*holders: Document) -> str:
    """The first server of the first of *holders* that has one, with the defaults of its variables."""
    return filled(next((one["servers"][0] for one in holders if one.get("servers")), {})).rstrip("/")


def _parameters(document: Document, item: Document, operation: Document) -> list[Document]:
    """Those of the path, unless the operation has the same ones, and those of the operation."""
    named = [resolved(document, one) for holder in (item, operation) for one in holder.get("parameters", [])]
    return list({(one["in"], one["name"]): one for one in named}.values())


# Operations belong together if one of these is the same in both documents, and there only once.
SAME: tuple[Callable[[Endpoint], Hashable], ...] = (
    lambda one: (one.module, one.tag, one.method, one.address),
    lambda one: (one.module, one.tag),
    lambda one: one.module,
    lambda one: one.documented_name,
    lambda one: (one.method, one.address),
    lambda one: (one.method, one.pattern),
)


def pairs(old: Document, new: Document) -> Iterator[tuple[Endpoint | None, Endpoint | None]]:
    """The operations of *old* and *new*, two by two; None where the other document has no such operation."""
    before, after = endpoints(old), endpoints(new)
    for same in SAME:
        olds, news = _unique(before, same), _unique(after, same)
        for key in [key for key in olds if key in news]:
            yield olds[key], news[key]
        before = [one for one in before if olds.get(same(one)) is not one or same(one) not in news]
        after = [one for one in after if news.get(same(one)) is not one or same(one) not in olds]
    yield from ((one, None) for one in before)
    yield from ((None, one) for one in after)


def _unique(found: list[Endpoint], key: Callable[[Endpoint], Hashable]) -> dict[Hashable, Endpoint]:
    grouped: dict[Hashable, list[Endpoint]] = {}
    for one in found:
        grouped.setdefault(key(one), []).append(one)
    return {name: group[0] for name, group in grouped.items() if len(group) == 1}
