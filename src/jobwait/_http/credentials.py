"""
Keys that a client puts into a request itself: into its query or a cookie, or several at once.

Such a client, a generated one for example, notes them in the extension "credentials" of the request: an object
with `headers`, a mapping by name, and `secrets`, the keys as strings. What is sent is in `url.raw_path`; the URL's text
shows no key.
"""

from typing import Any, Final

from jobwait._http.redaction import Secret
from jobwait._httpx import httpx

_NAME: Final = "credentials"


def has_own_keys(request: httpx.Request) -> bool:
    """Whether the client put the keys into *request*, so that only the client can make the next one."""
    return _NAME in request.extensions


def secret_of(request: httpx.Request, header: str) -> Secret:
    """The keys of *request*: those that the client noted, or the one in *header*."""
    noted: Any = request.extensions.get(_NAME)
    if noted is None:
        return Secret.of_header(request.headers.get(header, ""))
    return Secret(*(key.encode() for key in noted.secrets))


def sent_url(request: httpx.Request) -> str:
    """The URL as it is sent, with the key in its query if there is one."""
    return str(request.url.copy_with(raw_path=b"/")).removesuffix("/") + request.url.raw_path.decode("ascii")


def forget_keys(request: httpx.Request, *headers: str) -> None:
    """Remove the keys from *request*, and its *headers*: errors and responses hold their request."""
    noted: Any = request.extensions.pop(_NAME, None)
    for name in (*headers, *(noted.headers if noted is not None else ())):
        request.headers.pop(name, None)
    if noted is not None:
        request.url = httpx.URL(str(request.url))
