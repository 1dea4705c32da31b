"""Pools: made when first needed, one for each event loop, closed by with, usable again."""

import threading
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio
import anyio.lowlevel
import pytest

from jobwait._httpx import httpx
from promptforge_client import AuthenticatedClient, Client
from promptforge_client.api.health import get_health
from promptforge_client.api.jobs import get_job_status
from promptforge_client.errors import StatusError

BACKENDS = ["asyncio", "trio"]


class SyncOnly(httpx.BaseTransport):
    """A transport for the sync side."""

    def handle_request(self, request):
        """Answer every request."""
        return httpx.Response(200, json={"status": "sync"}, request=request)


class AsyncOnly(httpx.AsyncBaseTransport):
    """A transport for the async side."""

    async def handle_async_request(self, request):
        """Answer every request."""
        return httpx.Response(200, json={"status": "async"}, request=request)


@pytest.fixture(scope="module")
def address():
    """A server on the loopback that keeps its connections open."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = b'{"status": "ok"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_redirects_are_not_followed(client, service):
    """
    A redirect is an answer like any other, for the key must not go where it points.
    """
    service.answer = httpx.Response(302, headers={"Location": "https://elsewhere.example/"})

    with pytest.raises(StatusError) as failure:
        get_job_status.sync(client, "j")
    assert (302, 1) == (failure.value.status, len(service.asked))


def test_a_pool_is_closed_by_with_and_made_again():
    """
    A client can be entered again and again; each time it has a fresh pool.
    """
    client = Client(transport=SyncOnly())
    pools = []
    for _ in range(2):
        with client:
            assert "sync" == get_health.sync(client).status
            pools.append(client.get_httpx_client())
        assert pools[-1].is_closed

    assert pools[0] is not pools[1]


def test_closing_twice_or_unused_is_fine():
    """
    A client that made no pool has nothing to close.
    """
    client = Client()
    client.close()
    client.close()
    anyio.run(client.aclose)


def test_threads_share_one_pool(connect, monkeypatch):
    """
    Threads that need the first pool at the same time get the same one.
    """
    made = []
    real = httpx.Client

    def slow(**settings):
        made.append(real(**settings))
        return made[-1]

    monkeypatch.setattr(httpx, "Client", slow)
    client, start, got = connect(), threading.Barrier(8), []

    def take():
        start.wait()
        got.append(client.get_httpx_client())

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (1, 8, 1) == (len(made), len(got), len(set(map(id, got))))


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_event_loop_has_its_own_pool(address, backend):
    """
    A second event loop does not meet the connections of the first, which died with it.
    """
    client = Client(base_url=address)
    pools = []

    async def ask():
        async with client:
            for _ in range(2):
                assert "ok" == (await get_health.asyncio(client)).status
            pools.append(client.get_async_httpx_client())
            assert pools[-1] is client.get_async_httpx_client()
        assert pools[-1].is_closed

    for _ in range(2):
        anyio.run(ask, backend=backend)
    assert pools[0] is not pools[1]


def test_async_with_closes_both_sides():
    """
    `async with` closes this loop's pool and the sync one, which async code may have used as well.
    """
    client = Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"status": "ok"})))

    async def use():
        async with client:
            await get_health.asyncio(client)
            get_health.sync(client)
            pools = client.get_httpx_client(), client.get_async_httpx_client()
        assert all(pool.is_closed for pool in pools)

    anyio.run(use)


def test_one_client_serves_sync_and_async(address):
    """
    The same client works on both sides, one after the other.
    """
    with Client(base_url=address) as client:
        assert "ok" == get_health.sync(client).status
        anyio.run(_ask, client)
        assert "ok" == get_health.sync(client).status


async def _ask(client):
    async with client:
        assert "ok" == (await get_health.asyncio(client)).status


@pytest.mark.parametrize(
    ("transport", "sync", "asynchronous"),
    [(SyncOnly(), True, False), (AsyncOnly(), False, True), (httpx.MockTransport(lambda _: None), True, True)],
)
def test_a_transport_serves_the_side_that_it_is_made_for(transport, sync, asynchronous):
    """
    A transport goes to the sync pool, the async pool or both, by its base class; the network never stands in for it.
    """
    client = Client(transport=transport)

    async def use():
        async with client:
            return client.get_async_httpx_client()._transport is transport

    def refused():
        return pytest.raises(ValueError, match=r"cannot send this request\. Use the client in")

    with client if sync else refused():
        assert client.get_httpx_client()._transport is transport
    with nullcontext() if asynchronous else refused():
        assert anyio.run(use)


@pytest.mark.parametrize("backend", BACKENDS)
def test_clients_in_one_event_loop_have_a_pool_each(backend, monkeypatch):
    """
    Where anyio knows the values of an event loop by their names alone, as it once did, no client sends by another's.
    """
    values = {}

    class ByName:
        def __init__(self, name, default):
            self.name, self.default = name, default

        def get(self):
            return values.get(self.name, self.default)

        def set(self, value):
            values[self.name] = value

    monkeypatch.setattr(anyio.lowlevel, "RunVar", ByName)
    transports = [AsyncOnly(), AsyncOnly()]

    async def used():
        clients = [Client(transport=transport) for transport in transports]
        return [client.get_async_httpx_client()._transport for client in clients]

    assert transports == anyio.run(used, backend=backend)


def test_what_is_no_transport_is_refused_at_once():
    """
    Before anything is sent.
    """
    with pytest.raises(ValueError, match="transport must be one of httpx's transports, not object"):
        Client(transport=object())


def test_transport_errors_pass_through(connect):
    """
    What httpx raises is raised, sync and async: whoever uses the client knows httpx's errors already.
    """

    def refuse(request):
        raise httpx.ReadTimeout("too slow", request=request)

    client: AuthenticatedClient = connect(transport=httpx.MockTransport(refuse))

    with pytest.raises(httpx.ReadTimeout):
        get_job_status.sync(client, "j")

    async def ask():
        async with client:
            with pytest.raises(httpx.ReadTimeout):
                await get_job_status.asyncio(client, "j")

    anyio.run(ask)
