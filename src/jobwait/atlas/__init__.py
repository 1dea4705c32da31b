"""
Declarations of public job APIs: what their documentation says, and what it does not.

    from jobwait import atlas

    batches = atlas.service("openai-batches")
    with batches.connect() as client:  # OPENAI_BATCHES_API_KEY
        batches.job(client, id="batch_7").wait()

docs/atlas.md lists them. An entry is read when it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from jobwait._text import visible
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait._declared.service import DeclaredService

__all__ = ["Entry", "entry", "names", "service"]

_ENTRIES: Final = Path(__file__).parent / "entries"


@frozen(kw_only=True)
class Entry:
    """
    One API. sources: addresses of the documentation that it was made from. checked: the day of that.

    unknown: what the documentation does not say. notes: what one has to know to use it. declaration: its `x-job`.
    """

    name: str
    title: str
    sources: tuple[str, ...] = field(converter=tuple)
    checked: str
    unknown: tuple[str, ...] = field(converter=tuple)
    notes: tuple[str, ...] = field(converter=tuple)
    declaration: Mapping[str, Any] = field(repr=False)


@cache
def names() -> tuple[str, ...]:
    """The names of all entries."""
    return tuple(sorted(path.stem for path in _ENTRIES.glob("*.json")))


def entry(name: str) -> Entry:
    """The entry called *name*; raises InvalidInput if there is none."""
    if name not in names():
        near = _nearest(str(name))
        meant = f"did you mean {near!r}?" if near else "jobwait.atlas.names() has all."
        raise InvalidInput(f"The atlas has no {visible(f'{name!r:.80}')}; {meant}")
    value = json.loads((_ENTRIES / f"{name}.json").read_text("utf-8"))
    more = {"notes": value.get("notes", ()), "declaration": value["x-job"]}
    return Entry(name=name, **{key: value[key] for key in ("title", "sources", "checked", "unknown")}, **more)


def _nearest(name: str) -> str | None:
    """The entry that was probably meant; an API's own name, before the first hyphen, may stand for its entries."""
    words = {own: one for one in reversed(names()) for own in (one.partition("-")[0], one)}
    near = get_close_matches(name.lower(), words, 3)
    if not near:
        return None
    begin = [one for one in near if one[0] == name[:1].lower()]
    return words[next(iter(begin), near[0])]


def service(name: str) -> DeclaredService:
    """The service of the entry called *name*: connect(), job() and the rest; raises InvalidInput if there is none."""
    from jobwait._declared.service import load_own  # noqa: PLC0415 - names and entries need no HTTP client

    return load_own(entry(name).declaration)
