"""
Loads, in a thread, what the first requests in an event loop need: the loop goes on meanwhile.

httpx, anyio, aiohttp and the generated clients import most of themselves when they are first used. That takes up to
half a second of CPU time, and sync programs never need most of it.
"""

import ssl
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from jobwait._httpx import httpx
from jobwait._sync.background_task import in_asyncio, in_thread

_OURS: Final = (
    *("jobwait._http.engines.httpx_async", "jobwait._http.body"),
    *("encodings.utf_16_be", "encodings.utf_16_le"),  # for json
    "statistics",  # for the durations of similar jobs
)
_loaded: Final[set[str]] = set()
_models: Final[set[str]] = set()


def note_client(made: Any) -> None:
    """Have the models that go with the generated client class *made* loaded, too."""
    _models.add(made.__module__.rpartition(".")[0] + ".models")


async def load(*modules: str) -> None:
    """Load what requests in this event loop need, and *modules*, which may be missing, unless that was done before."""
    backend = "asyncio" if in_asyncio() else "trio"
    missing = {backend, *_OURS, *modules, *_models} - _loaded
    if missing:
        await in_thread(lambda: _load(backend, missing))


def _load(backend: str, modules: Iterable[str]) -> None:
    if backend in modules:
        with suppress(Exception):  # whatever it is, it is raised again where the module is needed
            _use_libraries(backend)
    for name in modules:
        with suppress(Exception):
            module = import_module(name)
            if name in _models:
                for model in getattr(module, "__all__", ()):
                    getattr(module, model)
    _loaded.update(modules)


def _use_libraries(backend: str) -> None:
    """Have anyio load its code for *backend*, httpx that of connections, and ssl that of names of hosts."""
    import anyio  # noqa: PLC0415 - this is its first use
    import anyio.lowlevel  # noqa: PLC0415 - the same

    httpx.AsyncHTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False)
    "localhost".encode("idna")
    anyio.run(anyio.lowlevel.checkpoint, backend=backend)
