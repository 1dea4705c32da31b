"""One recorded poll, and why it failed if it did."""

from typing import Any

from attrs import frozen

from jobwait._httpx import httpx
from jobwait._model.types import Progress
from jobwait._polling.commands import Result
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import RETURNED, Observation
from jobwait._polling.retry.classify import classify, refused_by_tls
from jobwait._polling.retry.failed_call import FailedCall
from jobwait.errors import UnexpectedReply


@frozen(kw_only=True)
class RecordedFailure:
    """
    Why a poll failed, as far as the rules ask.

    kind: the class name of the error. status: the HTTP status; None without a response. own: whether the response is
    the service's own error. unreadable: the response was not what its specification says. final: whether another
    attempt could not help, whatever the status: the certificate was refused, or the request is invalid.
    """

    __module__ = "jobwait.testing"

    kind: str
    status: int | None = None
    own: bool = False
    unreadable: bool = False
    final: bool = False

    def __str__(self) -> str:
        """Text such as "the service responded with 503"."""
        if self.unreadable:
            return f"the response was not what its specification says ({self.kind})"
        if self.status is not None:
            return f"the service responded with {self.status}"
        return f"no response came ({self.kind})"


@frozen(kw_only=True)
class RecordedPoll:
    """
    One poll: when its answer came, and the state and progress that it showed, or the *error* why it failed.

    at: in seconds since the epoch. age: when it was sent, in seconds since the job was submitted or first polled; took:
    its round trip, in seconds. The state of a poll that failed is the one known until then; "unknown" if no poll was
    answered before. raw_status: the service's word. size: of the job, in the service's units. retry_after: the seconds
    that the answer asked to wait. listed: it is from a list of jobs, whose progress is that of an earlier poll. status:
    the HTTP status of the answer. failure: the error in parts; with a state that ends the job, only the status of the
    answer could be read. body: the answer, redacted, where whole bodies are recorded.
    """

    __module__ = "jobwait.testing"

    at: float
    state: str
    progress: Progress | None = None
    error: str | None = None
    age: float = 0.0
    took: float = 0.0
    raw_status: str = ""
    size: float | None = None
    retry_after: float | None = None
    listed: bool = False
    status: int | None = None
    failure: RecordedFailure | None = None
    body: Any = None

    @property
    def answered(self) -> bool:
        """Whether it showed a state."""
        return self.error is None


def recorded(
    job_state: JobState[Any], found: Observation[Any], result: Result | None = None, age: float = 0.0
) -> RecordedPoll:
    """The facts of the poll with which *job_state* has just *found* something, in *result*, at that *age*."""
    response = None if result is None else response_of(result)
    failure, after = (None, None) if found.error is None else _failure(job_state, found.error, found.wall)
    sent = found.sent if result is None or result.sent is None else result.sent
    return RecordedPoll(
        at=found.wall,
        state=job_state.known_state,
        progress=found.progress,
        error=_text(found.error) if found.error is not None and found.state is None else None,
        age=max(0.0, age + sent - found.sent),
        took=max(0.0, found.received - sent),
        raw_status=found.raw_status,
        size=found.size,
        retry_after=found.retry_after if after is None else after,
        listed=found.listed,
        status=None if response is None else response.status_code,
        failure=failure,
    )


def response_of(result: Result) -> httpx.Response | None:
    """The HTTP response in *result*; None without one, as for what a watched function returned."""
    value = result.value
    return value if isinstance(value, httpx.Response) and RETURNED not in value.extensions else None


def _text(error: Exception) -> str:
    return str(error) if isinstance(error, FailedCall) else f"{type(error).__name__}: {error}"


def _failure(job_state: JobState[Any], error: Exception, wall: float) -> tuple[RecordedFailure, float | None]:
    """*error* in parts, and the seconds that it asks to wait."""
    decision = classify(error, job_state.service.retry, wall)
    failure = RecordedFailure(
        kind=error.kind if isinstance(error, FailedCall) else type(error).__name__,
        status=decision.status,
        own=decision.own,
        unreadable=decision.kind is UnexpectedReply and getattr(error, "headers", None) is None,
        final=decision.status is None and (refused_by_tls(error) or not decision.again),
    )
    return failure, decision.after
