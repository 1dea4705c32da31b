"""How a fleet in an event loop sends its looks: by aiohttp where that is installed, as httpx searches its pool."""

from __future__ import annotations

import httpx

from jobwait._crews_async import Sender
from jobwait._drive import do_async
from jobwait._steps import Look, Send


def sender() -> Sender:
    """What sends the requests of a fleet."""

    async def send(step: Look | Send) -> httpx.Response | Exception:
        reply = (await do_async(step)).reply
        assert isinstance(reply, httpx.Response | Exception), "a request has an answer"  # noqa: S101
        return reply

    return send
