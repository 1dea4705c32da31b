# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""Addresses of servers: variables in them, relative ones, and those of single operations."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from ._httpx import httpx

IN_HOST: Final = r"[A-Za-z0-9._~-]*"
IN_PATH: Final = r"[A-Za-z0-9._~/-]*"


def server_url(template: str, values: Mapping[str, str], allowed: Mapping[str, Sequence[str]]) -> str:
    """*template* with *values* in place of its variables; ValueError for a value that the document does not allow."""
    authority = template.partition("://")[2].partition("/")[0]
    for name, value in values.items():
        form = IN_HOST if f"{{{name}}}" in authority or template.startswith(f"{{{name}}}") else IN_PATH
        if name in allowed and value not in allowed[name]:
            raise ValueError(f"{name} of the server must be one of {', '.join(allowed[name])}.")
        if not isinstance(value, str) or not re.fullmatch(form, value) or ".." in value.split("/"):
            raise ValueError(f"{name} of the server holds a character that would change the address.")
        template = template.replace(f"{{{name}}}", value)
    return template


def with_query(path: str, query: str) -> str:
    """*path* with *query*, after the query that the document has in the path itself."""
    return f"{path}{'&' if '?' in path else '?'}{query}" if query else path


def with_path(base_url: str, path: str) -> str:
    """*base_url* with *path*, that of the document's relative server, if it has none of its own."""
    return base_url + path if httpx.URL(base_url).path in {"", "/"} else base_url


def address(base_url: str, own: str, documented: Sequence[str]) -> str:
    """
    Where an operation with a server of its *own* is sent by a client with this *base_url*.

    A path is taken on the host of base_url. Another host is used only if base_url is one of the *documented* servers
    (regular expressions): a caller's own address, such as that of a test server, takes all requests.
    """
    if not own:
        return base_url
    if own.startswith("/"):
        return str(httpx.URL(base_url).copy_with(path=own)).rstrip("/")
    return own if any(re.fullmatch(one, base_url, re.IGNORECASE) for one in documented) else base_url
