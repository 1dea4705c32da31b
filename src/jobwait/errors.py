"""
The errors that jobwait raises, as one tree.

JobWaitError
├── InvalidInput (ValueError)     an argument is invalid; nothing was sent
├── JobFailed                     the service reports that the job failed
│   └── JobCanceled               the service reports that the job was canceled
├── NeedsInput                    the job waits for its caller's answer; it has not ended
├── WaitTimeout (TimeoutError)    the deadline passed; the job may still be running
├── UnknownStatus                 an undocumented status, with on_unknown="raise"
├── ResultIncomplete              the job finished, but its results did not appear
├── CallFailed                    a request failed
│   ├── NotAuthorized             401, 403
│   ├── JobNotFound               404 after not_found_grace, of a job that was seen twice; 410
│   ├── RequestRejected           400, 409, 422 and other 4xx; quotes the service's message
│   ├── RateLimited               429 or Retry-After beyond what the deadline or the policy allows
│   └── UnexpectedReply           a response that does not match the specification, or the page of a proxy
├── SubmitUnconfirmed             a submission was sent, its result is unknown; it is never sent twice
├── NotSubmitted                  a submission of a batch that was not sent before the timeout or the stop
├── DownloadFailed                a result file could not be fetched or written
├── TokenRefused                  a resume token that cannot be used
└── TrackerError                  the tracker's file cannot be used

Each error names its job, as far as it is known. None holds a key, a header or a signed link. All can be pickled.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, Self, TypeAlias

from jobwait._text import visible

__all__ = [
    "CallFailed",
    "DownloadFailed",
    "InvalidInput",
    "JobCanceled",
    "JobFailed",
    "JobNotFound",
    "JobWaitError",
    "NeedsInput",
    "NotAuthorized",
    "NotSubmitted",
    "RateLimited",
    "RequestRejected",
    "ResultIncomplete",
    "RetryAfterWarning",
    "SubmitUnconfirmed",
    "TokenRefused",
    "TrackerError",
    "UnexpectedReply",
    "UnknownStatus",
    "UnknownStatusWarning",
    "WaitTimeout",
]


class UnknownStatusWarning(UserWarning):
    """A service reported a status that is in no set of its StatusMap; the wait goes on."""


class RetryAfterWarning(UserWarning):
    """A service sent a Retry-After that is no date and no number, or asks for more than 24 hours; it is ignored."""


Reason: TypeAlias = Literal[
    "not_found",
    "key_refused",
    "rate_limited",
    "rejected",
    "unexpected_reply",
    "unknown_status",
    "invalid_input",
    "service_error",
    "no_answer",
]
"""Why a job could not be asked about; docs/cli.md says what each means."""


class JobWaitError(Exception):
    """
    The base class of all errors of jobwait.

    *service* is the name of the service, *job_id* the job's id, *snapshot* the last status model received, *status*
    the HTTP status code and *request_id* the service's id of the request. Each is None if it is not known.
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
        return visible(self.message)  # a traceback goes to a terminal, and parts of the message come from a server

    @property
    def reason(self) -> Reason | None:
        """Why the service could not be asked, as one word for programs; None for an error of another kind."""
        if type(self) is CallFailed and self.status is not None:
            return "service_error"
        return next((_REASONS[kind] for kind in type(self).__mro__ if kind in _REASONS), None)

    def to_dict(self) -> dict[str, Any]:
        """The error as JSON, with the keys that the command writes: type, message, reason, status, request_id."""
        facts = {"message": self.message, "reason": self.reason, "status": self.status, "request_id": self.request_id}
        return {"type": type(self).__name__, **facts}

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions pickle by their positional arguments; ours are keywords. The cause is left out: an httpx error
        # holds its request.
        facts = {name: value for name, value in vars(self).items() if name not in {"message", "__notes__"}}
        return _rebuild, (type(self), self.message, facts)

    @classmethod
    def about(cls, service: Any, job_id: str, message: str, **facts: Any) -> Self:
        """The error for job *job_id* of a Service; both are named before *message*."""
        return cls(f"{service.name} job {job_id}: {message}", service=service.name, job_id=job_id, **facts)


