"""The services that come with jobwait, in one tuple; a page is imported when it is first needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait._model.service import Service

SERVICES: tuple[str, ...] = ("freeplay", "fryte", "promptforge")


def service_named(name: str) -> Service[Any, Any]:
    """
    The service called *name*.

    Raises:
        InvalidInput: there is none.

    """
    service: Service[Any, Any] = page_named(name).SERVICE
    return service


def page_named(name: str) -> Any:
    """
    The page of the service called *name*: a module.

    Raises:
        InvalidInput: there is none.

    """
    if name not in SERVICES:
        raise InvalidInput(
            f"There is no service {name!r}; there are {', '.join(SERVICES)}. Pass your own as service=…."
        )
    return import_module(f"jobwait.{name}")
