"""Makes clients from arguments and environment variables; keys and addresses are checked before anything is sent."""

import ipaddress
import os
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

from jobwait._httpx import httpx
from jobwait._model.policy import Seconds, seconds
from jobwait._model.service import Service
from jobwait.errors import InvalidInput

C = TypeVar("C")
C_co = TypeVar("C_co", covariant=True)
Key: TypeAlias = str | Callable[[], str]
Transport: TypeAlias = httpx.BaseTransport | httpx.AsyncBaseTransport


class Connect(Protocol[C_co]):
    """The connect() of a service."""

    def __call__(
        self,
        api_key: Key | None = None,
        *,
        base_url: str | None = None,
        request_timeout: Seconds = 30.0,
        transport: Transport | None = None,
    ) -> C_co:
        """A client."""
        ...


def connector(make: Callable[..., C], service: Service[C, Any]) -> Connect[C]:
    """The connect() of *service*; *make* makes its generated client."""

    def connect(
        api_key: Key | None = None,
        *,
        base_url: str | None = None,
        request_timeout: Seconds = 30.0,
        transport: Transport | None = None,
    ) -> C:
        given: dict[str, Any] = _key(api_key, service)
        url = base_url if base_url is not None else os.environ.get(service.url_variable)
        if url is not None:
            given["base_url"] = checked_address(url, service.name, keyed=bool(service.key_variable))
        timeout = seconds("request_timeout", request_timeout, zero=False)
        try:
            return make(**given, timeout=timeout, transport=transport)
        except ValueError as error:  # of the client's own checks; the message does not contain the key
            raise InvalidInput(f"{service.name}: {error}", service=service.name) from None

    connect.__annotations__["return"] = getattr(make, "__name__", "Client")
    connect.__module__ = f"jobwait.{service.name}"
    connect.__doc__ = _DOC.format(key=service.key_variable, url=service.url_variable)
    return connect


def _key(given: Key | None, service: Service[Any, Any]) -> dict[str, Key]:
    """The client's argument for the key; empty if the service uses no key."""
    if not service.key_variable:
        if given is not None:
            raise InvalidInput(f"{service.name} uses no key: leave api_key out.", service=service.name)
        return {}
    key = given if given is not None else os.environ.get(service.key_variable)
    if not key:
        fact = f"There is no key for {service.name}: pass api_key=… or set {service.key_variable}."
        raise InvalidInput(fact, service=service.name)
    return {"token": key}


_DOC: Final = """
A client for `with` and `async with`.

The key is *api_key*, which may be a function that is called for each request, else {key}. The
address is *base_url*, else {url}, else the service's own. *request_timeout* bounds each
request, in seconds. *transport* replaces the network.

Raises:
    InvalidInput: the key is missing or malformed, or must not be sent to the address.
"""


def checked_address(url: object, name: str, *, keyed: bool) -> str:
    """*url* without a slash at its end; InvalidInput if it is no address, or if *name* must not send a key there."""
    if not isinstance(url, str):
        raise InvalidInput(f"The address must be text, not {type(url).__name__}.", service=name)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise InvalidInput(f"{url!r} is no address: {name} needs one like https://host.", service=name)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidInput("The address must hold no user, password, query or fragment.", service=name)
    if parts.scheme == "http" and keyed and not is_loopback(host):
        fact = f"A key is not sent over plain http, except to this machine: use https://{host}."
        raise InvalidInput(fact, service=name)
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether *host* is certainly this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
