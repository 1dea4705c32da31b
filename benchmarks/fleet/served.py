"""
A raw local server: the least that can answer a look, in a process of its own.

Its answers move with each look, as those of a busy job do; or stay, as those of a service that tells no counts.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

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
    """Answers each request with the status of the job that its path names; with *longest* seconds set, jobs end."""

    longest = 0.0
    begun: ClassVar[dict[str, float]] = {}

    def __init__(self, moves: bool) -> None:
        self.moves = moves
        self.looks = 0

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
            self.looks += 1
            done = self.looks % 500 if self.moves else None
            body = json.dumps({**STATUS, "job_id": name, "completed_count": done, **self.state(name)}).encode()
            lines = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
            self.transport.write(lines + body)  # type: ignore[attr-defined]

    def state(self, name: str) -> dict[str, str]:
        """What has changed since the job *name* was first asked for: it lives through its share of the longest."""
        if not self.longest:
            return {}
        share = 0.2 + 0.8 * zlib.crc32(name.encode()) / 2**32
        age = time.monotonic() - self.begun.setdefault(name, time.monotonic())
        return {"status": "COMPLETED"} if age >= share * self.longest else {}


async def serve(moves: bool) -> None:
    """Serve on a free port, which is printed, until killed."""
    server = await asyncio.get_running_loop().create_server(lambda: Answering(moves), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def raw_server(longest: float = 0.0, *, moves: bool = True) -> Iterator[str]:
    """
    The address of a server that lives as long as the block.

    Its jobs end within *longest* seconds, or never; its answers move or stay.
    """
    words = [sys.executable, "-m", "benchmarks.fleet.served", str(longest), "moves" if moves else "stays"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    Answering.longest = float(sys.argv[1])
    asyncio.run(serve(sys.argv[2] == "moves"))
