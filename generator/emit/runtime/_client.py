"""What all clients share: immutable settings, connection pools created on first use, API keys that no text shows."""

import itertools
import math
import os
import ssl
import threading
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, aclosing, closing
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, NoReturn, Self
from urllib.parse import unquote

from ._encode import query_string
from ._environment import (
    TlsTrust,
    is_host,
    is_loopback,
    past_proxies,
    proxy_fault,
    proxy_variable,
    tls_context,
    tls_proxies,
)
from ._httpx import httpx
from ._keys import Credentials, QuietHeaders, forget_keys
from ._pool_use import PoolUse
from ._servers import address, with_path, with_query

if TYPE_CHECKING:
    from anyio.lowlevel import RunVar

Verify = TlsTrust
Transport = httpx.BaseTransport | httpx.AsyncBaseTransport


_NUMBERS = itertools.count()

_STYLE: dict[type[Transport], str] = {
    httpx.BaseTransport: "Use the client in async code, or give it a transport for both.",
    httpx.AsyncBaseTransport: "Use the client in code without async, or give it a transport for both.",
}


class BaseClient:
    """Builds and sends requests; never retries, never follows a redirect, always has a timeout."""

    user_agent: ClassVar[str] = "python-httpx"
    auth_header_name: str = ""  # of the key; empty where no header holds it
    server_path: ClassVar[str] = ""  # of a relative server: added to a base_url without a path
    documented_servers: ClassVar[tuple[str, ...]] = ()  # patterns; only there operations may have other servers
    renews_key: bool = False  # whether the key may change between requests
    base_url: str = ""  # the address without a slash at its end
    timeout: httpx.Timeout = httpx.Timeout(30.0)

    def __init__(
        self,
        *,
        base_url: str,
        headers: Mapping[str, str] | None,
        timeout: float | httpx.Timeout,
        transport: Transport | None,
        verify: Verify,
    ) -> None:
        if not isinstance(transport, httpx.BaseTransport | httpx.AsyncBaseTransport | None):
            raise ValueError(f"transport must be one of httpx's transports, not {type(transport).__name__}.")  # noqa: TRY004
        self.base_url = with_path(_checked_url(base_url), self.server_path)
        self.timeout = _checked_timeout(timeout)
        self._settings: dict[str, Any] = {
            "base_url": self.base_url,
            "headers": dict(headers or {}),
            "timeout": self.timeout,
            "transport": transport,
            "verify": verify,
        }
        self._begin()

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """A new client that also sends *headers*; this one is not changed."""
        return self._like_this(headers={**self._settings["headers"], **headers})

    def with_timeout(self, timeout: float | httpx.Timeout) -> Self:
        """A new client with another *timeout* for its requests, in seconds; this one is not changed."""
        return self._like_this(timeout=timeout)

    @property
    def verify(self) -> Verify | None:
        """
        Whom TLS trusts, for code that opens connections itself; None: it must use this client's pools.

        That is so with a transport, and where the environment names a proxy. Raises ValueError if a proxy variable, or
        what names certificates, cannot be used.
        """
        if self._settings["transport"] is not None:
            return None
        context = self._tls_context()
        url = httpx.URL(self.base_url)
        if is_loopback(url.host):
            return context
        fault = proxy_fault()
        if fault:
            raise ValueError(fault)
        return None if proxy_variable(url) else context

    def proxy_of(self, url: httpx.URL) -> str:
        """The variable of the environment that names the proxy of a request to *url*; empty if it has none."""
        host = f"[{url.host}]" if ":" in url.host else url.host
        direct = f"all://{host}" in past_proxies(httpx.URL(self.base_url).host)
        return "" if direct or self._settings["transport"] is not None else proxy_variable(url)

    def _tls_context(self) -> ssl.SSLContext:
        """One for all pools: to make it takes longer than a request."""
        with self._mine():
            context = self._settings["verify"] = tls_context(self._settings["verify"])
            return context

    def auth_headers(self) -> dict[str, str]:
        """The authentication headers: none."""
        return {}

    def credentials(self, *_alternatives: tuple[str, ...]) -> Credentials:
        """The keys of a request to an operation that takes them: none."""
        return Credentials()

    def build_request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        query: str = "",
        headers: Mapping[str, str | None] | None = None,
        auth: Mapping[str, str] | Credentials | None = None,
        body: Mapping[str, Any] | None = None,
        accept: str = "application/json",
        server: str = "",
    ) -> httpx.Request:
        """
        A complete request with headers, API key and timeout, which any httpx client can send.

        *query* is encoded already, *params* are not. *server* is the operation's own, if the document names one.
        """
        payload = dict(body or {})
        content_type = payload.pop("content_type", None)
        given = {"accept": ("Accept", accept), "user-agent": ("User-Agent", self.user_agent)}
        for more in ({"Content-Type": content_type}, self._settings["headers"], headers or {}):
            for name, value in more.items():
                if value is not None:
                    before = given.get("cookie") if name.lower() == "cookie" else None
                    given[name.lower()] = (name, f"{before[1]}; {value}" if before else value)
        query = query or query_string(params or {})
        request = httpx.Request(
            method,
            address(self.base_url, server, self.documented_servers) + with_query(path, query),
            headers=list(given.values()),
            extensions={"timeout": self.timeout.as_dict()},
            **payload,
        )
        if isinstance(auth, Credentials):
            auth.put_into(request)
        else:
            request.headers = QuietHeaders(request.headers, [self.auth_header_name])
            request.headers.update(auth or {})  # last, as errors above show the local variables
        return request

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._pool: httpx.Client | None = None
        self._async_pools: RunVar[httpx.AsyncClient | None] | None = None
        self._use = PoolUse()

    def _mine(self) -> threading.Lock:
        """The lock of the pools. A forked process gets new pools, as two processes must not share a connection."""
        if self._process != os.getpid():
            self._begin()
        return self._lock

    def get_httpx_client(self) -> httpx.Client:
        """The sync pool, created on first use; it has no API key and no headers."""
        with self._mine():
            pool = self._pool
        if pool is not None and not pool.is_closed:
            return pool
        settings = self._pool_settings(httpx.BaseTransport)
        with self._mine():
            if self._pool is None or self._pool.is_closed:
                self._pool = httpx.Client(**settings)
            return self._pool

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The pool of the running event loop, created on first use: a connection belongs to one event loop."""
        slot = self._async_slot()
        pool = slot.get()
        if pool is None or pool.is_closed:
            pool = httpx.AsyncClient(**self._pool_settings(httpx.AsyncBaseTransport))
            slot.set(pool)
        return pool

    def pool_in_use(self) -> AbstractContextManager[httpx.Client]:
        """The sync pool for one request; another one takes its place if the request is interrupted."""
        while True:
            pool = self.get_httpx_client()
            with self._mine():
                if pool is self._pool:
                    self._use.begin(pool)
                    return self._use.request(pool, self._replace)

    def async_pool_in_use(self) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        """The pool of the running event loop for one request; another one takes its place if that is canceled."""
        pool = self.get_async_httpx_client()
        self._use.begin(pool)
        return self._use.request_async(pool, self._replace_async)

    def send(self, request: httpx.Request) -> httpx.Response:
        """The complete response to *request*; the API key is then removed from the request."""
        try:
            with self.pool_in_use() as pool:
                return pool.send(request, follow_redirects=False)
        finally:
            forget_keys(request)

    async def send_async(self, request: httpx.Request) -> httpx.Response:
        """The complete response to *request*; the API key is then removed from the request."""
        try:
            async with self.async_pool_in_use() as pool:
                return await pool.send(request, follow_redirects=False)
        finally:
            forget_keys(request)

    def send_into(self, request: httpx.Request, into: BinaryIO) -> httpx.Response:
        """As `send`, but the body of a success is written to the file *into* as it arrives; the response has none."""
        try:
            with (
                self.pool_in_use() as pool,
                closing(pool.send(request, follow_redirects=False, stream=True)) as response,
            ):
                if not response.is_success:
                    response.read()
                    return response
                into.writelines(response.iter_bytes())
                return _without_body(response)
        finally:
            forget_keys(request)

    async def send_into_async(self, request: httpx.Request, into: BinaryIO) -> httpx.Response:
        """As `send_async`, but the body of a success is written to the file *into*, from the running thread."""
        try:
            async with (
                self.async_pool_in_use() as pool,
                aclosing(await pool.send(request, follow_redirects=False, stream=True)) as response,
            ):
                if not response.is_success:
                    await response.aread()
                    return response
                async for chunk in response.aiter_bytes():
                    into.write(chunk)
                return _without_body(response)
        finally:
            forget_keys(request)

    def close(self) -> None:
        """Close the sync pool; the next request creates a new one."""
        with self._mine():
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    async def aclose(self) -> None:
        """Close the pool of the running event loop; the next request creates a new one."""
        slot = self._async_slot()
        pool = slot.get()
        slot.set(None)
        if pool is not None:
            await pool.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        try:
            await self.aclose()
        finally:
            self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r}, timeout={self.timeout!r})"

    def __copy__(self) -> Self:
        """A client with the same settings and new pools."""
        return self._like_this()

    def __deepcopy__(self, memo: object) -> Self:
        return self._like_this()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled: it may hold a key.")

    def _replace(self, pool: httpx.Client) -> None:
        with self._mine():
            if self._pool is pool:
                self._pool = None

    def _replace_async(self, pool: httpx.AsyncClient) -> None:
        slot = self._async_slot()
        if slot.get() is pool:
            slot.set(None)

    def _async_slot(self) -> "RunVar[httpx.AsyncClient | None]":
        """The variable that holds the pool of each event loop."""
        from anyio.lowlevel import RunVar  # noqa: PLC0415 - not needed in sync programs

        with self._mine():
            if self._async_pools is None:
                # anyio before 4.10 keeps the values of an event loop by name.
                self._async_pools = RunVar(f"pool {next(_NUMBERS)}", None)
            return self._async_pools

    def _like_this(self, **changes: Any) -> Self:
        return type(self)(**{**self._settings, **changes})

    def _pool_settings(self, side: type[Transport]) -> dict[str, Any]:
        transport = self._settings["transport"]
        if transport is not None and not isinstance(transport, side):
            raise ValueError(
                f"The transport is no httpx.{side.__name__}, so it cannot send this request. {_STYLE[side]}"
            )
        host = httpx.URL(self.base_url).host
        fault = proxy_fault() if transport is None else ""
        if fault and not is_loopback(host):
            raise ValueError(fault)
        mounts: dict[str, Any] = past_proxies(host)
        context = True if transport is not None else self._tls_context()
        if isinstance(context, ssl.SSLContext) and not fault:
            make = httpx.HTTPTransport if side is httpx.BaseTransport else httpx.AsyncHTTPTransport
            mounts |= {name: make(verify=context, proxy=proxy) for name, proxy in tls_proxies(context).items()}
        return {
            "transport": transport,
            "mounts": mounts,
            "trust_env": not fault,
            "verify": context,
            "timeout": self.timeout,
            "follow_redirects": False,
            "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=())),  # no cookie is stored or sent
        }


def _without_body(response: httpx.Response) -> httpx.Response:
    return httpx.Response(response.status_code, headers=response.headers, request=response.request)


def _checked_url(base_url: str) -> str:
    """*base_url* without a final slash, if it is a URL that paths can be appended to."""
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError):
        raise ValueError("base_url is no address.") from None
    if url.scheme not in {"http", "https"} or not is_host(unquote(url.host)):
        raise ValueError("base_url must begin with https:// (or http://) and name a host.")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("base_url must hold no user, no query and no fragment.")
    return str(url).rstrip("/?#")


def _checked_timeout(timeout: float | httpx.Timeout) -> httpx.Timeout:
    """*timeout* as httpx.Timeout, if each of its parts is a positive and finite number of seconds."""
    parts = timeout.as_dict() if isinstance(timeout, httpx.Timeout) else {"timeout": timeout}
    for part, seconds in parts.items():
        if not _is_finite(seconds):
            raise ValueError(f"{part} must be a positive, finite number of seconds.")
    return timeout if isinstance(timeout, httpx.Timeout) else httpx.Timeout(timeout)


def _is_finite(seconds: object) -> bool:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return False
    return math.isfinite(seconds) and seconds > 0
