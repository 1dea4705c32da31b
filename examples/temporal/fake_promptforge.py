"""
A fake PromptForge that answers as many polls as this machine can: the id of a job says how long it runs.

    python fake_promptforge.py            # prints its port

`job-7-12500` ends 12.5 s after the first poll of any job. `/stats` returns the number of polls.
"""

import asyncio
import json
import time

FIELDS = {"provider": "openai", "model": "gpt-4o-mini", "prompt_count": 10, "created_at": "2026-06-11T16:47:49Z"}


class Service(asyncio.Protocol):
    """The minimum of HTTP that a client needs."""

    began = 0.0
    polls = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for the responses."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer each complete request."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            path, self.buffer = self.buffer.split(b" ", 2)[1].decode(), self.buffer[end + 4 :]
            body = {"polls": Service.polls} if path == "/stats" else self.status(path.split("/")[3])
            content = json.dumps(body).encode()
            head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(content)
            self.transport.write(head + content)

    def status(self, job_id: str) -> dict[str, object]:
        """The status of a job in PromptForge's format."""
        Service.polls += 1
        Service.began = Service.began or time.monotonic()
        over = time.monotonic() >= Service.began + int(job_id.split("-")[2]) / 1000
        counts = {"completed_count": 10, "failed_count": 0} if over else {"completed_count": None, "failed_count": None}
        return {**FIELDS, **counts, "job_id": job_id, "status": "COMPLETED" if over else "PROCESSING"}


async def serve() -> None:
    """Serve on a free port of loopback, which is printed, until killed."""
    server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
