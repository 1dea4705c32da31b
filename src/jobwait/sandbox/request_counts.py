"""Counts of the requests to each service."""

import threading
from collections import Counter
from typing import TypedDict


class ServiceStats(TypedDict):
    """Requests by operation and HTTP status; *submits* are accepted submissions, *polls* status requests."""

    requests: dict[str, dict[int, int]]
    submits: int
    polls: int


class RequestCounts:
    """Counters of one service, written by the serving thread, read by any."""

    def __init__(self, submit: str, poll: str) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, int]] = Counter()
        self._submit = submit
        self._poll = poll

    def count(self, operation: str, status: int) -> None:
        """Count a request to *operation* that was answered with *status*."""
        with self._lock:
            self._counts[operation, status] += 1

    def snapshot(self) -> ServiceStats:
        """The current counts."""
        with self._lock:
            counts = sorted(self._counts.items())
        answered: dict[str, dict[int, int]] = {}
        for (operation, status), times in counts:
            answered.setdefault(operation, {})[status] = times
        return {
            "requests": answered,
            "submits": answered.get(self._submit, {}).get(202, 0),
            "polls": sum(answered.get(self._poll, {}).values()),
        }
