"""The command on a real pseudo-terminal, its screen read by a terminal emulator."""

import json
import re
import socket

import pytest

from jobwait import freeplay, promptforge
from jobwait.cli.job_names import name_of
from jobwait.sandbox import Sandbox
from support.services import PROJECT, PROMPTS, TEMPLATE
from support.shell import Shell, environment
from support.virtual_sandbox import ManualClock

FAILING = ("state", "failures", "failure")
BRIEF = ("--timeout", "3", "--interval", "0.3")  # enough for an answer on a busy machine, and for many polls


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


def test_many_jobs_are_an_overall_line_and_rows(shell, waiting):
    """First all jobs together, then those that run, then the others; at Ctrl-C that goes, and the way on stays."""
    with shell.terminal("wait", *waiting, columns=130, lines=12) as terminal:
        wide = terminal.until(lambda text: "step" in text and "queued" in text)
        terminal.interrupt()
        assert 130 == terminal.ended()
    overall, running, queued = wide.splitlines()
    assert re.fullmatch(r"0/2 jobs   0% ─{40} · \d+:\d\d", overall)
    assert re.match(r"freeplay \w{8} +running  step 1 of 4 \(.+\) · next poll (in [\d.]+ s|due)", running)
    assert re.match(r"promptforge \w{8}  queued +· next poll (in [\d.]+ s|due)", queued)
    assert "jobwait: interrupted. 2 jobs run on; take them up again with: jobwait wait" in terminal.text
    assert "2 jobs: 2 not waited for to the end in" in terminal.text
    assert all(name in terminal.text.replace("\n", "") for name in waiting)
    assert not set("━─") & set(terminal.text)


@pytest.mark.parametrize(
    ("columns", "shows"),
    [
        (30, r"freeplay \w{8}  running"),
        (40, r"\w{8}  running  step 1 of 4 · \d+:\d\d"),
        (60, r"freeplay \w{8}  running  step 1 of 4( \(.+\))? · \d+:\d\d"),
        (90, r"freeplay \w{8}  running  step 1 of 4 \(.+\) · \d+:\d\d · next poll (in \d+ s|due)"),
        (120, r"freeplay [\w-]{36}  running  step 1 of 4 \(.+\) · \d+:\d\d · next poll (in \d+ s|due)"),
        (
            200,
            r"freeplay [\w-]{36}  running  step 1 of 4 \(.+\) · \d+:\d\d · next poll (in \d+ s|due) · step 1 .+",
        ),
    ],
)
def test_one_job_is_one_line(shell, waiting, columns, shows):
    """The most important facts that the width has room for, on one line that is gone at the end."""
    with shell.terminal("wait", waiting[0], columns=columns) as terminal:
        text = terminal.until(lambda text: "running" in text)
        terminal.interrupt()
        assert 130 == terminal.ended()
    assert re.fullmatch(shows, text)
    words = "".join(terminal.text.split())  # lines are broken at any place
    assert "Thejobrunson;takeitupagainwith:jobwaitwaitfreeplay:" in words


@pytest.mark.parametrize("env", [{"CI": "true"}, {"TERM": "dumb"}, {"CI": "true", "FORCE_COLOR": "1"}], ids=str)
def test_a_log_is_not_animated(shell, waiting, env):
    """A CI may give its jobs a terminal, and a dumb one has no cursor: a line for each change, each with its time."""
    with shell.terminal("wait", waiting[0], *BRIEF, env=env, columns=200) as terminal:
        assert 4 == terminal.ended()
    first, *_ = terminal.text.splitlines()
    assert re.match(r"\d\d:\d\d:\d\d freeplay:[\w-]+ running .*step 1 of 4", first)
    assert 1 == terminal.text.count("running (in_progress)")
    assert b"\x1b" not in terminal.raw


@pytest.mark.parametrize("env", [{"FORCE_COLOR": "1"}, {"CI": "true", "TERM": "xterm-256color"}], ids=str)
def test_a_pipe_gets_plain_lines_with_their_time(shell, waiting, env):
    """No escapes and no frame that is repeated, whatever the environment says of colours."""
    done = shell("wait", waiting[0], *BRIEF, env=env)
    assert re.match(r"\d\d:\d\d:\d\d freeplay:[\w-]+ running .*step 1 of 4", done.stderr)
    assert 1 == done.stderr.count("running (in_progress)")
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stderr


