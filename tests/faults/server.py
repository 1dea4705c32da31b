"""
A hostile server: raw sockets on loopback, one small handler for each fault.

It responds with `good`, except to the first `times` requests that `where` selects: for those it calls the handler of
the fault. A handler may send anything; unless it returns KEEP, the connection is closed after it.
"""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

from attrs import define, field, frozen

KEEP = object()
ALWAYS = 10**9
PATIENCE = 300  # seconds until a test gives up on what never ends


@frozen
class Request:
    """One request: method, target, headers in lower case, body."""

    method: str
    target: str
    headers: dict
    body: bytes


Handler = Callable[[socket.socket, Request], object]


def read_request(connection):
    """The next request on *connection*; None if the client closed it."""
    got = b""
    while b"\r\n\r\n" not in got:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        got += chunk
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        chunk = connection.recv(65536)
        if not chunk:
            return None
        body += chunk
    method, target, _ = first.split(" ", 2)
    return Request(method, target, headers, body)


def reset(connection):
    """Close *connection* with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hold(connection):
    """Send nothing more until the client closes."""
    while connection.recv(65536):
        pass


@define(eq=False, slots=False)
class Hostile:
    """The server, for `with`. url: its address. requests: those received. connections: their number."""

    good: Callable[[Request], bytes]
    fault: Handler | None = None
    where: Callable[[Request], bool] = lambda request: True
    times: int = ALWAYS
    at_accept: bool = False  # the fault comes before a request is read
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    requests: list[Request] = field(factory=list)
    connections: int = 0
    played: int = 0
    port: int = 0
    _threads: list[threading.Thread] = field(factory=list)
    _open: set[socket.socket] = field(factory=set)

    def __enter__(self):
        self._listener = socket.create_server((self.host, 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(PATIENCE)
        for connection in list(self._open):
            self._end(connection)
        for thread in self._threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads), "a handler hangs"

    @property
    def url(self):
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://{'localhost' if self.tls is not None else self.host}:{self.port}"

    @property
    def asked(self):
        """The requests that the fault is for."""
        return [request for request in self.requests if self.where(request)]

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.settimeout(PATIENCE)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            self._open.add(connection)
            thread.start()

    def _serve(self, connection):
        try:
            if self.at_accept and self._is_due():
                self.fault(connection, None)
                return
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)  # takes the old one's place
                self._open.add(connection)
            while (request := read_request(connection)) is not None:
                self.requests.append(request)
                if not self.at_accept and self.where(request) and self._is_due():
                    if self.fault(connection, request) is not KEEP:
                        return
                else:
                    connection.sendall(self.good(request))
        except (OSError, ValueError):
            pass  # the client gave up, which is its right
        finally:
            self._end(connection)

    def _is_due(self):
        if self.fault is None or self.played >= self.times:
            return False
        self.played += 1
        return True

    def _end(self, connection):
        self._open.discard(connection)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


def response(body, status=200, *headers, kind="application/json", length=None):
    """A well-formed response."""
    reasons = {200: "OK", 302: "Found"}
    lines = [
        f"HTTP/1.1 {status} {reasons.get(status, 'Status')}",
        *([f"content-type: {kind}"] if kind else []),
        f"content-length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
