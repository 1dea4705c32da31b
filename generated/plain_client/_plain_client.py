# Generated from generator/emit/runtime by codegen.py.
"""The client of an API that no document describes: where its key stands is said when the client is made."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ._client import BaseClient, Transport, Verify
from ._httpx import httpx
from ._keys import ApiKey, AuthHeaders, Credentials, KeyedUrl, KeyPlace, QuietHeaders


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
        return self.build_request(
            method, path, query=query, headers=headers, auth=self._auth(), body=body, accept=accept
        )

    def request_to(
        self, url: str, *, keyed: bool, accept: str = "application/json, */*;q=0.5"
    ) -> httpx.Request:
        """A GET of the whole address *url*, *keyed*: with the key; no text shows its query."""
        whole = httpx.URL(url)
        own = self._settings["headers"] if keyed else {}
        request = httpx.Request(
            "GET",
            whole.copy_with(query=None, fragment=None),
            headers={"Accept": accept, "User-Agent": self.user_agent, **own},
            extensions={"timeout": self.timeout.as_dict()},
        )
        keys = [(self._place, self._key())] if keyed and self._place and self._key else []
        held = [
            f"{quote(one.name, safe='')}={quote(key, safe='')}"
            for one, key in keys
            if one.location == "query"
        ]
        query = b"&".join(part for part in (whole.query, *(one.encode() for one in held)) if part)
        if query:
            request.url = KeyedUrl(request.url, query)
        credentials = Credentials(keys)
        request.headers = QuietHeaders(request.headers, credentials.headers)
        request.headers.update(credentials.headers)
        request.extensions["credentials"] = credentials  # only this client can make the next one
        return request

    def _auth(self) -> dict[str, str] | Credentials:
        """The present key, where a request holds it."""
        headers = self.auth_headers()
        if headers or self._place is None or self._key is None:
            return headers
        return Credentials([(self._place, self._key())])
