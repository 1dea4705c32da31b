"""Where requests go, and with which key: what has changed there, one change for all operations that share it."""

from collections.abc import Iterator

from generator.diff.endpoints import Endpoint
from generator.diff.rules import Change
from generator.spec.pointers import Document, resolved

Pair = tuple[Endpoint, Endpoint]
Way = frozenset[str]  # the keys that are sent together


def address_changes(both: list[Pair]) -> Iterator[Change]:
    """Changes of server, path and method. A part of the address that moved from server to path is no change."""
    servers: dict[tuple[str, str], list[Pair]] = {}
    for old, new in both:
        if old.method != new.method:
            yield Change("method changed", old.title, _from_to(old.method.upper(), new.method.upper()), (old.name,))
        if old.address == new.address:
            continue
        moved = old.address.removeprefix(old.origin) == new.address.removeprefix(new.origin)
        if moved or old.server != new.server:
            known = (old.origin, new.origin) if moved else (old.server, new.server)
            servers.setdefault(known, []).append((old, new))
        if not moved and old.pattern != new.pattern:
            yield Change("path changed", old.title, _from_to(old.path, new.path), (old.name,))
    for known, group in servers.items():
        place = "servers" if len(group) == len(both) else ", ".join(old.title for old, _ in group)
        yield Change("server changed", place, _from_to(*known), _names(group))


def key_changes(both: list[Pair]) -> Iterator[Change]:
    """Changes of the keys that operations take, and of the way in which these are sent."""
    changed: dict[tuple[str, str], list[Pair]] = {}
    for old, new in both:
        required = [_requires_key(one) for one in (old, new)]
        if required[0] != required[1]:
            yield Change("key needed" if required[1] else "key not needed any more", old.title, "", (old.name,))
        before, after = _ways(old), _ways(new)
        if before and after and before != after:
            kind = "key sent in another way" if before - after else "another key accepted"
            changed.setdefault((kind, _from_to(_text(before), _text(after))), []).append((old, new))
    for (kind, detail), group in changed.items():
        yield Change(kind, "security", detail, _names(group))


def _requires_key(endpoint: Endpoint) -> bool:
    security = endpoint.operation["security"]
    return bool(security) and {} not in security


def _ways(endpoint: Endpoint) -> frozenset[Way]:
    """Each alternative, as the keys that are sent together in it."""
    schemes = endpoint.document["components"].get("securitySchemes", {})
    alternatives = [one for one in endpoint.operation["security"] if one]
    return frozenset(
        frozenset(_key(resolved(endpoint.document, schemes.get(name, {}))) for name in one) for one in alternatives
    )


def _key(scheme: Document) -> str:
    """How one key is sent. Names of headers have no case; OAuth2 and OpenID Connect send a bearer token."""
    match scheme.get("type"), str(scheme.get("scheme", "")):
        case ("oauth2" | "openIdConnect", _):
            return "Authorization: Bearer …"
        case ("http", prefix):
            return f"Authorization: {prefix.title()} …"
        case ("apiKey", _) if scheme.get("in") == "header":
            return f"{str(scheme.get('name')).title()}: …"
        case ("apiKey", _):
            return f"{scheme.get('in')} {scheme.get('name')}"
        case (kind, _):
            return str(kind)


def _text(ways: frozenset[Way]) -> str:
    return " or ".join(sorted(" and ".join(sorted(way)) for way in ways))


def _names(group: list[Pair]) -> tuple[str, ...]:
    return tuple(sorted(old.name for old, _ in group))


def _from_to(old: str, new: str) -> str:
    return f"{old or 'nothing'} → {new or 'nothing'}"
