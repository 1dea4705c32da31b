"""What a shell completes, and the file of recent jobs that it completes names from."""

import stat

import pytest

from jobwait.cli.completion import recent_jobs
from jobwait.cli.completion.recent_jobs import MOST, remember


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """The file of recent jobs, in a folder for state of the test's own."""
    monkeypatch.delenv("JOBWAIT_NO_RECENT_JOBS", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "jobwait" / "recent-jobs"


def completed(shell, line, **env):
    """The words that bash is offered for *line*."""
    words = line.split(" ")
    asked = {"_JOBWAIT_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    return shell(env={**asked, **env}).stdout.split()


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "powershell"])
def test_completion_is_a_script(shell, name):
    """Each shell gets a script that asks the command itself."""
    done = shell("completion", name)
    assert 0 == done.returncode
    assert "_JOBWAIT_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("jobwait d", {"doctor", "download"}),
        ("jobwait run promptforge p.jsonl --provider ", {"openai", "anthropic", "gemini", "mistral"}),
        ("jobwait run promptforge p.jsonl --provider g", {"gemini"}),
        ("jobwait wait fr", {"freeplay", "fryte", "freeplay:project/9a1f", "fryte:c3f1c944", "fryte:d4a2"}),
        ("jobwait wait fryte ", {"c3f1c944", "d4a2"}),
        ("jobwait wait fryte c3f1c944 ", {"d4a2"}),
        ("jobwait status fryte c", {"c3f1c944"}),
        ("jobwait result freeplay p", {"project/9a1f"}),
        ("jobwait example ", {"freeplay", "fryte", "promptforge"}),
        ("jobwait doctor f", {"freeplay", "fryte"}),
    ],
)
def test_completion_completes(shell, kept, line, words):
    """Commands, services, providers, and the jobs that were submitted lately."""
    for name in ("fryte:d4a2", "freeplay:project/9a1f", "fryte:c3f1c944"):
        remember(name)
    env = {"JOBWAIT_NO_RECENT_JOBS": "", "XDG_STATE_HOME": str(kept.parents[1])}
    assert words == set(completed(shell, line, **env))


def test_a_submitted_job_is_remembered(shell, kept):
    """`submit` puts the name that it prints into the file, unless a variable says that nothing is kept."""
    (shell.folder / "tour.json").write_text(shell("example", "fryte", "--quiet").stdout)
    env = {"JOBWAIT_NO_RECENT_JOBS": "", "XDG_STATE_HOME": str(kept.parents[1])}
    shell("submit", "fryte", "tour.json", env={**env, "JOBWAIT_NO_RECENT_JOBS": "1"})
    assert not kept.exists()
    name = shell("submit", "fryte", "tour.json", env=env).stdout
    assert name == kept.read_text("utf-8")


def test_the_file_is_the_users_alone_and_bounded(kept):
    """Others can read neither it nor its folder; the newest name is first, each is there once, and there are few."""
    for number in range(MOST + 5):
        remember(f"fryte:{number}")
    remember("fryte:30")
    names = kept.read_text("utf-8").splitlines()
    assert (MOST, "fryte:30", f"fryte:{MOST + 4}") == (len(names), *names[:2])
    assert len(names) == len(set(names))
    assert (0o600, 0o700) == tuple(stat.S_IMODE(path.stat().st_mode) for path in (kept, kept.parent))


@pytest.mark.parametrize(
    "name", ["svc:https://x.invalid/jobs/1?sig=secret", "svc:a?sig=secret", "svc:a\nb", "svc:" + "x" * 400, "x"]
)
def test_what_may_be_a_secret_is_not_remembered(kept, name):
    """A status URL, a query and what is no name are not kept."""
    remember(name)
    assert not kept.exists()


def test_a_file_that_cannot_be_used_stops_nothing(kept, tmp_path):
    """A link in its place is not written through, a folder and bytes that are no text are ignored."""
    kept.parent.mkdir(parents=True)
    mine = tmp_path / "mine"
    mine.write_text("precious")
    kept.symlink_to(mine)
    remember("fryte:1")
    assert ("precious", []) == (mine.read_text("utf-8"), recent_jobs.recent_jobs())
    kept.unlink()
    kept.mkdir()
    remember("fryte:1")
    assert [] == recent_jobs.recent_jobs()
    kept.rmdir()
    kept.write_bytes(b"\xff\xfe\nfryte:2\n")
    assert ["fryte:2"] == recent_jobs.recent_jobs()
