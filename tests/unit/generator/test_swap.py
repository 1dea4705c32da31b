"""Swap: the whole old or the whole new output is in place, at any time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from generator.paths import ROOT
from generator.publish import swap as stage
from generator.publish.swap import candidate_folder, recover, swap
from generator.publish.whole_file import write_all


def folder(path, text):
    """A folder with one file in it."""
    path.mkdir()
    (path / "file").write_text(text)
    return path


def scratch(path):
    """A folder as a run makes it for its work."""
    path.mkdir()
    (path / stage.MARK).touch()
    return path


@pytest.fixture(params=["exchange", "two renames"])
def way(request, monkeypatch):
    """Both ways of swapping."""
    if request.param == "two renames":
        monkeypatch.setattr(stage, "_exchange", lambda _one, _other: False)


@pytest.mark.usefixtures("way")
def test_swap_replaces_the_old_folder_and_leaves_nothing_else(tmp_path):
    """Both ways of swapping leave only the new folder."""
    target = folder(tmp_path / "out", "old")
    with candidate_folder(target) as candidate:
        (candidate / "file").write_text("new")
        swap(candidate, target)

    assert "new" == (target / "file").read_text()
    assert [target] == list(tmp_path.iterdir())


def test_swap_without_an_old_folder_creates_it_with_its_parents(tmp_path):
    """The first output needs no old one."""
    target = tmp_path / "a" / "out"
    with candidate_folder(target) as candidate:
        swap(candidate, target)

    assert target.is_dir()


def test_an_exception_keeps_the_old_folder_and_deletes_the_candidate(tmp_path):
    """A failed run leaves no files."""
    target = folder(tmp_path / "out", "old")

    with pytest.raises(ZeroDivisionError), candidate_folder(target):
        raise ZeroDivisionError

    assert [target] == list(tmp_path.iterdir())
    assert "old" == (target / "file").read_text()


def test_recover_after_a_kill_between_the_renames_restores_the_old_folder(tmp_path):
    """If the old folder was renamed and the new one not yet, the old one is restored."""
    leftover = scratch(tmp_path / ".out-new-1")
    folder(leftover / stage.BACKUP, "old")
    folder(leftover / "out", "half made")

    recover(tmp_path / "out")

    assert "old" == (tmp_path / "out" / "file").read_text()
    assert [tmp_path / "out"] == list(tmp_path.iterdir())


def test_recover_after_a_kill_behind_the_renames_keeps_the_new_folder(tmp_path):
    """If the new folder is in place, the backup is deleted."""
    folder(scratch(tmp_path / ".out-new-1") / stage.BACKUP, "old")
    folder(tmp_path / "out", "new")

    recover(tmp_path / "out")

    assert "new" == (tmp_path / "out" / "file").read_text()
    assert [tmp_path / "out"] == list(tmp_path.iterdir())


def test_folders_of_others_with_such_names_stay(tmp_path):
    """Only what a run has marked, or left empty, is deleted: a user may have such a folder, a link or a file too."""
    folder(tmp_path / ".out-new-design", "a user's")
    folder(tmp_path / ".out-old", "a user's")
    folder(scratch(tmp_path / ".output-new-1") / "output", "another target's")
    folder(scratch(tmp_path / ".out[1]-new-1") / "x", "another target's")
    (tmp_path / ".out-new-link").symlink_to(scratch(tmp_path / "elsewhere"))
    (tmp_path / ".out-new-file").touch()
    (tmp_path / ".out-new-empty").mkdir()
    before = {path.name for path in tmp_path.iterdir()}

    recover(tmp_path / "out")

    assert {".out-new-empty"} == before - {path.name for path in tmp_path.iterdir()}


def test_a_second_rename_that_fails_puts_the_old_folder_back(tmp_path, monkeypatch):
    """A disk may have no room for the new name."""
    target = folder(tmp_path / "out", "old")
    rename = Path.rename
    monkeypatch.setattr(stage, "_exchange", lambda _one, _other: False)

    with candidate_folder(target) as candidate:

        def refuse(path, to):
            if path == candidate:
                raise OSError
            return rename(path, to)

        monkeypatch.setattr(Path, "rename", refuse)
        with pytest.raises(OSError):  # noqa: PT011 - any error of the system
            swap(candidate, target)

    assert "old" == (target / "file").read_text()
    assert [target] == list(tmp_path.iterdir())


@pytest.mark.usefixtures("way")
def test_two_runs_for_one_folder_at_once_both_finish_and_the_later_swap_stays(tmp_path):
    """A run takes another one's candidate for the leftover of a killed run only if that one has ended."""
    target = tmp_path / "out"
    with candidate_folder(target) as first:
        (first / "file").write_text("first")
        with candidate_folder(target) as second:
            (second / "file").write_text("second")
            assert "first" == (first / "file").read_text()
            swap(second, target)
        swap(first, target)

    assert "first" == (target / "file").read_text()
    assert [target] == list(tmp_path.iterdir())


def test_on_a_disk_without_locks_output_is_swapped_and_leftovers_stay(tmp_path, monkeypatch):
    """Some disks in networks refuse to lock a folder: a leftover may then belong to a run that has not ended."""
    folder(scratch(tmp_path / ".out-new-1") / "out", "half made")

    def refuse(_handle, _kind):
        raise OSError

    monkeypatch.setattr(stage.fcntl, "flock", refuse)
    with candidate_folder(tmp_path / "out") as candidate:
        swap(candidate, tmp_path / "out")

    assert {".out-new-1", "out"} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("way", ["exchange", "renames"])
def test_a_kill_before_any_file_operation_leaves_the_old_or_the_new_folder(tmp_path, way):
    """A run that is killed before any of its file operations leaves a whole folder, at the latest after recover()."""
    script = Path(__file__).parent / "kill_during_swap.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), str(tmp_path), way]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    found, recovered = {row[2] for row in rows}, {row[3] for row in rows}

    assert len(rows) > 10
    assert ("0", "new", "new", "0") == tuple(rows[-1][1:])
    assert {"old", "new"} == recovered
    assert {"0"} == {row[4] for row in rows}
    if way == "exchange" and sys.platform.startswith("linux"):
        assert {"old", "new"} == found


def test_of_several_new_files_all_are_written_or_none(tmp_path):
    """A failure at the last one removes the others with their folders; what was there is as before."""
    there = folder(tmp_path / "there", "old") / "file"
    new = {tmp_path / "a" / "b" / "text": "text", tmp_path / "a" / "copy": there}

    with pytest.raises(OSError, match="exists"):
        write_all(new | {there / "c": "x"}, {there: "new"})
    assert [there.parent] == list(tmp_path.iterdir())
    assert "old" == there.read_text()

    write_all(new, {there: "new"})
    assert ["text", "old", "new"] == [one.read_text() for one in (*new, there)]


def test_an_interruption_at_any_time_is_one_sentence(tmp_path):
    """Also while the command is still importing; a traceback would look like a failure of the command."""
    (tmp_path / "argparse.py").write_text("raise KeyboardInterrupt")
    command, environment = [sys.executable, "codegen.py"], {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert ("", "Interrupted: no file is left half-written.\n") == (done.stdout, done.stderr)
    assert done.returncode != 0
