"""A proxy on loopback that makes tunnels, asked by CONNECT or by SOCKS 5, and leads each to one server."""

import select
import socket
import threading


class Tunnels:
    """The proxy, for `with`. port: its port. asked: the host and port of each tunnel. *to*: the port of the server."""

    def __init__(self, to):
        self.asked, self._to, self._threads = [], to, []

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._run(self._accept)
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _run(self, work, *given):
        self._threads.append(threading.Thread(target=work, args=given, daemon=True))
        self._threads[-1].start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._run(self._serve, connection)

    def _serve(self, connection):
        with connection, socket.create_connection(("127.0.0.1", self._to)) as server:
            ready = (
                self._socks(connection) if connection.recv(1, socket.MSG_PEEK) == b"\x05" else self._connect(connection)
            )
            connection.sendall(ready)
            while True:
                for source in select.select([connection, server], [], [], 10)[0]:
                    data = source.recv(1 << 16)
                    if not data:
                        return
                    (server if source is connection else connection).sendall(data)

    def _connect(self, connection):
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
        method, target, _ = head.split(b" ", 2)
        self.asked.append((method.decode(), target.decode(), head.decode()))
        return b"HTTP/1.1 200 OK\r\n\r\n"

    def _socks(self, connection):
        _, methods = connection.recv(2)
        connection.recv(methods)
        connection.sendall(b"\x05\x00")
        head = connection.recv(5)  # version, connect, reserved, a name, its length
        name, port = connection.recv(head[4]), int.from_bytes(connection.recv(2))
        self.asked.append(("SOCKS", f"{name.decode()}:{port}", ""))
        return b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00"
