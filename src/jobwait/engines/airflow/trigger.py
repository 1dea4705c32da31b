"""The trigger: one for a batch of jobs, whatever their number, in the triggerer's event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from airflow.sdk import BaseHook
from airflow.triggers.base import BaseTrigger, TriggerEvent

from jobwait.engines.airflow.connections import connected, limit_of
from jobwait.engines.batch_run import BatchRun
from jobwait.engines.payloads import Batch, known_of

PATH: Final = "jobwait.engines.airflow.JobsTrigger"  # 0.1.0 stored this module's: it stays importable by both


class JobsTrigger(BaseTrigger):
    """
    Fires once, when all jobs of a batch have ended or its time is over; the event holds how each ended.

    What is stored of it is the batch, in plain words, and the id of a connection: never a key. After a restart it
    begins anew with the same ids and the same deadline; looking twice changes nothing.
    """

    def __init__(self, conn_id: str, batch: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call,unused-ignore]
        self.conn_id = conn_id
        self.batch = dict(batch)

    @classmethod
    def of(cls, conn_id: str, batch: Batch) -> JobsTrigger:
        """The trigger for *batch*."""
        return cls(conn_id, asdict(batch))

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """What Airflow stores."""
        return PATH, {"conn_id": self.conn_id, "batch": self.batch}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait, and fire."""
        batch = known_of(Batch, self.batch)
        connection = await BaseHook.aget_connection(self.conn_id)
        async with connected(batch.service, connection) as client:
            batch_run = BatchRun.of(batch, client, None)
            async for _ in batch_run.run(limit_of(connection)):
                pass
        yield TriggerEvent(asdict(batch_run.done()))  # type: ignore[no-untyped-call,unused-ignore]

    async def on_kill(self) -> None:
        """Airflow's user has failed or cleared the task: cancel its jobs, where the batch asks for it."""
        batch = known_of(Batch, self.batch)
        if batch.cancel_at_service:
            async with connected(batch.service, await BaseHook.aget_connection(self.conn_id)) as client:
                taken = await BatchRun.of(batch, client, None).cancel()
            self.log.info("%s jobs were canceled at %s.", taken, batch.service)
