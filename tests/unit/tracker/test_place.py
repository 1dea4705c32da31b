"""The name of the tracker's file: what is no ordinary file is refused, and one that goes away while open is missed."""

import os
import socket
from pathlib import Path

import pytest

from jobwait import errors
from jobwait.tracker import Tracker
from support.tracked import ENDED, Service, add, connect
from support.waits import FAST


@pytest.fixture
def path(tmp_path):
    return tmp_path / "jobs.db"


@pytest.mark.parametrize("name", [":memory:", "file::memory:", "file:jobs.db?mode=memory&cache=shared"])
def test_a_name_that_sqlite_takes_for_memory_is_refused(name, tmp_path, monkeypatch):
    """A crash would lose all jobs; and no file of that name is made."""
    monkeypatch.chdir(tmp_path)
    for given in (name, Path(name)):
        with pytest.raises(errors.TrackerError, match="a tracker keeps jobs in a file"):
            Tracker(given)
    assert [] == list(tmp_path.iterdir())


def test_a_file_called_memory_in_a_folder_is_a_file(tmp_path):
    """Only the name alone has a meaning of its own."""
    with connect(Service(lambda _: ENDED)) as client:
        with Tracker(tmp_path / ":memory:") as tracker:
            add(tracker, client, 1)
        with Tracker(tmp_path / ":memory:") as tracker:
            assert ["0"] == [row.key for row in tracker.pending()]


def fifo(path):
    os.mkfifo(path)


def bound(path):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
@pytest.mark.parametrize("make", [fifo, bound, Path.mkdir, lambda path: path.symlink_to("elsewhere")])
def test_what_is_no_ordinary_file_is_refused_at_once(make, path):
    """A FIFO would be waited for without end; a link may lead into another's file."""
    make(path)
    before = path.lstat()
    with pytest.raises(errors.TrackerError, match="Name another file"):
        Tracker(path)
    assert before.st_mode == path.lstat().st_mode


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="this system has no devices")
def test_a_device_is_refused(tmp_path):
    """It would lose every job."""
    with pytest.raises(errors.TrackerError, match="no ordinary file"):
        Tracker("/dev/null")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("make", [fifo, lambda path: path.symlink_to(path.with_name("private"))])
def test_what_is_no_ordinary_file_beside_it_is_refused(make, end, path):
    """SQLite opens its own files by their names, and would follow a planted link."""
    Tracker(path).close()
    make(path.with_name(path.name + end))
    with pytest.raises(errors.TrackerError, match=f"{end} is no ordinary file"):
        Tracker(path)
    assert not path.with_name("private").exists()


def moved(path):
    path.rename(path.with_name("moved.db"))


def deleted(path):
    path.unlink()


def replaced(path):
    other = path.with_name("other.db")
    Tracker(other).close()
    other.rename(path)


@pytest.mark.parametrize("how", [moved, deleted, replaced])
def test_a_file_that_went_away_while_open_is_missed_at_the_next_use(how, path):
    """Each use says so and writes nothing; without the check all would seem well, and nothing would be kept."""
    client = connect(Service(lambda _: ENDED))
    tracker = Tracker(path)
    add(tracker, client, 1)
    how(path)
    for use in (
        lambda: add(tracker, client, 2),
        lambda: list(tracker.pending()),
        lambda: tracker.run(lambda _: client, policy=FAST),
        lambda: tracker.retry("0"),
    ):
        with pytest.raises(errors.TrackerError, match="moved, deleted or replaced"):
            use()
    tracker.close()


def test_a_file_that_is_moved_in_a_run_ends_the_run_and_its_jobs_stay_open(path):
    """The outcome cannot be recorded: nobody is told one that is in no file. Moved back, the next run goes on."""
    told = []
    with connect(Service(lambda _: ENDED)) as client, Tracker(path) as tracker:
        add(tracker, client, 1)
        with pytest.raises(errors.TrackerError, match="moved, deleted or replaced"):
            tracker.run(lambda _: client, policy=FAST, on_update=lambda _: moved(path), on_outcome=told.append)
        assert [] == told
        path.with_name("moved.db").rename(path)
        assert 1 == tracker.run(lambda _: client, policy=FAST, on_outcome=told.append)
    assert ["0"] == [row.key for row in told]


def test_a_relative_name_is_the_same_file_after_a_change_of_folder(tmp_path, monkeypatch):
    """The program may go elsewhere while the file is open."""
    monkeypatch.chdir(tmp_path)
    with connect(Service(lambda _: ENDED)) as client, Tracker("jobs.db") as tracker:
        (tmp_path / "below").mkdir()
        monkeypatch.chdir(tmp_path / "below")
        add(tracker, client, 1)
        assert 1 == tracker.run(lambda _: client, policy=FAST)
