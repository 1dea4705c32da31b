"""
For tests of code that waits: virtual time, and a service whose responses you choose.

    from jobwait import promptforge
    from jobwait.testing import FakeServer, virtual_time

    with virtual_time() as clock, promptforge.connect("key", transport=FakeServer(PROCESSING, COMPLETED)) as client:
        assert our_code(client) == "done"               # it waits as it always does, and takes no time
        assert clock.now < 60

docs/testing.md has a whole example for each style: pytest, asyncio, trio, threads. For the schedule of a single wait
there is `simulate`, which asks a function of the time for the responses:

    report = simulate(promptforge.SERVICE, timeline, ended_at=540.0)
    assert report.polls < 60 and report.lateness < 2

`record` keeps the polls of real jobs in a file, without secrets, and `replay` waits for them by another policy.

The same rules run as in a real wait; only the clock and the network are simulated, so a day takes about a third of a
second.
"""

from jobwait._polling.duration_model import CompletedJob, InMemoryHistory
from jobwait._recording.poll import RecordedFailure, RecordedPoll
from jobwait._recording.recording import Recording
from jobwait._recording.writer import RecordingWarning
from jobwait.testing.fake_server import FakeServer, FakeServerError
from jobwait.testing.recorded.record import Recorder, record, recordings
from jobwait.testing.recorded.replay import Replay, replay, replay_all
from jobwait.testing.replies import Reply
from jobwait.testing.simulation import EPOCH, Report, VirtualClock, simulate
from jobwait.testing.virtual_time import VirtualTime, virtual_time

__all__ = [
    "EPOCH",
    "CompletedJob",
    "FakeServer",
    "FakeServerError",
    "InMemoryHistory",
    "RecordedFailure",
    "RecordedPoll",
    "Recorder",
    "Recording",
    "RecordingWarning",
    "Replay",
    "Reply",
    "Report",
    "VirtualClock",
    "VirtualTime",
    "record",
    "recordings",
    "replay",
    "replay_all",
    "simulate",
    "virtual_time",
]
