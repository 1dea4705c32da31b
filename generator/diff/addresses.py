"""Where requests go, and with which key: what has changed there, one change for all operations that share it."""

from collections.abc import Collection, Iterator

from generator.diff.endpoints import Endpoint
from generator.diff.rules import Change
from generator.spec.pointers import Document
from generator.spec.requests.keys import UNSENDABLE, Place, auth, key_requirement, place_of, scheme_of
from generator.spec.requests.servers import servers_of

Pair = tuple[Endpoint, Endpoint]
Way = frozenset[str]  # the keys that are sent together
ELSEWHERE: Way = frozenset({"by headers= of the client"})


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


def server_changes(old: Document, new: Document) -> Iterator[Change]:
    """Changes of what a client must or can be given for its address."""
    before, after = servers_of(old), servers_of(new)
    if bool(before.url) != bool(after.url):
        yield Change("server documented" if after.url else "server no longer documented", "servers")
    arguments, others = ({one.argument: one for one in side.variables} for side in (before, after))
    for name in sorted({*arguments, *others}):
        if name not in others:
            yield Change("argument for the server removed", "servers", name)
        elif name not in arguments:
            yield Change("argument for the server added", "servers", name)
        elif others[name].values:
            gone = [value for value in arguments[name].values if value not in others[name].values]
            if gone or not arguments[name].values:
                yield Change("value for the server removed", "servers", ", ".join([name, *gone]))


def key_changes(both: list[Pair]) -> Iterator[Change]:
    """Changes of the keys that operations take, and of the way in which these are sent."""
    changed: dict[tuple[str, str], list[Pair]] = {}
    for old, new in both:
        required = [key_requirement(one.operation) == "required" or _elsewhere(one) for one in (old, new)]
        if required[0] != required[1]:
            yield Change("key needed" if required[1] else "key not needed any more", old.title, "", (old.name,))
        before, after = _ways(old), _ways(new)
        if before and after and before != after:
            kind = "key sent in another way" if before - after else "another key accepted"
            changed.setdefault((kind, _from_to(_text(before), _text(after))), []).append((old, new))
        orders = list(_alternatives(old)), list(_alternatives(new))
        if before == after and orders[0] != orders[1]:
            detail = _from_to(*(_text(one[:1]) for one in orders))
            changed.setdefault(("other key preferred", detail), []).append((old, new))
    for (kind, detail), group in changed.items():
        yield Change(kind, "security", detail, _names(group))
    yield from _arguments(both)


def _arguments(both: list[Pair]) -> Iterator[Change]:
    """A key that is sent as before by another argument of the client, which has its scheme's name."""
    before, after = (auth(one.document) if one else None for one in next(iter(both), (None, None)))
    if before and after:
        names = {one.place: one.argument for one in before.keys}
        for key in after.keys:
            was = names.get(key.place, key.argument)
            if was != key.argument:
                concerned = [old for old, _ in both if any(was in one for one in before.alternatives[old.name])]
                yield Change("key argument renamed", "security", _from_to(was, key.argument), _sorted(concerned))


def _ways(endpoint: Endpoint) -> frozenset[Way]:
    """Each alternative, as the keys that are sent together in it."""
    return frozenset(_alternatives(endpoint)) or frozenset({ELSEWHERE} if _elsewhere(endpoint) else ())


def _alternatives(endpoint: Endpoint) -> Iterator[Way]:
    found = [one for one in endpoint.operation["security"] if one]
    ways = (frozenset(_words(place_of(scheme_of(endpoint.document, name))) for name in one) for one in found)
    yield from dict.fromkeys(ways)


def _elsewhere(endpoint: Endpoint) -> bool:
    """Whether the service wants a key that the client cannot send, and none else."""
    return bool(endpoint.operation.get(UNSENDABLE)) and not any(endpoint.operation["security"])


def _words(place: Place) -> str:
    """How one key is sent. Names of headers, and of what stands before a key, have no case."""
    location, name, prefix, _ = place
    return f"{name.title()}: {prefix.title()}…" if location == "header" else f"{location} {name}"


def _text(ways: Collection[Way]) -> str:
    return " or ".join(sorted(" and ".join(sorted(way)) for way in ways))


def _names(group: list[Pair]) -> tuple[str, ...]:
    return _sorted([old for old, _ in group])


def _sorted(endpoints: list[Endpoint]) -> tuple[str, ...]:
    return tuple(sorted(one.name for one in endpoints))


def _from_to(old: str, new: str) -> str:
    return f"{old or 'nothing'} → {new or 'nothing'}"
