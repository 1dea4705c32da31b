"""What `progress=True` shows: a line on a terminal, nothing on a pipe, and no extra is needed for it."""

import io
import subprocess
import sys
from contextlib import redirect_stderr

import pytest

from jobwait import Progress, Update
from jobwait._display.progress import live_count, live_line

RUNNING = Update("running", "PROCESSING", None, Progress(1, 4), next_poll=5.0, why="interval", service="s", job_id="a")
DONE = Update("succeeded", "COMPLETED", None, Progress(4, 4), terminal=True, service="s", job_id="a")
LATE = Update("timed_out", None, None, terminal=True, service="s", job_id="b\x1b[2J")


class Terminal(io.StringIO):
    """What a terminal gets."""

    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _narrow(monkeypatch):
    """The screen has 60 columns."""
    monkeypatch.setenv("COLUMNS", "60")


def test_one_job_on_a_terminal_is_one_line_with_a_bar():
    """Each update replaces the line, cut at the width of the screen; the last one stays. Updates are passed on."""
    seen = []
    with redirect_stderr(Terminal()) as screen:
        show = live_line("a\x1b[2J", seen.append)
        show(RUNNING)
        show(DONE)
    first, last = screen.getvalue().split("\r\x1b[K")[1:]
    assert "━━━━──────────── a\\x1b[2J running (PROCESSING) 1 of 4; next" == first
    assert "━━━━━━━━━━━━━━━━ a\\x1b[2J succeeded (COMPLETED) 4 of 4\n" == last
    assert [RUNNING, DONE] == seen


def test_many_jobs_on_a_terminal_are_counted_as_they_end():
    """The line changes when a job ends: how many of how many, and how; it stays once all have ended."""
    with redirect_stderr(Terminal()) as screen:
        show = live_count(lambda: 2, None)
        for update in (RUNNING, DONE, LATE):
            show(update)
    first, last = screen.getvalue().split("\r\x1b[K")[1:]
    assert "━━━━━━━━──────── 1 of 2 jobs: 1 succeeded" == first
    assert "━━━━━━━━━━━━━━━━ 2 of 2 jobs: 1 succeeded, 1 timed out\n" == last


def test_a_pipe_gets_nothing_and_updates_are_passed_on(capsys):
    """progress=True writes nothing into a log."""
    seen = []
    for show in (live_line("a", seen.append), live_count(lambda: 1, seen.append)):
        show(DONE)
    assert ([DONE, DONE], ("", "")) == (seen, capsys.readouterr())


def test_progress_needs_no_extra():
    """Handles, `wait_all` and their progress work where rich and typer are not installed."""
    code = "import sys; sys.modules |= dict.fromkeys(('rich', 'typer')); import jobwait.fleet, jobwait.promptforge"
    more = "; from jobwait._display.progress import live_line; live_line('a', None)"
    assert 0 == subprocess.run([sys.executable, "-c", code + more], check=False).returncode
