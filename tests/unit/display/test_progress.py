"""What `progress=True` shows: a line on a terminal, nothing on a pipe or in a log, and no extra is needed for it."""

import io
import signal
import subprocess
import sys
from contextlib import nullcontext, redirect_stderr

import pyte
import pytest

from jobwait import Progress, Update, promptforge, wait_all
from jobwait._display import progress
from jobwait._display.progress import live
from jobwait._display.terminal import interrupts_held
from jobwait.cli.exits import termination_as_interrupt
from jobwait.testing import FakeServer, virtual_time
from support.waits import DONE as DONE_BATCH
from support.waits import NAME, batch, connect

RUNNING = Update("running", "PROCESSING", None, Progress(1, 4), next_poll=5.0, why="interval", service="s", job_id="a")
DONE = Update("succeeded", "COMPLETED", None, Progress(4, 4), terminal=True, service="s", job_id="a")
LATE = Update("timed_out", None, None, terminal=True, service="s", job_id="b\x1b[2J")


class Terminal(io.StringIO):
    """What a terminal gets."""

    def isatty(self):
        return True

    def screen(self, columns=60):
        """Its lines, as people see them."""
        screen = pyte.Screen(columns, 10)
        pyte.Stream(screen).feed(self.getvalue().replace("\n", "\r\n"))
        return [line.rstrip() for line in screen.display if line.strip()]


@pytest.fixture(autouse=True)
def _narrow(monkeypatch):
    """The screen has 60 columns, and is no CI's."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("LINES", "10")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture(params=[True, False], ids=["rich", "no rich"])
def rich(request, monkeypatch):
    """With rich, or as if it were not installed."""
    if not request.param:
        monkeypatch.setattr(progress.importlib.util, "find_spec", lambda _: None)
    return request.param


@pytest.mark.usefixtures("rich")
def test_one_job_on_a_terminal_is_one_line_with_a_bar():
    """Each update replaces the line, within the width of the screen; the last one stays. Changes are passed on."""
    seen = []
    with redirect_stderr(Terminal()) as terminal:
        display = live(seen.append, [("s", "a")])
        display.open()
        display(RUNNING)
        display.show(RUNNING)  # another poll that shows the same
        display(DONE)
        display.close()
    assert ["s a  succeeded  100% ━━━━━━━━━ 4/4 · 0:00"] == terminal.screen()
    assert [RUNNING, DONE] == seen


def test_many_jobs_on_a_terminal_have_an_overall_line(rich):
    """How many of how many have ended, and how; it stays. With rich there is a row for the job that did not succeed."""
    with redirect_stderr(Terminal()) as terminal:
        display = live(None, total=lambda: 2)
        display.open()
        for update in (RUNNING, DONE, LATE):
            display(update)
        display.close()
    first, *rest = terminal.screen()
    assert "2/2 jobs  100% ━━━━━━━━━━━━━━ · 0:00 · 1 succeeded, 1 not" == first
    assert (["s b\\x1b[2J  timed out"] if rich else []) == rest


@pytest.mark.parametrize("environment", [{}, {"FORCE_COLOR": "1"}, {"CI": "true"}, {"TERM": "dumb"}], ids=str)
def test_a_log_gets_nothing_and_changes_are_passed_on(monkeypatch, environment):
    """progress=True writes nothing into a pipe, whatever is said of colours, nor to a CI's or a dumb terminal."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    seen = []
    with redirect_stderr(Terminal() if {"CI", "TERM"} & set(environment) else io.StringIO()) as written:
        display = live(seen.append, [("s", "a")])
        display.open()
        display(DONE)
        display.close()
    assert ([DONE], "") == (seen, written.getvalue())


def interrupting(_):
    raise KeyboardInterrupt


@pytest.mark.parametrize(("on_update", "stays"), [(None, "succeeded  100% ━"), (interrupting, "running  50% ━")])
def test_a_wait_closes_its_display(on_update, stays):
    """However the wait ends, its last line stays, and the cursor is shown again."""
    server = FakeServer(batch("PROCESSING", 50), batch("COMPLETED", 100))
    with virtual_time(), redirect_stderr(Terminal()) as terminal, connect(server) as client:
        interrupted = pytest.raises(KeyboardInterrupt) if on_update else nullcontext()
        with interrupted:
            promptforge.job(client, NAME).wait(progress=True, on_update=on_update)
    assert [True] == [stays in line for line in terminal.screen()]
    assert terminal.getvalue().rindex("\x1b[?25h") > terminal.getvalue().rindex("\x1b[?25l")


def test_a_fleet_closes_its_display():
    """So does wait_all()."""
    with virtual_time(), redirect_stderr(Terminal()) as terminal, connect(FakeServer(DONE_BATCH)) as client:
        outcomes = wait_all([promptforge.job(client, NAME)], progress=True)
    assert ["succeeded"] == [outcome.state for outcome in outcomes]
    assert [True] == ["succeeded  100% ━" in line for line in terminal.screen()]


def test_progress_needs_no_extra():
    """Handles, `wait_all` and their progress work where rich and typer are not installed."""
    code = "import sys; sys.modules |= dict.fromkeys(('rich', 'typer')); import jobwait.fleet, jobwait.promptforge"
    more = "; from jobwait._display.progress import live; live(None, [('s', 'a')]).open()"
    assert 0 == subprocess.run([sys.executable, "-c", code + more], check=False).returncode


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_does_not_leave_a_frame_behind(number):
    """One that comes while the last frame is being erased comes once that is done."""
    done = []

    def erase():
        with termination_as_interrupt(), interrupts_held():
            signal.raise_signal(number)
            done.append("erased")

    with pytest.raises(KeyboardInterrupt):
        erase()
    assert ["erased"] == done
