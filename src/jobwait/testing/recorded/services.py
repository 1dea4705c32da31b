"""The service by whose rules a recorded job is waited for."""

from typing import Any

import attrs

from jobwait._model.service import RetryRule, Service
from jobwait._model.status_map import StatusMap, plain_word
from jobwait._recording.recording import Recording
from jobwait.errors import InvalidInput


def service_of(recording: Recording, given: Service[Any, Any] | None) -> Service[Any, Any]:
    """The service by whose rules the job is waited for."""
    if given is not None and given.name != recording.service:
        raise InvalidInput(
            f"The recording of job {recording.job_id} is of {recording.service}, and service= is that of {given.name}. "
            f"Leave service= out, or read the recordings of {given.name} alone."
        )
    if given is not None:  # what reads a snapshot would get a recorded poll
        return attrs.evolve(given, reason=_nothing, time_left=None)
    return Service(
        name=recording.service,
        poll=_nothing,
        parse=_nothing,
        status=_nothing,
        statuses=StatusMap(**_meanings(recording)),
        defaults=recording.defaults,
        retry=RetryRule(max_errors_by_status=recording.max_errors_by_status, gap=recording.gap),
        has_queue_phase=recording.has_queue_phase,
    )


def _meanings(recording: Recording) -> dict[str, Any]:
    """The raw statuses by their meaning, as far as each had one alone."""
    words: dict[str, set[str]] = {}
    for poll in recording.polls:
        if poll.answered and poll.raw_status and poll.state != "unknown":
            words.setdefault(plain_word(poll.raw_status), set()).add(poll.state)
    found: dict[str, set[str]] = {}
    for word, states in words.items():
        if len(states) == 1:
            found.setdefault(next(iter(states)), set()).add(word)
    return found


def _nothing(*_: object) -> Any:
    return None
