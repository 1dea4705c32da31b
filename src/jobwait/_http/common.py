"""What the polls of many jobs have in common, made once: their origin, their headers, and the key as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define, field

from jobwait._http.redaction import HiddenHeaders, Secret
from jobwait._httpx import httpx


@define(eq=False, repr=False)
class Common:
    """
    What the polls of many jobs have in common.

    origin: the URL without path; empty if the URL of a poll is more than its origin and what is sent as its target.
    host: the header of that name. headers: the others, without the key. keyed: with the key, which is *secret*. lines:
    the bytes of all headers, which an engine makes and keeps; None: it cannot send them. for_httpx: the same for a
    transport of httpx.
    """

    origin: str
    host: str
    headers: dict[str, str]
    auth_name: str
    keyed: HiddenHeaders = field(factory=HiddenHeaders)
    secret: Secret = field(factory=Secret)
    lines: bytes | None = b""
    for_httpx: Any = None
    _first: Any = field(default=None, alias="first")  # headers, with the key, of the first such poll
    _auth: Any = None

    @classmethod
    def of(cls, request: httpx.Request, auth_name: str, more: Mapping[str, str]) -> Self:
        """What *request*, the poll of one job, shares with those of others; *more* are headers of all polls."""
        left_out = {"host", auth_name.lower()}
        headers = {name: value for name, value in request.headers.items() if name not in left_out}
        origin = str(request.url.copy_with(raw_path=b"/")).removesuffix("/")
        host = request.headers.get("host", "")
        made = cls(origin, host, {**headers, **more}, auth_name, first=request.headers.raw)
        if not made.is_in(request):
            made.origin = ""
        return made

    def is_in(self, request: httpx.Request) -> bool:
        """Whether *request* is the poll of another job with the same origin and headers."""
        url = request.url
        return self._first == request.headers.raw and f"{self.origin}{url.raw_path.decode('ascii')}" == str(url)

    def is_like(self, other: Common) -> bool:
        """Whether both differ in the key alone."""
        return self.origin == other.origin and self.host == other.host and self.headers == other.headers

    def renew(self, auth: Mapping[str, str]) -> None:
        """Take the header with the key as it is now, *auth*."""
        if auth == self._auth:
            return
        keyed = HiddenHeaders(self.headers)
        keyed.update(auth)
        self.secret = Secret.of_header(keyed.get(self.auth_name, keyed.get("authorization", "")))
        self.keyed, self.lines, self.for_httpx, self._auth = keyed, b"", None, auth
