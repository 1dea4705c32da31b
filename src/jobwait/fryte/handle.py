"""The handle on a FRYTE job: its plan, once the job has ended."""

from typing import Any

from fryte_client.api.planner import get_result
from fryte_client.models import JobStatusResponse, OptimizationResultResponse
from fryte_client.types import UNSET
from jobwait.errors import InvalidInput, JobCanceled, JobFailed, JobNotFound
from jobwait.service import TERMINAL, Ids, Job, Operation, read_until_present, sync_and_async


def tenant_of(ids: Ids) -> Any:
    """The tenant_id among *ids* as a number; UNSET if there is none."""
    return int(ids["tenant_id"]) if "tenant_id" in ids else UNSET


class FryteJob(Job[JobStatusResponse]):
    """A tour that FRYTE plans. *warnings* are those in the response to its submission."""

    warnings: tuple[str, ...] = ()

    def _result(self) -> Operation[OptimizationResultResponse]:
        """
        The plan; of a tour that is not drivable, the reason.

        Raises:
            InvalidInput: the job has not ended: wait() first.
            JobFailed: the job failed or was canceled, so there is no plan.
            ResultIncomplete: the job succeeded, but its plan did not appear.
            CallFailed: the service could not be asked.
        """
        return read_until_present(self.service, self.id, self._read_result, "its result")

    def _read_result(self) -> Operation[OptimizationResultResponse | None]:
        """The plan; None if its id or the plan itself is not there yet. What a wait has seen is not asked for again."""
        snapshot = self._state.snapshot
        if snapshot is None or not _is_enough(snapshot, self.service.statuses.of(snapshot.status)):
            snapshot = yield from self._status()
        service, status = self.service, snapshot.status
        state = service.statuses.of(status)
        if state in {"failed", "canceled"}:
            kind = JobCanceled if state == "canceled" else JobFailed
            raise kind.about(service, self.id, f"it ended as {status}, so there is no plan.", snapshot=snapshot)
        if state != "succeeded":
            raise InvalidInput.about(service, self.id, f"it is {status}: wait() for it first.", snapshot=snapshot)
        optimization_id, tenant_id = snapshot.optimization_id, tenant_of(self._state.ids)
        if not isinstance(optimization_id, int):
            return None
        try:
            return (
                yield from self._call(
                    lambda client: get_result.build(client, optimization_id, tenant_id=tenant_id),
                    get_result.parse,
                    "result",
                )
            )
        except JobNotFound:
            return None

    result, result_async = sync_and_async(_result)


def _is_enough(snapshot: JobStatusResponse, state: str) -> bool:
    """Whether *snapshot* shows the job's end, and the id of its plan if there is one."""
    return state in TERMINAL and (state != "succeeded" or isinstance(snapshot.optimization_id, int))
