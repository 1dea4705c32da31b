# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""The clients: Client for public operations, AuthenticatedClient for those that need an API key."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from ._client import BaseClient, Transport, Verify
from ._httpx import httpx
from ._keyed_client import KeyedClient
from ._keys import ApiKey, Token
from ._variables import address, required_key

if TYPE_CHECKING:
    from ._methods.planner import PlannerOperations


class Client(BaseClient):
    """A client without an API key. A *transport* for sync or async requests alone raises ValueError at the others."""

    user_agent = "fryte_client/2.0.0"

    def __init__(
        self,
        *,
        base_url: str = "https://api.fryte.eu",
        headers: Mapping[str, str] | None = None,
        timeout: float | httpx.Timeout = 30.0,
        transport: Transport | None = None,
        verify: Verify = True,
    ) -> None:
        super().__init__(
            base_url=base_url, headers=headers, timeout=timeout, transport=transport, verify=verify
        )

    @property
    def planner(self) -> "PlannerOperations[Self]":
        """The operations in `api.planner` as methods."""
        from ._methods.planner import PlannerOperations

        return PlannerOperations(self)


class AuthenticatedClient(KeyedClient, Client):
    """A client with an API key: a string, or a function that is called for the key at every request."""

    auth_header_name = "Authorization"
    auth_prefix = "Bearer "

    def __init__(
        self,
        *,
        token: Token,
        base_url: str = "https://api.fryte.eu",
        headers: Mapping[str, str] | None = None,
        timeout: float | httpx.Timeout = 30.0,
        transport: Transport | None = None,
        verify: Verify = True,
    ) -> None:
        key = ApiKey.of(token)
        del token  # what is refused below shows no key in a traceback with local variables
        super().__init__(
            base_url=base_url, headers=headers, timeout=timeout, transport=transport, verify=verify
        )
        self._keep_key(key)

    @classmethod
    def from_env(
        cls,
        *,
        base_url: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | httpx.Timeout = 30.0,
        transport: Transport | None = None,
        verify: Verify = True,
    ) -> Self:
        """
        A client with what environment variables hold; ValueError if the key is not set.

        FRYTE_API_KEY: the key for token.
        FRYTE_BASE_URL: the address, instead of the documented one; base_url= wins.
        """
        return cls(
            token=required_key("FRYTE_API_KEY"),
            base_url=address("FRYTE_BASE_URL", base_url, "https://api.fryte.eu"),
            headers=headers,
            timeout=timeout,
            transport=transport,
            verify=verify,
        )


__all__ = ["AuthenticatedClient", "Client"]
