"""Addresses that an answer names, of a status or a result: which may be asked, and whether with the key."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from jobwait._http.connect import is_host, is_loopback
from jobwait._httpx import httpx

_PORTS = {"https": 443, "http": 80}


def resolved(url: str, against: str) -> str:
    """*url*, which may be relative to the request to *against*, as a whole address without a fragment."""
    try:
        return urljoin(against, url).partition("#")[0]
    except ValueError:
        return url


def fault_of(url: str, base_url: str, hosts: Collection[str]) -> str:
    """Why *url* must not be asked by a client of *base_url*, as the end of a sentence; empty if it may be."""
    try:
        parts, base = urlsplit(url), urlsplit(base_url)
        host, port = parts.hostname or "", parts.port
        plain = is_host(host) and httpx.URL(url).host.rstrip(".") == host.lower().rstrip(".")  # two parsers agree
    except (ValueError, httpx.InvalidURL):
        return "is no address"
    if parts.scheme not in _PORTS or not plain:
        return "is no address"
    if parts.username is not None or parts.password is not None:
        return "holds a user or a password"
    if parts.scheme == "http" and (base.scheme == "https" or not is_loopback(host)):
        return "is plain http"
    if is_own(url, base_url) or _named(parts, hosts) or (is_loopback(host) and is_loopback(base.hostname or "")):
        return ""
    return f"is at {host[:100]}:{port or _PORTS[parts.scheme]}, which is none of the service's hosts"


def advice(fault: str) -> str:
    """What to do about *fault*; nothing helps against a malformed address."""
    return " Name its host in hosts of the declaration." if "hosts" in fault else ""


def is_own(url: str, base_url: str) -> bool:
    """Whether *url* has the scheme, the host and the port of *base_url*: only there the key goes."""
    return _origin(urlsplit(url)) == _origin(urlsplit(base_url))


def id_of(url: str, base_url: str) -> str:
    """
    What names the job at *url*: its path, as several jobs may have one last part.

    Of another host, or with a query, a checksum stands behind it, as the query may be a secret.
    """
    parts = urlsplit(url)
    path = unquote(parts.path).strip("/") or "job"
    told = parts.query if is_own(url, base_url) else f"{parts.netloc}?{parts.query}"
    return f"{path}#{hashlib.sha256(told.encode()).hexdigest()[:8]}" if told else path


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    return parts.scheme, (parts.hostname or "").lower().rstrip("."), parts.port or _PORTS.get(parts.scheme)


def _named(parts: SplitResult, hosts: Collection[str]) -> bool:
    host = (parts.hostname or "").lower().rstrip(".")
    known = any(host == name or (name.startswith("*.") and host.endswith(name[1:])) for name in hosts)
    return known and parts.scheme == "https" and parts.port in {None, 443}
