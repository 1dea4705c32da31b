# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""The operations in `api.health` as methods of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from ..client import Client
    from ..models.health import Health

_C = TypeVar("_C", bound="Client", covariant=True)


class HealthOperations(Generic[_C]):
    """The operations in `api.health`, sent by one client."""

    def __init__(self, client: _C) -> None:
        self._client = client

    def get_health(
        self,
    ) -> Health:
        """Whether the service is up.

        GET /healthz; `api.health.get_health` says more, and which errors are raised.
        """
        from ..api.health.get_health import sync as _call

        return _call(
            self._client,
        )

    async def get_health_async(
        self,
    ) -> Health:
        """As `get_health`, from async code."""
        from ..api.health.get_health import asyncio as _call

        return await _call(
            self._client,
        )
