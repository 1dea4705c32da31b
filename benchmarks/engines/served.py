"""
PromptForge in a process of its own, for thousands of polls a second: jobs whose ids say how long they take.

It refuses what exceeds its limit in any one second, and every key but its own, and tells in the end what it was asked.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CANARY = "canary-3c1f9e0b7d524a1f8e6a"  # the key; it must turn up nowhere else
FIELDS = {"provider": "openai", "model": "m", "prompt_count": 10, "created_at": "2026-06-11T16:47:49.945910Z"}


def job_ids(count: int, first: float, last: float) -> list[str]:
    """Ids of jobs that end between *first* and *last* seconds after the first poll at any."""
    return [f"job-{number:05d}-{int(1000 * (first + (last - first) * number / count))}" for number in range(count)]


class Served:
    """What was asked, and the rule for the answers."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.times: list[float] = []
        self.recent: deque[float] = deque()
        self.polls: Counter[str] = Counter()
        self.codes: Counter[int] = Counter()

    def answer(self, path: str, key: str) -> tuple[int, dict[str, Any]]:
        """The status and body for a request of *path* with *key*."""
        if path == "/stats":
            return 200, {"times": self.times, "polls": self.polls, "codes": self.codes}
        now = time.monotonic()
        code, body = self._poll(path.split("/")[3], key, now)
        self.times.append(now)
        self.codes[code] += 1
        return code, body

    def _poll(self, name: str, key: str, now: float) -> tuple[int, dict[str, Any]]:
        if key != CANARY:
            return 401, {"detail": "no such key"}
        while self.recent and self.recent[0] <= now - 1:
            self.recent.popleft()
        if self.limit and len(self.recent) >= self.limit:
            return 429, {"detail": "too fast"}
        self.recent.append(now)
        self.polls[name] += 1
        if name.startswith("echo"):
            return 400, {"detail": f"what shall I do with {key}"}
        left = (self.times[0] if self.times else now) + int(name.split("-")[2]) / 1000 - now
        over = left <= 0
        counts = {"completed_count": 10 if over else 3, "failed_count": 0}
        return 200, {**FIELDS, **counts, "job_id": name, "status": "COMPLETED" if over else "PROCESSING"}


class Answering(asyncio.Protocol):
    """The least of HTTP that a client needs."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[:end].decode(), self.buffer[end + 4 :]
            lines = head.split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            code, body = self.served.answer(lines[0].split(" ")[1], headers.get("x-api-key", ""))
            content = json.dumps(body).encode()
            told = f"HTTP/1.1 {code} X\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
            self.transport.write(told.encode() + content)  # type: ignore[attr-defined]


async def serve(limit: int) -> None:
    """Serve on a free port, which is printed, until killed."""
    served = Served(limit)
    server = await asyncio.get_running_loop().create_server(lambda: Answering(served), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def stats(url: str) -> dict[str, Any]:
    """What the server at *url* was asked."""
    with urllib.request.urlopen(f"{url}/stats", timeout=30) as answer:  # noqa: S310 - our own server
        return json.load(answer)


@contextmanager
def serving(limit: int = 0) -> Iterator[str]:
    """The address of a server that lives as long as the block; *limit* is in requests a second, 0 is none."""
    process = subprocess.Popen([sys.executable, __file__, str(limit)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
