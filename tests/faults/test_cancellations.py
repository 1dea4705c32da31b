"""Waits that are canceled at any turn of the event loop, or interrupted at any line: the next wait works."""

import asyncio
import gc
import json
import linecache
import ssl
import sys
import warnings
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest
import trio
import trustme
from anyio.streams.tls import TLSStream

from faults.server import Hostile, response
from jobwait import promptforge, wait_all_async
from jobwait._http.engines.httpx_async import HttpxAsync
from jobwait._http.pool import ClientPool
from jobwait._polling.commands import Poll
from support.waits import FAST, NAME, backends, batch

OURS = trustme.CA()
TURNS = 72  # more than those of the first two polls


class Turns:
    """Calls *act* at the turns *at* of the event loop."""

    def __init__(self):
        self.turn, self.at, self.act = 0, (), None

    def begin(self, at, act):
        """Count the turns from now on."""
        self.turn, self.at, self.act = 0, at, act

    def passed(self, *_):
        """One more turn."""
        self.turn += 1
        if self.turn in self.at:
            self.act()

    def options(self, backend):
        """For anyio.run()."""
        if backend == "trio":
            return {"instruments": [Instrument(self)]}
        turns = self

        class Loop(asyncio.SelectorEventLoop):
            def _run_once(self):
                turns.passed()
                super()._run_once()

        return {"loop_factory": Loop}


class Instrument(trio.abc.Instrument):
    """Reports the turns of trio."""

    def __init__(self, turns):
        self.before_task_step = turns.passed


