"""
Where the CPU of a poll goes: the fleet of `cpu`, whose stack is looked at each time that some CPU has been used.

A look counts for the innermost frame that belongs to a part of a poll; what a library does counts for its caller.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from types import FrameType
from typing import Final

from benchmarks.fleet import cpu
from benchmarks.fleet.served import raw_server

EACH: Final = 0.001  # seconds of CPU between two looks, if the system's clock is as fine
PARTS: Final = {
    "request": "address, headers and key",
    "transport": "sockets and event loop, HTTP",
    "body": "body and headers taken, the key looked for in them",
    "decode": "JSON, each field checked, state and counts read",
    "rules": "state of the job and the wait, schedule, updates",
    "bookkeeping": "what is next: deadlines, rate limits, priorities, results passed on",
    "hooks": "updates passed to hooks, logger and callers",
}
# By the end of a file's name, and a function there if that alone counts. The first that fits.
PLACES: Final = (
    ("_client/_client.py", "", "request"),
    ("_client/_encode.py", "", "request"),
    ("/get_job_status.py", "build", "request"),
    ("/_declared/package.py", "", "request"),
    ("/_http/common.py", "", "request"),
    ("/_http/pool.py", "_poll", "request"),
    ("/_http/pool.py", "_prepared", "request"),
    ("_client/", "", "decode"),
    ("/_declared/", "", "decode"),
    ("/_polling/observation.py", "", "decode"),
    ("/_http/engines/", "", "transport"),
    ("/_http/attempt.py", "", "body"),
    ("/_http/redaction.py", "", "body"),
    ("/_http/spellings.py", "", "body"),
    ("/jobwait/hooks.py", "", "hooks"),
    ("/_jobs/drivers.py", "", "hooks"),
    ("/fleet/functions.py", "_notify", "hooks"),
    ("/jobwait/_polling/rate_limits.py", "", "bookkeeping"),
    ("/jobwait/_polling/token_bucket.py", "", "bookkeeping"),
    ("/jobwait/_polling/", "", "rules"),
    ("/jobwait/_http/pool.py", "", "bookkeeping"),
    ("/jobwait/fleet/", "", "bookkeeping"),
    ("/asyncio/base_events.py", "", "transport"),
)


def part_of(frame: FrameType | None) -> str:
    """The part of a poll that the innermost of the frames from *frame* on belongs to."""
    while frame is not None:
        name, function = frame.f_code.co_filename, frame.f_code.co_name
        for file, only, part in PLACES:
            if file in name and only in {"", function}:
                return part
        frame = frame.f_back
    return "transport"


def looked_at(*, moves: bool) -> tuple[float, Counter[str]]:
    """CPU a poll, in microseconds, and how many looks found it in each part."""
    seen: Counter[str] = Counter()
    signal.signal(signal.SIGPROF, lambda _, frame: seen.update((part_of(frame),)))
    with raw_server(moves=moves) as url:
        signal.setitimer(signal.ITIMER_PROF, EACH, EACH)
        each = asyncio.run(cpu.fleet(url, "", concurrency=16))
        signal.setitimer(signal.ITIMER_PROF, 0)
    return each, seen


if __name__ == "__main__":
    found, looks = looked_at(moves=sys.argv[1] == "moves")
    print(*(found * looks[part] / looks.total() for part in PARTS))
