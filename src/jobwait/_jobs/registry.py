"""
The services that can be named: jobwait's own, then those of other packages, then the entries of the atlas.

Each is loaded when it is first needed. Another package registers one as an entry point of the group jobwait.services:
its name is the service's, its value a Service or a module with SERVICE.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from jobwait._jobs.service_module import service_of
from jobwait._text import visible
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from jobwait._model.limits import Limit
    from jobwait._model.service import Service

SERVICES: tuple[str, ...] = ("freeplay", "fryte", "promptforge")
GROUP: Final = "jobwait.services"
_ATLAS: Final = "jobwait.atlas"  # above this package: loaded where a name is of neither of the others
# Batches at other vendors.
BATCHES: Final = {name: f"jobwait.llm_batches.{name}" for name in ("anthropic", "mistral", "openai")}
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def service_module(name: str) -> Any:
    """The module of the service called *name*, or the Service itself; raises InvalidInput if there is none."""
    if name in SERVICES or name in BATCHES:
        return import_module(BATCHES.get(name, f"jobwait.{name}"))
    found = _found(name) if _is_name(name) else None
    if found is None:
        raise InvalidInput(
            f"There is no service {visible(f'{name!r:.80}')}; {_meant(name)} Pass your own as service=…."
        )
    return found


def is_service(name: object) -> bool:
    """Whether there is a service called *name*; nothing is loaded."""
    return name in (*SERVICES, *BATCHES) or (
        _is_name(name) and (bool(_entries(name)) or name in import_module(_ATLAS).names())
    )


def service_names() -> list[str]:
    """The names of all services, those of the atlas last."""
    return list(
        dict.fromkeys([*SERVICES, *BATCHES, *sorted(one.name for one in _entries()), *import_module(_ATLAS).names()])
    )


def checked_limits(limits: Any, service: str | None = None) -> dict[str, Limit]:
    """
    A caller's *limits* by the name of their service; those of one *service* may be a single Limit.

    Raises InvalidInput if they are of another kind, or a name looks like that of a service and is of none.
    """
    from jobwait._model.limits import Limit  # noqa: PLC0415 - see `import jobwait`

    own = service or "fryte"
    if service is not None and isinstance(limits, Limit):
        return {service: limits}
    if limits is not None and not (isinstance(limits, Mapping) and all(isinstance(name, str) for name in limits)):
        raise InvalidInput(f"limits must name services, as in {{{own!r}: Limit(20)}}, not {limits!r:.60}.")
    known = {*SERVICES, own}
    for name, limit in (limits or {}).items():
        meant = [] if name in known else get_close_matches(name, sorted(known), 1)
        if meant and not is_service(name):
            raise InvalidInput(f"limits names {name!r:.60}, and there is no such service; did you mean {meant[0]!r}?")
        if not isinstance(limit, Limit):
            raise InvalidInput(f"limits[{name!r:.60}] must be a Limit, as in Limit(20, seconds=1), not {limit!r:.60}.")
    return dict(limits or {})


class _Loaded(dict[str, "Service[Any, Any]"]):
    """Services by name, loaded at first use."""

    def __missing__(self, name: str) -> Service[Any, Any]:
        service: Service[Any, Any] = service_of(service_module(name))
        return self.setdefault(name, service)


loaded: Final = _Loaded()


def service_named(name: str) -> Service[Any, Any]:
    """The service called *name*; raises InvalidInput if there is none."""
    return loaded[name]


def _is_name(name: object) -> bool:
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


@lru_cache(maxsize=256)
def _found(name: str) -> Any:
    """The service of another package, or of the atlas; None if there is none, or it cannot be used: one warning."""
    entries = _entries(name)
    if entries:
        return _usable(entries[0])
    atlas = import_module(_ATLAS)
    return atlas.service(name) if name in atlas.names() else None


def _entries(name: object = None) -> list[EntryPoint]:
    """The entry points of other packages, of which none takes a name of ours; those called *name*, if that is given."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - most programs name none

    return [
        one for one in entry_points(group=GROUP) if one.name not in (*SERVICES, *BATCHES) and name in {None, one.name}
    ]


def _usable(entry: EntryPoint) -> Any:
    from jobwait._model.service import Service  # noqa: PLC0415 - see `import jobwait`

    package = entry.dist.name if entry.dist is not None else entry.value
    try:
        found = entry.load()
    except Exception as error:  # noqa: BLE001 - whatever another package does when it is imported
        fact = f"it cannot be loaded ({type(error).__name__}: {error})"
    else:
        service = service_of(found)
        if isinstance(service, Service) and service.name == entry.name:
            return found
        is_one = isinstance(service, Service)
        fact = f"its name there is {service.name!r}" if is_one else f"{entry.value} is no Service, and has no SERVICE"
    warnings.warn(
        visible(f"The service {entry.name!r} of the package {package} is left out: {fact:.300}. Correct the package."),
        UserWarning,
        stacklevel=4,
    )
    return None


def _meant(name: object) -> str:
    near = get_close_matches(str(name), service_names(), 1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(SERVICES)} and those of jobwait.atlas."
