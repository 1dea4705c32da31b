"""What jobwait needs of a client of a service."""

import ssl
from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from jobwait._httpx import httpx


class CallingClient:
    """
    A client that sends no requests: `send(command)` and `send_async(command)` call a function of the caller's.

    They return what Pool.send returns. ref: what names that function, as "package.module:function", for tokens and
    trackers; empty if nothing does.
    """

    base_url = ""
    auth_header_name = ""
    renews_key = False
    verify = None
    ref = ""

    def auth_headers(self) -> Mapping[str, str]:
        """No header: it has no key."""
        return {}

    def send(self, command: Any) -> Any:
        """The response of the function to *command*, in this thread."""
        raise NotImplementedError

    async def send_async(self, command: Any) -> Any:
        """The same, in a task."""
        raise NotImplementedError


Verify: TypeAlias = bool | str | ssl.SSLContext


class Client(Protocol):
    """
    An address, a key, and two pools, as generated clients have them.

    `jobwait.service.http_client` makes one of an `httpx.Client` or `httpx.AsyncClient`.
    """

    @property
    def base_url(self) -> str:
        """The address of the service, without a slash at its end."""
        ...

    @property
    def timeout(self) -> httpx.Timeout:
        """The timeouts of one request."""
        ...

    @property
    def auth_header_name(self) -> str:
        """The name of the header that holds the key; empty where there is no key."""
        ...

    @property
    def renews_key(self) -> bool:
        """Whether another request may come with another key."""
        ...

    @property
    def verify(self) -> Verify | None:
        """
        Whom TLS trusts, for connections that jobwait may open itself; None: it must use this client's pools.

        So it must with a transport of the client's own and behind a proxy. Raises ValueError if neither can be.
        """
        ...

    def auth_headers(self) -> Mapping[str, str]:
        """The header with the key as it is now; empty where there is no key."""
        ...

    def get_httpx_client(self) -> httpx.Client:
        """The pool for threads."""
        ...

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The pool of the running event loop."""
        ...
