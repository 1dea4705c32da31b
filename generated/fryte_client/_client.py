# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""What all clients share: settings that never change, pools made when needed, and no key in any text."""

import ipaddress
import math
import os
import ssl
import threading
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

import httpx

if TYPE_CHECKING:
    from anyio.lowlevel import RunVar

Transport = httpx.BaseTransport | httpx.AsyncBaseTransport
Verify = bool | str | ssl.SSLContext


class _QuietHeaders(httpx.Headers):
    """Headers whose repr shows no key; httpx itself hides only its own."""

    def __init__(self, headers: httpx.Headers, hidden: str) -> None:
        super().__init__(headers)
        self._hidden = hidden.lower()

    def __repr__(self) -> str:
        shown = {name: "[secure]" if name == self._hidden else value for name, value in self.items()}
        return repr(httpx.Headers(shown))


class BaseClient:
    """Builds and sends requests. It never retries, never follows a redirect and always has a timeout."""

    user_agent: ClassVar[str] = "python-httpx"
    auth_header_name: ClassVar[str] = ""
    renews_key: bool = False  # whether another request may come with another key

    def __init__(
        self,
        *,
        base_url: str,
        headers: Mapping[str, str] | None,
        timeout: float | httpx.Timeout,
        transport: Transport | None,
        verify: Verify,
    ) -> None:
        self.base_url = _checked_url(base_url)
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
        """A new client that sends *headers* as well; this one stays as it is."""
        return self._like_this(headers={**self._settings["headers"], **headers})

    def with_timeout(self, timeout: float | httpx.Timeout) -> Self:
        """A new client with another *timeout* for its requests, in seconds; this one stays as it is."""
        return self._like_this(timeout=timeout)

    @property
    def verify(self) -> Verify | None:
        """Whom TLS trusts, for whoever opens connections of its own; None: there is a transport, which must be used."""
        return None if self._settings["transport"] is not None else self._settings["verify"]

    def auth_headers(self) -> dict[str, str]:
        """The headers that prove who is asking: none."""
        return {}

    def build_request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        auth: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> httpx.Request:
        """A request that is ready to be sent by any httpx pool: it holds headers, key and timeout itself."""
        payload = dict(body or {})
        content_type = payload.pop("content_type", None)
        given = {"accept": ("Accept", "application/json"), "user-agent": ("User-Agent", self.user_agent)}
        for more in ({"Content-Type": content_type}, self._settings["headers"], headers or {}, auth or {}):
            given.update({name.lower(): (name, value) for name, value in more.items() if value is not None})
        query = {name: value for name, value in (params or {}).items() if value is not None}
        request = httpx.Request(
            method,
            self.base_url + path,
            params=query or None,
            headers=list(given.values()),
            extensions={"timeout": self.timeout.as_dict()},
            **payload,
        )
        request.headers = _QuietHeaders(request.headers, self.auth_header_name)
        return request

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._pool: httpx.Client | None = None
        self._async_pools: RunVar[httpx.AsyncClient | None] | None = None

    def _mine(self) -> threading.Lock:
        """The lock of the pools. A forked child has pools of its own: two processes on one connection mix answers."""
        if self._process != os.getpid():
            self._begin()
        return self._lock

    def get_httpx_client(self) -> httpx.Client:
        """The sync pool, made when first needed; it knows no key and no headers."""
        with self._mine():
            if self._pool is None or self._pool.is_closed:
                self._pool = httpx.Client(**self._pool_settings(httpx.BaseTransport))
            return self._pool

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The pool of the running event loop, made when first needed: connections cannot change loops."""
        slot = self._async_slot()
        pool = slot.get()
        if pool is None or pool.is_closed:
            pool = httpx.AsyncClient(**self._pool_settings(httpx.AsyncBaseTransport))
            slot.set(pool)
        return pool

    def send(self, request: httpx.Request) -> httpx.Response:
        """The answer to *request*, read to its end; afterwards the request holds no key any more."""
        try:
            return self.get_httpx_client().send(request, follow_redirects=False)
        finally:
            self._forget_key(request)

    async def send_async(self, request: httpx.Request) -> httpx.Response:
        """The answer to *request*, read to its end; afterwards the request holds no key any more."""
        try:
            return await self.get_async_httpx_client().send(request, follow_redirects=False)
        finally:
            self._forget_key(request)

    def close(self) -> None:
        """Close the sync pool; the next request makes a new one."""
        with self._mine():
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    async def aclose(self) -> None:
        """Close the pool of the running event loop; the next request makes a new one."""
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
        """The same settings with pools of its own."""
        return self._like_this()

    def __deepcopy__(self, memo: object) -> Self:
        return self._like_this()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled: it may hold a key.")

    def _async_slot(self) -> "RunVar[httpx.AsyncClient | None]":
        """Where each event loop finds its own pool."""
        from anyio.lowlevel import RunVar  # noqa: PLC0415 - a sync program need not load it

        with self._mine():
            if self._async_pools is None:
                self._async_pools = RunVar("pool", None)
            return self._async_pools

    def _like_this(self, **changes: Any) -> Self:
        return type(self)(**{**self._settings, **changes})

    def _pool_settings(self, side: type[Transport]) -> dict[str, Any]:
        transport = self._settings["transport"]
        return {
            "transport": transport if isinstance(transport, side) else None,
            "mounts": _past_proxies(httpx.URL(self.base_url).host),
            "verify": self._settings["verify"],
            "timeout": self.timeout,
            "follow_redirects": False,
            "cookies": CookieJar(
                DefaultCookiePolicy(allowed_domains=())
            ),  # a pool would keep them all, and send none
        }

    def _forget_key(self, request: httpx.Request) -> None:
        """An error or answer that is kept, logged or pickled carries its request along."""
        if self.auth_header_name:
            request.headers.pop(self.auth_header_name, None)


class KeyedClient(BaseClient):
    """A client with a key, which is kept out of sight and checked whenever it is read."""

    auth_prefix: ClassVar[str] = ""

    def _keep_key(self, token: str | Callable[[], str]) -> None:
        self.renews_key = callable(token)
        self._read_key = token if callable(token) else _constantly(_checked_key(token))
        self._settings["token"] = self._read_key

    def _like_this(self, **changes: Any) -> Self:
        twin = super()._like_this(**changes)
        twin.renews_key = self.renews_key
        return twin

    def auth_headers(self) -> dict[str, str]:
        """The header that proves who is asking, with the key as it is now."""
        return {self.auth_header_name: self.auth_prefix + _checked_key(self._key())}

    def _key(self) -> object:
        try:
            return self._read_key()
        except Exception as error:  # noqa: BLE001 - whatever it says may quote a key
            raise ValueError(f"The function that gives the API key raised {type(error).__name__}.") from None


def _past_proxies(host: str) -> dict[str, None]:
    """Where *host* is this machine: what is asked there, key and all, goes through no proxy of the environment."""
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    own = f"[{host}]" if ":" in host else host
    return dict.fromkeys(f"all://{one}" for one in (own, "localhost", "127.0.0.1", "[::1]")) if here else {}


def _constantly(key: str) -> Callable[[], str]:
    """A closure shows its value in no repr, unlike an attribute."""
    return lambda: key


def _checked_key(key: object) -> str:
    """*key* itself, if it can stand in a header; the error never says what it is."""
    if not isinstance(key, str):
        raise ValueError(f"The API key must be a string, not {type(key).__name__}.")  # noqa: TRY004 - one kind for all bad keys
    if not key:
        raise ValueError("The API key is empty.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ValueError("The API key holds a space, a line break or another character that a key never has.")
    return key


def _checked_url(base_url: str) -> str:
    """*base_url* without its last slash, if it is an address that paths can be added to."""
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError):
        raise ValueError("base_url is no address.") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("base_url must begin with https:// (or http://) and name a host.")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("base_url must hold no user, no query and no fragment.")
    return str(url).rstrip("/?#")


def _checked_timeout(timeout: float | httpx.Timeout) -> httpx.Timeout:
    """*timeout* as httpx has it, if each of its parts is a positive number of seconds that ends."""
    parts = timeout.as_dict() if isinstance(timeout, httpx.Timeout) else {"timeout": timeout}
    for part, seconds in parts.items():
        if not _is_finite(seconds):
            raise ValueError(f"{part} must be a positive, finite number of seconds.")
    return timeout if isinstance(timeout, httpx.Timeout) else httpx.Timeout(timeout)


def _is_finite(seconds: object) -> bool:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return False
    return math.isfinite(seconds) and seconds > 0
