"""What the ways to poll have in common: the jobs, the headers, and the meter of CPU seconds."""

from __future__ import annotations

import os
import time

JOBS = int(os.environ.get("JOBS", "10000"))
POLLS = 10 * JOBS  # ten polls a job, the first included; bare clients and httpx have fewer
NAMES = [f"3f7a1c2e-0000-4000-8000-{number:012d}" for number in range(JOBS)]
HEADERS = {"x-api-key": "k" * 40, "accept": "application/json"}


class Meter:
    """CPU seconds of this process between the first and the last of the polls that count."""

    def __init__(self, skip: int, count: int) -> None:
        self.left = skip + count
        self.begin = count
        self.count = count
        self.started = 0.0
        self.seconds = 0.0

    def poll(self) -> bool:
        """Count one; whether that was the last."""
        self.left -= 1
        if self.left == self.begin:
            self.started = time.process_time()
        if self.left == 0:
            self.seconds = time.process_time() - self.started
        return self.left <= 0

    @property
    def each(self) -> float:
        """CPU a poll, in microseconds. Raises RuntimeError if there were fewer polls than that."""
        if self.left > 0:
            raise RuntimeError(f"{self.left} polls too few, so there is no figure")
        return self.seconds / self.count * 1e6
