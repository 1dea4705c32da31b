"""Waits that are canceled at any turn of the event loop, or interrupted at any line: the next wait works."""

import asyncio
import gc
import json
import linecache
import re
import ssl
import sys
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import anyio
import pytest
import trio
import trustme
from anyio.streams.tls import TLSStream

from faults.server import Hostile, response
from jobwait import freeplay, promptforge, wait_all_async
from jobwait._http.engines.httpx_async import HttpxAsync
from jobwait._http.pool import ClientPool
from jobwait._httpx import httpx
from jobwait._polling.commands import Poll
from support.waits import FAST, NAME, backends, batch

OURS = trustme.CA()
REMOTE = "api.example.test"
UUID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
LINES = b"".join(b'{"prompt_id": "%d", "response": "r"}\n' % number for number in range(4000))
MOST_FILES = 2  # connections that a download leaves in the pool: that to the service, and one to the store
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


async def whole(wire):
    """The next request on *wire*, with its body."""
    text = ""
    while "\r\n\r\n" not in text:
        text += (await wire.receive()).decode()
    length = re.search(r"(?i)content-length: (\d+)", text)
    while length and len(text.partition("\r\n\r\n")[2]) < int(length[1]):
        text += (await wire.receive()).decode()
    return text


class Service:
    """
    A server in the same event loop, at which each job has one *status*; also the proxy that leads to it.

    open: its connections. submitted: the submissions that it took.
    """

    def __init__(self):
        self.status, self.open, self.submitted, self.proxy = "PROCESSING", 0, 0, False

    @asynccontextmanager
    async def served(self, tls):
        """The address."""
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610 - no database
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if tls:
            OURS.issue_cert("127.0.0.1", REMOTE).configure_cert(context)
        async with listener, anyio.create_task_group() as group:
            group.start_soon(listener.serve, lambda raw: self.serve(raw, context))
            self.url = f"http{'s' if tls else ''}://127.0.0.1:{port}"
            yield self.url
            group.cancel_scope.cancel()

    async def serve(self, raw, context):
        """Respond to each request, in two packets."""
        self.open += 1
        try:
            wire = raw
            if self.proxy:
                await raw.receive()
                await raw.send(b"HTTP/1.1 200 OK\r\n\r\n")
            if context is not None:
                wire = await TLSStream.wrap(raw, ssl_context=context, server_side=True)
            while request := await whole(wire):
                response = self.response(request.split(" ")[1])
                head = "\r\n".join(f"{name}: {value}" for name, value in response.headers.items())
                await wire.send(f"HTTP/1.1 {response.status_code} OK\r\n{head}\r\n\r\n".encode())
                await wire.send(response.content)
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
            pass
        finally:
            self.open -= 1
            await anyio.aclose_forcefully(raw)

    def response(self, path):
        """The response to a request for *path*."""
        if path == "/file":
            return httpx.Response(200, content=LINES)
        if path.endswith("/results"):
            file = {"url": f"{self.url}/file", "filename": "f", "expires_at": "2100-01-01T00:00:00Z"}
            return httpx.Response(200, json={"job_id": "j", "status": "COMPLETED", "files": [file]})
        if "optimiz" in path:
            self.submitted += 1
            return httpx.Response(202, json={"job_id": UUID, "status": "pending", "created_at": "2026-01-01T00:00:00Z"})
        return httpx.Response(200, json=batch(self.status, job_id=path.split("/")[3]))


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


@backends
def test_waits_through_a_proxy_canceled_at_every_turn_lose_no_connection(backend, monkeypatch):
    """While they connect to it, ask it for a tunnel, and in the handshake behind it."""
    turns, service, left = Turns(), Service(), {}
    service.proxy = True

    async def main():
        async with service.served(tls=True) as url:
            monkeypatch.setenv("HTTPS_PROXY", url.replace("https:", "http:"))
            async with promptforge.connect("key", base_url=f"https://{REMOTE}", verify=trusting()) as client:
                for at in (*range(1, TURNS), *range(1, TURNS)):
                    await canceled(backend, turns, at, lambda: single(client))
                    await settled()
                    if service.open > 1:
                        left[at] = service.open
                    if at == TURNS - 1:
                        await client.aclose()
                service.status = "COMPLETED"
                outcome = await promptforge.job(client, NAME).outcome_async(policy=FAST, timeout=20)
                return outcome.state, outcome.errors

    found = anyio.run(main, backend=backend, backend_options=turns.options(backend))
    assert (("succeeded", 0), {}) == (found, left)


@backends
def test_results_canceled_at_every_turn_lose_no_connection(backend, tmp_path):
    """Into memory and into a folder: while the links are asked for, and in the middle of a file."""
    turns, service, left = Turns(), Service(), {}

    async def main():
        async with service.served(tls=False) as url, promptforge.connect("key", base_url=url) as client:
            job = promptforge.job(client, "j")
            for kind in ("memory", "folder"):
                for at in range(1, TURNS):
                    folder = tmp_path / str(at)
                    fetch = job.results_async if kind == "memory" else partial(job.download_async, folder)
                    await canceled(backend, turns, at, fetch)
                    await settled()
                    if service.open > MOST_FILES:
                        left[kind, at] = service.open
            turns.begin((), None)
            (path,) = await job.download_async(tmp_path / "last")
            return path.read_bytes() == LINES, len(await job.results_async())

    found = anyio.run(main, backend=backend, backend_options=turns.options(backend))
    assert ((True, 4000), {}) == (found, left)


