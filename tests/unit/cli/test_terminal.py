"""The command on a real pseudo-terminal, its screen read by a terminal emulator."""

import json
import re

import pytest

from jobwait import freeplay, promptforge
from jobwait.cli.job_names import name_of
from jobwait.sandbox import Sandbox
from support.services import PROJECT, PROMPTS, TEMPLATE
from support.shell import Shell, environment
from support.virtual_sandbox import ManualClock


@pytest.fixture(scope="module")
def hand():
    """A clock that stands still while a test reads a job."""
    return ManualClock()


@pytest.fixture(scope="module")
def slow(hand):
    """Services that live by that clock."""
    with Sandbox(speed=1, seed=3, limits={"fryte": None}, clock=hand) as box:
        yield box


@pytest.fixture(scope="module")
def waiting(slow, hand):
    """A job that runs and one that is queued, and neither ever ends."""
    with (
        freeplay.connect(slow.freeplay.key, base_url=slow.freeplay.url) as optimizer,
        promptforge.connect(slow.promptforge.key, base_url=slow.promptforge.url) as prompter,
    ):
        running = freeplay.submit(optimizer, PROJECT, prompt_template_version_id=TEMPLATE, dataset_id=TEMPLATE)
        while running.status().progress is None:
            hand.now += 5
        queued = promptforge.submit(prompter, PROMPTS, provider="openai", model="m")
        return [str(name_of(job)) for job in (running, queued)]


@pytest.fixture
def shell(slow, tmp_path):
    """Commands beside the slow services."""
    return Shell(tmp_path, environment(slow))


def test_many_jobs_are_a_live_table(shell, waiting):
    """A row for each job, a line that sums up; at Ctrl-C the table goes, and the way to take up again is on screen."""
    with shell.terminal("wait", *waiting, columns=130, lines=12) as terminal:
        wide = terminal.until(lambda text: "running" in text and "queued" in text and "1 running" in text)
        terminal.interrupt()
        assert 130 == terminal.ended()
    head, *rows, last = wide.splitlines()
    assert ["job", "state", "done", "rate", "ETA", "next", "poll", "why"] == head.split()
    assert 2 == len(rows)
    assert re.match(r"freeplay \w{8} +running +━*─* *step 1 of 4 \(.+\) +in [\d.]+ s +\S", rows[0])
    assert re.match(r"promptforge \w{8} +queued +in [\d.]+ s +\S", rows[1])
    assert "2 jobs: 1 queued, 1 running" == last.strip()
    assert "jobwait: interrupted. 2 jobs run on; take it up again with: jobwait wait" in terminal.text
    assert all(name in terminal.text.replace("\n", "") for name in waiting)
    assert not set("━─") & set(terminal.text)


@pytest.mark.parametrize(
    ("columns", "titles"), [(33, "job state"), (43, "job state done"), (65, "job state done next poll")]
)
def test_a_narrow_terminal_shows_what_fits(shell, waiting, columns, titles):
    """Columns go one after another, the least needed first; no line is ever wider than the screen."""
    with shell.terminal("wait", *waiting, columns=columns) as terminal:
        text = terminal.until(lambda text: "1 queued, 1" in text)
        terminal.interrupt()
        terminal.ended()
    assert titles.split() == text.splitlines()[0].split()
    assert 4 == len(text.splitlines())


def test_one_job_is_one_line(shell, waiting):
    """State, progress, next poll, on one line that is gone at the end."""
    with shell.terminal("wait", waiting[0], columns=90) as terminal:
        text = terminal.until(lambda text: "step" in text)
        terminal.interrupt()
        assert 130 == terminal.ended()
    assert 1 == len(text.splitlines())
    assert re.fullmatch(r"freeplay \w{8}  running  ━*─+  step 1 of 4 \(.+\)  in [\d.]+ s", text)
    assert "The job runs on; take it up again with: jobwait wait freeplay:" in terminal.text.replace("\n", "")


def test_ctrl_c_cancels_where_that_is_wanted_and_can_be(shell, slow):
    """--cancel-on-interrupt: Freeplay cancels, PromptForge cannot, and both are said."""
    with (
        freeplay.connect(slow.freeplay.key, base_url=slow.freeplay.url) as optimizer,
        promptforge.connect(slow.promptforge.key, base_url=slow.promptforge.url) as prompter,
    ):
        ours = freeplay.submit(optimizer, PROJECT, prompt_template_version_id=TEMPLATE, dataset_id=TEMPLATE)
        other = promptforge.submit(prompter, PROMPTS, provider="openai", model="m")
        names = [str(name_of(job)) for job in (ours, other)]
        with shell.terminal("wait", *names, "--cancel-on-interrupt", columns=200) as terminal:
            terminal.until(lambda text: "2 queued" in text)
            terminal.interrupt()
            assert 130 == terminal.ended()
        assert f"{names[0]}: asked freeplay to cancel it" in terminal.text
        assert f"{names[1]}: promptforge cannot cancel a job" in terminal.text
        assert f"The job runs on; take it up again with: jobwait wait {names[1]}" in terminal.text
        assert "cancelled" == ours.status().status


def test_json_on_stdout_is_not_disturbed_by_the_screen(shell, waiting):
    """With stdout in a file and stderr on a terminal the one has only JSON, the other the live line."""
    told = shell.folder / "told.jsonl"
    told.touch()
    with shell.terminal("wait", waiting[0], "--json", stdout=told) as terminal:
        terminal.until(lambda text: "step" in text)
        terminal.interrupt()
        assert 130 == terminal.ended()
    assert ["update"] == [json.loads(line)["type"] for line in told.read_text("utf-8").splitlines()]
    assert "type" not in terminal.text


def test_a_finished_job_leaves_its_line(box, ended, tmp_path):
    """After the live line is gone, the outcome stands there; no escape is left on a screen of plain text."""
    shell = Shell(tmp_path, environment(box))
    with shell.terminal("wait", ended["fryte", "succeeded"]) as terminal:
        assert 0 == terminal.ended()
    assert re.fullmatch(r"fryte:[\w-]+ succeeded \([\d.]+ s, 1 poll\)", terminal.text)


def test_quiet_draws_nothing(shell, waiting):
    """--quiet leaves the screen empty, on a terminal too."""
    with shell.terminal("wait", waiting[1], "--quiet", "--timeout", "0") as terminal:
        assert 4 == terminal.ended()
    assert terminal.text.startswith("jobwait: promptforge job")
    assert b"\x1b[?25l" not in terminal.raw
