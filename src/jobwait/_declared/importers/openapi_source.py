"""What importers take from an OpenAPI document: operations with an extension, and the fields that all jobs have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jobwait._declared.vocabulary.openapi import Document, Operation


def with_extension(document: Document, field: str) -> Iterator[tuple[Operation, Mapping[str, Any], Any]]:
    """Each operation that has *field*, with its entry and the value of the field."""
    for operation in document.operations():
        entry = document.entry(operation)
        if field in entry:
            yield operation, entry, entry[field]


def access(document: Document, operation: Operation, remarks: list[str]) -> dict[str, Any]:
    """The fields `server` and `key`, as far as the document has them."""
    key, address = document.key(operation.security), document.server_of(operation)
    if address is None:
        remarks.append(f"{document.name} names no address: pass base_url= to connect(), or add server.")
    if operation.security and key is None and {} not in operation.security:
        remarks.append(f"{operation.name} needs a key in a form that a declaration does not have: send it yourself.")
    return {**({} if address is None else {"server": address}), **({} if key is None else {"key": key.written})}


def needed_queries(document: Document, operation: Operation) -> list[str]:
    """The query parameters of *operation* that are required and have several possible values."""
    return [
        str(one.get("name"))
        for one in document.parameters(operation)
        if one.get("in") == "query" and one.get("required") and str(one.get("name")) not in operation.query
    ]


def success_codes(entry: Mapping[str, Any]) -> list[int]:
    """The status codes of success that an operation documents."""
    documented = sorted(int(code) for code in map(str, entry.get("responses") or ()) if code.isdigit())
    return [code for code in documented if 200 <= code < 300] or [200]
