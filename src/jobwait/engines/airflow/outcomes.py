"""What the end of a batch is to Airflow: a value, a failure that a retry may mend, one that it cannot, or a skip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSensorTimeout, AirflowSkipException

FailWhen = Literal["any", "all", "never"]
Ends = list[dict[str, Any]]
AT_SERVICE: Final = frozenset({"failed", "canceled"})  # for good: waiting again would tell the same


def judged(event: Mapping[str, Any], fail_when: FailWhen, *, soft_fail: bool, sensor: bool = False) -> Ends:
    """
    The ends in *event*, where they are good enough.

    Raises:
        AirflowSkipException: they are not, and the task is to be skipped then.
        AirflowFailException: they are not, and no retry could change that.
        AirflowException: they are not, and a retry may; of a sensor whose time was over, AirflowSensorTimeout.

    """
    ends: Ends = event["ended"]
    bad = [one for one in ends if one["state"] != "succeeded"]
    if not bad or fail_when == "never" or (fail_when == "all" and len(bad) < len(ends)):
        return ends
    sentence = _sentence(event["service"], ends, bad)
    if soft_fail:
        raise AirflowSkipException(sentence)
    if all(one["state"] in AT_SERVICE for one in bad):
        raise AirflowFailException(f"{sentence} No retry of this task can change that.")
    if sensor and any(one["state"] == "timed_out" for one in bad):
        raise AirflowSensorTimeout(f"{sentence} What has not ended may still be running.")
    raise AirflowException(f"{sentence} A retry waits again for what has not ended.")


def _sentence(service: str, ends: Sequence[Any], bad: Sequence[Any]) -> str:
    counts = ", ".join(f"{count} {state}" for state, count in Counter(one["state"] for one in bad).items())
    first = bad[0]
    why = first["reason"] or first["error"] or first["raw_status"] or "no reason was given"
    return f"{len(bad)} of {len(ends)} {service} jobs did not succeed ({counts}); the first, {first['job_id']}: {why}"
