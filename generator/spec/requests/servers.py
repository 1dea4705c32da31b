"""The servers of a document, of its paths and of its operations: what a client needs to know of them."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from generator.errors import Finding
from generator.python_names import module_name
from generator.spec.operations import METHODS, operations
from generator.spec.pointers import Document, joined

VARIABLE = re.compile(r"\{([^{}]*)\}")
ARGUMENTS = frozenset({"self", "token", "base_url", "headers", "timeout", "transport", "verify"})  # of every client
ADDRESS = re.compile(
    r"(?!(?!https?:)[a-z][a-z0-9+.-]*://)(https?:/)?[A-Za-z0-9._~%!$&'()*+,;=:\[\]@/-]*", re.IGNORECASE
)  # without query and fragment
PLAIN_VALUE = re.compile(r"[A-Za-z0-9._~/-]*")
ABSOLUTE = ("https://", "http://")


@dataclass(frozen=True)
class Variable:
    """One variable of the server's address, and the argument that sets it; *values* is empty if any is allowed."""

    name: str
    argument: str
    default: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Servers:
    """The first server's address with its variables; the path of a relative one; patterns of all absolute ones."""

    url: str
    variables: tuple[Variable, ...]
    path: str
    patterns: tuple[str, ...]


def servers_of(document: Document) -> Servers:
    """The servers of the whole *document*."""
    servers = document.get("servers") or [{}]
    first = str(servers[0].get("url", ""))
    absolute = filled(servers[0]).startswith(ABSOLUTE)
    patterns = [_pattern(one) for one in servers if filled(one).startswith(ABSOLUTE)]
    return Servers(
        url=first.rstrip("/") if absolute else "",
        variables=tuple(_variables(servers[0])) if absolute else (),
        path="" if absolute else _relative_path(filled(servers[0])),
        patterns=tuple(dict.fromkeys(patterns)),
    )


def own_server(document: Document, path: str, operation: Document) -> str:
    """
    The address of the server that *operation* or its *path* names; empty where that is the document's own.

    A path alone means: on the host of the client.
    """
    named = operation.get("servers") or document["paths"][path].get("servers")
    servers = document.get("servers") or [{}]
    if not named:
        return ""
    url, root = filled(named[0]), filled(servers[0])
    if url.rstrip("/") == root.rstrip("/"):
        return ""
    if not url.startswith(ABSOLUTE):
        return _relative_path(url) or "/"
    return (urlsplit(url).path.rstrip("/") or "/") if _origin(url) == _origin(root) else url.rstrip("/")


def prepare_servers(document: Document) -> list[Finding]:
    """Make the servers of *document* such that a client can use them; return what was changed or a caller must know."""
    findings = list(_malformed(document))
    _hoist(document)
    return [*findings, *_relative(document), *_own(document)]


def _malformed(document: Document) -> Iterator[Finding]:
    for pointer, holder in _holders(document):
        servers = holder.get("servers")
        good = isinstance(servers, list) and all(
            isinstance(one, dict) and isinstance(one.get("url"), str) for one in servers
        )
        if servers is not None and not good:
            del holder["servers"]
            yield pointer, "servers is no list of servers; it is left out"
    for pointer, server in _servers(document):
        if server["url"].startswith("//"):
            server["url"] = f"https:{server['url']}"
            yield pointer, f"the address names no scheme; it is read as {server['url']}"
        variables = server.get("variables")
        server["variables"] = {
            name: _variable(
                dict(variables[name]) if isinstance(variables, dict) and isinstance(variables.get(name), dict) else {}
            )
            for name in VARIABLE.findall(server["url"])
        }
        yield from _defaults(pointer, server)
        if not server["variables"]:
            del server["variables"]
        if not ADDRESS.fullmatch(filled(server)):
            whole = pointer.startswith("/servers/")
            instead = "it is left out, and base_url must be given" if whole else "that of the document is used"
            yield pointer, f"the address {server['url']!r} cannot be used; {instead}"
            _forget(server, {} if whole else (document.get("servers") or [{}])[0])


def _forget(server: Document, instead: Document) -> None:
    """Make *server* the same as *instead*, which may be empty."""
    server.clear()
    server.update({"url": "", **deepcopy(instead)})


