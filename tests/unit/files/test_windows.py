"""
What Windows does otherwise, played on this system: no fcntl, no user ids, and open files that stay where they are.

An open file can be neither replaced, renamed nor deleted there; fsync() needs a file that is open for writing; and
signal 0 of os.kill() is Ctrl-C.
"""

import errno
import fcntl
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from jobwait import _files, promptforge
from jobwait._files import new_file, try_lock
from jobwait._http import partial_file
from jobwait._http.partial_file import OVERLAP, partial_path
from jobwait._httpx import httpx
from jobwait._jobs.download import _file_prefix, download_files
from jobwait._polling.job_state import JobState
from jobwait._sync import clock, sliced
from jobwait.testing import FakeServer
from jobwait.tracker import Tracker, process, schema
from support.hidden import run_without
from support.waits import DONE, FAST, at_once, connect

BODY = b"".join(b'{"prompt_id": %d, "response": "%s"}\n' % (number, b"x" * 100) for number in range(100))
WHEN = "2026-06-11T16:47:49Z"
MISSING = ("geteuid", "getuid", "fchmod", "O_NOFOLLOW", "O_NONBLOCK")  # in Windows' os


def processes_of(kill):
    """
    Windows' own way to ask for a process, of the processes of this system; *handles* are those that are open.

    A process that has ended, and that another holds a handle of, can be opened still: those are in *ended*.
    """

    def open_process(access, inherit, pid):
        try:
            kill(pid, 0)
        except ProcessLookupError:
            error = OSError("the parameter is incorrect")
            error.winerror = 87
            raise error from None
        handles.append(pid)
        return pid

    handles = []
    ended = set()
    return SimpleNamespace(
        SYNCHRONIZE=0x100000,
        WAIT_OBJECT_0=0,
        OpenProcess=open_process,
        WaitForSingleObject=lambda handle, milliseconds: 0 if handle in ended else 258,  # 258: it runs
        CloseHandle=handles.remove,
        handles=handles,
        ended=ended,
    )


@pytest.fixture
def windows(monkeypatch):
    """The rules of Windows, for the modules that know them; its processes."""
    kill, processes = os.kill, processes_of(os.kill)
    for module in (_files, partial_file, process, schema):
        monkeypatch.setattr(module, "sys", SimpleNamespace(platform="win32"))
    locking = SimpleNamespace(
        LK_NBLCK=2, locking=lambda handle, _, __: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    )
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", locking)
    monkeypatch.setitem(sys.modules, "_winapi", processes)
    for name in MISSING:
        monkeypatch.delattr(os, name)
    monkeypatch.setattr(_files, "_PLAIN", 0)

    def free(function):
        def called(*paths, **options):
            for path in paths:
                if str(Path(path).absolute()) in _open_files():
                    raise PermissionError(errno.EACCES, "it is being used by another process", str(path))
            return function(*paths, **options)

        return called

    def fsync(handle, real=os.fsync):
        if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "Bad file descriptor")
        real(handle)

    for name in ("replace", "rename", "unlink", "remove"):
        monkeypatch.setattr(os, name, free(getattr(os, name)))
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "kill", lambda pid, number: kill(pid, number) if number else pytest.fail("Ctrl-C was sent"))
    return processes


def _open_files():
    """The paths of the files that this process has open."""
    found = set()
    for handle in Path("/dev/fd").iterdir():
        try:
            found.add(_path_of(int(handle.name)))
        except OSError:  # it was the one that listed them
            continue
    return found


def _path_of(handle):
    """The path of an open file, on Linux and macOS."""
    if hasattr(fcntl, "F_GETPATH"):
        return fcntl.fcntl(handle, fcntl.F_GETPATH, b"\0" * 1024).rstrip(b"\0").decode()
    return str(Path(f"/proc/self/fd/{handle}").readlink())


