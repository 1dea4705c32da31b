"""The tracker writes recordings, if it is asked to: a file for each run, of all its jobs."""

import anyio
import pytest

from jobwait import Policy, errors, watch
from jobwait.testing import RecordingWarning, recordings, replay_all, virtual_time
from jobwait.tracker import Tracker
from support.tracked import ENDED, Service, add, connect
from support.waits import batch

RUNNING = batch("PROCESSING", 1)
POLICY = Policy(interval=10.0)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "past" / "recordings"


def ending(clock, at=100.0):
    """A service whose jobs end at that time."""
    return Service(lambda _: ENDED if clock.now >= at else RUNNING)


def test_each_run_records_its_jobs(tmp_path, folder):
    """One file, with each poll of each job, that can be replayed; a run without jobs leaves none."""
    recorded = Tracker(tmp_path / "jobs.db", recordings=folder)
    with virtual_time() as clock, connect(ending(clock)) as client, recorded as tracker:
        tracker.run(lambda _: client)
        assert [] == list(folder.iterdir())
        add(tracker, client, 5)
        tracker.run(lambda _: client, policy=POLICY)
        polls = {row.job_id: row.polls for row in tracker.outcomes()}
    assert 1 == len(list(folder.iterdir()))
    found = recordings(folder)
    assert polls == {one.job_id: len(one.polls) for one in found}
    assert {"succeeded"} == {made.outcome.state for made in replay_all(folder, POLICY)}


def test_run_async_records_too(tmp_path, folder):
    """In a task, as in a thread."""
    with virtual_time() as clock:
        client = connect(ending(clock))

        async def main():
            async with client:
                with Tracker(tmp_path / "jobs.db", recordings=folder) as tracker:
                    add(tracker, client, 3)
                    await tracker.run_async(lambda _: client, policy=POLICY)

        anyio.run(main)
    assert ["succeeded"] * 3 == [one.state for one in recordings(folder)]


def test_a_job_that_several_runs_followed_is_one_recording(tmp_path, folder):
    """The runs have files of their own, and the job has its polls of all of them, and its age."""
    with virtual_time() as clock, connect(ending(clock, 300.0)) as client:
        for timeout in (100, 100, 1000):
            with Tracker(tmp_path / "jobs.db", recordings=folder) as tracker:
                if not tracker.all():
                    add(tracker, client, 1)
                tracker.run(lambda _: client, policy=POLICY, timeout=timeout)
    assert 3 == len(list(folder.iterdir()))
    [found] = recordings(folder)
    ages = [poll.age for poll in found.polls]
    assert ages == sorted(ages)
    assert (0.0, "succeeded") == (found.began, found.state)
    assert found.ended[0] <= 300 <= found.ended[1]


def test_without_a_folder_nothing_is_recorded(tmp_path):
    """It is opt-in."""
    with virtual_time() as clock, connect(ending(clock)) as client, Tracker(tmp_path / "jobs.db") as tracker:
        add(tracker, client, 1)
        tracker.run(lambda _: client, policy=POLICY)
    assert [] == list(tmp_path.rglob("*.jsonl"))


def test_a_folder_that_cannot_be_is_refused_before_anything(tmp_path):
    """The tracker's file is not even made."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(errors.InvalidInput, match=r"file cannot be a folder of recordings"):
        Tracker(tmp_path / "jobs.db", recordings=tmp_path / "file")
    assert not (tmp_path / "jobs.db").exists()


def test_a_folder_that_is_gone_warns_and_the_jobs_are_followed(tmp_path, folder):
    """A recording never breaks a run."""
    recorded = Tracker(tmp_path / "jobs.db", recordings=folder)
    with virtual_time() as clock, connect(ending(clock)) as client, recorded as tracker:
        add(tracker, client, 3)
        folder.rmdir()
        with pytest.warns(RecordingWarning, match="No such file") as caught:
            assert 3 == tracker.run(lambda _: client, policy=POLICY)
    assert 1 == len([one for one in caught if one.category is RecordingWarning])


def watched(job_id):
    """A watch of a job that has ended."""
    return watch(
        lambda: "done",
        id=job_id,
        name="mine",
        status=str,
        succeeded={"done"},
        ref="unit.tracker.test_recordings:watched",
    )


def test_a_watch_of_a_tracker_is_recorded(tmp_path, folder):
    """As a job of a service is."""
    with virtual_time(), Tracker(tmp_path / "jobs.db", recordings=folder) as tracker:
        tracker.add(watched("w-1"))
        tracker.run(watched={"mine": watched})
    assert [("mine", "w-1", "succeeded")] == [(one.service, one.job_id, one.state) for one in recordings(folder)]
