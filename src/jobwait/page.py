"""What a page is made of: for services that do not come with jobwait, and for those that do."""

from jobwait._call import call
from jobwait._connect import connector
from jobwait._course import Course
from jobwait._drive import streams, twins
from jobwait._job import Job
from jobwait._paced import accepted, every_page, until_there
from jobwait._policy import Settled
from jobwait._service import Ids, RetryRule, Service, Verdicts
from jobwait._steps import Script, Sleep
from jobwait._types import Progress

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
