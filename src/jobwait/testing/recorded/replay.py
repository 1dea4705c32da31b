"""replay() and replay_all(): recorded jobs, waited for by another policy in virtual time."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import frozen

from jobwait._jobs.drivers import run
from jobwait._model.arguments import explained
from jobwait._model.policy import Policy, resolve_policy
from jobwait._model.service import Service
from jobwait._model.status_map import TERMINAL
from jobwait._polling.duration_model import CompletedJob, DurationHistory, InMemoryHistory
from jobwait._polling.job_state import JobState
from jobwait._polling.waiter import waiting
from jobwait._recording.recording import Recording
from jobwait.errors import InvalidInput
from jobwait.testing.recorded.clock import RecordedClock
from jobwait.testing.recorded.lateness import LatenessRange
from jobwait.testing.recorded.record import Paths, recordings
from jobwait.testing.recorded.services import service_of
from jobwait.testing.simulation import EPOCH, NoClient, Report, history_of


@frozen
class Replay(Report):
    """
    How the wait for a recorded job would have gone.

    When exactly the job ended is not known: it was between two recorded answers, `recording.ended`. The replay takes it
    for the last moment of these, and its polls before are in *polled_at* too. *lateness* and *mean_polls* are means
    over all moments in between, each as likely as the others; *lateness_range* and *polls_range* are the least and the
    most, whichever it was. They are None, and the counts those of the replay, if the replay did not see the end.
    """

    __module__ = "jobwait.testing"

    recording: Recording
    mean_polls: float
    polls_range: tuple[int, int]
    lateness_range: tuple[float, float] | None


@explained
def replay(
    recording: Recording | str | os.PathLike[str],
    policy: Policy | None = None,
    *,
    service: Service[Any, Any] | None = None,
    history: DurationHistory | Iterable[CompletedJob | tuple[float | None, float]] | None = None,
) -> Replay:
    """
    Wait, in virtual time, for the job of *recording*, or of the file with that path, as *policy* says.

    A poll gets the last recorded answer at that time, and takes as long as it did; before the first there is none of
    progress. *service*: with its defaults instead of the recorded ones. *history*: similar jobs, as for simulate().

    Raises:
        InvalidInput: the policy polls when the recording has ended and the job had not; or *recording* cannot be read,
            has more than one job, or is of another service than *service*.

    """
    if not isinstance(recording, Recording):
        recording = _single(recording)
    played, similar = service_of(recording, service), history_of(history)
    ids = {played.id: recording.job_id}
    job_state: JobState[Any] = JobState(
        played, NoClient(), ids, started=EPOCH, submitted=recording.submitted, history=similar
    )
    settings = resolve_policy(policy, None, played.defaults)
    job_state.add_statuses(policy)
    clock = RecordedClock.of(recording, job_state)
    outcome = run(waiting(job_state, settings), clock.do)
    seen = outcome.state in TERMINAL
    lateness = LatenessRange.of(recording, clock) if seen else None
    sent = len(clock.polled_at)
    return Replay(
        outcome,
        clock.polled_at,
        None if lateness is None else lateness.mean,
        clock.updates,
        recording,
        sent if lateness is None else lateness.mean_polls,
        (sent, sent) if lateness is None else (lateness.fewest, sent),
        None if lateness is None else (lateness.least, lateness.most),
    )


@explained
def replay_all(
    of: Iterable[Recording] | Paths,
    policy: Policy | None = None,
    *,
    service: Service[Any, Any] | None = None,
    histories: bool = True,
) -> list[Replay]:
    """
    Replay all recorded jobs of *of*, recordings or paths of them, in the order in which they started.

    With *histories*, the wait for each knows the durations of the jobs of its service whose ends were seen before it
    began, as these replays saw them; the first ones know none. A recording in which the job does not end is left out,
    as nothing says what later polls would have shown.

    Raises:
        InvalidInput: as replay() and recordings().

    """
    found = [of] if isinstance(of, Recording | str | os.PathLike) else list(of)
    known = [one for one in found if isinstance(one, Recording)]
    paths = [one for one in found if not isinstance(one, Recording)]
    if paths:
        known += recordings(paths)
    ended: dict[str, list[tuple[float, CompletedJob]]] = {}
    replays = []
    for recording in sorted(known, key=lambda one: one.started):
        if recording.end is None:
            continue
        before = ended.setdefault(recording.service, [])
        began = recording.started + recording.began
        history = _Added(job for seen, job in sorted(before, key=lambda pair: pair[0]) if seen <= began)
        made = replay(recording, policy, service=service, history=history if histories else None)
        replays.append(made)
        seen = recording.started + made.outcome.seen_at.timestamp() - EPOCH
        before.extend((seen, job) for job in history.added)
    return replays


class _Added(InMemoryHistory):
    """A history that keeps apart what was added to it."""

    def __init__(self, completed_jobs: Iterable[CompletedJob]) -> None:
        super().__init__(completed_jobs)
        self.added: list[CompletedJob] = []

    def add(self, completed_job: CompletedJob) -> None:
        self.added.append(completed_job)


def _single(path: str | os.PathLike[str]) -> Recording:
    found = recordings(path)
    if len(found) != 1:
        raise InvalidInput(f"{Path(path)} has {len(found)} jobs, and replay() plays one; replay_all() plays them all.")
    return found[0]
