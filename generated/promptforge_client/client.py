# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""The clients: Client for public operations, AuthenticatedClient for those that need an API key."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from ._client import BaseClient, Transport, Verify
from ._httpx import httpx
from ._keyed_client import KeyedClient
from ._keys import ApiKey, Token
from ._variables import address, required_key

if TYPE_CHECKING:
    from ._methods.health import HealthOperations
    from ._methods.jobs import JobsOperations


class Client(BaseClient):
    """A client without an API key. A *transport* for sync or async requests alone raises ValueError at the others."""

    user_agent = "promptforge_client/1.0.0"

    def __init__(
        self,
        *,
        base_url: str = "https://api.promptforge.dev",
        headers: Mapping[str, str] | None = None,
        timeout: float | httpx.Timeout = 30.0,
        transport: Transport | None = None,
        verify: Verify = True,
    ) -> None:
        super().__init__(
            base_url=base_url, headers=headers, timeout=timeout, transport=transport, verify=verify
        )

    @property
    def jobs(self) -> "JobsOperations[Self]":
        """The operations in `api.jobs` as methods."""
        from ._methods.jobs import JobsOperations

        return JobsOperations(self)

    @property
    def health(self) -> "HealthOperations[Self]":
        """The operations in `api.health` as methods."""
        from ._methods.health import HealthOperations

        return HealthOperations(self)


class AuthenticatedClient(KeyedClient, Client):
    """A client with an API key: a string, or a function that is called for the key at every request."""

    auth_header_name = "X-API-Key"
    auth_prefix = ""

    def __init__(
        self,
        *,
        token: Token,
        base_url: str = "https://api.promptforge.dev",
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

        PROMPTFORGE_API_KEY: the key for token.
        PROMPTFORGE_BASE_URL: the address, instead of the documented one; base_url= wins.
        """
        return cls(
            token=required_key("PROMPTFORGE_API_KEY"),
            base_url=address("PROMPTFORGE_BASE_URL", base_url, "https://api.promptforge.dev"),
            headers=headers,
            timeout=timeout,
            transport=transport,
            verify=verify,
        )


__all__ = ["AuthenticatedClient", "Client"]