class Service:
    """A server in the same event loop, at which each job has one *status*. open: its connections."""

    def __init__(self):
        self.status, self.open = "PROCESSING", 0

    @asynccontextmanager
    async def served(self, tls):
        """The address."""
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610 - no database
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if tls:
            OURS.issue_cert("127.0.0.1").configure_cert(context)
        async with listener, anyio.create_task_group() as group:
            group.start_soon(listener.serve, lambda raw: self.serve(raw, context))
            yield f"http{'s' if tls else ''}://127.0.0.1:{port}"
            group.cancel_scope.cancel()

    async def serve(self, raw, context):
        """Respond to each request, in two packets."""
        self.open += 1
        try:
            wire = raw if context is None else await TLSStream.wrap(raw, ssl_context=context, server_side=True)
            while request := await wire.receive():
                response = httpx.Response(200, json=batch(self.status, job_id=request.decode().split("/")[3]))
                head = "\r\n".join(f"{name}: {value}" for name, value in response.headers.items())
                await wire.send(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
                await wire.send(response.content)
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            pass
        finally:
            self.open -= 1
            await anyio.aclose_forcefully(raw)


async def canceled(backend, turns, at, wait, times=1):
    """Begin *wait* and cancel it at the turn *at* of the loop, and again at the next ones."""
    if backend == "trio":
        with anyio.CancelScope() as scope:
            turns.begin((at,), scope.cancel)
            await wait()
        return
    task = asyncio.ensure_future(wait())
    turns.begin(range(at, at + times), task.cancel)
    await asyncio.wait([task])
    assert task.cancelled() or not task.exception()


async def settled():
    """A few turns, in which a server sees what was closed."""
    for _ in range(12):
        await anyio.lowlevel.checkpoint()


def trusting():
    """A client's TLS settings that trust our CA."""
    context = ssl.create_default_context()
    OURS.configure_trust(context)
    return context


def single(client):
    """A wait for one job."""
    return promptforge.job(client, NAME).wait_async(policy=FAST, timeout=20)


def fleet(client):
    """A wait for several jobs."""
    return wait_all_async([promptforge.job(client, f"j{number}") for number in range(3)], policy=FAST, timeout=20)


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("wait", [single, fleet])
@backends
def test_waits_canceled_at_every_turn_lose_no_connection(backend, wait, tls):
    """While they connect, in the handshake, while they send and receive: the next wait works."""
    turns, service, left = Turns(), Service(), {}

    async def main():
        async with service.served(tls) as url, promptforge.connect("key", base_url=url, verify=trusting()) as client:
            for at in (*range(1, TURNS), *range(1, TURNS)):
                await canceled(backend, turns, at, lambda: wait(client))
                await settled()
                if service.open > (wait is single):  # that of the client's pool
                    left[at] = service.open
                if at == TURNS - 1:
                    await client.aclose()  # so that the next one connects
            service.status = "COMPLETED"
            outcome = await promptforge.job(client, NAME).outcome_async(policy=FAST, timeout=20)
            return outcome.state, outcome.errors

    found = anyio.run(main, backend=backend, backend_options=turns.options(backend))
    assert (("succeeded", 0), {}) == (found, left)


@pytest.mark.parametrize("times", [2, 3])
def test_waits_canceled_again_while_they_end_leave_a_pool_that_works(times):
    """What the second cancellation leaves open is with the pool that was replaced."""
    turns, service = Turns(), Service()

    async def main():
        async with service.served(tls=False) as url, promptforge.connect("key", base_url=url) as client:
            for at in range(1, TURNS):
                await canceled("asyncio", turns, at, lambda: single(client), times)
                assert not busy(client.get_async_httpx_client())
            service.status = "COMPLETED"
            return (await promptforge.job(client, NAME).outcome_async(policy=FAST, timeout=20)).errors

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # such a connection is closed as garbage
        assert 0 == anyio.run(main, backend_options=turns.options("asyncio"))
        gc.collect()


def busy(pool):
    """The connections of *pool* that no request can use."""
    return [one for one in pool._transport._pool.connections if not (one.is_idle() or one.is_closed())]


@backends
def test_a_canceled_wait_does_not_disturb_another_on_the_same_client(backend):
    """The pool that is replaced is closed after its last request."""
    turns, service = Turns(), Service()

    async def main():
        async with service.served(tls=False) as url, promptforge.connect("key", base_url=url) as client:
            for at in range(1, TURNS, 3):
                service.status = "PROCESSING"
                async with anyio.create_task_group() as group:
                    others = [promptforge.job(client, f"j{number}") for number in range(3)]
                    outcomes = []

                    async def wait(job, outcomes=outcomes):
                        outcomes.append(await job.outcome_async(policy=FAST, timeout=20))

                    for job in others:
                        group.start_soon(wait, job)
                    await canceled(backend, turns, at, lambda: single(client))
                    service.status = "COMPLETED"
                assert [("succeeded", 0)] * 3 == [(one.state, one.errors) for one in outcomes]
            await settled()
            await client.aclose()
            await settled()
            return service.open

    assert 0 == anyio.run(main, backend=backend, backend_options=turns.options(backend))


@backends
def test_canceled_requests_of_a_generated_client_lose_no_connection(backend):
    """The client replaces its pool without jobwait too."""
    turns, service, left = Turns(), Service(), {}

    async def main():
        async with service.served(tls=False) as url, promptforge.connect("key", base_url=url) as client:
            request = client.build_request("GET", "/v1/jobs/j1/status")
            for at in range(1, 32):
                await canceled(backend, turns, at, lambda: client.send_async(request))
                await settled()
                if service.open > 1:
                    left[at] = service.open
            return (await client.send_async(request)).status_code

    assert (200, {}) == (anyio.run(main, backend=backend, backend_options=turns.options(backend)), left)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("within", ["connects", "waits"])
def test_waits_interrupted_at_any_line_leave_a_client_that_works(within):
    """Ctrl-C, or a time limit of a task queue, anywhere in httpcore: no connection stays busy."""
    with (
        Hostile(lambda _: response(json.dumps(batch()).encode())) as server,
        promptforge.connect("key", base_url=server.url) as client,
    ):
        for at in range(1, 1500, 23):
            if within == "connects":
                client.close()
            interrupted(at, lambda: promptforge.job(client, NAME).outcome(policy=FAST, timeout=20))
            assert not busy(client.get_httpx_client())
        assert 200 == client.send(client.build_request("GET", "/v1/jobs/j1/status")).status_code


def interrupted(at, wait):
    """
    Interrupt *wait* at the line *at* that it executes in httpcore.

    Not where that takes its own lock: interrupted there, it waits for the lock itself, until a second Ctrl-C.
    """
    left = at

    def count(frame, event, _arg):
        nonlocal left
        file = frame.f_code.co_filename
        if "httpcore" not in Path(file).parts or file.endswith("_synchronization.py"):
            return None
        left -= event == "line" and "_thread_lock" not in linecache.getline(file, frame.f_lineno)
        if not left:
            left = -1
            raise KeyboardInterrupt
        return count

    sys.settrace(count)
    try:
        with pytest.raises(KeyboardInterrupt):
            wait()
    finally:
        sys.settrace(None)


@backends
def test_requests_canceled_at_every_turn_on_a_fleets_own_connections_lose_none(backend):
    """As the deadline of a request does it; with a single connection the next one works."""
    turns, service = Turns(), Service()

    async def main():
        async with service.served(tls=False) as url, promptforge.connect("key", base_url=url) as client:
            engine, pool = HttpxAsync.own(client.verify, concurrency=1), ClientPool.of(client)

            def send():
                return engine.run(pool.attempt(Poll(promptforge.SERVICE, client, {"job_id": NAME}, 20)))

            for at in (*range(1, 36), *range(1, 36)):
                await canceled(backend, turns, at, send)
                await settled()
                assert service.open < 2
                await send()
                if at == 35:
                    await engine.close()
            await engine.close()
            await settled()
            return service.open

    assert 0 == anyio.run(main, backend=backend, backend_options=turns.options(backend))
