# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""What the environment says of connections: proxies and certificates. What cannot be used is refused by its name."""

import errno
import importlib.util
import ipaddress
import os
import ssl
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from ._httpx import httpx

TlsTrust = bool | str | ssl.SSLContext
SCHEMES = ("http", "https", "all")


def is_loopback(host: str) -> bool:
    """Whether *host* is certainly this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_host(host: str) -> bool:
    """Whether *host* can be looked up; else sockets raise a UnicodeError that says nothing of it."""
    try:
        host.encode("idna")
    except UnicodeError:  # a label is empty or too long
        return False
    return bool(host) and not any(character.isspace() for character in host)


def past_proxies(host: str) -> dict[str, None]:
    """The httpx mounts that bypass the environment's proxies if *host* is this machine; empty if it is not."""
    own = f"[{host}]" if ":" in host else host
    here = is_loopback(host)
    return dict.fromkeys(f"all://{one}" for one in (own, "localhost", "127.0.0.1", "[::1]")) if here else {}


def proxies() -> Mapping[str, str]:
    """The environment's proxies as httpx takes them: by "http", "https" and "all", and what passes them by "no"."""
    found = {name: value for name, value in urllib.request.getproxies().items() if value}
    return {} if "*" in _entries(found.get("no", "")) else found


def tls_proxies(context: ssl.SSLContext) -> dict[str, httpx.Proxy]:
    """
    The environment's proxies that are reached by TLS, by httpx's patterns, with *context* for their certificates.

    httpx trusts the usual authorities there, whatever it is told to trust for servers.
    """
    found = proxies()
    return {
        f"{scheme}://": httpx.Proxy(found[scheme], ssl_context=context)
        for scheme in SCHEMES
        if found.get(scheme, "").lower().startswith("https://")
    }


def proxy_variable(url: httpx.URL) -> str:
    """The variable that names the proxy through which a request to *url* may go; empty if it goes through none."""
    found = proxies()
    passes = any(
        url.host == entry or url.host.endswith("." + entry.lstrip("."))
        for entry in _entries(found.get("no", ""))
    )
    scheme = next((one for one in (url.scheme, "all") if one in found), "")
    return _variable(scheme, "the system's setting") if scheme and not passes else ""


def proxy_fault() -> str:
    """Which proxy variable cannot be used and why, without its value, which may hold a password; empty if all can."""
    return next(_proxy_faults(proxies()), "")


def _proxy_faults(found: Mapping[str, str]) -> Iterator[str]:
    for scheme in SCHEMES:
        fault = _fault_of_proxy(found[scheme]) if scheme in found else ""
        if fault:
            yield f"{_variable(scheme)} {fault}, or unset it."
    for entry in _entries(found.get("no", "")):
        if not _can_be_passed(entry):
            why = "httpx takes hosts, single addresses and IPv4 ranges there"
            yield f"{_variable('no')} holds {entry[:60]!r}, which cannot be used: {why}. Leave it out."


def _fault_of_proxy(value: str) -> str:
    try:
        url = httpx.Proxy(value if "://" in value else f"http://{value}").url
    except (ValueError, httpx.InvalidURL):
        return "names no proxy that can be used: give it an address like http://host:port"
    if (
        not is_host(unquote(url.host))
        or url.path not in {"", "/"}
        or url.port == 0
        or (url.port or 1) >= 1 << 16
    ):
        return "names no proxy that can be used: give it an address like http://host:port"
    if url.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        return "names a SOCKS proxy, which needs the package socksio: install httpx[socks]"
    return ""


def _can_be_passed(entry: str) -> bool:
    """Whether httpx can make a pattern of *entry*."""
    try:
        address = ipaddress.ip_address(entry.partition("/")[0])
    except ValueError:
        pattern = entry if "://" in entry else f"all://*{entry}"
    else:
        pattern = f"all://{entry}" if address.version == 4 else f"all://[{entry}]"
    try:
        httpx.URL(pattern)
    except httpx.InvalidURL:
        return False
    return True


def _entries(no_proxy: str) -> list[str]:
    return [entry.strip().lower() for entry in no_proxy.split(",") if entry.strip()]


def _variable(scheme: str, system: str = "The system's setting") -> str:
    """The variable that names the proxy for *scheme*; lower case comes first, as in urllib."""
    names = [name for name in os.environ if name.lower() == f"{scheme}_proxy" and os.environ[name]]
    return next(iter(sorted(names, reverse=True)), f"{system} of {scheme}_proxy")


def tls_context(verify: TlsTrust) -> ssl.SSLContext:
    """Whom TLS trusts; raises ValueError if the certificates cannot be read."""
    if isinstance(verify, ssl.SSLContext):
        return verify
    source = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), "verify")
    try:
        if isinstance(verify, str):
            source, folder = "verify", Path(verify).is_dir()
            return ssl.create_default_context(
                cafile=None if folder else verify, capath=verify if folder else None
            )
        if (
            verify
            and source == "SSL_CERT_DIR"
            and not any(map(os.path.isdir, os.environ[source].split(os.pathsep)))
        ):
            raise FileNotFoundError(errno.ENOENT, "No such directory")  # which OpenSSL does not mind
        return httpx.create_ssl_context(verify=verify)
    except OSError as error:  # ssl.SSLError is one
        why = error.strerror or type(error).__name__
    raise ValueError(f"{source} names no certificates that can be used ({why}).")
