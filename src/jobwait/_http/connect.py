"""Makes clients from arguments and environment variables; keys and addresses are checked before anything is sent."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

from jobwait._http.api_key import Hidden, HiddenArguments, Key
from jobwait._http.arguments import Trust, checked_headers, trusted
from jobwait._http.attempt import fault_of
from jobwait._http.first_use import note_client
from jobwait._http.redaction import Secret
from jobwait._httpx import httpx
from jobwait._model.policy import Seconds, seconds
from jobwait._model.service import Service
from jobwait.errors import InvalidInput

C = TypeVar("C")
C_co = TypeVar("C_co", covariant=True)
Transport: TypeAlias = httpx.BaseTransport | httpx.AsyncBaseTransport
PLAYED: Final = frozenset({"freeplay", "fryte", "promptforge"})  # by jobwait.sandbox, which must not be imported here
# What a refusal repeats of an address; anything else may be a key in the wrong place.
_SHOWN: Final = re.compile(r"([A-Za-z0-9+.-]+://)?[A-Za-z0-9_-]{1,30}(\.[A-Za-z0-9_-]{1,30})*(:[0-9]+)?/?")


class Connect(Protocol[C_co]):
    """The connect() of a service."""

    def __call__(
        self,
        api_key: Key | None = None,
        *,
        base_url: str | None = None,
        request_timeout: Seconds = 30.0,
        transport: Transport | None = None,
        verify: Trust = True,
        headers: Mapping[str, str] | None = None,
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
        verify: Trust = True,
        headers: Mapping[str, str] | None = None,
    ) -> C:
        key, url, more = Hidden(api_key), Hidden(base_url), Hidden(headers)
        del api_key, base_url, headers  # a traceback with local variables shows none of them
        given = _key(key, service)
        if url.value is None:
            url = Hidden(os.environ.get(service.url_variable))
        if url.value is not None:
            given["base_url"] = checked_address(url, service.name, keyed=bool(service.key_variable))
        if more.value is not None:
            given["headers"] = checked_headers(more, getattr(make, "auth_header_name", ""), service.name)
        context = trusted(verify, service.name)
        if context is not None:
            given["verify"] = context
        timeout = seconds("request_timeout", request_timeout, zero=False)
        try:
            client = make(**given, timeout=timeout, transport=transport)
            getattr(client, "verify", None)  # which refuses proxy variables that cannot be used
        except ValueError as error:  # of the client's own checks
            fault = fault_of(error)
        else:
            note_client(make)
            return client
        raise InvalidInput(f"{service.name}: {_without(given, fault)}", service=service.name)

    connect.__annotations__["return"] = getattr(make, "__name__", "Client")
    connect.__module__, connect.__qualname__ = f"jobwait.{service.name}", "connect"
    connect.__doc__ = _DOC.format(key=service.key_variable, url=service.url_variable)
    return connect


def _key(given: Hidden, service: Service[Any, Any]) -> HiddenArguments:
    """The client's argument for the key; empty if the service uses no key."""
    if not service.key_variable:
        if given.value is not None:
            raise InvalidInput(f"{service.name} uses no key: leave api_key out.", service=service.name)
        return HiddenArguments()
    key = given if given.value is not None else Hidden(os.environ.get(service.key_variable))
    if not key.value:
        fact = (
            f"There is no key for {service.name}: pass api_key=… or set {service.key_variable}.{_without_key(service)}"
        )
        raise InvalidInput(fact, service=service.name)
    return HiddenArguments(token=key.value)


def _without_key(service: Service[Any, Any]) -> str:
    """The other next step where there is no key, for a service that the sandbox plays."""
    if service.name not in PLAYED:
        return ""
    return f' To try it without a key: jobwait.sandbox.sandbox_without_key("{service.name}") before connect().'


def _without(given: HiddenArguments, fault: str) -> str:
    key = given.get("token")
    if not isinstance(key, str):
        return fault
    return Secret(key.encode("utf-8", "backslashreplace")).redact_text(fault)  # half a surrogate pair has no UTF-8


_DOC: Final = """
A client for `with` and `async with`.

The key is *api_key*, which may be a function that is called for each request, else {key}. The
address is *base_url*, else {url}, else the service's own. *request_timeout* bounds each
request, in seconds. *transport* replaces the network; one of a single style serves code of that
style alone. *verify* says whom TLS trusts: a file or folder of CA certificates, or an
ssl.SSLContext, which may have a client certificate; True takes SSL_CERT_FILE and SSL_CERT_DIR, else
the usual authorities. *headers* are sent with each request to the service, and with no signed link.

Raises:
    InvalidInput: the key is missing or malformed, or must not be sent to the address; another
        argument, or a proxy variable of the environment, cannot be used.
"""


def checked_address(url: Hidden, name: str, *, keyed: bool) -> str:
    """*url* without a slash at its end; InvalidInput if it is no address, or if *name* must not send a key there."""
    fault = _fault(url.value, name, keyed=keyed)
    if fault:
        raise InvalidInput(fault, service=name)
    return str(url.value).rstrip("/")


def _fault(url: object, name: str, *, keyed: bool) -> str:
    """Why *url* cannot be the address of the service *name*; empty if it can."""
    if not isinstance(url, str):
        return f"The address must be text, not {type(url).__name__}."
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not is_host(host) or port == 0:
        shown = repr(url) if _SHOWN.fullmatch(url) and "." in url else "What was given"
        return f"{shown} is no address: {name} needs one like https://host."
    if parts.username or parts.password or parts.query or parts.fragment:
        return "The address must hold no user, password, query or fragment."
    if parts.scheme == "http" and keyed and not is_loopback(host):
        return f"A key is not sent over plain http, except to this machine: use https://{host}."
    return ""


def is_host(host: str) -> bool:
    """Whether *host* can be looked up; else sockets raise a UnicodeError that says nothing of it."""
    try:
        host.encode("idna")
    except UnicodeError:  # a label is empty or too long
        return False
    return bool(host) and not any(character.isspace() for character in host)


def is_loopback(host: str) -> bool:
    """Whether *host* is certainly this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
