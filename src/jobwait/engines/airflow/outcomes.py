"""How a task ends when its batch has ended: with a value, a failure with or without retries, or a skip."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSensorTimeout, AirflowSkipException

FailWhen = Literal["any", "all", "never"]
EndedJobs = list[dict[str, Any]]  # the fields of Ended
FINAL: Final = frozenset({"failed", "canceled"})  # at the service: waiting again would give the same result


def task_value(event: Mapping[str, Any], fail_when: FailWhen, *, soft_fail: bool, sensor: bool = False) -> EndedJobs:
    """The ended jobs in *event*; raises one of Airflow's exceptions where *fail_when* makes the task fail."""
    ended: EndedJobs = event["ended"]
    bad = [one for one in ended if one["state"] != "succeeded"]
    if not bad or fail_when == "never" or (fail_when == "all" and len(bad) < len(ended)):
        return ended
    message = _message(event["service"], ended, bad)
    if soft_fail:
        raise AirflowSkipException(message)
    if all(one["state"] in FINAL for one in bad):
        raise AirflowFailException(f"{message} No retry of this task can change that.")
    if sensor and any(one["state"] == "timed_out" for one in bad):
        raise AirflowSensorTimeout(f"{message} Jobs that have not ended may still run.")
    raise AirflowException(f"{message} A retry waits again for the jobs that have not ended.")


def _message(service: str, ended: Sequence[Any], bad: Sequence[Any]) -> str:
    counts = ", ".join(f"{count} {state}" for state, count in Counter(one["state"] for one in bad).items())
    first = bad[0]
    why = first["reason"] or first["error"] or first["raw_status"] or "no reason was given"
    return f"{len(bad)} of {len(ended)} {service} jobs did not succeed ({counts}); the first, {first['job_id']}: {why}"
