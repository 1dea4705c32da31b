"""
The start of a response that needs no parser: one length, and nothing that changes how its body is read.

Most answers to polls are of this kind. What is not, or not certainly, is left to h11, which reads all of HTTP/1.1.
"""

import re
from typing import Final, NamedTuple

MOST: Final = 16 * 1024  # bytes of a head
_HEAD: Final = re.compile(
    rb"HTTP/1\.1 (?P<status>[2-5][0-9]{2}) [\t -~]*+\r\n"
    rb"(?P<fields>(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++:[\t -~\x80-\xff]*+\r\n)++)\r\n"
)
_LENGTH: Final = re.compile(rb"[0-9]{1,15}")
_WITHOUT_BODY: Final = frozenset({204, 304})
_OTHERWISE: Final = frozenset({b"transfer-encoding", b"content-encoding", b"connection", b"upgrade", b"trailer"})
_LASTING: Final = b"keep-alive"


class PlainHead(NamedTuple):
    """Status and headers, the number of bytes of the body, and where in the bytes received it begins."""

    status: int
    headers: list[tuple[bytes, bytes]]
    length: int
    start: int


def plain_head(data: bytes) -> PlainHead | None:
    """The head at the start of *data*; None if it is not all there, or if h11 must read the response."""
    match = _HEAD.match(data, 0, MOST)
    if match is None:
        return None
    status, length = int(match["status"]), None
    headers = []
    for line in match["fields"].splitlines():
        name, _, value = line.partition(b":")
        lower, value = name.lower(), value.strip(b" \t")
        headers.append((name, value))
        if lower == b"content-length":
            if length is not None or not _LENGTH.fullmatch(value):
                return None
            length = int(value)
        elif lower in _OTHERWISE and not (lower == b"connection" and value.lower() == _LASTING):
            return None
    if length is None or status in _WITHOUT_BODY:
        return None
    return PlainHead(status, headers, length, match.end())