def test_a_timeout_prints_the_command_that_goes_on(shell, waiting):
    """As Ctrl-C does; on a terminal the end is told once, with its reason."""
    with shell.terminal("wait", *waiting, *BRIEF, columns=250) as terminal:
        assert 4 == terminal.ended()
    text = terminal.text.replace("\n", "")
    assert 1 == text.count("was still running") == text.count("was still queued")
    assert "2 jobs: 2 timed out in" in text
    again = f"jobwait wait {' '.join(waiting)} --timeout 3s --interval 300ms"
    assert f"2 jobs may run on; take them up again, for another 3 s, with: {again}" in text
    assert "wait again" not in text


def test_an_outage_shows_from_its_first_failed_poll(shell):
    """The job is neither queued nor running; at the timeout the command that goes on is printed."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        env = {"PROMPTFORGE_BASE_URL": f"http://127.0.0.1:{closed.getsockname()[1]}"}
    with shell.terminal("wait", "promptforge:x", *BRIEF, env=env, columns=120) as terminal:
        terminal.until(
            lambda text: re.match(r"promptforge x  no answer \(connection refused\), 1st try, next in 1 s", text)
        )
        assert 5 == terminal.ended()
    assert "The job may run on; take it up again, for another 3 s, with: jobwait wait promptforge:x" in terminal.text
    told = shell("wait", "promptforge:x", *BRIEF, "--json", env=env).stdout.splitlines()
    first, *_, ending, last = [json.loads(line) for line in told]
    assert (True, 1 < ending["failures"], first["failure"]) == (ending["terminal"], True, ending["failure"])
    assert ("unknown", 1, "no answer (connection refused)") == tuple(first[name] for name in FAILING)
    assert {"unknown", "unreachable"} == {json.loads(line)["state"] for line in told}
    assert ("outcome", "unreachable") == (last["type"], last["state"])


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
            terminal.until(lambda text: 2 == text.count("queued"))
            terminal.interrupt()
            assert 130 == terminal.ended()
        assert f"{names[0]}: asked freeplay to cancel it" in terminal.text
        assert f"{names[1]}: promptforge cannot cancel a job" in terminal.text
        assert f"The job runs on; take it up again with: jobwait wait {names[1]}" in terminal.text
        assert "cancelled" == ours.status().status


def test_json_on_stdout_is_not_disturbed_by_the_screen(shell, waiting):
    """With stdout in a file and stderr on a terminal the one has only JSON with times, the other the live line."""
    told = shell.folder / "told.jsonl"
    told.touch()
    with shell.terminal("wait", waiting[0], "--json", stdout=told) as terminal:
        terminal.until(lambda text: "step" in text)
        terminal.interrupt()
        assert 130 == terminal.ended()
    lines = [json.loads(line) for line in told.read_text("utf-8").splitlines()]
    assert ["update"] == [line["type"] for line in lines]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00", lines[0]["at"])
    assert "type" not in terminal.text


def test_a_finished_job_leaves_its_line(box, ended, tmp_path):
    """After the live line is gone, the outcome stands there; no escape is left on a screen of plain text."""
    shell = Shell(tmp_path, environment(box))
    with shell.terminal("wait", ended["fryte", "succeeded"]) as terminal:
        assert 0 == terminal.ended()
    assert re.fullmatch(r"fryte:[\w-]+ succeeded \([\d.]+ s, 1 poll\)", terminal.text)


def test_the_end_of_a_failed_job_is_told_once(box, ended, tmp_path):
    """On a screen by its reason; a pipe has its state on stdout, and on stderr the reason alone."""
    shell, name = Shell(tmp_path, environment(box)), ended["fryte", "failed"]
    with shell.terminal("wait", name, columns=200) as terminal:
        assert 1 == terminal.ended()
    piped = shell("wait", name)
    assert 1 == len(terminal.text.splitlines())
    assert terminal.text.startswith("jobwait: fryte job ")
    assert re.fullmatch(rf"{name} failed \([\d.]+ s, 1 poll\)\n", piped.stdout)
    assert terminal.text == piped.stderr.strip()


def test_quiet_draws_nothing(shell, waiting):
    """--quiet leaves the screen empty, on a terminal too."""
    with shell.terminal("wait", waiting[1], "--quiet", "--timeout", "0") as terminal:
        assert 4 == terminal.ended()
    assert terminal.text.startswith("jobwait: promptforge job")
    assert b"\x1b[?25l" not in terminal.raw


def test_a_timeout_cancels_where_the_service_can(shell):
    """With --cancel-on-timeout; the sentence says what became of it."""
    job = ("--project", PROJECT, "--version", TEMPLATE, "--dataset", TEMPLATE)
    done = shell("run", "freeplay", *job, *BRIEF, "--cancel-on-timeout")
    assert 4 == done.returncode
    assert "Its cancellation was requested" in done.stderr
    assert 3 == shell("wait", done.stdout.partition(" ")[0]).returncode
