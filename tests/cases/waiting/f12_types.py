"""What a type checker knows of these calls: `Job[Any]`, so that a wrong name of an argument is not found."""

from typing import reveal_type

from jobwait import Job, promptforge, resume
from jobwait.tracker import Tracked, Tracker
from promptforge_client import AuthenticatedClient
from promptforge_client.models import JobStatus


def resumed(token: str, client: AuthenticatedClient) -> None:
    """Of a token."""
    job = resume(token, client)
    reveal_type(job)
    print(job.results())


def submitted(tracker: Tracker, client: AuthenticatedClient) -> None:
    """Of a tracker's submission; the second has a misspelled argument."""
    job = tracker.submit("promptforge", "team", client, [], provider="p", model="m")
    reveal_type(job)
    print(job.results())
    tracker.submit("promptforge", "team", client, [], provder="typo")


def row(tracked: Tracked) -> None:
    """Of a tracked job."""
    reveal_type(tracked.job_id)
    reveal_type(tracked.state)


def handle(job: Job[JobStatus]) -> None:
    """Of a handle and a service module."""
    reveal_type(job.service)
    reveal_type(job.wait())
    reveal_type(promptforge.connect())
    reveal_type(promptforge.submit)
