"""Each service's operations, the good responses to them, and engines that drive them without real sleeps."""

import json
import ssl
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from attrs import field, frozen

import freeplay_client
import fryte_client
import promptforge_client
from faults.catalogue import CANARY
from faults.server import Request, response
from jobwait import Policy, freeplay, fryte, promptforge
from jobwait._http.pool import Pool
from jobwait._jobs.gather import gather, gather_async
from jobwait._polling.commands import Compute, Gather, Poll, Result, SendRequest, Sleep
from jobwait.testing import EPOCH
from support.services import DATASET, PROJECT, PROMPTS, ROWS, TEMPLATE, TOUR

ROW = {row.name: row for row in ROWS}
ENDS = {"freeplay": "completed", "fryte": "succeeded", "promptforge": "COMPLETED"}
CLIENTS = {
    "freeplay": freeplay_client.AuthenticatedClient,
    "fryte": fryte_client.AuthenticatedClient,
    "promptforge": promptforge_client.AuthenticatedClient,
}
VERIFY = ssl.create_default_context()  # one for all clients: to make it takes longer than a test
MOMENT = "2026-06-11T16:47:49Z"
COUNTED = Policy(outage=0)  # the number of failures alone ends a wait
FILE = b'{"prompt_id": 1, "prompt": "Say 1.", "response": "1"}\n'


def good(request: Request) -> bytes:  # noqa: C901, PLR0912 - a table of responses
    """The response of each service without a fault: every job has succeeded."""
    base = f"http://{request.headers['host']}"
    path = request.target.partition("?")[0]
    status = {name: ROW[name].answer(end) for name, end in ENDS.items()}
    match request.method, path.rpartition("/")[2]:
        case "PUT", "bucket":
            said: Any = {}
        case "GET", "bucket":
            return response(FILE, kind="application/octet-stream")
        case "POST", "init":
            said = {"job_id": "3f7a1c2e", "upload_url": f"{base}/bucket?signature={CANARY}", "expires_at": MOMENT}
        case "GET", "results":
            file = {"filename": "f.jsonl", "url": f"{base}/bucket?signature={CANARY}", "expires_at": MOMENT}
            said = {"job_id": "3f7a1c2e", "status": "COMPLETED", "files": [file]}
        case "GET", "status":
            said = status["promptforge"]
        case "POST", "v2":
            said = {"job_id": "c3f1c944", "tour_id": 7615, "optimization_id": 7658, "status": "queued"}
        case "POST", "planner":
            return response(json.dumps({"sections": []}).encode())
        case "GET", "jobs":
            said = [{**status["fryte"], "date_created": "d", "last_update": "l"}]
        case "POST", "prompt-optimization-jobs":
            said = {"job_id": str(DATASET)}
        case "GET", "prompt-optimization-jobs":
            pagination = {"page": 1, "page_size": 30, "has_next": False}
            said = {"data": [status["freeplay"]], "pagination": pagination}
        case "POST", "cancel":
            said = {}
        case "GET", "result":
            lists = {"sections": [], "poi_list": []}
            levels = {"battery_level_start": 0.9, "battery_level_end": 0.2, "qualification": "driveable", **lists}
            said = {"tour_id": 7615, "optimization_id": 7658, "status": "succeeded", **levels}
        case _:
            said = status["fryte" if "/planner/" in path else "freeplay"]
    accepted = request.method == "POST" and not path.endswith("/cancel")
    return response(json.dumps(said).encode(), 202 if accepted else 200)


@frozen
class Operation:
    """One operation, the request in it that gets the fault, and whether that is safe to repeat."""

    service: str
    verb: str
    operation: Callable[[Any, Path], Any]
    where: Callable[[Request], bool]
    safe: bool = True
    says: Callable[[Any], bool] = field(default=lambda found: True)

    def __str__(self) -> str:
        return f"{self.service} {self.verb}"

    def connect(self, url: str, request_timeout: float = 30.0, verify: Any = VERIFY) -> Any:
        client = CLIENTS[self.service]
        return client(token=CANARY, base_url=url, timeout=request_timeout, verify=verify)


def _is(method: str, end: str) -> Callable[[Request], bool]:
    return lambda request: request.method == method and request.target.partition("?")[0].endswith(end)


def _job(name: str, client: Any) -> Any:
    return ROW[name].job(client)


