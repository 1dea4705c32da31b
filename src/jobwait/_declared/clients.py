"""Clients of declared services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jobwait._http.api_key import Hidden
from jobwait._http.connect import connector
from jobwait._http.http_client import HttpClient
from jobwait._httpx import httpx
from jobwait.errors import InvalidInput
from plain_client import KeyPlace, PlainClient

if TYPE_CHECKING:
    from jobwait._declared.service import DeclaredService
    from jobwait._declared.vocabulary.key import KeyPlacement


def connected(
    service: DeclaredService, api_key: Any, base_url: str | None, client: Any, more: Mapping[str, Any]
) -> Any:
    """A client of *service*: a plain one, or one around the caller's httpx client."""
    key = Hidden(api_key)
    del api_key
    if client is not None:
        return _around(service, client, key, base_url)

    def make(*, token: Any = None, base_url: str | None = None, **given: Any) -> PlainClient:
        url = base_url or service.declaration.server
        if url is None:
            fact = f"{service.name} declares no address: pass base_url=… or set {service.url_variable}."
            raise InvalidInput(fact, service=service.name)
        place = service.declaration.key
        return PlainClient(base_url=url, place=_place(place), token=_pair(place, token), **given)

    make.auth_header_name = service.declaration.key.name if service.declaration.key else ""  # type: ignore[attr-defined]
    make.__name__ = "PlainClient"
    return connector(make, service)(key.value, base_url=base_url, **more)


class PooledClient(HttpClient):
    """A client around the caller's httpx client, which makes the requests of declarations."""

    def request(self, method: str, path: str, **more: Any) -> httpx.Request:
        """A request to *path* below the address."""
        query, accept = more.pop("query", ""), more.pop("accept", "application/json")
        headers, body = {"Accept": accept, **(more.pop("headers", None) or {})}, more.pop("json", None)
        whole = f"{path}?{query}" if query else path
        return self.build_request(method, whole, headers=headers, **({} if body is None else {"json": body}))


def _around(service: DeclaredService, client: Any, key: Hidden, base_url: str | None) -> PooledClient:
    if not isinstance(client, httpx.Client | httpx.AsyncClient):
        raise InvalidInput(f"client must be an httpx.Client or httpx.AsyncClient, not {type(client).__name__}.")
    place, url = service.declaration.key, base_url or str(client.base_url) or service.declaration.server
    if key.value is None:
        return PooledClient(client, base_url=url or None)
    if place is None or place.location != "header" or place.basic:
        raise InvalidInput(
            f"The key of {service.name} does not stand alone in a header: put it into your httpx client."
        )
    return PooledClient(client, base_url=url, api_key=key.value, header=place.name, prefix=place.prefix)


def _place(place: KeyPlacement | None) -> KeyPlace | None:
    if place is None:
        return None
    return KeyPlace(place.location, place.name, place.prefix, "basic" if place.basic else "text")


def _pair(place: KeyPlacement | None, token: Any) -> Any:
    """*token*, for Basic as a pair: "user:password" is what a variable of the environment can hold."""
    if place is None or not place.basic:
        return token
    if callable(token):
        renewed: Callable[[], Any] = token
        return lambda: _split(renewed())
    return _split(token)


def _split(token: Any) -> Any:
    return tuple(token.partition(":")[::2]) if isinstance(token, str) else token
