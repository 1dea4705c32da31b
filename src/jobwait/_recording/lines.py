"""
The lines of a recording, as JSON, and what they mean; docs/testing.md describes each key.

Three kinds: the file's own first line, one that introduces a job, and one for each poll or end of a wait.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import attrs
from attrs import frozen

from jobwait._model.policy import DelayPerRequest, Lateness, MaxRequests, PollingDefaults
from jobwait._model.types import Progress
from jobwait._polling.job_state import JobState
from jobwait._recording.poll import RecordedFailure, RecordedPoll
from jobwait._recording.redaction import word
from jobwait._recording.values import flag, number, one_of, optional, text

VERSION: Final = 1
FORMAT: Final = "jobwait recording"
_DIGITS: Final = 6  # of a time in seconds
_AIMS: Final = {kind.__name__: kind for kind in (Lateness, MaxRequests, DelayPerRequest)}
_STATES: Final = frozenset({"queued", "running", "unknown", "succeeded", "failed", "canceled", "needs_input"})
_ENDS: Final = _STATES | {"timed_out", "unreachable"}


@frozen(kw_only=True)
class Introduction:
    """What is known of a job before its polls. job: its name in the file; service: the name of that."""

    job: str
    service: str
    started: float
    submitted: bool
    began: float
    defaults: PollingDefaults
    max_errors_by_status: Mapping[int, int]
    gap: float
    has_queue_phase: bool


@frozen(kw_only=True)
class End:
    """How a wait ended: at which age of the job, and the age at which the service says that the job had ended."""

    at: float
    state: str
    completed: float | None = None


def first_line(version: str) -> str:
    """The first line of a file that this *version* of jobwait writes."""
    return _line({"format": FORMAT, "version": VERSION, "written_by": f"jobwait {version}"})


def introduction(job: str, job_state: JobState[Any], began: float) -> str:
    """The line that introduces the job of that name; *began*: its age when the recording began."""
    service, defaults = job_state.service, attrs.asdict(job_state.service.defaults, recurse=False)
    aim = defaults.pop("aim")
    if aim is not None:
        defaults["aim"] = {type(aim).__name__: attrs.astuple(aim)[0]}
    rules = {
        "defaults": defaults,
        "max_errors_by_status": {str(status): most for status, most in service.retry.max_errors_by_status.items()},
        "gap": service.retry.gap,
        "has_queue_phase": service.has_queue_phase,
    }
    known = {"submitted": job_state.submitted, "started": _round(job_state.started or 0.0), "began": _round(began)}
    return _line({"job": job, "service": service.name, **known, "rules": rules})


def poll_line(job: str, poll: RecordedPoll) -> str:
    """The line of a *poll*; what is not known or nothing has no key."""
    progress, failure = poll.progress, poll.failure
    facts: dict[str, Any] = {
        "status": poll.status,
        "state": None if poll.error is not None else poll.state,
        "raw_status": None if poll.error is not None else word(poll.raw_status),
        "progress": None if progress is None else [progress.done, progress.total],
        "stage": None if progress is None or progress.stage is None else word(progress.stage),
        "size": poll.size,
        "retry_after": poll.retry_after,
        "listed": poll.listed or None,
        "failure": None if failure is None else attrs.asdict(failure, filter=lambda _, value: bool(value)),
        "body": poll.body,
    }
    times = {"at": _round(poll.age), "took": _round(poll.took)}
    return _line({"poll": job, **times, **{name: value for name, value in facts.items() if value is not None}})


def end_line(job: str, end: End) -> str:
    """The line of the end of a wait."""
    completed = {} if end.completed is None else {"completed": _round(end.completed)}
    return _line({"end": job, "at": _round(end.at), "state": end.state, **completed})


def read_introduction(found: Mapping[str, Any]) -> Introduction:
    """What an introducing line says; ValueError, TypeError or KeyError if it is none."""
    rules = found["rules"]
    given = {name: rules["defaults"].get(name) for name in attrs.fields_dict(PollingDefaults) if name != "aim"}
    aim = rules["defaults"].get("aim")
    defaults = PollingDefaults(
        **{name: _setting(name, value) for name, value in given.items()},
        aim=None if aim is None else next(_AIMS[name](value) for name, value in aim.items()),
    )
    return Introduction(
        job=text(found["job"]),
        service=text(found["service"]),
        started=number(found["started"]),
        submitted=flag(found["submitted"]),
        began=number(found["began"]),
        defaults=defaults,
        max_errors_by_status={int(status): int(most) for status, most in rules["max_errors_by_status"].items()},
        gap=number(rules["gap"]),
        has_queue_phase=flag(rules["has_queue_phase"]),
    )


def read_poll(found: Mapping[str, Any], started: float) -> RecordedPoll:
    """What the line of a poll says, of a job that *started* then; ValueError, TypeError or KeyError if it is none."""
    age, took, state = number(found["at"]), number(found["took"]), found.get("state")
    failure = None if found.get("failure") is None else _failure(found["failure"])
    if state is None and failure is None:
        raise ValueError("a poll has a state or a failure")
    return RecordedPoll(
        at=started + age + took,
        state="unknown" if state is None else one_of(state, _STATES),
        progress=None if found.get("progress") is None else _progress(found["progress"], found.get("stage")),
        error=None if state is not None else str(failure),
        age=age,
        took=took,
        raw_status=text(found.get("raw_status", "")),
        size=optional(found.get("size")),
        retry_after=optional(found.get("retry_after")),
        listed=found.get("listed") is True,
        status=None if found.get("status") is None else int(found["status"]),
        failure=failure,
        body=found.get("body"),
    )


def read_end(found: Mapping[str, Any]) -> End:
    """What the line of an end says; ValueError, TypeError or KeyError if it is none."""
    return End(at=number(found["at"]), state=one_of(found["state"], _ENDS), completed=optional(found.get("completed")))


def _failure(found: Mapping[str, Any]) -> RecordedFailure:
    status = found.get("status")
    flags = {name: found.get(name) is True for name in ("own", "unreadable", "final")}
    return RecordedFailure(kind=text(found["kind"]), status=None if status is None else int(status), **flags)


def _progress(found: Any, stage: Any) -> Progress:
    done, total = found
    return Progress(int(done), None if total is None else int(total), None if stage is None else text(stage))


def _setting(name: str, value: Any) -> Any:
    if name == "on_unknown":
        return one_of(value, frozenset({"wait", "raise"}))
    if name == "cancel_on_timeout":
        return flag(value)
    if value is None and name not in {"timeout", "interval", "outage", "max_interval", "max_retry_after"}:
        raise ValueError(f"{name} is missing")
    return optional(value)


def _round(seconds: float) -> float:
    return round(seconds, _DIGITS)


def _line(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, separators=(",", ":"), allow_nan=False) + "\n"
