"""What is known of one job while it is waited for, and how concurrent waits share its polls."""

from __future__ import annotations

import functools
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

import attrs
from attrs import Factory, define, field, setters

from jobwait._httpx import httpx
from jobwait._model.client import CallingClient
from jobwait._model.ids import compact
from jobwait._model.policy import Default, Policy
from jobwait._model.service import Ids, Service
from jobwait._model.status_map import Meaning, StatusMeaning
from jobwait._model.types import Outcome, Progress, State
from jobwait._polling.commands import Result
from jobwait._polling.duration_model import CompletedJob, DurationHistory, process_history
from jobwait._polling.observation import CachedSnapshot, Observation, asks_to_wait, read
from jobwait._polling.progress_estimate import ProgressHistory
from jobwait._polling.retry.classify import is_expected
from jobwait._polling.retry.retry_after import warn_if_unusable
from jobwait._polling.scripted import check_scripted
from jobwait._sync.wake_up import WakeUp, forks, lock
from jobwait.errors import InvalidInput

S = TypeVar("S")


def host_of(client: Any) -> str:
    """The host of *client*, with its port unless that is the default; of a client that calls a function, its ref."""
    if isinstance(client, CallingClient):
        return client.ref
    return urlsplit(str(client.base_url)).netloc.rpartition("@")[2].lower()


class PollCoordinator:
    """
    Coordinates concurrent waits on one job: one status request is in flight, and all waits get its observation.

    A wait that ends or is canceled during its request leaves, and another wait sends the next request.
    """

    __slots__ = ("_forks", "_polling", "_stopped", "_waits")

    def __init__(self) -> None:
        self._forks = forks()
        self._stopped = False
        self._waits: tuple[WakeUp, ...] = ()
        self._polling: WakeUp | None = None

    def join(self, wake_up: WakeUp) -> WakeUp:
        """Add the wait of *wake_up*, which is set if stop() was called while there was no wait; returns it."""
        if self._forks != forks():  # the other waits run in the parent of this process
            PollCoordinator.__init__(self)
        with lock():
            self._waits = (*self._waits, wake_up)
            stopped, self._stopped = self._stopped, False  # read after: a signal handler may call stop() in between
        if stopped:
            wake_up.set()
        return wake_up

    def leave(self, wake_up: WakeUp) -> None:
        """Remove the wait of *wake_up*. Safe after a KeyboardInterrupt at any point of the wait."""
        with lock():
            self._waits = tuple(one for one in self._waits if one is not wake_up)
        if self._polling is wake_up:
            self.release(wake_up)

    def acquire(self, wake_up: WakeUp) -> bool:
        """Whether the wait of *wake_up* may poll now: no other wait is polling."""
        with lock():
            if self._polling is None:
                self._polling = wake_up
            return self._polling is wake_up

    def release(self, wake_up: WakeUp) -> None:
        """End the poll of *wake_up*, whatever its result, and wake the other waits."""
        with lock():
            self._polling, waits = None, self._waits
        for one in waits:
            if one is not wake_up:
                one.wake()

    def stop(self) -> None:
        """End all waits; if there is none, the next one. Safe from any thread, and from a signal handler."""
        with lock():
            waits = self._waits
            self._stopped = not waits
        for wake_up in waits:
            wake_up.set()


