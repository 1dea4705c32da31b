"""A job that waits for its caller: its row stays open, and the callback comes once for each time it begins to."""

import pytest

from jobwait.testing import FakeServer, virtual_time
from jobwait.tracker import Tracker
from support.declared import KEY, renders


def bodies(*words):
    return [{"data": {"status": one}} for one in words]


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([["rendering", "requires_action"]], ["needs_input"]),
        ([["requires_action"], ["requires_action"]], ["needs_input"]),
        ([["requires_action"], ["rendering", "requires_action"]], ["needs_input", "needs_input"]),
        ([["requires_action"], ["rendering", "done"]], ["needs_input", "succeeded"]),
    ],
)
def test_callback_for_each_entry_into_the_state(tmp_path, runs, told):
    """In one run or in several; the row has the reason until the job has ended."""
    service, seen = renders(), []
    for number, words in enumerate(runs):
        client = service.connect(KEY, transport=FakeServer(*bodies(*words)))
        with virtual_time(), Tracker(tmp_path / "jobs.db", services=[service]) as tracker:
            if number == 0:
                tracker.add(service.job(client, id="7"), "team")
            tracker.run(lambda _, client=client: client, on_outcome=lambda row: seen.append(row.last_wait or row.state))
            rows = list(tracker.pending())
            assert [row.last_wait for row in rows] == ([] if words[-1] == "done" else ["needs_input"])
            assert all("waits for your answer" in row.reason for row in rows)
    assert seen == told
