"""The peers, each by its own code with its clock made virtual; where that cannot be, its schedule, and marked so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock

from attrs import define
from benchmarks.workloads import Job
from botocore.waiter import SingleWaiterConfig, Waiter
from google.api_core.future.polling import PollingFuture
from openai.resources.beta.threads.runs import Runs
from tenacity import Retrying, retry_if_result, wait_exponential

LATENCY: Final = 0.1


@define
class Watched:
    """One job under a peer's eyes: virtual time, and how often it was asked for."""

    job: Job
    now: float = 0.0
    polls: int = 0

    def poll(self) -> bool:
        """Whether the job has ended, asked over the wire."""
        self.polls += 1
        ended = self.now + LATENCY / 2 >= self.job.ended_at
        self.now += LATENCY
        return ended

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def read(self) -> float:
        """What the clock shows."""
        return self.now

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Within it the process's clock is this one."""
        with (
            mock.patch.object(time, "sleep", self.sleep),
            mock.patch.object(time, "monotonic", self.read),
            mock.patch.object(time, "time", self.read),
        ):
            yield


def _botocore(watched: Watched) -> None:
    config = SingleWaiterConfig(
        {
            "operation": "Look",
            "delay": 15,
            "maxAttempts": 10**9,
            "acceptors": [{"matcher": "path", "argument": "ended", "expected": True, "state": "success"}],
        }
    )
    with watched.clock():
        Waiter("ended", config, lambda **_: {"ended": watched.poll()}).wait()


class _Future(PollingFuture):
    def __init__(self, watched: Watched) -> None:
        super().__init__()
        self._watched = watched

    def done(self, retry: Any = None) -> bool:  # noqa: ARG002
        ended: bool = self._result_set or self._watched.poll()
        if ended:
            self.set_result(None)
        return ended

    def cancel(self) -> bool:
        return False

    def cancelled(self) -> bool:
        return False

    def running(self) -> bool:
        return True


def _google(watched: Watched) -> None:
    with watched.clock():
        _Future(watched).result(timeout=None)


def _openai(watched: Watched) -> None:
    def retrieve(**_: Any) -> Any:
        run = SimpleNamespace(status="completed" if watched.poll() else "in_progress")
        return SimpleNamespace(parse=lambda: run, headers={})

    helper = SimpleNamespace(with_raw_response=SimpleNamespace(retrieve=retrieve), _sleep=watched.sleep)
    Runs.poll(helper, "run", thread_id="thread")  # type: ignore[arg-type]  # it needs no more of a client


def _tenacity(watched: Watched) -> None:
    Retrying(
        sleep=watched.sleep,
        wait=wait_exponential(multiplier=1, max=60),
        retry=retry_if_result(lambda ended: not ended),
    )(watched.poll)


def _loop(gap: float) -> Callable[[Watched], None]:
    """Ask, sleep, ask: the vendors' own loop, and azure's with its default of 30 s."""

    def wait(watched: Watched) -> None:
        while not watched.poll():
            watched.sleep(gap)

    return wait


PEERS: Final[dict[str, Callable[[Watched], None]]] = {
    "vendor's loop, 5 s": _loop(5),
    "botocore waiter, 15 s": _botocore,
    "google-api-core polling, 1 to 20 s": _google,
    "azure-core poller, 30 s (schedule re-stated)": _loop(30),
    "openai runs.poll, 1 s": _openai,
    "tenacity, exponential to 60 s": _tenacity,
    "fixed 1 s": _loop(1),
    "fixed 15 s": _loop(15),
}


def watch(name: str, job: Job) -> tuple[int, float]:
    """The requests and the lateness of the peer called *name*."""
    watched = Watched(job)
    PEERS[name](watched)
    return watched.polls, watched.now - job.ended_at


def at_the_pace(job: Job, interval: float, first: float) -> tuple[int, float]:
    """The same of a fixed interval, the vendor's, which polls first when the vendor says."""
    polls, sent = 1, first
    while sent + LATENCY / 2 < job.ended_at:
        polls, sent = polls + 1, sent + interval
    return polls, sent + LATENCY - job.ended_at
