"""A client of a service, made of an `httpx.Client` or an `httpx.AsyncClient`."""

from typing import Any, NoReturn

from jobwait._http.api_key import ApiKey, Hidden, Key
from jobwait._http.connect import checked_address
from jobwait._http.redaction import HiddenHeaders, QuietHeaders
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

    base_url = ""
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
        key = None if api_key is None else Hidden(api_key)
        del api_key  # a traceback with local variables does not show it
        url = str(pool.base_url) if base_url is None else base_url
        self.base_url = checked_address(Hidden(url), "The service", keyed=key is not None)
        self.timeout = pool.timeout
        self.auth_header_name = "" if key is None else header
        self._pool = pool
        self._prefix = ("Bearer " if header.lower() == "authorization" else "") if prefix is None else prefix
        self._key = None if key is None else ApiKey(key)
        self.renews_key = self._key is not None and self._key.renews

    def __repr__(self) -> str:
        return f"HttpClient(base_url={self.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("HttpClient cannot be pickled: it may hold a key.")

    def auth_headers(self) -> dict[str, str]:
        """The header with the current key; empty without a key."""
        headers = HiddenHeaders()
        if self._key is not None:
            headers[self.auth_header_name] = self._prefix + self._key()
        return headers

    def build_request(self, method: str, path: str, **more: Any) -> httpx.Request:
        """A request to *path* below the address, with the key; *more* is what `httpx.Client.build_request` takes."""
        request = self._pool.build_request(method, self.base_url + path, **more)
        request.headers = QuietHeaders(request.headers, self.auth_header_name)
        request.headers.update(self.auth_headers())
        return request

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
