"""The operator and the sensor that wait for jobs; both give their places in the worker back while they wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any, get_args

from airflow.sdk import BaseHook, BaseOperator, BaseSensorOperator, PokeReturnValue

from jobwait._jobs.registry import service_named
from jobwait._model.checks import identifier
from jobwait._model.policy import Policy
from jobwait.engines.airflow.blocking import canceled, take_result, waited
from jobwait.engines.airflow.outcomes import Ends, FailWhen, judged
from jobwait.engines.airflow.trigger import JobsTrigger
from jobwait.engines.job_naming import complete
from jobwait.engines.payloads import Batch, check
from jobwait.engines.policy_text import policy_of, words_of
from jobwait.errors import InvalidInput


class _Waits:
    """What both are told of the jobs; *job_ids* may be one id, or many, at most 1000: map the task over more."""

    service: str
    conn_id: str
    job_ids: Any
    common: Mapping[str, Any]
    policy: Policy | None
    fail_when: FailWhen
    cancel_on_kill: bool

    def ids(self) -> list[str]:
        """Each id once; there may be none, as in a night without work."""
        given = [self.job_ids] if isinstance(self.job_ids, str) else list(self.job_ids)
        return list(dict.fromkeys(identifier("an id in job_ids", one) for one in given))

    def batch(self, seconds: float | None) -> Batch:
        """
        The batch, with its deadline as an instant, so that no restart moves it.

        Raises:
            InvalidInput: something of it cannot be.

        """
        service_named(self.service)
        if self.fail_when not in get_args(FailWhen):
            raise InvalidInput(f"fail_when is one of {', '.join(get_args(FailWhen))}, not {self.fail_when!r}.")
        batch = Batch(
            service=self.service,
            account=self.conn_id,
            job_ids=self.ids(),
            common={name: str(value) for name, value in self.common.items()},
            policy=words_of(self.policy),
            cancel_at_service=self.cancel_on_kill,
        )
        check(batch)
        complete(batch)
        policy_of(batch.policy, seconds)
        longest = _longest(batch) if seconds is None else seconds
        return replace(batch, until=None if longest is None else time.time() + longest)


class WaitForJobsOperator(_Waits, BaseOperator):
    """
    Wait for jobs of one service; its value is a list that says how each ended.

    *service* is freeplay, fryte or promptforge, *conn_id* a connection with the key as its password. *common* holds
    what else names the jobs: Freeplay's project_id. *timeout* is in seconds. *fail_when* "any" job does not succeed,
    "all" do not, or "never"; *soft_fail* skips instead. A job that failed at its service fails the task for good, as a
    retry could only hear the same; one that could not be waited for leaves it to Airflow's retries. *cancel_on_kill*:
    whoever fails or clears the task cancels the jobs, where the service can cancel. *deferrable*: off, it holds its
    place in the worker.
    """

    template_fields: Sequence[str] = ("job_ids", "common", "conn_id")

    def __init__(
        self,
        *,
        service: str,
        conn_id: str,
        job_ids: str | Iterable[str],
        common: Mapping[str, Any] | None = None,
        timeout: float | timedelta | None = None,
        policy: Policy | None = None,
        fail_when: FailWhen = "any",
        soft_fail: bool = False,
        cancel_on_kill: bool = False,
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.service = service
        self.conn_id = conn_id
        self.job_ids = job_ids
        self.common = common or {}
        self.timeout = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        self.policy = policy
        self.fail_when = fail_when
        self.soft_fail = soft_fail
        self.cancel_on_kill = cancel_on_kill
        self.deferrable = deferrable
        self._under_way: tuple[Any, Batch] | None = None

    def execute(self, context: Any) -> Ends:
        """Hand over to the triggerer, or wait here."""
        if not self.ids():
            return []
        batch = self.batch(self.timeout)
        if self.deferrable:
            trigger = JobsTrigger.of(self.conn_id, batch)
            self.defer(trigger=trigger, method_name="execute_complete", timeout=self.execution_timeout)
        connection = BaseHook.get_connection(self.conn_id)
        self._under_way = (connection, batch)
        return self.execute_complete(context, asyncio.run(waited(connection, batch)))

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Ends:  # noqa: ARG002 - Airflow's own signature
        """Judge what the trigger brought."""
        return judged(event, self.fail_when, soft_fail=self.soft_fail)

    def on_kill(self) -> None:
        """Cancel the jobs where that was asked for; while deferred the trigger does it."""
        if self._under_way is not None and self.cancel_on_kill:
            # A signal brings us here out of the wait's own event loop: a loop of its own needs a thread.
            thread = Thread(target=asyncio.run, args=(canceled(*self._under_way),))
            thread.start()
            thread.join()


class WaitForJobsSensor(_Waits, BaseSensorOperator):
    """
    The same as a sensor: with its *timeout*, *soft_fail*, *mode* and *poke_interval* as Airflow has them.

    While *deferrable*, the triggerer looks when jobwait's schedule says so, and *mode* and *poke_interval* do not
    matter; else each poke is one look at each job.
    """

    template_fields: Sequence[str] = ("job_ids", "common", "conn_id")

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
        """Hand over to the triggerer, or poke."""
        if not self.ids():
            return []
        if not self.deferrable:
            return super().execute(context)
        trigger = JobsTrigger.of(self.conn_id, self.batch(self.timeout))
        self.defer(trigger=trigger, method_name="execute_complete", timeout=self.execution_timeout)
        return None

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Ends:  # noqa: ARG002 - Airflow's own signature
        """Judge what the trigger brought."""
        return judged(event, self.fail_when, soft_fail=self.soft_fail or self.never_fail, sensor=True)

    def poke(self, context: Any) -> PokeReturnValue:  # noqa: ARG002 - Airflow's own signature
        """One look at each job; done once all have ended."""
        batch = self.batch(None)
        states = asyncio.run(take_result(BaseHook.get_connection(self.conn_id), batch))
        if any(one["state"] in {"queued", "running", "unknown"} for one in states):
            return PokeReturnValue(is_done=False)
        event = {"service": self.service, "ended": states}
        return PokeReturnValue(is_done=True, xcom_value=judged(event, self.fail_when, soft_fail=self.soft_fail))


def _longest(batch: Batch) -> float | None:
    """The timeout that the policy has, or else the service."""
    timeout = policy_of(batch.policy, None).timeout
    defaults = service_named(batch.service).defaults
    return timeout if isinstance(timeout, float) or timeout is None else defaults.timeout
