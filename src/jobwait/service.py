"""Everything that a service module needs, for services that come with jobwait and for your own."""

from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any

from jobwait._http.connect import connector
from jobwait._http.redaction import Link
from jobwait._httpx import httpx
from jobwait._jobs.drivers import stream_pair, sync_and_async
from jobwait._jobs.handle import Job
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
    from jobwait._files import check_free, new_file, open_input
    from jobwait._http.http_client import HttpClient, http_client
    from jobwait._http.signed_links import upload_file
    from jobwait._jobs.batch import BatchOptions, SubmitAll, submit_all_pair
    from jobwait._jobs.download import download_files, fetch_files
    from jobwait._jobs.request_sequences import accepted, all_pages, check_not_failed, read_until_present

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


def _as_ours(value: Any) -> Any:
    """*value*, of which help(), reprs and tracebacks say that it is of this module, and of none that is private."""
    if isinstance(value, type | FunctionType) and "._" in value.__module__:
        value.__module__ = __name__
    return value


for _name in __all__:
    _as_ours(globals().get(_name))

_HOMES = {
    "DeclaredService": "_declared.service",
    "check": "_declared.check",
    "convert": "_declared.importers.convert",
    "declared": "_declared.package",
    "load": "_declared.service",
    "BatchOptions": "_jobs.batch",
    "SubmitAll": "_jobs.batch",
    "submit_all_pair": "_jobs.batch",
    "upload_file": "_http.signed_links",
    "download_files": "_jobs.download",
    "fetch_files": "_jobs.download",
    "accepted": "_jobs.request_sequences",
    "all_pages": "_jobs.request_sequences",
    "check_not_failed": "_jobs.request_sequences",
    "read_until_present": "_jobs.request_sequences",
    "HttpClient": "_http.http_client",
    "http_client": "_http.http_client",
    "check_free": "_files",
    "new_file": "_files",
    "open_input": "_files",
}


def __getattr__(name: str) -> Any:
    """What not every service needs, and no wait, is loaded when it is first used."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = _as_ours(getattr(import_module(f"jobwait.{home}"), name))
    return found


def __dir__() -> list[str]:
    return [*__all__, "__all__", "__doc__", "__file__", "__name__"]
