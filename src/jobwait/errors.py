"""
What can go wrong, as one tree.

JobWaitError
├── InvalidInput (ValueError)     nothing was sent
├── JobFailed                     the service says that it ended badly
│   └── JobCanceled
├── WaitTimeout (TimeoutError)    we stopped asking; the job may still be running
├── UnknownStatus                 only with on_unknown="raise"
├── ResultIncomplete              what a finished job promises never appeared
├── CallFailed                    we could not ask
│   ├── NotAuthorized             401, 403
│   ├── JobNotFound               404 after the grace, 410
│   ├── RequestRejected           400, 409, 422: the service's own words in it
│   ├── RateLimited               429 beyond what the deadline allows
│   └── UnexpectedReply           an answer outside the spec
├── SubmitUnconfirmed             sent, but no certain answer; never sent twice
├── DownloadFailed                a result file could not be fetched or written
├── TokenRefused                  a resume token that is damaged, newer or another host's
└── TrackerError                  the tracker's file cannot be used

Each error carries what is known of the job; none holds a key, a header or a signed link; each survives pickling.
"""

from __future__ import annotations

from typing import Any, Self

from jobwait._text import visible

__all__ = [
    "CallFailed",
    "DownloadFailed",
    "InvalidInput",
    "JobCanceled",
    "JobFailed",
    "JobNotFound",
    "JobWaitError",
    "NotAuthorized",
    "RateLimited",
    "RequestRejected",
    "ResultIncomplete",
    "SubmitUnconfirmed",
    "TokenRefused",
    "TrackerError",
    "UnexpectedReply",
    "UnknownStatus",
    "UnknownStatusWarning",
    "WaitTimeout",
]


class UnknownStatusWarning(UserWarning):
    """A service reported a status that its page does not know; the wait goes on."""


class JobWaitError(Exception):
    """
    The root of everything that jobwait raises.

    *service* and *job_id* name the job, *snapshot* is the last status model seen, *status* the HTTP status code
    and *request_id* the service's name for the request; each is None where there is none.
    """

    def __init__(
        self,
        message: str,
        *,
        service: str | None = None,
        job_id: str | None = None,
        snapshot: Any = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.service = service
        self.job_id = job_id
        self.snapshot = snapshot
        self.status = status
        self.request_id = request_id

    def __str__(self) -> str:
        return visible(self.message)  # a traceback is printed to a terminal, and some words in it are a server's

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions pickle by their positional arguments; ours are keywords. The cause stays behind: an httpx
        # error would bring its request along.
        facts = {name: value for name, value in vars(self).items() if name not in {"message", "__notes__"}}
        return _rebuild, (type(self), self.message, facts)

    @classmethod
    def about(cls, job: Any, message: str, **facts: Any) -> Self:
        """The error for *job* (anything with a service and an id); *message* has its name put in front."""
        return cls(f"{job.service.name} job {job.id} {message}", service=job.service.name, job_id=job.id, **facts)


def _rebuild(cls: type[JobWaitError], message: str, facts: dict[str, Any]) -> JobWaitError:
    error = cls.__new__(cls, message)
    JobWaitError.__init__(error, message)
    vars(error).update(facts)
    return error


class InvalidInput(JobWaitError, ValueError):
    """What was asked for cannot be; nothing was sent."""


class JobFailed(JobWaitError):
    """The service says that the job ended badly; *snapshot* holds its last word."""


class JobCanceled(JobFailed):
    """The service says that the job was canceled."""


class WaitTimeout(JobWaitError, TimeoutError):
    """We stopped asking; the job may still be running."""


class UnknownStatus(JobWaitError):
    """A status that the page does not know, under a policy that asks for strictness."""


class ResultIncomplete(JobWaitError):
    """What a finished job promises did not appear, after paced re-reads."""


class CallFailed(JobWaitError):
    """We could not ask; the cause is the last real error."""


class NotAuthorized(CallFailed):
    """The service refused the key: 401 or 403."""


class JobNotFound(CallFailed):
    """The service does not know the job, or no longer: 404 or 410."""


class RequestRejected(CallFailed):
    """The service refused the request as it stands: 400, 409, 422 and the like."""


class RateLimited(CallFailed):
    """The service asks for more patience than the deadline or the policy allows; *retry_after* is in seconds."""

    retry_after: float | None = None


class UnexpectedReply(CallFailed):
    """
    A response that does not match the specification.

    *state* is the job's state ("succeeded", "running", …) if the status in the response can still be read; *body* is
    the start of the response as text.
    """

    state: str | None = None
    body: str | None = None


class SubmitUnconfirmed(JobWaitError):
    """A submission was sent and no certain answer came; *ids* holds what is known so far. It is never sent twice."""

    def __init__(self, message: str, *, ids: dict[str, str] | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.ids = dict(ids or {})


class DownloadFailed(JobWaitError):
    """A result file could not be fetched or written; what had arrived whole is kept."""


class TokenRefused(JobWaitError):
    """A resume token that is damaged, too large, newer than this version, or of another service or host."""


class TrackerError(JobWaitError):
    """The tracker's file cannot be used."""
