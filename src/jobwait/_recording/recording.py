"""What was recorded of one job."""

from collections.abc import Mapping
from datetime import UTC, datetime

from attrs import field, frozen

from jobwait._model.policy import PollingDefaults
from jobwait._model.status_map import TERMINAL
from jobwait._recording.lines import End
from jobwait._recording.poll import RecordedPoll


@frozen(kw_only=True, eq=False, repr=False)
class Recording:
    """
    What was recorded of one job: its answers and their times, whatever policy asked for them.

    service: its name. started: when the job was submitted or, unless *submitted* by this library, first polled; in
    seconds since the epoch. began: the job's age in seconds when the recording began. polls: each with its age and its
    round trip, in seconds. defaults: how the service is polled unless a policy says otherwise.
    """

    __module__ = "jobwait.testing"

    service: str
    job_id: str
    started: float
    submitted: bool
    began: float
    polls: tuple[RecordedPoll, ...]
    defaults: PollingDefaults
    max_errors_by_status: Mapping[int, int] = field(factory=dict)
    gap: float = 0.0
    has_queue_phase: bool = False
    ends: tuple[End, ...] = ()

    def __repr__(self) -> str:
        when = datetime.fromtimestamp(self.started, UTC).strftime("%Y-%m-%d %H:%M:%S")
        return f"<Recording of {self.service} job {self.job_id}, {when} UTC: {len(self.polls)} polls, {self.state}>"

    @property
    def end(self) -> int | None:
        """The number of the first poll that showed the job's end, from 0; None if none did."""
        return next((number for number, poll in enumerate(self.polls) if _shows_end(poll)), None)

    @property
    def state(self) -> str:
        """The state in which the job was last seen."""
        answers = [poll.state for poll in self.polls if poll.answered]
        number = self.end
        return (answers[-1] if answers else "unknown") if number is None else self.polls[number].state

    @property
    def ended(self) -> tuple[float, float] | None:
        """
        The job's age at its end, in seconds: above the first number, and at most the second.

        The last answer before its end was given at the first, and that which showed it at the second: in the middle of
        their round trips. They are equal where the service says when the job ended. None if the end was not seen, or
        if it may have been long before the first poll.
        """
        number = self.end
        if number is None:
            return None
        latest = _given(self.polls[number])
        open_at = [0.0] if self.submitted else []
        open_at += [_given(poll) for poll in self.polls[:number] if poll.answered]
        told = [one.completed for one in self.ends if one.completed is not None]
        if not open_at:
            return None
        if told and open_at[-1] < told[-1]:
            return min(told[-1], latest), min(told[-1], latest)
        return open_at[-1], latest

    @property
    def known_until(self) -> float:
        """The job's age in seconds until which the recording says what a poll would have shown."""
        if self.end is not None:
            return float("inf")
        return max([poll.age for poll in self.polls] + [one.at for one in self.ends])


def _given(poll: RecordedPoll) -> float:
    """The job's age when the answer was given: in the middle of the round trip."""
    return poll.age + poll.took / 2


def _shows_end(poll: RecordedPoll) -> bool:
    return poll.answered and poll.state in TERMINAL
