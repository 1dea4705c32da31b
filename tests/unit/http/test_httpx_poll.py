"""A poll by a transport of httpx is sent as httpx would send it, and shows no key."""

import asyncio
import sys

import pytest

from jobwait._http.engines.httpx_poll import poll_request
from jobwait._http.pool import ClientPool, Pool
from jobwait._polling.commands import Poll
from jobwait.promptforge import SERVICE
from promptforge_client import AuthenticatedClient
from support.bytes_server import KEY, OK, Server, polling


def lines(head):
    """The request line, and the headers in any order."""
    first, *rest = head.split(b"\r\n")
    return first, sorted(rest)


@pytest.mark.parametrize("missing", [["asyncio_engine", "aiohttp_engine"], ["aiohttp_engine"]])
@pytest.mark.parametrize("more", [{}, {"headers": {"X-Team": "blue", "Cookie": "a=b"}}])
def test_it_is_what_a_client_of_httpx_sends(monkeypatch, missing, more):
    """By httpx's transport and by the engine for asyncio; beside the poll that a single wait sends."""
    for name in missing:
        monkeypatch.setitem(sys.modules, f"jobwait._http.engines.{name}", None)
    server = Server([OK, OK], [OK])

    async def main():
        async with polling(server, **more) as poll:
            found = [await poll(), await poll()]
            command = Poll(SERVICE, poll.client, poll.ids, 10.0)
            return [*found, await Pool().send_async(command)]

    assert [200, 200, 200] == [one.status_code for one in asyncio.run(main())]
    first, again, single = map(lines, server.asked)
    assert first == again == single
    assert any(KEY.encode() in one for one in first[1])


def test_nothing_of_it_shows_the_key():
    """A traceback with local variables shows each of its parts."""
    client = AuthenticatedClient(token=KEY, base_url="http://127.0.0.1:9")
    request = poll_request(ClientPool.of(client).attempt(Poll(SERVICE, client, {"job_id": "ü/1"}, 10.0)), print)
    assert b"/v1/jobs/%C3%BC%2F1/status" == request.url.raw_path
    assert KEY not in repr(request)
    assert KEY not in repr(request.headers)
    assert any(KEY.encode() in value for _, value in request.headers.raw)