@define(eq=False, match_args=False, repr=False, weakref_slot=False, on_setattr=setters.NO_OP)
class JobState(PollCoordinator, Generic[S]):
    """
    What is known of one job, and who waits for it; the only mutable state of a wait.

    Times are in seconds since the epoch. started: when the job was submitted, or first polled. submitted: whether we
    submitted it. seen: whether the service has ever reported it. polls, errors: counts over all waits. last_poll: when
    the last poll was sent. state, raw_status, cached: as last read. deadline: of the latest wait; inherited: whether it
    came from a token. cancel_asked: whether we requested its cancellation. observation: of the last poll.
    progress_history: of this job; history: of similar jobs. record: called with each observation, the result of the
    poll and the job's age when it was sent; record_end: with the outcome of each wait. outcome: set once the job has
    ended. handle: the first that was made.
    """

    service: Service[Any, S]
    client: Any
    ids: Ids = field(converter=compact)
    started: float | None = None
    submitted: bool = False
    seen: bool = False
    polls: int = 0
    errors: int = 0
    last_poll: float | None = None
    state: str = "queued"
    raw_status: str | None = None
    cached: CachedSnapshot[S] | None = None
    deadline: float | None = None
    inherited: bool = False
    cancel_asked: bool = False
    observation: Observation[S] | None = None
    progress_history: ProgressHistory = field(
        default=Factory(lambda job: ProgressHistory.empty(has_queue_phase=job.service.has_queue_phase), takes_self=True)
    )
    _history: DurationHistory | None = field(default=None, alias="history")
    record: Callable[[Observation[S], Result | None, float], None] | None = None
    record_end: Callable[[Outcome[S]], None] | None = None
    outcome: Outcome[S] | None = None
    handle: Any = None

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    @property
    def snapshot(self) -> S | None:
        """The last status model."""
        return None if self.cached is None else self.cached.model()

    @property
    def known_state(self) -> str:
        """The last state that the service reported; "unknown" before it has reported one."""
        return self.state if self.seen else "unknown"

    @property
    def summary(self) -> str:
        """The known state in words, for a handle."""
        if self.seen:
            return self.state
        if self.polls:
            return "no answer yet"
        return "submitted, not polled yet" if self.submitted else "not polled yet"

    @property
    def history(self) -> DurationHistory:
        """How long similar jobs took: the history of this process, unless another was given."""
        if self._history is None:
            self._history = process_history(self.service.name, self.host)
        return self._history

    @history.setter
    def history(self, history: DurationHistory) -> None:
        self._history = history

    @property
    def host(self) -> str:
        """The host of the client, with its port unless that is the default."""
        return host_of(self.client)

    @property
    def job_id(self) -> str:
        """The job's own id among *ids*."""
        return self.ids[self.service.id]

    def stored_host(self) -> str:
        """The host, for a token or a file; InvalidInput if no other process could find the job: a watch without ref."""
        host = host_of(self.client)
        if not host:
            raise InvalidInput(
                f"{self.service.name} job {self.job_id} is watched by a function that only this process knows. Give "
                'watch() ref="package.module:function", the name of a function that makes the watch of an id.',
                service=self.service.name,
                job_id=self.job_id,
            )
        return host

    def add_statuses(self, policy: Policy | None) -> None:
        """Add the statuses of *policy* to those of the service, for this job; InvalidInput if they contradict them."""
        service, self.service = self.service, with_statuses(self.service, policy)
        if self.service is service:
            return
        if self.observation is not None and self.observation.state is not None:
            if self.observation.state == "unknown":
                self.observation.state = self.service.statuses.of(self.observation.raw_status)
            self.state = live_state(self.service, self.observation.state, self.observation.progress)

    def age(self, wall: float) -> float:
        """Seconds since it was submitted, or first polled; if the calendar was set back, those at its last poll."""
        return max(0.0, self.progress_history.at, 0.0 if self.started is None else wall - self.started)

    def observe(self, result: Result, sent: float, age: float) -> None:
        """Take the *result* of a poll that was sent at *sent*, when the job was *age* seconds old."""
        self.polls += 1
        found = self._read(result)
        number = 1 if self.observation is None else self.observation.number + 1
        if found.state is None:
            self.errors += 1
        else:
            self._update(found, age)
        self.observation = found.at(number, sent, result.now, result.wall)
        if self.record is not None:
            self.record(self.observation, result, age)

    def _read(self, result: Result) -> Observation[S]:
        if isinstance(result.value, Observation):
            return result.value
        try:
            if not isinstance(result.value, httpx.Response):
                failed = result.value if isinstance(result.value, Exception) else None
                raise failed or TypeError("the value of a Poll is a response, an observation or an exception")
            if asks_to_wait(result.value):
                warn_if_unusable(result.value, result.wall, self.client, self.service.name)
            return read(self.service, result.value, result.wall, self.job_id, self.observation)
        except Exception as error:
            if not is_expected(error):
                raise
            check_scripted(result.value, error)
            return Observation(None, error=error)

    def _update(self, found: Observation[S], age: float) -> None:
        self.seen, self.raw_status = True, found.raw_status
        self.cached = self.cached if found.cached is None else found.cached
        self.state = live_state(self.service, cast("StatusMeaning", found.state), found.progress)
        before = self.progress_history
        self.progress_history = before.after(
            age, found.progress, found.size, queued=self.state == "queued", ours=self.submitted
        )
        if self.state == "succeeded" and self.submitted:
            completed = _completed(self, before)
            if completed is not None:
                self.history.add(completed)


def with_statuses(service: Service[Any, Any], policy: Policy | None) -> Service[Any, Any]:
    """*service* with the statuses of *policy* too; InvalidInput if they contradict its own."""
    if policy is None or isinstance(policy.statuses, Default):
        return service
    return _with_statuses(service, tuple(policy.statuses.items()))


@functools.lru_cache(maxsize=256)
def _with_statuses(
    service: Service[Any, Any], added: tuple[tuple[Meaning, AbstractSet[str]], ...]
) -> Service[Any, Any]:
    """Cached, so that all jobs with the same policy share one object."""
    try:
        known = service.statuses.adding(dict(added))
    except ValueError as error:
        fact = f"statuses contradicts what the statuses of {service.name} mean: {error}."
        raise InvalidInput(f"{fact} It can only add to them.", service=service.name) from None
    made: Service[Any, Any] = service if known is service.statuses else attrs.evolve(service, statuses=known)
    return made


def live_state(service: Service[Any, Any], state: StatusMeaning, progress: Progress | None) -> State:
    """*state*; if the service documents no status of live jobs, *progress* shows that the job runs."""
    if state == "unknown" and not service.live_statuses:
        return "queued" if progress is None else "running"
    return cast("State", state)


def _completed(job: JobState[Any], before: ProgressHistory) -> CompletedJob | None:
    """The history's entry for the job; None if it reports steps, which differ too much from job to job."""
    if before.steps is not None:
        return None
    history = job.progress_history
    ended = (before.at + history.at) / 2
    began = before.began if history.has_queue_phase and before.began is not None else 0.0
    accurate = None if before.counts is None else before.predicted(history.at)
    return CompletedJob(history.size, max(ended - began, 1e-3), accurate, job.polls == 1)
