"""`jobwait track`, as it is typed."""

import json

import pytest
from typer.testing import CliRunner

from jobwait import promptforge
from jobwait.cli.app import app
from support.services import PROMPTS


@pytest.fixture
def shell(tmp_path, box, monkeypatch):
    monkeypatch.setenv("PROMPTFORGE_API_KEY", box.promptforge.key)
    monkeypatch.setenv("PROMPTFORGE_BASE_URL", box.promptforge.url)
    monkeypatch.setenv("JOBWAIT_TRACKER", str(tmp_path / "tracked" / "jobs.db"))
    runner = CliRunner()
    return lambda *words: runner.invoke(app, ["track", *words])


def test_an_added_job_is_run_listed_and_reported(shell, box):
    """Add a job by its id, follow it to its end, and read what is in the file."""
    with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
        job = promptforge.submit(client, PROMPTS, provider="openai", model="sandbox-quick")
        job.wait()
    assert shell("add", "promptforge", job.id).output == "1 added\n"
    assert shell("add", "promptforge", job.id).output == "0 added\n"
    assert "waiting" in shell("list", "--pending").output
    ended = json.loads(shell("run", "--json").output)
    assert (job.id, "succeeded") == (ended["ids"]["job_id"], ended["state"])
    assert shell("list", "--pending").output == ""
    assert shell("report").output.split() == ["promptforge", "succeeded", "1"]


def test_wrong_arguments_and_files_are_one_sentence(shell, tmp_path, monkeypatch):
    """An unknown service, a missing project and another program's file: one sentence, no traceback."""
    assert "There is no service" in shell("add", "nobody", "x").output
    assert "--project" in shell("add", "freeplay", "x").output
    foreign = tmp_path / "foreign.txt"
    foreign.write_text("something else")
    refused = shell("list", "--file", str(foreign))
    assert (2, True) == (refused.exit_code, "no tracker" in refused.output)


@pytest.mark.parametrize("command", ["run", "list", "report"])
def test_only_add_creates_a_file(shell, tmp_path, command):
    """A mistyped file name is an error, and no empty file is left behind."""
    refused = shell(command)
    assert (2, True) == (refused.exit_code, "There is no file" in refused.output)
    assert [] == list(tmp_path.rglob("jobs.db*"))


def test_a_limited_list_says_that_there_are_more(shell):
    """At most --limit rows, and a note on stderr where there are more."""
    assert "3 added\n" == shell("add", "promptforge", "a", "b", "c").stdout
    cut = shell("list", "--limit", "2")
    assert (2, True) == (len(cut.stdout.splitlines()), "oldest 2 of more" in cut.stderr)
    assert "" == shell("list", "--limit", "3").stderr


@pytest.mark.parametrize("command", [[], ["add"], ["run"], ["list"], ["report"]])
def test_every_command_has_help(shell, command):
    """Each command says what it is for."""
    shown = shell(*command, "--help")
    assert shown.exit_code == 0
    assert "Usage" in shown.output
