"""Everything that a service module needs, for services that come with jobwait and for your own."""

from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any

from jobwait._files import check_free, new_file, open_input
from jobwait._http.connect import connector
from jobwait._http.http_client import HttpClient, http_client
from jobwait._http.redaction import Link
from jobwait._http.signed_links import upload_file
from jobwait._httpx import httpx
from jobwait._jobs.batch import BatchOptions, SubmitAll, submit_all_pair
from jobwait._jobs.download import download_files, fetch_files
from jobwait._jobs.drivers import stream_pair, sync_and_async
from jobwait._jobs.handle import Job
from jobwait._jobs.request_sequences import accepted, all_pages, check_not_failed, read_until_present
from jobwait._model.checks import identifier, plain_number, text, whole, within
from jobwait._model.client import Client
from jobwait._model.limits import Limit, Listed, Listing, SerialQueue
from jobwait._model.policy import PollingDefaults, Seconds, seconds
from jobwait._model.service import Ids, RetryRule, Service
from jobwait._model.status_map import TERMINAL, StatusMap
from jobwait._model.types import Progress
from jobwait._polling.commands import Operation, Sleep, compute
from jobwait._polling.job_state import JobState
from jobwait._polling.operations import call
from jobwait._polling.submission import Submission
from jobwait._sync.wake_up import Stop

if TYPE_CHECKING:
    from jobwait._declared.check import check
    from jobwait._declared.importers.convert import convert
    from jobwait._declared.package import declared
    from jobwait._declared.service import DeclaredService, load

__all__ = [
    "TERMINAL",
    "BatchOptions",
    "Client",
    "DeclaredService",
    "HttpClient",
    "Ids",
    "Job",
    "JobState",
    "Limit",
    "Link",
    "Listed",
    "Listing",
    "Operation",
    "PollingDefaults",
    "Progress",
    "RetryRule",
    "Seconds",
    "SerialQueue",
    "Service",
    "Sleep",
    "StatusMap",
    "Stop",
    "Submission",
    "SubmitAll",
    "accepted",
    "all_pages",
    "call",
    "check",
    "check_free",
    "check_not_failed",
    "compute",
    "connector",
    "convert",
    "declared",
    "download_files",
    "fetch_files",
    "http_client",
    "httpx",
    "identifier",
    "load",
    "new_file",
    "open_input",
    "plain_number",
    "read_until_present",
    "seconds",
    "stream_pair",
    "submit_all_pair",
    "sync_and_async",
    "text",
    "upload_file",
    "whole",
    "within",
]

for _name in __all__:  # help(), reprs and tracebacks name this module, and none that is private
    _value = globals().get(_name)
    if isinstance(_value, type | FunctionType) and "._" in _value.__module__:
        _value.__module__ = __name__

_HOMES = {
    "DeclaredService": "service",
    "check": "check",
    "convert": "importers.convert",
    "declared": "package",
    "load": "service",
}


def __getattr__(name: str) -> Any:
    """What services of your own by data need is loaded when it is first used."""
    home = _HOMES.get(name)
    if home is not None:
        return getattr(import_module(f"jobwait._declared.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__all__", "__doc__", "__file__", "__name__"]
