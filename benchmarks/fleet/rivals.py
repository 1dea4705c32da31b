"""
The peers' way with many jobs, for the CPU of a poll: a thread for each job, or a task, each driven by the peer's code.

All ask the same raw server through httpx and take the status out of the JSON; none of them checks the body.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

from azure.core.polling.base_polling import LROBasePolling
from benchmarks.fleet.meter import HEADERS, NAMES, Meter
from botocore.waiter import SingleWaiterConfig, Waiter
from google.api_core.future.polling import DEFAULT_POLLING, PollingFuture
from openai.resources.beta.threads.runs import AsyncRuns

from jobwait._httpx import httpx

AT_ONCE, POLLS = 256, 4000  # threads or tasks; with more of them each poll costs more
GAP: Final = 0.05  # seconds; short, so that there is always a poll to be taken
Poll = Callable[[], bool]


def _ended(answer: httpx.Response) -> bool:
    return json.loads(answer.content)["status"] in {"COMPLETED", "FAILED", "CANCELLED"}


def _botocore(poll: Poll) -> None:
    accepted = {"matcher": "path", "argument": "ended", "expected": True, "state": "success"}
    config = {"operation": "Look", "delay": GAP, "maxAttempts": 10**9, "acceptors": [accepted]}
    Waiter("ended", SingleWaiterConfig(config), lambda **_: {"ended": poll()}).wait()


class _Google(PollingFuture):
    def __init__(self, poll: Poll) -> None:
        steady = DEFAULT_POLLING.with_delay(initial=GAP, maximum=GAP, multiplier=1.0)
        super().__init__(polling=steady.with_timeout(None))
        self._poll = poll

    def done(self, retry: Any = None) -> bool:  # noqa: ARG002
        ended = bool(self._result_set) or self._poll()
        if ended:
            self.set_result(None)
        return ended

    def cancel(self) -> bool:
        return False

    def cancelled(self) -> bool:
        return False

    def running(self) -> bool:
        return True


class _Azure(LROBasePolling):  # type: ignore[type-arg]
    def __init__(self, poll: Poll) -> None:
        super().__init__(timeout=GAP)
        self._ask, self._over = poll, False
        self._operation = SimpleNamespace(get_final_get_url=lambda _: None)  # type: ignore[assignment]
        self._pipeline_response = None

    def finished(self) -> bool:
        return self._over

    def update_status(self) -> None:
        self._over = self._ask()

    def status(self) -> str:
        return "Succeeded"

    def _extract_delay(self) -> float:
        return self._timeout

    def _sleep(self, delay: float) -> None:
        time.sleep(delay)


THREADED: Final[dict[str, Callable[[Poll], object]]] = {
    "botocore waiter": _botocore,
    "google-api-core future": lambda poll: _Google(poll).result(timeout=None),
    "azure-core poller": lambda poll: _Azure(poll).run(),
}


def in_threads(name: str, url: str) -> float:
    """CPU a poll of the peer called *name*, a thread for each job."""
    meter, wait, lock = Meter(POLLS // 4, POLLS), THREADED[name], threading.Lock()
    with httpx.Client(limits=httpx.Limits(max_connections=16), timeout=60, headers=HEADERS) as client:

        def follow(job: str) -> None:
            def poll() -> bool:
                ended = _ended(client.get(f"{url}/v1/jobs/{job}/status"))
                with lock:
                    return meter.poll() or ended

            wait(poll)

        threads = [threading.Thread(target=follow, args=(job,)) for job in NAMES[:AT_ONCE]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return meter.each


async def in_tasks(url: str) -> float:
    """CPU a poll of openai's loop, a task for each job."""
    meter = Meter(POLLS // 4, POLLS)
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=16), timeout=60, headers=HEADERS) as client:

        async def follow(job: str) -> None:
            async def retrieve(**_: Any) -> Any:
                ended = _ended(await client.get(f"{url}/v1/jobs/{job}/status"))
                run = SimpleNamespace(status="completed" if meter.poll() or ended else "in_progress")
                return SimpleNamespace(parse=lambda: run, headers={})

            helper = SimpleNamespace(with_raw_response=SimpleNamespace(retrieve=retrieve), _sleep=asyncio.sleep)
            await AsyncRuns.poll(helper, "run", thread_id="thread", poll_interval_ms=int(GAP * 1000))  # type: ignore[arg-type]

        await asyncio.gather(*(follow(job) for job in NAMES[:AT_ONCE]))
    return meter.each
