# Generated from specs/promptforge/openapi.yaml (sha256 c52426a560fb) by codegen.py; edit the overlay.
"""The clients: Client for public operations, AuthenticatedClient for those that need an API key."""

from collections.abc import Callable, Mapping

import httpx

from ._client import ApiKey, BaseClient, KeyedClient, Transport, Verify


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


class AuthenticatedClient(KeyedClient, Client):
    """A client with an API key: a string, or a function that is called for the key at every request."""

    auth_header_name = "X-API-Key"
    auth_prefix = ""

    def __init__(
        self,
        *,
        token: str | Callable[[], str],
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


__all__ = ["AuthenticatedClient", "Client"]
