"""The body of a response, decoded within size limits, into memory or into a file."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final

from jobwait._http.partial_file import Growing
from jobwait._http.redaction import Secret
from jobwait._httpx import httpx

if TYPE_CHECKING:
    from jobwait._http.attempt import Attempt

_PIECE: Final = 4096  # bytes; zlib copies the rest of a piece after each of its members, of which it may have hundreds
_DROPPED: Final = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
_WINDOWS: Final = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def redacted_headers(raw: Any, secret: Secret, *, good: bool) -> list[tuple[bytes, bytes]]:
    """The *raw* headers without the key, and without those about the encoding and length of the raw body."""
    kept = ((name, value) for name, value in raw if name.lower() not in _DROPPED)
    return [(secret.redact(name, good=good), secret.redact(value, good=good)) for name, value in kept]


class BodySink:
    """Takes the body of *attempt* and decodes it, into memory or, of a 200 or 206, into the file that is wanted."""

    def __init__(self, attempt: Attempt, encoding: str) -> None:
        command, whole = attempt.command, attempt.status in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}
        into = None if command is None or not whole else command.into
        encoding = encoding.strip().lower()
        if encoding not in {"", "identity", *_WINDOWS}:
            raise httpx.DecodingError("an encoding that was not requested")
        self._window = _WINDOWS.get(encoding)
        self._inflate = None if self._window is None else zlib.decompressobj(self._window)
        self._limit = attempt.limit if into is None else None
        self._taken = self._size = 0  # bytes, encoded and decoded
        self._cap = None if command is None else command.cap
        self._name = into or httpx.URL(attempt.url).path  # a renewed link has the same path
        self._memory = bytearray()
        self._incomplete = into is None and attempt.bulk and attempt.status == httpx.codes.PARTIAL_CONTENT
        headers = httpx.Headers(attempt.raw_headers)
        self._file = None if into is None else Growing(into, attempt.status, headers, attempt.headers.get("range"))

    @property
    def _least(self) -> int:
        """The least number of bytes that the raw bytes decode to, unless empty blocks pad them."""
        return self._taken - self._taken // 256 - 1024

    def take(self, chunk: bytes) -> None:
        """Take the next bytes as they came; raises httpx.DecodingError if they break a limit or cannot be decoded."""
        self._taken += len(chunk)
        if self._limit is not None and self._least > self._limit:
            raise httpx.DecodingError("a body larger than the limit")
        if self._inflate is None:
            self._write(chunk)
            return
        pieces = memoryview(chunk)
        for start in range(0, len(chunk), _PIECE):
            self._decode(bytes(pieces[start : start + _PIECE]))

    def _decode(self, chunk: bytes) -> None:
        while chunk and self._inflate is not None:
            # One byte more than the limit shows that the body is too large.
            most = 1 << 20 if self._limit is None else min(1 << 20, self._limit - self._size + 1)
            try:
                data = self._inflate.decompress(chunk, most)
            except zlib.error as error:
                raise httpx.DecodingError(f"a damaged compressed body ({error})") from error
            self._write(data)
            chunk = self._inflate.unconsumed_tail
            if self._inflate.eof and self._inflate.unused_data:  # gzip allows several members
                chunk = self._inflate.unused_data
                self._inflate = zlib.decompressobj(self._window or 0)

    def _write(self, data: bytes) -> None:
        self._size += len(data)
        if self._limit is not None and self._size > self._limit:
            raise httpx.DecodingError("a body larger than the limit")
        if self._file is None:
            self._memory += data
        else:
            self._file.write(data)
        if self._cap is not None:
            size = len(self._memory) if self._file is None else self._file.file.tell()
            self._cap.note(self._name, max(size, self._least))

    def end(self) -> bytes:
        """The body is complete; what of it is in memory. Raises httpx.HTTPError if it is not all that there is."""
        if self._inflate is not None and not self._inflate.eof:
            raise httpx.DecodingError("a compressed body that was cut short")
        if self._file is not None:
            self._file.end()
        elif self._incomplete:
            raise httpx.DecodingError("a part of a file although all of it was requested")
        return bytes(self._memory)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.file.close()
