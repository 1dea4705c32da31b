"""The sandbox: four small servers on loopback in a thread of their own."""

import asyncio
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs
import uvicorn
from starlette.types import ASGIApp

from jobwait.sandbox.clock import Clock
from jobwait.sandbox.freeplay import Freeplay
from jobwait.sandbox.fryte.planner import Fryte
from jobwait.sandbox.promptforge.api import PromptForge
from jobwait.sandbox.promptforge.batch import Mode
from jobwait.sandbox.rate_limit import Allow, Window, unlimited
from jobwait.sandbox.signed_links import Signer, bucket
from jobwait.sandbox.state_file import Store
from jobwait.sandbox.stats import ServiceStats
from jobwait.sandbox.web import Service, application

LOOPBACK = "127.0.0.1"
SERVICES = ("freeplay", "fryte", "promptforge")


@attrs.frozen
class Address:
    """Where a service of the sandbox is, and the key that opens it."""

    url: str
    key: str


class Sandbox:
    """
    The three services on free ports of loopback, from `with Sandbox() as box:` until the block ends.

    *speed* is how many seconds jobs and links live through in one real second. *seed* makes keys,
    identifiers and durations repeat. *promptforge_mode* is "docs" or "server". *limits* gives requests a
    second, by service; None lifts even FRYTE's own limit of 120 a minute. *state* names a file from which a
    later sandbox with the same seed, speed and mode goes on. *port* is the first of four in a row, 0 takes
    free ones. *clock* gives seconds since the epoch.

    Raises:
        ValueError: if a value makes no sense, or *state* was made with others.

    """

    def __init__(
        self,
        *,
        speed: float = 60,
        seed: int = 7,
        promptforge_mode: Mode = "docs",
        limits: Mapping[str, int | None] | None = None,
        state: str | PathLike[str] | None = None,
        port: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        limits = limits or {}
        _refuse_nonsense(speed, promptforge_mode, limits, port)
        self._store = Store(Path(state) if state else None, seed=seed, speed=float(speed), mode=promptforge_mode)
        try:
            self._sockets = _listen(port)
        except OSError:
            self._store.close()
            raise
        urls = ["http://{}:{}".format(*sock.getsockname()) for sock in self._sockets]
        keys = [_key(seed, service) for service in SERVICES]
        self.freeplay, self.fryte, self.promptforge = map(Address, urls, keys)

        when = Clock(speed, clock)
        signer = Signer(_key(seed, "links").encode(), urls[3], clock)
        allow = {service: _allowance(service, limits, clock) for service in SERVICES}
        freeplay = Freeplay(seed, keys[0], when, self._store, allow["freeplay"])
        fryte = Fryte(seed, keys[1], when, self._store, allow["fryte"], retry_after="fryte" in limits)
        promptforge = PromptForge(seed, keys[2], when, self._store, allow["promptforge"], promptforge_mode, signer)
        self._services: dict[str, Service] = {
            "freeplay": freeplay,
            "fryte": fryte,
            "promptforge": promptforge,
        }
        self.apps: dict[str, ASGIApp] = {name: application(it) for name, it in self._services.items()}
        self.apps["links"] = bucket(signer, promptforge, promptforge.stats)
        self._servers: list[uvicorn.Server] = []
        self._thread: threading.Thread | None = None

    def stats(self) -> dict[str, ServiceStats]:
        """What each service was asked so far, counted from the start of this sandbox."""
        return {name: service.stats.snapshot() for name, service in self._services.items()}

    def start(self) -> None:
        """
        Serve from now on; the sockets listen already, so there is nothing to wait for.

        Raises:
            RuntimeError: it was started before; a sandbox serves once.

        """
        if self._servers:
            raise RuntimeError("A sandbox serves once: make a new one, with state=… to go on where this one was.")
        self._servers = [uvicorn.Server(_config(app)) for app in self.apps.values()]
        self._thread = threading.Thread(target=self._serve, name="jobwait-sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Serve no longer, and let go of ports and file."""
        for server in self._servers:
            server.should_exit = True
        if self._thread:
            self._thread.join()
            self._thread = None
        for sock in self._sockets:
            sock.close()
        self._store.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _serve(self) -> None:
        async def serve() -> None:
            pairs = zip(self._servers, self._sockets, strict=True)
            await asyncio.gather(*(server.serve(sockets=[sock]) for server, sock in pairs))

        asyncio.run(serve())


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        log_level="error",  # what callers send wrong is no news here
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _listen(port: int) -> list[socket.socket]:
    """Four listening sockets, on loopback and nowhere else."""
    sockets: list[socket.socket] = []
    try:
        for offset in range(len(SERVICES) + 1):
            # asyncio turns off Nagle's delay only where it reads TCP here, which create_server leaves out.
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


def _allowance(service: str, limits: Mapping[str, int | None], clock: Callable[[], float]) -> Allow:
    if service in limits:
        most = limits[service]
        return unlimited if most is None else Window(most, 1.0, apart=False, now=clock)
    if service == "fryte":
        return Window(120, 60.0, apart=True, now=clock)
    return unlimited


def _refuse_nonsense(speed: float, mode: str, limits: Mapping[str, int | None], port: int) -> None:
    if not 0 < speed < float("inf"):
        raise ValueError(f"speed must be positive and finite, not {speed}")
    if not 0 <= port <= 65535 - len(SERVICES):
        raise ValueError(f"port must be 0 or the first of four in a row, not {port}")
    if mode not in ("docs", "server"):
        raise ValueError(f"promptforge_mode must be docs or server, not {mode!r}")
    for service, most in limits.items():
        if service not in SERVICES:
            raise ValueError(f"limits knows {', '.join(SERVICES)}, not {service!r}")
        if most is not None and most < 1:
            raise ValueError(f"the limit of {service} must be at least 1 a second, not {most}")
