"""A client of a service, made of an `httpx.Client` or an `httpx.AsyncClient`."""

from typing import Any

from jobwait._http.connect import Key, checked_address
from jobwait._httpx import httpx
from jobwait.errors import InvalidInput


class HttpClient:
    """
    The client that a Service needs, of an httpx client of yours, the *pool*; you close that yourself.

    The address is *base_url*, else the pool's own. *api_key*, which may be a function that is called for each request,
    is sent in *header*, after *prefix* ("Bearer " for Authorization, nothing for others). Without a key no header is
    added: the pool may have its own.

    Raises:
        InvalidInput: there is no address, or one that a key must not be sent to.
    """

    verify = None  # jobwait opens no connections of its own for it

    def __init__(
        self,
        pool: httpx.Client | httpx.AsyncClient,
        *,
        base_url: str | None = None,
        api_key: Key | None = None,
        header: str = "Authorization",
        prefix: str | None = None,
    ) -> None:
        url = str(pool.base_url) if base_url is None else base_url
        self.base_url = checked_address(url, "The service", keyed=api_key is not None)
        self.timeout = pool.timeout
        self.auth_header_name = "" if api_key is None else header
        self.renews_key = callable(api_key)
        self._pool = pool
        self._prefix = ("Bearer " if header.lower() == "authorization" else "") if prefix is None else prefix
        self._key = (lambda: api_key) if isinstance(api_key, str) else api_key

    def __repr__(self) -> str:
        return f"HttpClient(base_url={self.base_url!r})"

    def auth_headers(self) -> dict[str, str]:
        """The header with the current key; empty without a key."""
        return {} if self._key is None else {self.auth_header_name: self._prefix + self._key()}

    def build_request(self, method: str, path: str, **more: Any) -> httpx.Request:
        """A request to *path* below the address, with the key; *more* is what `httpx.Client.build_request` takes."""
        headers = {**(more.pop("headers", None) or {}), **self.auth_headers()}
        return self._pool.build_request(method, self.base_url + path, headers=headers, **more)

    def get_httpx_client(self) -> httpx.Client:
        """The caller's client, for threads; raises InvalidInput if it is an AsyncClient."""
        if isinstance(self._pool, httpx.Client):
            return self._pool
        raise InvalidInput("This client is an httpx.AsyncClient: use the _async functions, or pass an httpx.Client.")

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The caller's client, for event loops; raises InvalidInput if it is a Client."""
        if isinstance(self._pool, httpx.AsyncClient):
            return self._pool
        raise InvalidInput("This client is an httpx.Client: use the functions without _async, or pass an AsyncClient.")


http_client = HttpClient
