# Generated from generator/emit/runtime by codegen.py.
"""The client of an API that no document describes: where its key stands is said when the client is made."""

from collections.abc import Mapping
from typing import Any

import httpx

from ._client import BaseClient, Transport, Verify
from ._keys import ApiKey, AuthHeaders, Credentials, KeyPlace


class PlainClient(BaseClient):
    """
    Sends requests that the caller describes, with a key in a header or in the query, or without one.

    *place* says where the key stands; *token* is the key, or a function that is called for it at every request.
    """

    user_agent = "jobwait"

    def __init__(
        self,
        *,
        base_url: str,
        place: KeyPlace | None = None,
        token: object = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | httpx.Timeout = 30.0,
        transport: Transport | None = None,
        verify: Verify = True,
    ) -> None:
        key = None if place is None else ApiKey.of(token, place.kind)
        del token  # what is refused below shows no key in a traceback with local variables
        super().__init__(
            base_url=base_url, headers=headers, timeout=timeout, transport=transport, verify=verify
        )
        if key is not None and key.fault:
            raise ValueError(key.fault)
        self.auth_header_name = place.name if place is not None and place.location == "header" else ""
        self.renews_key = key is not None and key.renews
        self._place, self._key = place, key
        self._settings.update(place=place, token=key)

    def auth_headers(self) -> dict[str, str]:
        """The header with the present key; empty if no header holds it."""
        if self._place is None or self._key is None or not self.auth_header_name:
            return {}
        return AuthHeaders({self._place.name: self._place.prefix + self._key()})

    def request(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Mapping[str, str | None] | None = None,
        json: Any = None,
        accept: str = "application/json",
    ) -> httpx.Request:
        """A request to *path*, which is encoded like *query*; *json* is its body, None: it has none."""
        body = {} if json is None else {"json": json, "content_type": "application/json"}
        auth: dict[str, str] | Credentials = self.auth_headers()
        if self._place is not None and self._key is not None and not auth:
            auth = Credentials([(self._place, self._key())])
        return self.build_request(
            method, path, query=query, headers=headers, auth=auth, body=body, accept=accept
        )
