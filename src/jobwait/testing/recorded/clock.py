"""The service of a replay: at each moment it gives the last answer that was recorded by then."""

import bisect
from typing import Any, Final

from attrs import define, field

from jobwait._httpx import httpx
from jobwait._model.service import Service
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import CachedSnapshot, Observation
from jobwait._polling.retry.failed_call import FailedCall
from jobwait._recording.poll import RecordedPoll
from jobwait._recording.recording import Recording
from jobwait.errors import InvalidInput
from jobwait.testing.simulation import VirtualClock

SAME: Final = 0.05  # seconds; a poll that is sent so little before a recorded one counts as that one, as timers err
LATE: Final = 0.1  # seconds; so long after its deadline an answer still came, for the same reason


def _no_timeline(_: float) -> int:
    """Stand where a simulation has a function of the time."""
    return 500


@define(slots=False)
class RecordedClock(VirtualClock):
    """A driver in virtual time for which a recording answers."""

    recording: Recording = field(kw_only=True)
    begins: list[float] = field(kw_only=True)  # from when on each recorded answer is given
    shown: list[tuple[float, float, bool]] = field(factory=list)  # of each poll: sent, arrived, whether it was answered

    @classmethod
    def of(cls, recording: Recording, job_state: JobState[Any]) -> "RecordedClock":
        """One that begins when the recording did."""
        begins = [poll.age - SAME for poll in recording.polls]
        number, ended = recording.end, recording.ended
        if number is not None:
            del begins[number + 1 :]
            if ended is not None and ended[0] == ended[1]:  # the time of the end is known
                shows = min(recording.polls[number].age, ended[1] - recording.polls[number].took / 2)
                if not begins[:number] or begins[number - 1] < shows:  # else there was an outage then
                    begins[number] = shows
        return cls(_no_timeline, 0.0, job_state, now=recording.began, recording=recording, begins=begins)

    def _poll(self, timeout: float | None) -> httpx.Response | Observation[Any] | Exception:
        sent = self.now
        if sent > self.recording.known_until + SAME:
            raise InvalidInput(_unknown_after(self.recording, sent))
        self.polled_at.append(sent)
        number = bisect.bisect_right(self.begins, sent) - 1
        poll = self.recording.polls[max(number, 0)]
        late = timeout is not None and poll.took > timeout + LATE
        self.now = sent + (timeout if late and timeout is not None else poll.took)
        self.shown.append((sent, self.now, poll.answered and not late))
        if late:
            return FailedCall("the response took too long", kind="ReadTimeout")
        return _before_first(poll) if number < 0 else _answer(poll, sent, self.job_state.service)


def _unknown_after(recording: Recording, sent: float) -> str:
    return (
        f"The recording of {recording.service} job {recording.job_id} ends at {recording.known_until:.0f} s, when it "
        f"was {recording.state}, and this policy polls at {sent:.0f} s: what it would be told is not known. Give the "
        "policy a shorter timeout, or use replay_all(), which leaves such recordings out."
    )


def _before_first(poll: RecordedPoll) -> Observation[Any]:
    """What a poll before the first recorded one shows: that the job has not ended, and nothing else."""
    state: Any = poll.state if poll.answered and poll.state in {"queued", "running"} else "running"
    return Observation(state, poll.raw_status if poll.state == state else "", CachedSnapshot(poll))


def _answer(poll: RecordedPoll, sent: float, service: Service[Any, Any]) -> Observation[Any]:
    error = None if poll.failure is None else _error(poll, sent)
    if not poll.answered:
        return Observation(None, error=error)
    state: Any = poll.state
    if state == "unknown":  # a policy may have added to the statuses
        state = service.statuses.of(poll.raw_status)
    cached = CachedSnapshot(poll)
    return Observation(state, poll.raw_status, cached, poll.progress, poll.retry_after, poll.size, error, poll.listed)


class Unreadable(Exception):
    """A recorded answer was not what its specification says."""

    raw = ""

    def __init__(self, fact: str, status: int | None) -> None:
        super().__init__(fact)
        self.status = status


def _error(poll: RecordedPoll, sent: float) -> Exception:
    """The error of a poll that failed; it asks to wait until the moment until which the recorded one did."""
    failure = poll.failure
    assert failure is not None, "the poll failed"  # noqa: S101
    if failure.unreadable:
        return Unreadable(str(failure), failure.status)
    headers = {}
    if poll.retry_after is not None:
        headers["retry-after"] = f"{max(0.0, poll.retry_after - max(0.0, sent - poll.age)):.3f}"
    return FailedCall(
        str(failure),
        kind=failure.kind,
        status=failure.status,
        headers=headers,
        is_own=failure.own,
        refused_by_tls=failure.final,
    )
