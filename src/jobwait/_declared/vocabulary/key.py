"""Where the key of a declared service stands in a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from jobwait._declared.vocabulary.fields import Fields, shown
from jobwait.errors import InvalidInput

_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")


class KeyPlacement(NamedTuple):
    """A place: *location* and *name*; *prefix* stands before the key. basic: it is a user name and a password."""

    location: Literal["header", "query"]
    name: str
    prefix: str = ""
    basic: bool = False

    @property
    def written(self) -> dict[str, Any]:
        """The place as `key:` names it."""
        if self in {BEARER, BASIC}:
            return {"basic" if self.basic else "bearer": True}
        return {self.location: self.name, **({"prefix": self.prefix} if self.prefix else {})}

    @classmethod
    def of(cls, value: Any, place: str) -> KeyPlacement | None:
        """The place that `key:` names: {header: NAME}, {bearer: true}, {basic: true}, {query: NAME}; None for none."""
        if value == "none":
            return None
        fields = Fields(value, place)
        kind = fields.one_of("header", "bearer", "basic", "query")
        prefix = fields.any("prefix")
        if kind is None:
            fields.refuse("must be {header: NAME}, {bearer: true}, {basic: true}, {query: NAME} or none.")
        if prefix is not None and (kind != "header" or not isinstance(prefix, str) or not prefix.isprintable()):
            fields.refuse("has a prefix, which is text before a key in a header.")
        if kind in {"bearer", "basic"}:
            if not fields.flag(kind):
                raise InvalidInput(f"{place}.{kind} must be true; a service without a key has key: none.")
            fields.end()
            return BEARER if kind == "bearer" else BASIC
        name = fields.text(kind)
        fields.end()
        if name is None or not _NAME.fullmatch(name):
            raise InvalidInput(f"{place}.{kind} must be a name, not {shown(name)}.")
        return cls("header" if kind == "header" else "query", name, str(prefix or ""))

    @classmethod
    def of_scheme(cls, scheme: Mapping[str, Any]) -> KeyPlacement | None:
        """The place that a security scheme of OpenAPI names; None for one that takes no single key."""
        kind, name = str(scheme.get("type")), str(scheme.get("name", ""))
        if kind == "apiKey" and scheme.get("in") in {"header", "query"} and _NAME.fullmatch(name):
            return cls("header" if scheme["in"] == "header" else "query", name)
        if kind == "http" and str(scheme.get("scheme")).lower() == "basic":
            return BASIC
        bearer = kind in {"oauth2", "openIdConnect"} or (
            kind == "http" and str(scheme.get("scheme")).lower() == "bearer"
        )
        return BEARER if bearer else None


BEARER: Final = KeyPlacement("header", "Authorization", "Bearer ")
BASIC: Final = KeyPlacement("header", "Authorization", "Basic ", basic=True)
