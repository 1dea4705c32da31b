"""A server that plays responses byte by byte, and polls of it as those of a fleet go."""

import asyncio
from contextlib import asynccontextmanager

import promptforge_client
from jobwait import promptforge
from jobwait._http.pool import Pool
from jobwait._polling.commands import Poll

KEY = "sk-CANARY-0123456789"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
END = None  # the server closes the connection


class Server:
    """Plays one list of responses for each connection; a response may be a list of pieces. asked: what it was sent."""

    def __init__(self, *connections):
        self.left, self.asked, self.connections = list(connections), [], 0
        self.reached = asyncio.Event()

    async def play(self, reader, writer):
        """Serve one connection."""
        self.connections += 1
        try:
            for answer in self.left.pop(0):
                if answer is END:
                    return
                self.asked.append(await reader.readuntil(b"\r\n\r\n"))
                self.reached.set()
                for piece in [answer] if isinstance(answer, bytes) else answer:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
            await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


class Polling:
    """Sends requests as those of a fleet go."""

    def __init__(self, client):
        self.client, self.pool, self.ids = client, Pool(4), {"job_id": "j"}

    async def __call__(self, seconds=10.0):
        """The response to a poll, or the error."""
        return await self.pool.send_async(Poll(promptforge.SERVICE, self.client, self.ids, seconds))


@asynccontextmanager
async def polling(server, key=KEY, **more):
    """Polls *server*."""
    listening = await asyncio.start_server(server.play, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening, promptforge_client.AuthenticatedClient(token=key, base_url=url, **more) as client:
        poll = Polling(client)
        try:
            yield poll
        finally:
            await poll.pool.aclose()
