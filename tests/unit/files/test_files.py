"""Every writer of a file: nothing is written through a link, and a file is replaced whole or not at all."""

import errno
import json
import os

import pytest

import jobwait
from jobwait import errors, promptforge
from jobwait._files import new_file, open_input, open_plain, write_text
from jobwait.cli.results.folder import ResultFolder
from jobwait.cli.waiting import WaitOptions

KINDS = {"symbolic link", "dangling link", "FIFO", "folder"}


def plant(path, kind, victim):
    """Put something of the *kind* at *path*, before a command writes there."""
    match kind:
        case "symbolic link":
            path.symlink_to(victim)
        case "dangling link":
            path.symlink_to(victim.with_name("none"))
        case "FIFO":
            os.mkfifo(path)
        case "folder":
            path.mkdir()


def merge(path, kind="jsonl"):
    """promptforge.merge() to *path*."""
    source = path.parent.parent / "source.jsonl"
    failed = {"prompt_id": 2, "error": "no"}
    source.write_text(f"{json.dumps({'prompt_id': 1, 'response': 'attacker'})}\n{json.dumps(failed)}\n")
    prompts = path.parent.parent / "prompts.jsonl"
    prompts.write_text('{"prompt_id": 9, "prompt": "?"}\n')
    promptforge.merge([source], path, format=kind, prompts=prompts, overwrite=True)


def merge_beside(path):
    """The same, where *path* is the file of failures or of missing prompts."""
    merge(path.with_name(path.name.rpartition("-")[0] + ".jsonl"))


WRITERS = {
    "all.jsonl": merge,
    "all.csv": lambda path: merge(path, "csv"),
    "all-failures.jsonl": merge_beside,
    "all-missing.jsonl": merge_beside,
    "report.html": lambda path: jobwait.report([], path, overwrite=True),
    "results.json": lambda path: ResultFolder(overwrite=True).write_json(path, {}),
    "text": lambda path: write_text(path, "x", overwrite=True),
}


@pytest.fixture
def folder(tmp_path):
    """A folder that others may write to, beside somebody's file."""
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("name", WRITERS)
def test_planted_target_is_refused_by_each_writer(folder, name, kind):
    """Neither a link nor a FIFO is followed, opened or replaced, even where a file may be overwritten."""
    victim = folder.parent / "victim"
    plant(folder / name, kind, victim)
    with pytest.raises(errors.InvalidInput, match=r"is a .* and is not replaced"):
        WRITERS[name](folder / name)
    assert "precious" == victim.read_text()
    assert [name] == os.listdir(folder)  # noqa: PTH208 - the link itself
    assert not (folder.parent / "none").exists()


@pytest.mark.parametrize("name", WRITERS)
def test_hard_linked_target_is_replaced_and_its_other_name_keeps_the_content(folder, name):
    """A rename gives the name another file; nothing is written into the one that was there."""
    (folder / name).hardlink_to(folder.parent / "victim")
    WRITERS[name](folder / name)
    assert "precious" == (folder.parent / "victim").read_text()
    assert "precious" != (folder / name).read_text()


@pytest.mark.parametrize("name", WRITERS)
def test_planted_temporary_file_is_not_used(folder, name):
    """Names of temporary files cannot be guessed: those of 0.1.0 are left alone."""
    for part in (f".{name}.part", ".all-failures.jsonl.part", ".all-missing.jsonl.part"):
        if not os.path.lexists(folder / part):
            (folder / part).symlink_to(folder.parent / "victim")
    WRITERS[name](folder / name)
    assert "precious" == (folder.parent / "victim").read_text()
    assert (folder / name).is_file()


def test_temporary_file_of_a_guessed_name_is_refused(folder, monkeypatch):
    """Even if somebody guesses the name, the file is not written through the link."""
    monkeypatch.setattr("secrets.token_hex", lambda _: "1")
    (folder / ".jobwait-1.part").symlink_to(folder.parent / "victim")
    with pytest.raises(FileExistsError):
        write_text(folder / "a", "x")
    assert "precious" == (folder.parent / "victim").read_text()


def test_file_that_appears_during_the_block_is_not_replaced_unasked(folder):
    """It is looked for again before the rename; nothing else is left."""
    block = new_file(folder / "a")
    block.__enter__().write(b"new")
    (folder / "a").write_text("mine")
    with pytest.raises(errors.InvalidInput, match="is there already"):
        block.__exit__(None, None, None)
    assert "mine" == (folder / "a").read_text()
    assert ["a"] == os.listdir(folder)  # noqa: PTH208


def test_failed_block_changes_nothing(folder):
    """After an error the old file is there, and no part."""
    (folder / "a").write_text("old")
    block = new_file(folder / "a", overwrite=True)
    block.__enter__().write(b"new")
    assert not block.__exit__(ValueError, ValueError(), None)
    assert "old" == (folder / "a").read_text()
    assert ["a"] == os.listdir(folder)  # noqa: PTH208


def test_new_file_has_the_mode_of_the_umask(folder):
    """As every file that a program creates: others may read it if they may read those."""
    old = os.umask(0o027)
    try:
        write_text(folder / "a", "x")
    finally:
        os.umask(old)
    assert 0o640 == (folder / "a").stat().st_mode & 0o777


@pytest.mark.parametrize("name", ["a\0b", "a" * 300])
def test_impossible_name_is_refused(folder, name):
    """A name that no file can have is the caller's to correct."""
    with pytest.raises(errors.InvalidInput, match="name another place"):
        write_text(folder / name, "x")


def test_special_files_are_not_opened(folder):
    """Neither for reading nor for writing: a FIFO would block, and a second name is somebody else's."""
    os.mkfifo(folder / "fifo")
    (folder / "hard").hardlink_to(folder.parent / "victim")
    (folder / "soft").symlink_to(folder.parent / "victim")
    for name in ("fifo", "hard", "soft"):
        with pytest.raises(OSError, match=r"plain file|symbolic links"):
            open_plain(folder / name, os.O_RDONLY)
    for path in (folder / "fifo", folder):
        with pytest.raises(OSError, match="read twice") as caught:
            open_input(path)
        assert caught.value.errno == errno.EINVAL
    with open_input(folder / "soft") as file:
        assert b"precious" == file.read()


def test_results_with_lone_surrogates_are_written_as_escapes(folder):
    """UTF-8 cannot hold them, but JSON can name them."""
    ResultFolder().write_json(folder / "a.json", {"text": "half \ud83d"})
    assert b"\\ud83d" in (folder / "a.json").read_bytes()
    assert {"text": "half \ud83d"} == json.loads((folder / "a.json").read_text("utf-8"))


def test_report_path_is_checked_before_the_wait(folder):
    """A planted name is refused before anything is sent."""
    plant(folder / "r.html", "symbolic link", folder.parent / "victim")
    with pytest.raises(errors.InvalidInput, match="symbolic link"):
        WaitOptions(report=folder / "r.html").check()