def _rebuild(cls: type[JobWaitError], message: str, facts: dict[str, Any]) -> JobWaitError:
    error = cls.__new__(cls, message)
    JobWaitError.__init__(error, message)
    vars(error).update(facts)
    return error


class InvalidInput(JobWaitError, ValueError):
    """
    An argument is invalid, or the call is not possible in the job's state; nothing was sent.

    *faults* has a sentence for each fault of an input file, with the line or the path of the value.
    """

    faults: tuple[str, ...] = ()

    def __init__(self, message: str, *, faults: Iterable[str] = (), **facts: Any) -> None:
        super().__init__(message, **facts)
        self.faults = tuple(faults)


class JobFailed(JobWaitError):
    """The service reports that the job failed; *snapshot* is its final status model."""


class JobCanceled(JobFailed):
    """The service reports that the job was canceled."""


class NeedsInput(JobWaitError):
    """The job waits for its caller, whom *snapshot* tells what for; answer the service, then wait again."""


class WaitTimeout(JobWaitError, TimeoutError):
    """The deadline passed, or stop() was called, before the job ended; the job may still be running."""


class UnknownStatus(JobWaitError):
    """The job has a status that is in no set of its StatusMap, and the policy has on_unknown="raise"."""


class ResultIncomplete(JobWaitError):
    """The results of a finished job did not appear in several reads."""


class CallFailed(JobWaitError):
    """A request to the service failed, or no poll was answered until the deadline; `__cause__` is the last error."""


class NotAuthorized(CallFailed):
    """The service refused the key: 401 or 403."""


class JobNotFound(CallFailed):
    """
    The service does not know the job, or has deleted it: 404 or 410.

    A 404 to a submission, or to a list of jobs, is this error too, with *job_id* None.
    """


class RequestRejected(CallFailed):
    """The service rejected the request: 400, 409, 422 and other 4xx. The same request would be rejected again."""


class RateLimited(CallFailed):
    """
    The service asks for a longer delay than the deadline or the policy allows, or its limit has no room for a call.

    *retry_after*: in seconds, after which to try again; None if the service names no time.
    """

    retry_after: float | None = None


class UnexpectedReply(CallFailed):
    """
    A response that does not match the specification: a redirect and a 4xx without an error of the service too.

    *state* is the job's state ("succeeded", "running", …) if the status in the response can still be read; *body* is
    the start of the response as text.
    """

    state: str | None = None
    body: str | None = None


class SubmitUnconfirmed(JobWaitError):
    """
    A submission was sent, and it is not known whether a job was created; it is never sent twice.

    *ids* holds the ids that are known, by name. An interruption in the middle of a submission (KeyboardInterrupt, a
    cancellation) stays what it is, and has this error as its `__cause__`.
    """

    def __init__(self, message: str, *, ids: dict[str, str] | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.ids = dict(ids or {})

    @classmethod
    def behind(cls, error: BaseException) -> Self | None:
        """*error* itself or its cause, if that is a SubmitUnconfirmed."""
        return next((one for one in (error, error.__cause__) if isinstance(one, cls)), None)


class NotSubmitted(JobWaitError):
    """A submission of a batch whose turn did not come before the timeout or the stop; nothing of it was sent."""


class DownloadFailed(JobWaitError):
    """A result file could not be fetched or written; the files that were complete are kept."""


class TokenRefused(JobWaitError):
    """A resume token is damaged, too large, newer than this version, or for another service or host."""


class TrackerError(JobWaitError):
    """The tracker's file cannot be used."""


_REASONS: Final[Mapping[type, Reason]] = MappingProxyType(
    {
        JobNotFound: "not_found",
        NotAuthorized: "key_refused",
        RateLimited: "rate_limited",
        RequestRejected: "rejected",
        UnexpectedReply: "unexpected_reply",
        UnknownStatus: "unknown_status",
        InvalidInput: "invalid_input",
        CallFailed: "no_answer",
    }
)
