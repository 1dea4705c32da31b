"""`jobwait track`, as it is typed."""

import json

import pytest
from typer.testing import CliRunner

from jobwait import promptforge
from jobwait.cli.app import app
from jobwait.tracker import Tracker
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


def test_a_run_says_what_is_still_open_and_why(shell):
    """A job that the service does not know: its line, how to go on, and exit status 5."""
    shell("add", "promptforge", "unknown")
    said = shell("run")
    assert 5 == said.exit_code
    assert "promptforge/promptforge/unknown  still open (unreachable)  promptforge job unknown" in said.stdout
    assert "1 still open; go on with: jobwait track run --file" in said.stdout
    assert "waiting  promptforge job unknown" in shell("list", "--pending").stdout


def test_a_run_gives_what_is_still_open_as_json(shell):
    """A line of a type of its own, so that who counts ends counts none."""
    shell("add", "promptforge", "unknown")
    said = shell("run", "--json")
    (line,) = map(json.loads, said.stdout.splitlines())
    facts = {name: line[name] for name in ("type", "key", "state", "last_wait", "owner", "polls")}
    assert 5 == said.exit_code
    assert {
        "type": "open",
        "key": "promptforge/promptforge/unknown",
        "state": "waiting",
        "last_wait": "unreachable",
        "owner": None,
        "polls": 1,
    } == facts
    assert "not" in line["reason"]


def test_a_run_prints_twenty_open_jobs_and_how_many_more(shell):
    """Ten thousand lines say no more; `list --pending` has them all."""
    shell("add", "promptforge", *(f"unknown{number}" for number in range(22)))
    said = shell("run").stdout.splitlines()
    assert (20, "2 more are still open: jobwait track list --pending") == (
        sum("still open (unreachable)" in line for line in said),
        said[20],
    )


def test_a_given_up_job_is_opened_again(shell):
    """`run --give-up-after` ends what has no outcome, `retry` takes that back, by key or all."""
    shell("add", "promptforge", "one", "two")
    ended = shell("run", "--give-up-after", "0s")
    assert (5, 2) == (ended.exit_code, ended.stdout.count("unreachable"))
    assert (0, "") == ((done := shell("run")).exit_code, done.stdout)
    assert "1 opened again\n" == shell("retry", "promptforge/promptforge/one").stdout
    told = json.loads(shell("retry", "--all", "--json").stdout)
    assert ("retried", 1) == (told["type"], told["count"])
    assert 2 == len(shell("list", "--pending").stdout.splitlines())
    assert (2, True) == ((none := shell("retry", "x")).exit_code, "no job with the key 'x'" in none.stderr)
    assert (2, True) == ((none := shell("retry")).exit_code, "--all" in none.stderr)


def test_a_job_that_another_process_follows_is_named_as_that(shell, tmp_path):
    """It is not open in the sense of an error: another reports its end, and --standby waits for it."""
    shell("add", "promptforge", "one")
    with Tracker(tmp_path / "tracked" / "jobs.db") as tracker:
        tracker._database.write(lambda db: db.execute("update jobs set owner = 'elsewhere:1', lease = 1e12"))
        said = shell("run")
    assert (0, "1 followed by other processes; --standby waits for them\n") == (said.exit_code, said.stdout)


def test_wrong_arguments_and_files_are_one_sentence(shell, tmp_path, monkeypatch):
    """An unknown service, a missing project and another program's file: one sentence, no traceback."""
    assert "There is no service" in shell("add", "nobody", "x").output
    assert "--project" in shell("add", "freeplay", "x").output
    foreign = tmp_path / "foreign.txt"
    foreign.write_text("something else")
    refused = shell("list", "--file", str(foreign))
    assert (2, True) == (refused.exit_code, "no tracker" in refused.output)


@pytest.mark.parametrize("command", ["run", "list", "retry", "report"])
def test_only_add_creates_a_file(shell, tmp_path, command):
    """A mistyped file name is an error, and no empty file is left behind."""
    refused = shell(command, *(["--all"] if command == "retry" else []))
    assert (2, True) == (refused.exit_code, "There is no file" in refused.output)
    assert [] == list(tmp_path.rglob("jobs.db*"))


def test_a_limited_list_says_that_there_are_more(shell):
    """At most --limit rows, and a note on stderr where there are more."""
    assert "3 added\n" == shell("add", "promptforge", "a", "b", "c").stdout
    cut = shell("list", "--limit", "2")
    assert (2, True) == (len(cut.stdout.splitlines()), "oldest 2 of more" in cut.stderr)
    assert "" == shell("list", "--limit", "3").stderr


@pytest.mark.parametrize("command", [[], ["add"], ["run"], ["list"], ["retry"], ["report"]])
def test_every_command_has_help(shell, command):
    """Each command says what it is for."""
    shown = shell(*command, "--help")
    assert shown.exit_code == 0
    assert "Usage" in shown.output
