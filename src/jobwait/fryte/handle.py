"""The handle on a FRYTE job: its plan, once the job has ended."""

from typing import Any

from fryte_client.api.planner import get_result
from fryte_client.models import JobStatusResponse, OptimizationResultResponse
from fryte_client.types import UNSET
from jobwait.errors import InvalidInput, JobNotFound
from jobwait.service import Ids, Job, Operation, check_not_failed, read_until_present, sync_and_async


def tenant_of(ids: Ids) -> Any:
    """The tenant_id among *ids* as a number; UNSET if there is none."""
    return int(ids["tenant_id"]) if "tenant_id" in ids else UNSET


class FryteJob(Job[JobStatusResponse]):
    """A tour that FRYTE plans. *warnings* are those in the response to its submission."""

    __module__ = "jobwait.fryte"

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
        check_not_failed(self._state, "plan")
        snapshot = self._state.snapshot
        if snapshot is None or not _names_plan(self.service.statuses.of(snapshot.status), snapshot):
            snapshot = yield from self._status()
            check_not_failed(self._state, "plan")
        service, status = self.service, snapshot.status
        state = service.statuses.of(status)
        if state != "succeeded":
            raise InvalidInput.about(service, self.id, f"it is {status}: wait() for it first.", snapshot=snapshot)
        optimization_id, tenant_id = snapshot.optimization_id, tenant_of(self._state.ids)
        if optimization_id is None:
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


def _names_plan(state: str, snapshot: JobStatusResponse) -> bool:
    """Whether *snapshot*, in this *state*, shows that the job succeeded, and the id of its plan."""
    return state == "succeeded" and snapshot.optimization_id is not None
