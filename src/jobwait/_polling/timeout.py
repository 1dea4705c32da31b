"""The end of a wait at its deadline, and the cancellation of the job that a caller may wish then."""

from typing import Final, TypeVar

from jobwait._httpx import httpx
from jobwait._model.types import Outcome
from jobwait._polling import outcomes
from jobwait._polling.commands import Operation, SendRequest
from jobwait._polling.wait_state import Wait

S = TypeVar("S")
CANCEL_TIME: Final = 5.0  # seconds that the request for a cancellation may take, after the deadline


def time_out(wait: Wait[S]) -> Operation[Outcome[S]]:
    """End the wait at its deadline; first ask the service to cancel the job, where that is wanted and possible."""
    job_state = wait.job_state
    build, answered = job_state.service.cancel, wait.answered is not None or wait.trouble.last_error is None
    if not wait.settings.cancel_on_timeout or not answered:
        return outcomes.timed_out(wait)
    if build is None:
        wait.cancellation += f", as {job_state.service.name} cannot do that"
        return outcomes.timed_out(wait)
    job_state.cancel_asked = True
    result = yield SendRequest(
        job_state.client,
        lambda: build(job_state.client, job_state.ids),
        timeout=CANCEL_TIME,
        service_name=job_state.service.name,
        job_id=job_state.job_id,
    )
    reply = result.value
    if isinstance(reply, httpx.Response) and reply.is_success:
        wait.cancellation = "Its cancellation was requested, and a later status says whether it was canceled"
    elif isinstance(reply, httpx.Response):
        wait.cancellation = f"Its cancellation was refused with {reply.status_code}"
    else:
        wait.cancellation = "No response came to the request for its cancellation"
    return outcomes.timed_out(wait)