@pytest.mark.filterwarnings("ignore:Async generator 'httpx._content:ResourceWarning")  # trio's, of httpx's own body
@backends
def test_submissions_canceled_at_every_turn_lose_no_connection_and_are_not_repeated(backend):
    """The service takes at most one for each call; the next one is taken."""
    turns, service, left = Turns(), Service(), {}

    async def main():
        async with service.served(tls=False) as url, freeplay.connect("key", base_url=url) as client:

            def submit():
                return freeplay.submit_async(client, UUID, prompt_template_version_id=UUID, dataset_id=UUID)

            for at in range(1, TURNS):
                before = service.submitted
                await canceled(backend, turns, at, submit)
                await settled()
                assert service.submitted - before <= 1
                if service.open > 1:
                    left[at] = service.open
            turns.begin((), None)
            return (await submit()).id

    assert (UUID, {}) == (anyio.run(main, backend=backend, backend_options=turns.options(backend)), left)


def move_on(wait):
    """*wait* in a scope of anyio's that is over when `end` is called."""

    async def bounded(turns, at):
        with anyio.move_on_after(3600) as scope:
            turns.begin((at,), scope.cancel)
            await wait()

    return bounded


def timed_out(wait):
    """*wait* in asyncio's timeout."""

    async def bounded(turns, at):
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as timeout:
                turns.begin((at,), lambda: timeout.reschedule(asyncio.get_running_loop().time()))
                await wait()

    return bounded


def failing_neighbour(wait):
    """*wait* in a task group whose other task fails."""

    async def bounded(turns, at):
        async def fail():
            await failed.wait()
            raise LookupError

        failed = anyio.Event()
        turns.begin((at,), failed.set)
        with suppress(ExceptionGroup):
            async with anyio.create_task_group() as group:
                group.start_soon(fail)
                await wait()
                group.cancel_scope.cancel()

    return bounded


@pytest.mark.parametrize("wait", [single, fleet])
@pytest.mark.parametrize("bounded", [move_on, timed_out, failing_neighbour])
def test_waits_ended_by_timeouts_and_groups_lose_no_connection(bounded, wait):
    """The ways in which programs cancel: a timeout at any turn, or an error of another task."""
    turns, service, left = Turns(), Service(), {}

    async def main():
        async with service.served(tls=False) as url, promptforge.connect("key", base_url=url) as client:
            for at in range(1, TURNS):
                await bounded(lambda: wait(client))(turns, at)
                await settled()
                if service.open > (wait is single):
                    left[at] = service.open
            service.status = "COMPLETED"
            return (await promptforge.job(client, NAME).outcome_async(policy=FAST, timeout=20)).errors

    assert (0, {}) == (anyio.run(main, backend_options=turns.options("asyncio")), left)


@backends
def test_a_wait_canceled_again_and_again_beside_many_harms_none(backend):
    """Twenty waits on one client; at each turn another one is canceled: connections stay bounded, no request fails."""
    turns, service, most = Turns(), Service(), [0]

    async def main():
        async with service.served(tls=False) as url, promptforge.connect("key", base_url=url) as client:
            outcomes = []

            async def wait(number):
                job = promptforge.job(client, f"j{number}")
                outcomes.append(await job.outcome_async(policy=FAST, timeout=60))

            async with anyio.create_task_group() as group:
                for number in range(20):
                    group.start_soon(wait, number)
                for at in range(1, TURNS):
                    await canceled(backend, turns, at, lambda: single(client))
                    most[0] = max(most[0], service.open)
                service.status = "COMPLETED"
            await client.aclose()
            await settled()
            return [(one.state, one.errors) for one in outcomes]

    found = anyio.run(main, backend=backend, backend_options=turns.options(backend))
    assert [("succeeded", 0)] * 20 == found
    assert most[0] <= 2 * 21  # those of the pool in use, and of pools with requests that began before
    assert service.open == 0


@pytest.mark.parametrize("times", [2, 3])
def test_waits_canceled_again_while_they_end_leave_a_pool_that_works(times):
    """The pool that was replaced is closed, although its closing is canceled too."""
    turns, service, left = Turns(), Service(), {}

    async def main():
        async with service.served(tls=False) as url, promptforge.connect("key", base_url=url) as client:
            for at in range(1, TURNS):
                await canceled("asyncio", turns, at, lambda: single(client), times)
                assert not busy(client.get_async_httpx_client())
                await settled()
                if service.open > 1:
                    left[at] = service.open
            service.status = "COMPLETED"
            return (await promptforge.job(client, NAME).outcome_async(policy=FAST, timeout=20)).errors

    assert (0, {}) == (anyio.run(main, backend_options=turns.options("asyncio")), left)
    gc.collect()  # a connection that was left open would give a ResourceWarning


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
        if not {"httpcore", "httpcore2"}.intersection(Path(file).parts) or file.endswith("_synchronization.py"):
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
