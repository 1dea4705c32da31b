"""The body of an answer, taken within limits: so many bytes, decoded or not, into memory or into a file."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final

import httpx
from attrs import frozen

from jobwait._http.partial_file import Cap, Growing
from jobwait._http.redaction import Secret

STATUS_BODY_LIMIT: Final = 1 << 20  # bytes of a status body
BODY_LIMIT: Final = 64 << 20  # bytes of any other body that goes into memory
_DROPPED: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_WINDOWS: Final = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


@frozen(eq=False, match_args=False, repr=False)
class SendOptions:
    """
    How one request is sent, and what may come back.

    timeout: seconds in all. bulk: whether it earns time with its bytes. limit: bytes of a body in memory. into: the
    file that a 2xx goes to. secret: the key that must not be repeated. cap: the caller's own, over several requests.
    """

    timeout: float
    bulk: bool
    limit: int
    into: Path | None
    secret: Secret
    cap: Cap | None = None


def _is_whole(response: httpx.Response) -> bool:
    """Whether *response* came read and decoded, as those of a MockTransport do."""
    return response.is_stream_consumed


def _encoding(response: httpx.Response) -> str:
    return str(response.headers.get("content-encoding", "identity")).strip().lower()


class _Meter:
    """Takes raw chunks, decodes them within *limit* bytes, and passes them on."""

    def __init__(self, response: httpx.Response, limit: int | None, write: Callable[[bytes], object]) -> None:
        encoding = "identity" if _is_whole(response) else _encoding(response)
        if encoding not in {"", "identity", *_WINDOWS}:
            raise httpx.DecodingError("an encoding that was not asked for")
        self._window = _WINDOWS.get(encoding)
        self._inflate = None if self._window is None else zlib.decompressobj(self._window)
        self._limit = self._left = limit
        self._write = write
        self._taken = 0

    @property
    def least(self) -> int:
        """Bytes that so much must hold, if it is packed by anybody honest; streams of empty bodies hold none."""
        return self._taken - self._taken // 256 - 1024

    def take(self, chunk: bytes) -> None:
        self._taken += len(chunk)
        if self._limit is not None and self.least > self._limit:
            raise httpx.DecodingError("a body larger than the limit")
        if self._inflate is None:
            self._pass(chunk)
            return
        while chunk:
            # One byte more than is left tells a bomb from a body that just fits.
            most = 1 << 20 if self._left is None else min(1 << 20, self._left + 1)
            try:
                data = self._inflate.decompress(chunk, most)
            except zlib.error as error:
                raise httpx.DecodingError(f"a damaged compressed body ({error})") from error
            self._pass(data)
            chunk = self._inflate.unconsumed_tail
            if self._inflate.eof and self._inflate.unused_data:  # gzip allows one body after the other
                chunk = self._inflate.unused_data
                self._inflate = zlib.decompressobj(self._window or 0)

    def end(self) -> None:
        """
        Say that no more comes.

        Raises:
            httpx.DecodingError: a compressed body was cut short.

        """
        if self._inflate is not None and not self._inflate.eof:
            raise httpx.DecodingError("a compressed body that was cut short")

    def _pass(self, data: bytes) -> None:
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise httpx.DecodingError("a body larger than the limit")
        self._write(data)


def _rebuilt(response: httpx.Response, content: bytes, secret: Secret) -> httpx.Response:
    good = response.is_success
    raw = [(name, value) for name, value in response.headers.raw if name.lower().decode("latin-1") not in _DROPPED]
    headers = [(name, secret.redact(value, good=good)) for name, value in raw]
    content = secret.redact(content, good=good)
    return httpx.Response(response.status_code, headers=headers, content=content, request=response.request)


class _Sink:
    """Where a body goes: a file for a wanted 2xx, else memory."""

    def __init__(self, response: httpx.Response, options: SendOptions) -> None:
        self.file = None if options.into is None or not response.is_success else Growing(options.into, response)
        self.memory = bytearray()
        self._partial = options.bulk and response.status_code == httpx.codes.PARTIAL_CONTENT
        self._cap, self._name = options.cap, options.into or response.request.url.path  # what a renewed link keeps
        try:
            self.meter = _Meter(response, options.limit if self.file is None else None, self._write)
        except BaseException:
            self.close()
            raise

    def _write(self, data: bytes) -> None:
        if self.file is None:
            self.memory += data
        else:
            self.file.write(data)
        if self._cap is not None:
            size = len(self.memory) if self.file is None else self.file.size
            self._cap.note(self._name, max(size, self.meter.least))

    def end(self) -> None:
        """
        Say that no more comes.

        Raises:
            httpx.HTTPError: it is not all that there is.

        """
        self.meter.end()
        if self.file is not None:
            self.file.end()
        elif self._partial:
            raise httpx.DecodingError("a part of a file, where all of it was asked for")

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def take(response: httpx.Response, options: SendOptions, count: Callable[[int], object]) -> httpx.Response:
    """*response* with its body read; *count* is told the bytes of each chunk and may raise."""
    sink = _Sink(response, options)
    try:
        chunks: Iterator[bytes] = iter([response.content]) if _is_whole(response) else response.iter_raw()
        for chunk in chunks:
            count(len(chunk))
            sink.meter.take(chunk)
        sink.end()
    finally:
        sink.close()
    return _rebuilt(response, bytes(sink.memory), options.secret)


async def take_async(response: httpx.Response, options: SendOptions, count: Callable[[int], object]) -> httpx.Response:
    """The same, in a task."""
    sink = _Sink(response, options)
    try:
        if _is_whole(response):
            sink.meter.take(response.content)
            sink.end()
            return _rebuilt(response, bytes(sink.memory), options.secret)
        chunks: AsyncIterator[bytes] = response.aiter_raw()
        async for chunk in chunks:
            count(len(chunk))
            sink.meter.take(chunk)
        sink.end()
    finally:
        sink.close()
    return _rebuilt(response, bytes(sink.memory), options.secret)
