"""The trigger: one for a batch of jobs of any size, in the triggerer's event loop."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any, Final, Self

from airflow.sdk import BaseHook
from airflow.triggers.base import BaseTrigger, TriggerEvent

from jobwait.engines.airflow.blocking import cancel, wait_for
from jobwait.engines.payloads import Batch, from_dict

PATH: Final = "jobwait.engines.airflow.JobsTrigger"  # Airflow stores it; see _trigger for the one that 0.1.0 stored


class JobsTrigger(BaseTrigger):
    """
    Fires once, when all jobs of a batch have ended or its time is over; the event says how each ended.

    Airflow stores the batch, as plain values, and the id of a connection: never an API key. After a restart the trigger
    starts again with the same ids and the same deadline; polling twice changes nothing.
    """

    def __init__(self, conn_id: str, batch: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call,unused-ignore]
        self.conn_id = conn_id
        self.batch = dict(batch)

    @classmethod
    def of(cls, conn_id: str, batch: Batch) -> Self:
        """The trigger for *batch*."""
        return cls(conn_id, asdict(batch))

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """What Airflow stores: the class path and the arguments."""
        return PATH, {"conn_id": self.conn_id, "batch": self.batch}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait for the jobs, then fire."""
        connection = await BaseHook.aget_connection(self.conn_id)
        yield TriggerEvent(  # type: ignore[no-untyped-call,unused-ignore]
            await wait_for(connection, from_dict(Batch, self.batch))
        )

    async def on_kill(self) -> None:
        """Cancel the jobs, if the batch says so: a user has failed or cleared the task."""
        batch = from_dict(Batch, self.batch)
        if batch.cancel_at_service:
            canceled = await cancel(await BaseHook.aget_connection(self.conn_id), batch)
            self.log.info("%s jobs were canceled at %s.", canceled, batch.service)
