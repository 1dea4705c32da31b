"""Swap: new output appears all at once, or not at all."""

import subprocess
import sys

import pytest
from generator.places import ROOT
from generator.swap import candidate_for, repair, swap

from generator import swap as stage


def folder(path, text):
    """A folder with one file in it."""
    path.mkdir()
    (path / "file").write_text(text)
    return path


@pytest.fixture(params=["exchange", "two renames"])
def way(request, monkeypatch):
    """Both ways of swapping."""
    if request.param == "two renames":
        monkeypatch.setattr(stage, "_exchange", lambda _one, _other: False)


@pytest.mark.usefixtures("way")
def test_new_output_takes_the_place_of_the_old(tmp_path):
    """
    After a swap the new is in place and nothing else is left.
    """
    target = folder(tmp_path / "out", "old")
    with candidate_for(target) as candidate:
        (candidate / "file").write_text("new")
        swap(candidate, target)

    assert "new" == (target / "file").read_text()
    assert [target] == list(tmp_path.iterdir())


def test_the_first_output_needs_no_old_one(tmp_path):
    """
    Where nothing is, the new output simply appears, with the folders above it.
    """
    target = tmp_path / "a" / "out"
    with candidate_for(target) as candidate:
        swap(candidate, target)

    assert target.is_dir()


def test_a_fault_leaves_the_old(tmp_path):
    """
    A run that fails takes its candidate with it.
    """
    target = folder(tmp_path / "out", "old")

    with pytest.raises(ZeroDivisionError), candidate_for(target):
        raise ZeroDivisionError

    assert [target] == list(tmp_path.iterdir())
    assert "old" == (target / "file").read_text()


def test_a_run_killed_between_the_renames_is_repaired(tmp_path):
    """
    If the old output was put aside and the new one never came, the next start brings the old one back.
    """
    folder(tmp_path / ".out-old", "old")
    folder(tmp_path / ".out-new-1", "half made")

    repair(tmp_path / "out")

    assert "old" == (tmp_path / "out" / "file").read_text()
    assert [tmp_path / "out"] == list(tmp_path.iterdir())


def test_a_run_killed_after_the_renames_is_repaired(tmp_path):
    """
    If the new output is there, what was put aside goes.
    """
    folder(tmp_path / ".out-old", "old")
    folder(tmp_path / "out", "new")

    repair(tmp_path / "out")

    assert "new" == (tmp_path / "out" / "file").read_text()
    assert [tmp_path / "out"] == list(tmp_path.iterdir())


@pytest.mark.parametrize("way", ["exchange", "renames"])
def test_a_kill_at_any_moment_leaves_the_old_or_the_new(tmp_path, way):
    """
    A run that dies before any of its file operations leaves whole output: at once, or after the next start's repair.
    """
    command = [sys.executable, "-m", "tests.generator.kill_swap", str(tmp_path), way]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    found, repaired = {row[2] for row in rows}, {row[3] for row in rows}

    assert len(rows) > 10
    assert ("0", "new", "new", "0") == tuple(rows[-1][1:])
    assert {"old", "new"} == repaired
    assert {"0"} == {row[4] for row in rows}
    if way == "exchange" and sys.platform.startswith("linux"):
        assert {"old", "new"} == found
