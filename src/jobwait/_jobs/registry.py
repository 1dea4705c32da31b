"""The services that come with jobwait; the module of each is imported when it is first needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait._model.service import Service

SERVICES: tuple[str, ...] = ("freeplay", "fryte", "promptforge")
# Batches at other vendors: they have no sandbox and no list of their own in the command.
BATCHES: Final = {name: f"jobwait.llm_batches.{name}" for name in ("anthropic", "mistral", "openai")}


def service_module(name: str) -> Any:
    """The module of the service called *name*; raises InvalidInput if there is none."""
    if not is_service(name):
        known = ", ".join([*SERVICES, *BATCHES])
        raise InvalidInput(f"There is no service {name!r}; there are {known}. Pass your own as service=….")
    return import_module(BATCHES.get(name, f"jobwait.{name}"))


def is_service(name: object) -> bool:
    """Whether there is a service called *name*; nothing is loaded."""
    return name in (*SERVICES, *BATCHES)


class _Loaded(dict[str, "Service[Any, Any]"]):
    """Services by name, loaded at first use."""

    def __missing__(self, name: str) -> Service[Any, Any]:
        service: Service[Any, Any] = service_module(name).SERVICE
        return self.setdefault(name, service)


loaded: Final = _Loaded()


def service_named(name: str) -> Service[Any, Any]:
    """The service called *name*; raises InvalidInput if there is none."""
    return loaded[name]
