"""
A raw local server: the least that can answer a poll, in a process of its own.

Its answers move with each poll, as those of a busy job do; or stay, as those of a service that tells no counts.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STATUS = {
    "job_id": None,
    "status": "PROCESSING",
    "provider": "openai",
    "model": "gpt-4o-mini",
    "prompt_count": 500,
    "completed_count": None,
    "failed_count": None,
    "created_at": "2026-06-11T16:47:49.945910Z",
    "started_processing_at": "2026-06-11T16:48:49.945910Z",
    "completed_at": None,
}


class Answering(asyncio.Protocol):
    """Answers each request with the status of the job that its path names."""

    def __init__(self, moves: bool) -> None:
        self.moves = moves
        self.polls = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
            name = head.split(b" ", 2)[1].split(b"/")[3].decode()
            self.polls += 1
            done = self.polls % 500 if self.moves else None
            body = json.dumps({**STATUS, "job_id": name, "completed_count": done, **self.news(name)}).encode()
            lines = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
            self.transport.write(lines + body)  # type: ignore[attr-defined]

    def news(self, _name: str) -> dict[str, str]:
        """What else there is to say of the job: nothing, as none ends here."""
        return {}


async def serve(make: Callable[[], Answering]) -> None:
    """Serve on a free port, which is printed, until killed."""
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def raw_server(moves: bool = True) -> Iterator[str]:
    """The address of a server that lives as long as the block; its answers move or stay."""
    with serving("benchmarks.fleet.served", "moves" if moves else "stays") as url:
        yield url


@contextmanager
def serving(*words: str) -> Iterator[str]:
    """The address that the module and arguments *words* print, while it runs."""
    process = subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    asyncio.run(serve(lambda: Answering(sys.argv[1] == "moves")))
