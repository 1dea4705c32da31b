"""The API keys that operations take, and where a request holds each."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import NamedTuple

from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from generator.errors import Finding
from generator.spec.operations import operations
from generator.spec.pointers import Document, joined, resolved
from generator.spec.requests.servers import ARGUMENTS, servers_of

HANDSHAKES = frozenset({"digest", "negotiate", "ntlm", "hoba", "mutual", "scram-sha-1", "scram-sha-256", "vapid"})
SCHEME_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,60}")  # a token of RFC 9110
UNSENDABLE = "x-unsendable-key"  # marks an operation that takes a key, but none that a request can express
CERTIFICATE = "mutualTLS"  # a certificate is no part of a request; the client's verify= brings it


class Place(NamedTuple):
    """Where a request holds a key, and what stands before it there."""

    location: str  # header, query or cookie
    name: str
    prefix: str
    kind: str  # of key: token, text (which may be two words) or basic (a user name and a password)


@dataclass(frozen=True)
class Key:
    """An API key: the client's *argument* for it, and its place; text of the vendor's is wrapped for templates."""

    argument: str
    place: Place

    @property
    def location(self) -> str:
        """Header, query or cookie."""
        return self.place.location

    @property
    def name(self) -> UntrustedString:
        """The name of the header, parameter or cookie."""
        return UntrustedString(self.place.name)

    @property
    def prefix(self) -> UntrustedString:
        """What stands before the key."""
        return UntrustedString(self.place.prefix)

    @property
    def kind(self) -> str:
        """Token, text or basic."""
        return self.place.kind


@dataclass(frozen=True)
class Auth:
    """The API keys that the operations of a document take."""

    keys: tuple[Key, ...]
    single: Key | None  # the only one, in a header and always alone; then the client's argument is `token`
    alternatives: dict[str, tuple[tuple[str, ...], ...]]  # by operationId: the arguments that one of its requests needs

    @property
    def needed(self) -> bool:
        """Whether any operation takes a key."""
        return bool(self.keys)


def key_requirement(operation: Document) -> str:
    """Whether *operation* takes an API key: `required`, `optional` or `none`."""
    security = operation["security"]
    if not any(security):
        return "none"
    return "optional" if {} in security else "required"


def auth(document: Document) -> Auth:
    """The keys of the normalised *document*, of whose schemes each can be sent."""
    used = {name for _, _, _, one in operations(document) for choice in one["security"] for name in choice}
    sent = {
        name: place_of(scheme_of(document, name))
        for name in document["components"].get("securitySchemes", {})
        if name in used
    }
    found: dict[
        Place, str
    ] = {}  # the argument of the key that is sent so: of two schemes that are sent alike it is one
    others = [variable.argument for variable in servers_of(document).variables]
    for name, place in sent.items():
        found[place] = found.get(place) or _argument(name, [*found.values(), *others])
    alternatives: dict[str, tuple[tuple[str, ...], ...]] = {
        operation["operationId"]: _alternatives([[found[sent[name]] for name in one] for one in operation["security"]])
        for _, _, _, operation in operations(document)
    }
    if len(found) == 1:
        found = dict.fromkeys(found, "token")
        alternatives = {name: tuple(("token",) if one else () for one in all_) for name, all_ in alternatives.items()}
    keys = tuple(Key(name, place) for place, name in found.items())
    alone = len(keys) == 1 and keys[0].location == "header" and keys[0].kind != "basic"
    return Auth(keys, keys[0] if alone else None, alternatives)


def _alternatives(choices: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    """*choices* once each; to send no key is the last choice, as the service does more for whom it knows."""
    unique = dict.fromkeys(tuple(dict.fromkeys(names)) for names in choices)
    return tuple(sorted(unique, key=lambda names: not names))


def remove_unsendable(document: Document) -> list[Finding]:
    """Leave out alternatives of *document* that no request can express; return what was done where."""
    return list(_unsendable(document))


def _unsendable(document: Document) -> Iterator[Finding]:
    known = document.get("components", {}).get("securitySchemes", {})
    refusals = {name: _refusal(scheme_of(document, name)) for name in known}
    for pointer, node in [("", document), *((pointer, one) for pointer, _, _, one in operations(document))]:
        given = node.get("security")
        if not isinstance(given, list):
            continue
        kept = []
        for alternative in given:
            wrong = [refusals.get(name, f"the security scheme {name} is not defined") for name in alternative]
            reason = next((one for one in wrong if one), "") or _collision(document, alternative)
            if reason:
                yield joined(pointer, "security"), f"{reason}; pass by headers= of the client what the service wants"
            else:
                kept.append({name: value for name, value in alternative.items() if not _is_certificate(document, name)})
        if not kept and given:
            node[UNSENDABLE] = True
        node["security"] = kept


def _collision(document: Document, alternative: Document) -> str:
    """Which place two keys of *alternative* would need; empty if each has its own."""
    sent = {place_of(scheme_of(document, name)) for name in alternative if not _is_certificate(document, name)}
    places = [(location, name.lower()) for location, name, _, _ in sent]
    twice = [name for location, name, _, _ in sent if places.count((location, name.lower())) > 1]
    return f"two keys would have to stand in {twice[0]}" if twice else ""


def _refusal(scheme: Document) -> str:
    """Why a request cannot be given the key of *scheme*; empty if it can."""
    match scheme.get("type"), str(scheme.get("scheme", "")).lower():
        case ("http", word) if word in HANDSHAKES:
            return f"the authentication {word} is a handshake, which the client cannot do"
        case ("apiKey", _) if scheme.get("in") not in {"header", "query", "cookie"} or not scheme.get("name"):
            return "the place of an API key is unknown"
        case ("http", word) if not SCHEME_NAME.fullmatch(word):
            return "the name of an HTTP authentication scheme is missing or no word"
        case ("http" | "apiKey" | "oauth2" | "openIdConnect" | "mutualTLS", _):
            return ""
        case (kind, _):
            return f"the kind of security scheme {str(kind)[:40]!r} is unknown"


def _is_certificate(document: Document, name: str) -> bool:
    return scheme_of(document, name).get("type") == CERTIFICATE


def scheme_of(document: Document, name: str) -> Document:
    """The security scheme *name* of *document*."""
    scheme: Document = resolved(document, document["components"]["securitySchemes"][name])
    return scheme


def place_of(scheme: Document) -> Place:
    """Where a request holds the key of *scheme*, which can be sent."""
    match scheme["type"], str(scheme.get("scheme", "")):
        case ("apiKey", _):
            name = str(scheme["name"])
            return Place(str(scheme["in"]), name, "", "text" if name.lower() == "authorization" else "token")
        case ("http", word) if word.lower() == "basic":
            return Place("header", "Authorization", "Basic ", "basic")
        case ("http", word) if word.lower() != "bearer":
            return Place("header", "Authorization", f"{word} ", "token")
        case _:
            return Place("header", "Authorization", "Bearer ", "token")


def _argument(scheme: str, taken: Collection[str]) -> str:
    """The client's argument for the key of *scheme*, unlike those *taken*."""
    plain = str(PythonIdentifier(scheme, "key_"))
    name = f"{plain}_key" if plain in ARGUMENTS - {"token"} else plain
    return next(one for one in chain([name], (f"{name}_{number}" for number in count(2))) if one not in taken)
