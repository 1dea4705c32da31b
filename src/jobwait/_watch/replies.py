"""What came of a call, in the form of what comes of a request: a response, or a failure."""

from typing import Any, Final, TypeAlias

from jobwait._http.attempt import ReceivedResponse
from jobwait._httpx import httpx
from jobwait._model.types import brief
from jobwait._polling.observation import RETURNED
from jobwait._polling.retry.failed_call import FailedCall
from jobwait._sync import clock
from jobwait._sync.wake_up import WakeUp
from jobwait._watch.raised import failed

RAISED: Final = "jobwait.raised"  # the extension of a response that has the FailedCall with its status
Reply: TypeAlias = httpx.Response | Exception | None


def late(began: float, stop: WakeUp | None) -> Reply:
    """The reply of a call that was given up: none after a stop, which is no failure of the service."""
    if stop is not None and stop.is_set():
        return None
    seconds = brief(clock.current.monotonic() - began)
    return FailedCall(f"the call had not returned after {seconds} s", kind="TimeoutError")


def returned(value: Any) -> Reply:
    """The response that has *value*; None says nothing, and is a failure."""
    if value is None:
        return FailedCall("the call returned None, which says nothing about the job", kind="TypeError")
    response = ReceivedResponse(200, httpx.Headers(), b"", "", "")
    response.extensions[RETURNED] = value
    return response


def raised(error: BaseException) -> Reply:
    """The response that *error* carries, or its failure; what is no Exception is raised."""
    if not isinstance(error, Exception):
        raise error
    failure = failed(error)
    if failure.status is None:
        return failure
    response = ReceivedResponse(failure.status, failure.headers, b"", "", "")
    response.extensions[RAISED] = failure
    return response


def parsed(response: httpx.Response) -> Any:
    """What the function returned; raises the FailedCall if it failed."""
    failure = response.extensions.get(RAISED)
    if failure is not None:
        raise failure
    return response.extensions[RETURNED]
