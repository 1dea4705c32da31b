"""
Wait for the jobs of Freeplay, PromptForge and FRYTE, or of any SDK: one or ten thousand, sync or async.

    from jobwait import promptforge

    with promptforge.connect() as client:
        job = promptforge.submit(client, "prompts.jsonl", provider="openai", model="gpt-4o-mini")
        done = job.wait(timeout=7200, on_update=print)

`watch` makes a handle on a job of any other SDK. These modules are imported separately:

    freeplay, fryte, promptforge    the three services
    llm_batches                     batches of prompts at OpenAI, Anthropic and Mistral
    service, atlas                  services of your own, and public APIs that are declared already
    tracker                         jobs in a file, which outlive the process
    testing, sandbox                virtual time and simulated services, for tests
    hooks, otel                     events, OpenTelemetry
    engines                         Temporal and Airflow

What begins with an underscore is private. Each name here is loaded when it is first used, so that the command shows
--help without loading an HTTP client.
"""

import sys
from typing import TYPE_CHECKING, Any

from jobwait import errors
from jobwait.errors import JobWaitError

if TYPE_CHECKING:
    __version__: str
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

# Whatever of these is a class or a function has "jobwait" as its __module__, for help(), reprs and pickles.
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
    "__version__",
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
    "._model.policy": ("Default", "DelayPerRequest", "Lateness", "MaxRequests", "Policy", "PollingDefaults"),
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
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415 - it takes longer than all else here

            globals()[name] = found = version("jobwait")
            return found
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - only until the name is there

        found = globals()[name] = getattr(import_module(_HOMES[name], __name__), name)
        return found

    def __dir__() -> list[str]:
        modules = {name for name in globals() if name[0] != "_" and f"{__name__}.{name}" in sys.modules}
        return sorted({*__all__, *modules, *(name for name in globals() if name.startswith("__"))})
