"""A request that a declaration describes: method, path with the ids in it, query, headers, body."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from jobwait._declared.vocabulary.fields import Fields, shown
from jobwait._httpx import httpx
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait._declared.vocabulary.openapi import Document

Ids = Mapping[str, str]
_VARIABLE: Final = re.compile(r"\{(\+?)([A-Za-z_][A-Za-z0-9_.-]*)\}")
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Endpoint(NamedTuple):
    """
    A request. path: below the address of the client, `{id}` stands for an id, `{+id}` for one with slashes.

    body: a JSON document in whose texts `{id}` stands for an id as well; None: the request has no body.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None

    @classmethod
    def of(cls, fields: Fields, document: Document | None, method: str = "GET") -> Endpoint:
        """The endpoint in *fields*, `operation` of the *document* or `path`; *method* is the default."""
        way = fields.one_of("operation", "path")
        operation, path, verb = fields.text("operation"), fields.text("path"), fields.text("method")
        query, headers, body = fields.pairs("query"), header_pairs(fields, "headers"), fields.any("body")
        if operation is not None:
            if document is None:
                fields.refuse("names an operation, and no OpenAPI document is given: write method and path instead.")
            if verb is not None:
                fields.refuse("has method beside operation, which has its own: leave method out.")
            found = document.operation(operation, fields.at("operation"))
            return cls(found.method, found.path, {**found.query, **query}, headers, body)
        if way is None or path is None:
            fields.refuse("needs operation or path.")
        verb = (verb or method).upper()
        if verb not in _METHODS:
            raise InvalidInput(f"{fields.at('method')} must be a method such as GET, not {shown(verb)}.")
        if not path.startswith("/") or "?" in path or "#" in path or any(not one.isprintable() for one in path):
            raise InvalidInput(
                f"{fields.at('path')} must begin with / and have no query, not {shown(path)}; use query: for that."
            )
        rest = _VARIABLE.sub("", path)
        if "{" in rest or "}" in rest or ".." in rest.split("/"):
            raise InvalidInput(f"{fields.at('path')} is {shown(path)}; variables are written as in /jobs/{{id}}.")
        return cls(verb, path, query, headers, body)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the ids in path, query and body, in order; each once."""
        texts = [self.path, *self.query.values(), json.dumps(self.body)]
        return tuple(dict.fromkeys(name for text in texts for _, name in _VARIABLE.findall(text)))

    def with_fixed(self, query: Mapping[str, str], headers: Mapping[str, str]) -> Endpoint:
        """This endpoint with what all requests of a declaration have."""
        return self._replace(query={**query, **self.query}, headers={**headers, **self.headers})

    def request(self, client: Any, ids: Ids, body: Any = None, more: Mapping[str, str] | None = None) -> httpx.Request:
        """The request for *client* about the job with *ids*; *more* is added to the query."""
        path = _VARIABLE.sub(lambda found: _segment(found[2], ids, slashes=bool(found[1])), self.path)
        pairs = {name: filled(value, ids) for name, value in {**self.query, **(more or {})}.items()}
        query, given = urlencode(pairs, quote_via=quote), body if body is not None else filled(self.body, ids)
        request: httpx.Request = client.request(
            self.method, path, query=query, headers=self.headers, json=given, accept="application/json, */*;q=0.5"
        )
        return request


def header_pairs(fields: Fields, name: str) -> dict[str, str]:
    """The headers in the field *name*."""
    headers = fields.pairs(name)
    secret = next((one for one in headers if one.lower() in {"authorization", "cookie", "proxy-authorization"}), None)
    if secret is not None:
        fields.refuse(f"has the header {secret} in {name}, where a key is for everybody to read: use key: for it.")
    if any("{" in value for value in headers.values()):
        fields.refuse(f"has a {{ in {name}, which is sent as it stands: ids go into the path, the query or the body.")
    for header, value in headers.items():
        if not _HEADER.fullmatch(header) or not value.isascii() or not value.isprintable():
            raise InvalidInput(f"{fields.at(name)} has {shown(header)}, which with its value makes no header.")
    return headers


def _segment(name: str, ids: Ids, *, slashes: bool) -> str:
    """The id *name* as a part of a path; with *slashes* it may be several parts, none of which goes up."""
    value = ids[name]
    if slashes and ({"", ".", ".."} & set(value.strip("/").split("/")) or value != value.strip("/")):
        raise InvalidInput(f"{name} is {shown(value)}, which would change the path of the request.")
    try:
        return quote(value, safe="/:" if slashes else ":")
    except UnicodeEncodeError:
        raise InvalidInput(f"{name} holds half of a character, so no URL can have it.") from None


def filled(template: Any, ids: Ids) -> Any:
    """*template* with the ids in its texts."""
    if isinstance(template, str):
        return _VARIABLE.sub(lambda found: ids.get(found[2], found[0]), template)
    if isinstance(template, Mapping):
        return {name: filled(one, ids) for name, one in template.items()}
    if isinstance(template, list):
        return [filled(one, ids) for one in template]
    return template