def _variable(variable: Document) -> Document:
    """*variable* with its default and its values as text, as YAML may read a port or a version as a number."""
    if isinstance(variable.get("default"), int | float):
        variable["default"] = str(variable["default"])
    values = variable.pop("enum", None)
    if isinstance(values, list) and values:
        variable["enum"] = list(dict.fromkeys(map(str, values)))
    return variable


def _defaults(pointer: str, server: Document) -> Iterator[Finding]:
    for name, variable in list(server["variables"].items()):
        values = variable.get("enum", [])
        if not isinstance(variable.get("default"), str):
            variable["default"] = values[0] if values else name
            yield pointer, f"the variable {name} of the server has no default; it is set to {variable['default']}"
        elif values and variable["default"] not in values:
            values.append(variable["default"])
            yield (
                pointer,
                f"the default of the variable {name} of the server is none of its values; it is added to them",
            )
        if not PLAIN_VALUE.fullmatch(variable["default"]):
            del server["variables"][name]
            server["url"] = server["url"].replace(f"{{{name}}}", variable["default"])
            yield pointer, f"the variable {name} of the server is more than a word; give base_url for another address"


def _hoist(document: Document) -> None:
    """Where each operation names its server and the document none, the first of them is what the client begins with."""
    if document.get("servers") or not isinstance(document.get("paths"), dict):
        return
    named = [
        (operation.get("servers") or document["paths"][path].get("servers") or [{"url": ""}])[0]
        for _, _, path, operation in operations(document)
    ]
    if named and all(server["url"].startswith(ABSOLUTE) for server in named):
        document["servers"] = [deepcopy(named[0])]


def _relative(document: Document) -> Iterator[Finding]:
    path = servers_of(document).path
    if path:
        yield "/servers/0", f"the server is relative; base_url must be given, and {path} is added to one without a path"


def _own(document: Document) -> Iterator[Finding]:
    """Servers of paths and operations. A key is never sent unencrypted where the document's own server is https."""
    secure = servers_of(document).url.startswith("https://")
    for pointer, server in _servers(document):
        if pointer.startswith("/servers/"):
            continue
        if secure and server["url"].startswith("http://"):
            server["url"] = server["url"].replace("http://", "https://", 1)
            yield (
                pointer,
                "this server is http where the document's is https; it is used as https, so that no key is sent openly",
            )
        if VARIABLE.search(server["url"]):
            yield pointer, f"the variables of this server have their defaults: {filled(server)}"


def _holders(document: Document) -> Iterator[tuple[str, Document]]:
    yield "", document
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        if isinstance(item, dict):
            yield joined("/paths", path), item
            yield from ((joined("/paths", path, key), item[key]) for key in METHODS if isinstance(item.get(key), dict))


def _servers(document: Document) -> Iterator[tuple[str, Document]]:
    for pointer, holder in _holders(document):
        for index, server in enumerate(holder.get("servers") or []):
            yield joined(pointer, "servers", index), server


def _variables(server: Document) -> Iterator[Variable]:
    taken = set(ARGUMENTS)
    for name in dict.fromkeys(VARIABLE.findall(str(server["url"]))):
        variable = server.get("variables", {}).get(name, {})
        argument = module_name(name)
        while argument in taken:
            argument += "_"
        taken.add(argument)
        values = variable.get("enum")
        yield Variable(
            name,
            argument,
            _text(variable.get("default", name)),
            tuple(map(_text, values)) if isinstance(values, list) else (),
        )


def filled(server: Document) -> str:
    """The address of *server* with the defaults of its variables."""
    variables: Any = server.get("variables", {})
    return VARIABLE.sub(lambda found: _text(variables.get(found[1], {}).get("default", "")), str(server.get("url", "")))


def _text(value: Any) -> str:
    return str(value)


def _pattern(server: Document) -> str:
    """A regular expression of the addresses of *server*, with any values of its variables."""
    parts = VARIABLE.split(str(server["url"]).rstrip("/"))
    return "".join("[^/?#@]*" if index % 2 else re.escape(part) for index, part in enumerate(parts))


def _relative_path(url: str) -> str:
    """The path of a relative address, from the root and without a final slash."""
    return urlsplit(urljoin("https://x/", url)).path.rstrip("/")


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def has_own_servers(document: Document) -> bool:
    """Whether any operation has an absolute server of its own."""
    return any(
        own_server(document, path, operation).startswith(ABSOLUTE) for _, _, path, operation in operations(document)
    )