def test_the_rules_of_windows_are_played(windows, tmp_path):
    """Else nothing here shows anything: an open file stays, and a lock holds."""
    with (tmp_path / "a").open("wb") as file:
        with pytest.raises(PermissionError):
            (tmp_path / "a").replace(tmp_path / "b")
        with (tmp_path / "a").open("rb") as same:
            assert (True, False) == (try_lock(file.fileno()), try_lock(same.fileno()))
            with pytest.raises(OSError, match="Bad file"):
                os.fsync(same.fileno())
    (tmp_path / "a").replace(tmp_path / "b")


def test_a_file_is_written_whole(windows, tmp_path):
    """It is closed before it is renamed, also where it replaces another."""
    for content in (b"1", b"2"):
        with new_file(tmp_path / "a", overwrite=True) as file:
            file.write(content)
    assert b"2" == (tmp_path / "a").read_bytes()
    assert [tmp_path / "a"] == list(tmp_path.iterdir())


def test_a_download_that_broke_is_continued_and_put_in_place(windows, tmp_path):
    """The partial file is locked by another one beside it, and nothing is left."""
    asked = []

    def answer(request):
        if request.url.path != "/file":
            file = {"filename": "a.jsonl", "url": "http://127.0.0.1/file", "expires_at": WHEN}
            return httpx.Response(200, json={"job_id": "j", "status": "COMPLETED", "files": [file]})
        asked.append(request.headers.get("range"))
        headers = {"etag": '"1"', "content-length": str(len(BODY))}
        if asked[-1] is None:
            return httpx.Response(200, stream=httpx.ByteStream(BODY[:4000]), headers=headers)
        start = 4000 - OVERLAP
        headers |= {"content-range": f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"}
        return httpx.Response(206, content=BODY[start:], headers={**headers, "content-length": str(len(BODY) - start)})

    transport = httpx.MockTransport(answer)
    with promptforge.connect("k", base_url="http://127.0.0.1", transport=transport) as client:
        job = promptforge.job(client, "j")
        job_state = JobState(promptforge.SERVICE, client, {"job_id": "j"})
        paths = at_once(download_files(job_state, job._list_links, tmp_path))
    assert [None, f"bytes={4000 - OVERLAP}-"] == asked
    assert [BODY] == [path.read_bytes() for path in paths]
    assert paths == list(tmp_path.iterdir())


def test_two_downloads_of_one_file_write_different_partial_files(windows, tmp_path):
    """The second gets one of its own; an empty one is deleted at the end, and so is the file that was locked."""
    with partial_path(tmp_path / "a") as first, partial_path(tmp_path / "a") as second:
        assert first != second
        second.write_bytes(b"2")
    assert [] == list(tmp_path.iterdir())


def test_a_tracker_follows_jobs_to_their_ends(windows, tmp_path):
    """It opens its file, leases, records and delivers; the next run finds nothing to do."""
    delivered = []
    with Tracker(tmp_path / "jobs.db") as tracker, connect(FakeServer(DONE)) as client:
        tracker.add(promptforge.job(client, DONE["job_id"]))
        assert 1 == tracker.run(lambda _: client, on_outcome=delivered.append, policy=FAST)
        assert 0 == tracker.run(lambda _: client, on_outcome=delivered.append, policy=FAST)
    assert ["succeeded"] == [row.state for row in delivered]


def test_a_process_that_has_ended_is_told_from_one_that_runs(windows, monkeypatch):
    """Windows is asked for it, and each handle is closed; who must not know takes it for one that runs."""
    print_pid = [sys.executable, "-c", "import os; print(os.getpid())"]
    ended = subprocess.run(print_pid, capture_output=True, text=True, check=True).stdout.strip()
    machine, pid, rest = process.this_process().split(":", 2)
    assert not process.has_ended(f"{machine}:{pid}:{rest}")
    namespace = rest.partition("@")[2]
    assert process.has_ended(f"{machine}:{ended}:@{namespace}")
    windows.ended.add(int(pid))
    assert process.has_ended(f"{machine}:{pid}:{rest}")
    windows.ended.clear()
    assert [] == windows.handles

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Access is denied")

    monkeypatch.setattr(windows, "OpenProcess", refuse)
    assert not process.has_ended(f"{machine}:{ended}:@{namespace}")


def test_a_thread_that_waits_handles_signals(monkeypatch):
    """It waits in slices, between which Windows handles them; it takes what comes, and ends when it should."""
    monkeypatch.setattr(clock, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(sliced, "SLICE", 0.001)
    items, event = clock.Clock().queue(), clock.Clock().event()
    for timeout in (0.0, 0.005):
        with pytest.raises(queue.Empty):
            items.get(timeout=timeout)
        assert not event.wait(timeout)
    with pytest.raises(queue.Empty):
        items.get_nowait()

    for wait in (items.get, event.wait):
        moments = [0.0, 0.0, 0.0]

        def monotonic(moments=moments):
            if not moments:
                raise KeyboardInterrupt
            return moments.pop()

        with monkeypatch.context() as patch:
            patch.setattr(sliced, "time", SimpleNamespace(monotonic=monotonic))
            with pytest.raises(KeyboardInterrupt):
                wait()
    threading.Thread(target=lambda: (items.put("an item"), event.set())).start()
    assert ("an item", True) == (items.get(), event.wait())


WAIT = """
from jobwait import fryte, promptforge, freeplay, wait_all
from jobwait.testing import FakeServer
from jobwait.tracker import Tracker
import jobwait.sandbox, jobwait.cli.app

status = {"job_id": "j", "status": "succeeded", "tour_id": 1, "optimization_id": 2}
client = fryte.connect("k", transport=FakeServer(status))
print(wait_all([fryte.job(client, "j")])[0].state)
with Tracker("jobs.db") as tracker:
    tracker.add(fryte.job(client, "j"))
    print(tracker.run(lambda _: client))
"""


def test_nothing_that_only_posix_has_is_imported(tmp_path):
    """Waits, tracker, sandbox and command are imported and used without the modules that Windows lacks."""
    lacking = ["fcntl", "grp", "pwd", "pty", "readline", "resource", "termios", "tty"]
    done = run_without(lacking, WAIT, cwd=tmp_path)
    assert ("succeeded\n1\n", "") == (done.stdout, done.stderr)


@pytest.mark.parametrize("job_id", ["CON", "NUL", "com1", "a:b", "what?", "a.", "a ", "<>|*", 'say "x"', "x" * 300])
def test_the_names_of_result_files_are_names_on_windows(tmp_path, job_id):
    """No reserved name, no character that Windows refuses, no dot or space at the end; and not too long."""

    def answer(request):
        if request.url.path == "/file":
            return httpx.Response(200, content=b"{}")
        file = {"filename": "NUL", "url": "http://127.0.0.1/file", "expires_at": WHEN}
        return httpx.Response(200, json={"job_id": "j", "status": "COMPLETED", "files": [file]})

    with promptforge.connect("k", base_url="http://127.0.0.1", transport=httpx.MockTransport(answer)) as client:
        listing = promptforge.job(client, "j")._list_links
        job_state = JobState(promptforge.SERVICE, client, {"job_id": job_id})
        [path] = at_once(download_files(job_state, listing, tmp_path))
    assert not set(path.name) & set('<>:"/\\|?*')
    assert path.name.startswith("results-")
    assert path.name.endswith(".jsonl")
    assert len(path.name) < 120


def test_ids_that_differ_in_case_alone_have_different_files(tmp_path):
    """Windows and macOS take two such names for one: a result would be taken for that of another job."""
    names = [_file_prefix(job_id) for job_id in ("batch_aB", "batch_ab", "batch_AB", "batch_a-b")]
    assert 4 == len({name.lower() for name in names})
    assert "results-batch_ab" == names[1]
