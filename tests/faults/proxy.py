"""
A TCP proxy in front of a live server, with toxics: what a bad network does to connections that carry real traffic.

The names are toxiproxy's. Each connection draws its toxic from `toxics`, a function of its number.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from attrs import define, field, frozen

from faults.server import reset


@frozen
class Toxic:
    """What happens to the responses on one connection; a field that is None does nothing."""

    latency: float | None = None  # seconds before each piece
    bandwidth: float | None = None  # bytes a second
    slicer: int | None = None  # bytes of a piece
    limit_data: int | None = None  # after so many bytes the connection ends
    reset_peer: int | None = None  # after so many bytes it is reset
    timeout: int | None = None  # after so many bytes nothing comes any more


@define(eq=False, slots=False)
class Proxy:
    """The proxy, for `with`; it leads to *port* on this machine."""

    port: int
    toxics: Callable[[int], Toxic]
    connections: int = 0
    broken: int = 0
    _threads: list[threading.Thread] = field(factory=list)
    _open: set[socket.socket] = field(factory=set)

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            self._end(one)
        for thread in self._threads:
            thread.join(20)

    @property
    def url(self):
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _start(self, work, *arguments):
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self.port))
                self._open |= {near, far}
                toxic = self.toxics(self.connections)
                self.connections += 1
                self._start(self._up, near, far)
                self._start(self._down, near, far, toxic)

    def _up(self, near, far):
        """Requests pass as they are."""
        with suppress(OSError):
            while data := near.recv(65536):
                far.sendall(data)
        self._end(far)

    def _down(self, near, far, toxic):
        """Answers meet the toxic."""
        ends = [bound for bound in (toxic.limit_data, toxic.reset_peer, toxic.timeout) if bound is not None]
        left = min(ends, default=None)
        with suppress(OSError):
            while data := far.recv(min(65536, toxic.slicer or 65536)):
                if toxic.latency is not None:
                    time.sleep(toxic.latency)
                if toxic.bandwidth is not None:
                    time.sleep(len(data) / toxic.bandwidth)
                near.sendall(data if left is None else data[:left])
                if left is not None:
                    left -= len(data)
                    if left <= 0:
                        self._break(near, toxic)
                        break
        self._end(near)
        self._end(far)

    def _break(self, near, toxic):
        self.broken += 1
        if toxic.reset_peer is not None:
            self._open.discard(near)
            near.shutdown(socket.SHUT_RD)  # a close is none while the other thread still reads
            reset(near)
        elif toxic.timeout is not None:
            while near.recv(65536):
                pass

    def _end(self, one):
        self._open.discard(one)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
