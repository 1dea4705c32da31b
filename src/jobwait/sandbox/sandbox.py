"""The sandbox: four small HTTP servers on loopback, in a thread."""

import asyncio
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Final, Self

import attrs
import uvicorn
from starlette.types import ASGIApp

from jobwait._sync import clock
from jobwait.sandbox.clock import Clock
from jobwait.sandbox.freeplay import Freeplay
from jobwait.sandbox.fryte.api import Fryte
from jobwait.sandbox.http_app import Service, application
from jobwait.sandbox.promptforge.api import PromptForge
from jobwait.sandbox.promptforge.prompt_file import Mode
from jobwait.sandbox.promptforge.signed_links import Signer, bucket
from jobwait.sandbox.rate_limit import SlidingWindow
from jobwait.sandbox.request_counts import ServiceStats
from jobwait.sandbox.state_file import Store

GRACE: Final = 5.0  # seconds for which requests in progress may hold up the end
LOOPBACK = "127.0.0.1"
SERVICES = ("freeplay", "fryte", "promptforge")


@attrs.frozen
class Address:
    """URL and API key of a service of the sandbox; PromptForge has another client, with a key of its own."""

    __module__ = "jobwait.sandbox"

    url: str
    key: str
    other_key: str | None = None


class Sandbox:
    """
    The three services on loopback, from `with Sandbox() as box:` to the end of the block.

    *speed*: seconds that jobs and links age in one real second. *seed*: the same one gives the same API keys,
    identifiers and durations. *promptforge_mode*: "server" behaves as PromptForge's published server, "docs" as its
    documentation says. *limits*: requests a second, by service; None removes FRYTE's own limit of 120 a minute, too.
    *state*: a file from which a later sandbox with the same seed, speed and mode continues. *port*: the first of four
    ports in a row, or 0 for free ones. *clock*: returns seconds since the epoch.

    Raises:
        ValueError: a value is invalid, or *state* was made with others.

    """

    __module__ = "jobwait.sandbox"

    def __init__(
        self,
        *,
        speed: float = 60,
        seed: int = 7,
        promptforge_mode: Mode = "server",
        limits: Mapping[str, int | None] | None = None,
        state: str | PathLike[str] | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        limits = limits or {}
        _check_arguments(speed, promptforge_mode, limits, port)
        self._store = Store(Path(state) if state else None, seed=seed, speed=float(speed), mode=promptforge_mode)
        try:
            self._sockets = _listen(port)
        except OSError:
            self._store.close()
            raise
        urls = ["http://{}:{}".format(*sock.getsockname()) for sock in self._sockets]
        keys = tuple(_key(seed, service) for service in SERVICES)
        other = _key(seed, "promptforge:other")
        self.freeplay, self.fryte = map(Address, urls[:2], keys[:2])
        self.promptforge = Address(urls[2], keys[2], other)

        job_clock = Clock(speed, clock)
        signer = Signer(_key(seed, "links").encode(), urls[3], clock)
        limit = {service: _rate_limit(service, limits, clock) for service in SERVICES}
        freeplay = Freeplay(seed, keys[:1], job_clock, self._store, limit["freeplay"])
        fryte = Fryte(seed, keys[1:2], job_clock, self._store, limit["fryte"], retry_after="fryte" in limits)
        promptforge = PromptForge(
            seed, (keys[2], other), job_clock, self._store, limit["promptforge"], promptforge_mode, signer
        )
        self._services: dict[str, Service] = {"freeplay": freeplay, "fryte": fryte, "promptforge": promptforge}
        self.apps: dict[str, ASGIApp] = {name: application(service) for name, service in self._services.items()}
        self.apps["links"] = bucket(signer, promptforge.put, promptforge.get, promptforge.counts)
        self._servers: list[uvicorn.Server] = []
        self._thread: threading.Thread | None = None

    def environment(self) -> dict[str, str]:
        """Keys and addresses as the variables that each connect() reads: `os.environ |= box.environment()`."""
        return _variables({service: getattr(self, service) for service in SERVICES})

    def stats(self) -> dict[str, ServiceStats]:
        """The requests to each service since the start of this sandbox."""
        return {name: service.counts.snapshot() for name, service in self._services.items()}

    def set_outage(self, service: str, *, on: bool = True) -> None:
        """
        Let each request to *service* get 503 from now on, or with on=False no longer; its jobs run on meanwhile.

        Raises:
            ValueError: there is no such service.

        """
        if service not in self._services:
            raise ValueError(f"service must be one of {', '.join(SERVICES)}, not {service!r}")
        self._services[service].down = on

    def start(self) -> None:
        """
        Start to serve. The sockets listen already, so the caller need not wait.

        Raises:
            RuntimeError: it was started before; a sandbox serves only once.

        """
        if self._servers:
            raise RuntimeError("A sandbox serves only once: make a new one, with state=… to continue from this one.")
        self._servers = [uvicorn.Server(_config(app)) for app in self.apps.values()]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="jobwait-sandbox", daemon=True)
        clock.current.leave_out(self._thread)  # the server's ticks are no sleeps of a program that is tested
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, and close the ports and the file."""
        for server in self._servers:
            server.should_exit = True
        if self._thread:
            self._thread.join(GRACE)
            for server in self._servers:
                server.force_exit = True  # whatever it still waits for
            self._thread.join(GRACE)  # a daemon: it holds up no end of the program
            self._thread = None
        for sock in self._sockets:
            sock.close()
        self._store.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _serve(self) -> None:
        pairs = zip(self._servers, self._sockets, strict=True)
        await asyncio.gather(*(server.serve(sockets=[sock]) for server, sock in pairs))


def environment_at(port: int, seed: int = 7) -> dict[str, str]:
    """The environment() of the sandbox whose ports begin at *port*, from its *seed*; whether it runs is not asked."""
    urls = (f"http://{LOOPBACK}:{port + number}" for number in range(len(SERVICES)))
    return _variables({name: Address(url, _key(seed, name)) for name, url in zip(SERVICES, urls, strict=True)})


def _variables(addresses: Mapping[str, Address]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, address in addresses.items():
        found |= {f"{name.upper()}_API_KEY": address.key, f"{name.upper()}_BASE_URL": address.url}
    return found


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        log_level="error",  # invalid requests are expected here
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _listen(port: int) -> list[socket.socket]:
    """Four listening sockets, on loopback and nowhere else."""
    sockets: list[socket.socket] = []
    try:
        for offset in range(len(SERVICES) + 1):
            # asyncio turns off Nagle's delay only if the socket's protocol is given, which create_server does not do.
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            sockets.append(sock)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((LOOPBACK, port + offset if port else 0))
            sock.listen(2048)
    except OSError:
        for sock in sockets:
            sock.close()
        raise
    return sockets


def _key(seed: int, service: str) -> str:
    return f"sandbox-{service}-{hashlib.sha256(f'{seed}:{service}'.encode()).hexdigest()[:48]}"


def _rate_limit(service: str, limits: Mapping[str, int | None], clock: Callable[[], float]) -> SlidingWindow | None:
    if service in limits:
        requests = limits[service]
        return None if requests is None else SlidingWindow(requests, 1.0, per_operation=False, now=clock)
    return SlidingWindow(120, 60.0, per_operation=True, now=clock) if service == "fryte" else None


def _check_arguments(speed: float, mode: str, limits: Mapping[str, int | None], port: int) -> None:
    if not 0 < speed < float("inf"):
        raise ValueError(f"speed must be positive and finite, not {speed}")
    if not 0 <= port <= 65535 - len(SERVICES):
        raise ValueError(f"port must be 0 or the first of four in a row, not {port}")
    if mode not in ("docs", "server"):
        raise ValueError(f"promptforge_mode must be docs or server, not {mode!r}")
    for service, requests in limits.items():
        if service not in SERVICES:
            raise ValueError(f"limits knows {', '.join(SERVICES)}, not {service!r}")
        if requests is not None and requests < 1:
            raise ValueError(f"the limit of {service} must be at least 1 a second, not {requests}")
