"""The operator and the sensor that wait for jobs; while they wait, both free their worker slot."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, get_args

from airflow.sdk import BaseHook, BaseOperator, BaseSensorOperator, PokeReturnValue

from jobwait._jobs.registry import service_named
from jobwait._model.checks import identifier
from jobwait._model.policy import Policy
from jobwait.engines.airflow.blocking import cancel, poll_once, run_aside, wait_for
from jobwait.engines.airflow.outcomes import EndedJobs, FailWhen, task_value
from jobwait.engines.airflow.trigger import JobsTrigger
from jobwait.engines.batches import check, check_common
from jobwait.engines.payloads import Batch
from jobwait.engines.policy_json import policy_from_dict, policy_to_dict
from jobwait.errors import InvalidInput

RUNS: Final = frozenset({"queued", "running", "unknown"})


class _WaitForJobs(BaseOperator):
    """What both have in common; *job_ids* is one id, or at most 1000: map the task over batches if there are more."""

    template_fields: Collection[str] = ("job_ids", "common", "conn_id")
    timeout: Any
    wait_here: Callable[[Any], Any]  # if the task is not deferrable

    def __init__(
        self,
        *,
        service: str,
        conn_id: str,
        job_ids: str | Iterable[str],
        common: Mapping[str, Any] | None = None,
        policy: Policy | None = None,
        fail_when: FailWhen = "any",
        cancel_on_kill: bool = False,
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.service = service
        self.conn_id = conn_id
        self.job_ids = job_ids
        self.common = common or {}
        self.policy = policy
        self.fail_when = fail_when
        self.cancel_on_kill = cancel_on_kill
        self.deferrable = deferrable

    def execute(self, context: Any) -> Any:
        """Defer to the triggerer, or wait here."""
        if not self.ids():
            return []
        if not self.deferrable:
            return self.wait_here(context)
        trigger = JobsTrigger.of(self.conn_id, self.batch(self.timeout))
        return self.defer(trigger=trigger, method_name="execute_complete", timeout=self.execution_timeout)

    def ids(self) -> list[str]:
        """Each id once; the list may be empty."""
        given = [self.job_ids] if isinstance(self.job_ids, str) else list(self.job_ids)
        return list(dict.fromkeys(identifier("an id in job_ids", one) for one in given))

    def batch(self, seconds: float | None) -> Batch:
        """The batch, or InvalidInput; its deadline, *seconds* from now, is a time: a restart does not move it."""
        defaults = service_named(self.service).defaults
        if self.fail_when not in get_args(FailWhen):
            raise InvalidInput(f"fail_when is one of {', '.join(get_args(FailWhen))}, not {self.fail_when!r}.")
        batch = Batch(
            service=self.service,
            account=self.conn_id,
            job_ids=self.ids(),
            common={name: str(value) for name, value in self.common.items()},
            policy=policy_to_dict(self.policy),
            cancel_at_service=self.cancel_on_kill,
        )
        check(batch)
        check_common(batch)
        timeout = policy_from_dict(batch.policy, seconds).timeout
        if not isinstance(timeout, float | None):
            timeout = defaults.timeout
        return replace(batch, until=None if timeout is None else time.time() + timeout)


class WaitForJobsOperator(_WaitForJobs):
    """
    Wait for jobs of one service; its value is a list that says how each ended, with the fields of Ended.

    *service*: freeplay, fryte or promptforge. *conn_id*: a connection with the API key as its password. *common*: what
    identifies the jobs besides their ids, as Freeplay's project_id. *timeout*: seconds. *fail_when*: the task fails if
    "any" job did not succeed, if "all" did not, or "never"; with *soft_fail* it is skipped instead. A job that failed
    at its service fails the task without retries, as a retry would get the same result; one that timed out or could not
    be polled leaves it to Airflow's retries. *cancel_on_kill*: failing or clearing the task cancels the jobs, where the
    service can. *deferrable*: if False, the task keeps its worker slot.
    """

    def __init__(self, *, timeout: float | timedelta | None = None, soft_fail: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.timeout = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        self.soft_fail = soft_fail
        self._running: tuple[Any, Batch] | None = None

    def wait_here(self, context: Any) -> EndedJobs:
        """Wait in this worker."""
        self._running = BaseHook.get_connection(self.conn_id), self.batch(self.timeout)
        return self.execute_complete(context, run_aside(wait_for, *self._running))

    def execute_complete(self, context: Any, event: dict[str, Any]) -> EndedJobs:  # noqa: ARG002 - Airflow's own signature
        """End the task by the trigger's event."""
        return task_value(event, self.fail_when, soft_fail=self.soft_fail)

    def on_kill(self) -> None:
        """Cancel the jobs if *cancel_on_kill* is set; while the task is deferred, the trigger does it."""
        if self._running is not None and self.cancel_on_kill:
            run_aside(cancel, *self._running)


class WaitForJobsSensor(_WaitForJobs, BaseSensorOperator):
    """
    The same as a sensor, with Airflow's *timeout*, *soft_fail*, *mode* and *poke_interval*.

    If *deferrable*, the triggerer polls by jobwait's schedule, and *mode* and *poke_interval* have no effect; otherwise
    each poke polls each job once.
    """

    wait_here = BaseSensorOperator.execute

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._ended: dict[str, Any] = {}  # what earlier pokes of this process saw, by id
        self._first_poke: float | None = None

    def execute_complete(self, context: Any, event: dict[str, Any]) -> EndedJobs:  # noqa: ARG002 - Airflow's own signature
        """End the task by the trigger's event."""
        return task_value(event, self.fail_when, soft_fail=self.soft_fail or self.never_fail, sensor=True)

    def poke(self, context: Any) -> PokeReturnValue:
        """Poll each job once that was not seen to end; done once all have ended. The timeout ends a poke, too."""
        batch = self.batch(None)
        rest = replace(batch, job_ids=[name for name in batch.job_ids if name not in self._ended])
        connection, seconds = BaseHook.get_connection(self.conn_id), self._seconds_left(context)
        jobs = {one["job_id"]: one for one in run_aside(poll_once, connection, rest, seconds)}
        if any(one["state"] in RUNS for one in jobs.values()):
            self._ended |= {name: one for name, one in jobs.items() if one["state"] not in RUNS and not one["error"]}
            return PokeReturnValue(is_done=False)
        found = {**self._ended, **jobs}
        event = {"service": self.service, "ended": [found[name] for name in batch.job_ids]}
        return PokeReturnValue(is_done=True, xcom_value=task_value(event, self.fail_when, soft_fail=self.soft_fail))

    def _seconds_left(self, context: Any) -> float:
        """Seconds until the timeout, which counts from the first poke."""
        if self.reschedule:  # each poke is in a process of its own
            began = context["ti"].get_first_reschedule_date(context)
            spent = 0.0 if began is None else time.time() - began.timestamp()
        else:
            self._first_poke = time.monotonic() if self._first_poke is None else self._first_poke
            spent = time.monotonic() - self._first_poke
        return float(self.timeout) - spent
