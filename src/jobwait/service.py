"""What a page is made of: for services that do not come with jobwait, and for those that do."""

from jobwait._http.connect import connector
from jobwait._jobs.drivers import streams, twins
from jobwait._jobs.handle import Job
from jobwait._model.policy import Settled
from jobwait._model.service import Ids, RetryRule, Service, Verdicts
from jobwait._model.types import Progress
from jobwait._polling.commands import Script, Sleep
from jobwait._polling.job_state import Course
from jobwait._polling.operations import call
from jobwait._polling.request_sequences import accepted, every_page, until_there

__all__ = [
    "Course",
    "Ids",
    "Job",
    "Progress",
    "RetryRule",
    "Script",
    "Service",
    "Settled",
    "Sleep",
    "Verdicts",
    "accepted",
    "call",
    "connector",
    "every_page",
    "streams",
    "twins",
    "until_there",
]
