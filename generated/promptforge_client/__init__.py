# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""PromptForge API: a typed client, generated; its clients are imported on first access."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

__all__ = ["AuthenticatedClient", "Client"]

if not TYPE_CHECKING:  # to a type checker, which would take any name for an attribute

    def __getattr__(name: str) -> Any:
        """Import a client, or the module of them."""
        if name not in {*__all__, "client"}:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(".client", __name__)
        return module if name == "client" else getattr(module, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
