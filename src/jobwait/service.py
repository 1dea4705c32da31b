"""What a page is made of: for services that do not come with jobwait, and for those that do."""

from jobwait._http.connect import connector
from jobwait._jobs.drivers import stream_pair, sync_and_async
from jobwait._jobs.handle import Job
from jobwait._model.policy import PollingDefaults
from jobwait._model.service import Ids, RetryRule, Service, StatusMap
from jobwait._model.types import Progress
from jobwait._polling.commands import Operation, Sleep
from jobwait._polling.job_state import JobState
from jobwait._polling.operations import call
from jobwait._polling.request_sequences import accepted, all_pages, read_until_present

__all__ = [
    "Ids",
    "Job",
    "JobState",
    "Operation",
    "PollingDefaults",
    "Progress",
    "RetryRule",
    "Service",
    "Sleep",
    "StatusMap",
    "accepted",
    "all_pages",
    "call",
    "connector",
    "read_until_present",
    "stream_pair",
    "sync_and_async",
]
