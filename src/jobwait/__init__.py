"""
Wait for the jobs of Freeplay, PromptForge and FRYTE, or of any SDK: one or ten thousand, sync or async.

    from jobwait import promptforge

    with promptforge.connect() as client:
        job = promptforge.submit(client, "prompts.jsonl", provider="openai", model="gpt-4o-mini")
        done = job.wait(timeout=7200, on_update=print)

`watch` makes a handle on a job of any other SDK. The service modules `freeplay`, `fryte` and `promptforge` are imported
separately. Each name here is loaded when it is first used, so that the command shows --help without loading an HTTP
client.
"""

from typing import TYPE_CHECKING, Any

from jobwait import errors
from jobwait.errors import JobWaitError

if TYPE_CHECKING:
    from jobwait._jobs.handle import Job
    from jobwait._jobs.resume import resume
    from jobwait._model.limits import Limit, Listed, Listing, SerialQueue
    from jobwait._model.policy import DelayPerRequest, Lateness, MaxRequests, Policy, PollingDefaults
    from jobwait._model.service import RetryRule, Service
    from jobwait._model.status_map import StatusMap
    from jobwait._model.types import Estimate, Outcome, Outcomes, Progress, Update
    from jobwait._report.report import Record, report
    from jobwait._sync.wake_up import Stop
    from jobwait._watch.watch import watch
    from jobwait.fleet import as_completed, as_completed_async, updates, updates_async, wait_all, wait_all_async

__all__ = [
    "DelayPerRequest",
    "Estimate",
    "Job",
    "JobWaitError",
    "Lateness",
    "Limit",
    "Listed",
    "Listing",
    "MaxRequests",
    "Outcome",
    "Outcomes",
    "Policy",
    "PollingDefaults",
    "Progress",
    "Record",
    "RetryRule",
    "SerialQueue",
    "Service",
    "StatusMap",
    "Stop",
    "Update",
    "as_completed",
    "as_completed_async",
    "errors",
    "report",
    "resume",
    "updates",
    "updates_async",
    "wait_all",
    "wait_all_async",
    "watch",
]

_MODULES = {
    "._jobs.handle": ("Job",),
    "._jobs.resume": ("resume",),
    "._model.limits": ("Limit", "Listed", "Listing", "SerialQueue"),
    "._model.policy": ("DelayPerRequest", "Lateness", "MaxRequests", "Policy", "PollingDefaults"),
    "._model.service": ("RetryRule", "Service"),
    "._model.status_map": ("StatusMap",),
    "._model.types": ("Estimate", "Outcome", "Outcomes", "Progress", "Update"),
    "._report.report": ("Record", "report"),
    "._sync.wake_up": ("Stop",),
    "._watch.watch": ("watch",),
    ".fleet": ("as_completed", "as_completed_async", "updates", "updates_async", "wait_all", "wait_all_async"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

if not TYPE_CHECKING:  # a type checker must miss what is not there

    def __getattr__(name: str) -> Any:
        """The public *name*, which is loaded now."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - only until the name is there

        found = globals()[name] = getattr(import_module(_HOMES[name], __name__), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
