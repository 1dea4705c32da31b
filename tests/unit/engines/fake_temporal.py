"""
A fake Temporal in virtual time: its server and client, and the functions of `temporalio.workflow` that workflows call.

It knows what the adapter uses and no more. Values pass through Temporal's own JSON, so that each side gets what it
would get from a real server. Histories, retries and replays are for tests/engines_live.
"""

import asyncio
from contextvars import ContextVar
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Self
from unittest.mock import patch

from temporalio import workflow
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecutionStatus, WorkflowQueryRejectedError
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from jobwait.engines.payloads import Checkpoint
from jobwait.engines.temporal import AccountRate, Activities
from jobwait.engines.temporal.names import RUN_BATCH
from jobwait.engines.temporal.rate_messages import Grant, Join, Leave, Participant, RateState

RUNNING, TERMINATED = WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.TERMINATED
STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED


def through(value: Any, kind: Any) -> Any:
    """*value* as the other side of the server gets it."""
    converter = DataConverter.default.payload_converter
    (read,) = converter.from_payloads(converter.to_payloads([value]), [kind])
    return read


class NewRun(BaseException):
    """What `continue_as_new` raises; it carries the argument of the next run."""


class Run:
    """The workflow that divides an account's rate, from its first run to its last."""

    def __init__(self, server: "Server", sharing: RateState) -> None:
        self.server = server
        self.workflow = AccountRate(sharing)
        self.begun = [sharing]  # the argument of each run
        self.changed = asyncio.Event()
        self.task = asyncio.create_task(self._run(sharing))

    @property
    def open(self) -> bool:
        """Whether it still runs."""
        return not self.task.done()

    def signal(self, name: str, told: Any) -> None:
        """Deliver a signal."""
        getattr(self.workflow, name)(through(told, {"join": Join, "leave": Leave}[name]))
        self.changed.set()

    async def _run(self, sharing: RateState) -> None:
        _RUN.set(self)
        while True:
            try:
                return await self.workflow.run(sharing)
            except NewRun as error:
                sharing = through(error.args[0], RateState)
                self.begun.append(sharing)
                self.workflow = AccountRate(sharing)


_RUN: ContextVar[Run] = ContextVar("run")


class Server:
    """What all workers reach: accounts' workflows by their ids, and which attempt runs each sweep."""

    def __init__(self, new_run_suggested: bool = False) -> None:
        self.rates: dict[str, Run] = {}
        self.sweeps: dict[str, tuple[str, int]] = {}  # the run and the attempt
        self.new_run_suggested = new_run_suggested
        self.functions = {
            "wait_condition": _wait_condition,
            "sleep": asyncio.sleep,
            "info": lambda: SimpleNamespace(is_continue_as_new_suggested=lambda: self.new_run_suggested),
            "continue_as_new": _continue_as_new,
            "execute_local_activity": self._gone,
        }

    async def __aenter__(self) -> Self:
        self._patched = patch.multiple(workflow, **self.functions)
        self._patched.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for one in self.rates.values():
            one.task.cancel()
        await asyncio.gather(*(one.task for one in self.rates.values()), return_exceptions=True)
        self._patched.stop()

    def members(self) -> dict[str, Participant]:
        """Who shares the one account that there is."""
        return {
            one.sweep: one for run in self.rates.values() for one in through(run.workflow.state(), RateState).members
        }

    async def _gone(self, _name: str, members: list[Participant], **_: object) -> list[str]:
        asked = through(members, list[Participant])
        return await Activities(Client(self), [SimpleNamespace(service_name="any", name="any")]).find_gone(asked)  # type: ignore[list-item,arg-type]


class Client:
    """A worker's way to the *server*; once it is not *reachable* each call fails."""

    data_converter = DataConverter.default

    def __init__(self, server: Server) -> None:
        self.server = server
        self.reachable = True

    async def start_workflow(self, _run: Any, sharing: RateState, **more: Any) -> None:
        """Signal the account's workflow, which begins if there is none."""
        self.check()
        found = self.server.rates.get(more["id"])
        if found is None or not found.open:
            found = self.server.rates[more["id"]] = Run(self.server, through(sharing, RateState))
        found.signal(more["start_signal"], more["start_signal_args"][0])

    def get_workflow_handle(self, name: str) -> "Handle":
        """A handle, whether there is such a workflow or not."""
        return Handle(self, name)

    def check(self) -> None:
        if not self.reachable:
            raise RPCError("the server is not reachable", RPCStatusCode.UNAVAILABLE, b"")


class Handle:
    """A handle on an account's workflow or a sweep's."""

    def __init__(self, client: Client, name: str) -> None:
        self.client, self.name = client, name

    async def query(self, _name: str, *, args: list[str], **_: object) -> Grant | None:
        """The query `part`."""
        run = self._run()
        if not run.open:
            raise WorkflowQueryRejectedError(TERMINATED)
        return through(run.workflow.share(*args), Grant | None)

    async def signal(self, name: str, told: Leave) -> None:
        """The signal `leave`."""
        self._run().signal(name, told)

    async def describe(self) -> Any:
        """What the server knows of a sweep."""
        self.client.check()
        if self.name not in self.client.server.sweeps:
            raise _not_found()
        run, attempt = self.client.server.sweeps[self.name]
        pending = SimpleNamespace(activity_type=SimpleNamespace(name=RUN_BATCH), state=STARTED, attempt=attempt)
        raw = SimpleNamespace(pending_activities=[pending])
        return SimpleNamespace(status=RUNNING, run_id=run, raw_description=raw)

    def _run(self) -> Run:
        self.client.check()
        if self.name not in self.client.server.rates:
            raise _not_found()
        return self.client.server.rates[self.name]


def _not_found() -> RPCError:
    return RPCError("there is no such workflow", RPCStatusCode.NOT_FOUND, b"")


class Attempt:
    """One attempt at a sweep, run by a worker; *beats* has the heartbeats that reached the server."""

    def __init__(self, client: Client, accounts: Any, batch: Any, name: str, number: int = 1, left: Any = None) -> None:
        self.client, self.name = client, name
        self.beats: list[Checkpoint] = []
        self.environment = self.environment_of(name, number, *(() if left is None else (through(left, dict),)))
        self.environment.on_heartbeat = self._beat
        client.server.sweeps[name] = ("run", number)
        self._activities = Activities(client, accounts)  # type: ignore[arg-type]
        self.task = asyncio.create_task(self._run(through(batch, type(batch))))

    @staticmethod
    def environment_of(name: str, attempt: int = 1, *details: Any) -> ActivityEnvironment:
        """What an activity of the workflow *name* learns of itself."""
        made = ActivityEnvironment()
        made.info = replace(
            made.info, workflow_id=name, workflow_run_id="run", attempt=attempt, heartbeat_details=list(details)
        )
        return made

    def _beat(self, checkpoint: Checkpoint) -> None:
        if self.client.reachable:
            self.beats.append(through(checkpoint, Checkpoint))

    async def _run(self, batch: Any) -> Checkpoint:
        checkpoint: Checkpoint = through(await self.environment.run(self._activities.run_batch, batch), Checkpoint)
        self.client.server.sweeps.pop(self.name)
        return checkpoint

    async def die(self) -> None:
        """The worker dies: nothing that it does from now on reaches anybody."""
        self.client.reachable = False
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.client.server.sweeps.pop(self.name)


async def _wait_condition(true: Any, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - Temporal's own
    run = _RUN.get()
    async with asyncio.timeout(timeout):
        while not true():
            await run.changed.wait()
            run.changed.clear()


def _continue_as_new(argument: Any) -> None:
    raise NewRun(argument)
