"""What a handle knows of its job: enough to go on later, in another wait or another process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from attrs import Factory, define, field

from jobwait._model.service import Ids, Service
from jobwait._model.types import Outcome
from jobwait._polling.coordinator import Observation, PollCoordinator
from jobwait._polling.duration_model import DurationHistory, process_history
from jobwait._polling.progress_estimate import ProgressHistory
from jobwait._polling.snapshot import CachedSnapshot

S = TypeVar("S")


def host_of(client: Any) -> str:
    """The host, with its port where it is not the usual one, that *client* talks to."""
    return urlsplit(str(client.base_url)).netloc.rpartition("@")[2].lower()


@define(eq=False, match_args=False, repr=False)
class JobState(Generic[S]):
    """
    The one thing in jobwait that changes while a job runs.

    started: when the job was submitted, or first asked for, in seconds since the epoch. submitted: whether that
    submission was ours. seen: whether the service ever knew the job. looks, errors: counts over all waits.
    last_look: when the last look was sent, in seconds since the epoch. state,
    raw_status, kept: the last that were read. deadline: the latest wait's, in seconds since the epoch; inherited:
    whether it came with a token. cancel_asked: whether we asked the service to cancel it. track: what its looks have
    shown; history: what like jobs have. desk: where the waits on this handle meet. record: who else
    hears each look. outcome: set once the job has ended.
    """

    service: Service[Any, S]
    client: Any
    ids: Ids
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
    progress_history: ProgressHistory = field(
        default=Factory(
            lambda job_state: ProgressHistory(has_queue_phase=job_state.service.has_queue_phase), takes_self=True
        )
    )
    history: DurationHistory = field(
        default=Factory(lambda job_state: process_history(job_state.service.name, job_state.host), takes_self=True)
    )
    coordinator: PollCoordinator = field(factory=PollCoordinator, repr=False)
    record: Callable[[Observation], None] | None = None
    outcome: Outcome[S] | None = None

    @property
    def snapshot(self) -> S | None:
        """The last status model."""
        return None if self.cached is None else self.cached.model()

    @property
    def host(self) -> str:
        """The host, with its port where it is not the usual one, that the client talks to."""
        return host_of(self.client)

    @property
    def job_id(self) -> str:
        """The id that names the job among *ids*."""
        return self.ids[self.service.id]