STATUS = {"freeplay": str(DATASET), "fryte": "c3f1c944", "promptforge": "status"}
POLLS = [
    Operation(
        name,
        "wait",
        lambda client, _, name=name: _job(name, client).outcome_operation(policy=COUNTED),
        _is("GET", STATUS[name]),
        says=lambda outcome: outcome.state == "succeeded",
    )
    for name in STATUS
]
SUBMITS = [
    Operation(
        "freeplay",
        "submit",
        lambda client, _: freeplay.service._submit(
            client, PROJECT, prompt_template_version_id=TEMPLATE, dataset_id=DATASET
        ),
        _is("POST", "prompt-optimization-jobs"),
        safe=False,
    ),
    Operation(
        "fryte", "submit", lambda client, _: fryte.submission._submit(client, TOUR), _is("POST", "v2"), safe=False
    ),
    Operation(
        "promptforge",
        "submit",
        lambda client, _: promptforge.submission._submit(client, PROMPTS, provider="p", model="m"),
        _is("POST", "init"),
        safe=False,
    ),
]
UPLOAD = Operation("promptforge", "upload", SUBMITS[2].operation, _is("PUT", "bucket"), safe=False)
OTHERS = [
    *(
        Operation(name, "status", lambda client, _, name=name: _job(name, client)._status(), _is("GET", STATUS[name]))
        for name in STATUS
    ),
    Operation(
        "freeplay",
        "list",
        lambda client, _: freeplay.service._list_jobs(client, PROJECT),
        _is("GET", "prompt-optimization-jobs"),
        says=lambda jobs: len(jobs) == 1,
    ),
    Operation("freeplay", "cancel", lambda client, _: _job("freeplay", client)._cancel(), _is("POST", "cancel")),
    Operation(
        "fryte",
        "list",
        lambda client, _: fryte.service._list_jobs(client, 1),
        _is("GET", "jobs"),
        says=lambda jobs: len(jobs) == 1,
    ),
    Operation(
        "fryte",
        "plan",
        lambda client, _: fryte.planning._plan(client, TOUR, request_timeout=client.timeout.read),
        _is("POST", "planner"),
        says=lambda plan: "sections" in plan,
    ),
    Operation("fryte", "result", lambda client, _: _job("fryte", client)._result(), _is("GET", "/result")),
    Operation(
        "promptforge",
        "results",
        lambda client, _: _job("promptforge", client)._results(),
        _is("GET", "results"),
        says=lambda lines: len(lines) == 1,
    ),
]
FILES = [
    Operation(
        "promptforge",
        "download",
        lambda client, folder: _job("promptforge", client)._download(folder),
        _is("GET", "bucket"),
        says=lambda paths: paths[0].read_bytes() == FILE,
    ),
]


class World:
    """Drives an operation with real requests and virtual sleeps, `slept` seconds in all."""

    def __init__(self) -> None:
        self.slept = 0.0
        self.pool = Pool()
        self.now = 1000.0

    def _answer(self, command: Any, reply: Any) -> Result:
        if isinstance(command, Sleep):
            self.slept += command.seconds
            self.now += command.seconds
        return Result(self.now, EPOCH + self.now, reply)

    def _in_thread(self, operation: Any) -> Any:
        try:
            command = next(operation)
            while True:
                reply: Any = None
                if isinstance(command, Poll | SendRequest):
                    reply = self.pool.send(command)
                elif isinstance(command, Gather):
                    reply = gather(command, self._in_thread)
                elif isinstance(command, Compute):
                    try:
                        command.work()
                    except Exception as error:  # noqa: BLE001 - raised again by the operation
                        command = operation.throw(error)
                        continue
                command = operation.send(self._answer(command, reply))
        except StopIteration as end:
            return end.value
        finally:
            operation.close()

    async def _in_task(self, operation: Any, send: Any) -> Any:
        try:
            command = next(operation)
            while True:
                reply: Any = None
                if isinstance(command, Poll | SendRequest):
                    reply = await send(command)
                elif isinstance(command, Gather):
                    reply = await gather_async(command, lambda one: self._in_task(one, send))
                elif isinstance(command, Compute):
                    try:
                        command.work()
                    except Exception as error:  # noqa: BLE001 - raised again by the operation
                        command = operation.throw(error)
                        continue
                command = operation.send(self._answer(command, reply))
        except StopIteration as end:
            return end.value
        finally:
            operation.close()

    def sync(self, operation: Any, client: Any) -> Any:
        """In this thread, by httpx."""
        with client:
            return self._in_thread(operation)

    def httpx(self, operation: Any, client: Any) -> Any:
        """In a task, by httpx."""

        async def main() -> Any:
            async with client:
                return await self._in_task(operation, Pool().send_async)

        return anyio.run(main)

    def fleet(self, operation: Any, client: Any, backend: str = "asyncio") -> Any:
        """In a task, as a fleet's polls are sent."""

        async def main() -> Any:
            async with client:
                pool = Pool(8)
                try:
                    return await self._in_task(operation, pool.send_async)
                finally:
                    await pool.aclose()

        return anyio.run(main, backend=backend)

    def aiohttp(self, operation: Any, client: Any) -> Any:
        """In a task, as a fleet's other requests are sent if the extra is installed."""
        return self._fleet_without(("asyncio_engine",), operation, client)

    def transport(self, operation: Any, client: Any) -> Any:
        """In a task, as a fleet's other requests are sent if the extra is not installed."""
        return self._fleet_without(("asyncio_engine", "aiohttp_engine"), operation, client)

    def trio(self, operation: Any, client: Any) -> Any:
        """In a task of trio's, as a fleet's polls are sent there."""
        return self.fleet(operation, client, "trio")

    def _fleet_without(self, engines: tuple[str, ...], operation: Any, client: Any) -> Any:
        with pytest.MonkeyPatch.context() as patched:
            for name in engines:
                patched.setitem(sys.modules, f"jobwait._http.engines.{name}", None)
            return self.fleet(operation, client)


FLEETS = ("fleet", "aiohttp", "transport", "trio")  # these send polls only
ENGINES = ("sync", "httpx", *FLEETS)


def run(engine: str, operation: Any, client: Any) -> tuple[Any, World]:
    """The result of *operation* under *engine*, or its exception; and the world in which it ran."""
    world = World()
    try:
        return getattr(world, engine)(operation, client), world
    except Exception as error:  # noqa: BLE001 - the tests judge it
        return error, world


def open_files() -> int:
    """How many files and sockets this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def new_folder() -> Path:
    """A folder of its own for one download."""
    return Path(tempfile.mkdtemp(prefix="jobwait-faults-"))
