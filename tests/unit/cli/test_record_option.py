"""`--record`: what was polled, for replays."""

import pytest

from jobwait.testing import recordings
from support.shell import Shell, environment


@pytest.fixture
def shell(box, tmp_path):
    return Shell(tmp_path, environment(box))


def test_wait_appends_to_a_recording(shell, ended):
    """Each command adds its jobs, also those that failed; the outcome and the exit status are as without."""
    assert 1 == shell("wait", ended["fryte", "failed"], "--record", "past.jsonl").returncode
    assert 0 == shell("wait", ended["freeplay", "succeeded"], "--record", "past.jsonl").returncode
    found = recordings(shell.folder / "past.jsonl")
    assert [("freeplay", "succeeded"), ("fryte", "failed")] == sorted((one.service, one.state) for one in found)


def test_a_folder_gets_a_new_file_from_each_run_of_a_tracker(shell, ended):
    """Beside a report, as both are told of each poll."""
    (shell.folder / "past").mkdir()
    for name in (ended["fryte", "failed"], ended["freeplay", "succeeded"]):
        assert 0 == shell("track", "add", name).returncode
        shell("track", "run", "--record", "past", "--report", "report.html")
        (shell.folder / "report.html").unlink()
    assert 2 == len(list((shell.folder / "past").iterdir()))
    assert {"failed", "succeeded"} == {one.state for one in recordings(shell.folder / "past")}


@pytest.mark.parametrize(("path", "words"), [("notes.txt", "is no recording"), ("none/past.jsonl", "no folder")])
def test_a_recording_that_cannot_be_written_is_refused_before_anything_is_asked(path, words, shell, ended):
    """Exit status 2, and the file is as it was."""
    (shell.folder / "notes.txt").write_text("mine\n")
    done = shell("wait", ended["fryte", "failed"], "--record", path)
    assert 2 == done.returncode
    assert words in done.stderr
    assert "mine\n" == (shell.folder / "notes.txt").read_text()


def test_the_command_that_goes_on_records_too(shell, box, ended):
    """What was recorded of a job is to have its end."""
    done = shell(
        "wait", "fryte:c3f1c944", "--timeout", "0s", "--record", "past.jsonl", "--base-url", "http://127.0.0.1:9"
    )
    assert "--record past.jsonl" in done.stderr, done.stderr
