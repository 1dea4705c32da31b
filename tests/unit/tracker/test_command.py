"""`jobwait track`, as it is typed."""

import json

import pytest
from typer.testing import CliRunner

from jobwait import fryte, promptforge
from jobwait._polling.submission import on_ids
from jobwait.cli.app import app
from jobwait.tracker import Tracker, submissions
from jobwait.tracker.submissions import Intent
from support.services import PROMPTS

URL = "https://it.invalid"


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


def test_the_jobs_of_an_account_that_a_program_named_are_run_with_the_key_of_their_service(shell, box, tmp_path):
    """A program calls its account "team"; the command knows the service of each job."""
    (tmp_path / "tracked").mkdir()
    with (
        Tracker(tmp_path / "tracked" / "jobs.db") as tracker,
        promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client,
    ):
        tracker.submit("promptforge", "team", client, PROMPTS, provider="openai", model="sandbox-quick", key="monday")
    ended = json.loads((said := shell("run", "--json")).stdout)
    assert (0, "monday", "team", "succeeded") == (
        said.exit_code,
        *(ended[name] for name in ("key", "account", "state")),
    )


def test_the_jobs_of_another_host_are_not_asked_about(shell, tmp_path):
    """The key of one host never goes to another: the message names both, and the option."""
    (tmp_path / "tracked").mkdir()
    with (
        Tracker(tmp_path / "tracked" / "jobs.db") as tracker,
        promptforge.connect("k", base_url="https://forge.invalid") as client,
    ):
        tracker.add(promptforge.job(client, "j-1"), "team")
    said = shell("run")
    assert (2, True) == (said.exit_code, "are at forge.invalid, and this command talks to 127.0.0.1:" in said.stderr)
    assert "--base-url" in said.stderr


def test_a_run_says_what_is_still_open_and_why(shell):
    """A job that the service does not know: its line, how to go on, and exit status 5."""
    shell("add", "promptforge", "unknown")
    said = shell("run")
    assert 5 == said.exit_code
    [row] = [line.split("\t") for line in said.stdout.splitlines()]
    assert ["promptforge:unknown", "not_found"] == row[:2]
    assert row[6].startswith("promptforge job unknown: ")
    assert (
        "1 not found: correct the key or the address and run again, or give up with: jobwait track drop" in said.stderr
    )
    assert "promptforge:unknown\tnot_found\t" in shell("list", "--pending").stdout


def test_a_run_without_an_open_job_says_so(shell):
    """One sentence on stderr, where nothing at all would look like a fault; none for programs and with --quiet."""
    shell("add", "promptforge", "unknown")
    shell("drop", "promptforge:unknown")
    said = shell("run")
    assert (0, "") == (said.exit_code, said.stdout)
    assert said.stderr.startswith("jobwait: no job is open in ")
    assert said.stderr.endswith("jobs.db.\n")
    assert ["", ""] == [shell("run", option).output for option in ("--quiet", "--json")]


def test_a_run_of_several_jobs_ends_with_the_sum(shell, box):
    """As `wait` does: how many ended how, those that are still open too; of one job there is none, nor in JSON."""
    with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
        job = promptforge.submit(client, PROMPTS, provider="openai", model="sandbox-quick")
        job.wait()
    shell("add", "promptforge", job.id, "unknown")
    said = shell("run")
    assert "\n2 jobs: 1 succeeded, 1 not found in " in f"\n{said.stderr}"
    assert " jobs: " not in shell("run").stderr
    shell("add", "promptforge", "unknown2")
    assert " jobs: " not in shell("run", "--json").stderr


def test_a_run_gives_what_is_still_open_as_json(shell):
    """A line of a type of its own, so that who counts ends counts none."""
    shell("add", "promptforge", "unknown")
    said = shell("run", "--json")
    (line,) = map(json.loads, said.stdout.splitlines())
    facts = {
        name: line[name] for name in ("type", "name", "key", "state", "last_wait", "error_reason", "owner", "polls")
    }
    assert 5 == said.exit_code
    assert {
        "type": "open",
        "name": "promptforge:unknown",
        "key": "promptforge/promptforge/unknown",
        "state": "waiting",
        "last_wait": "unreachable",
        "error_reason": "not_found",
        "owner": None,
        "polls": 1,
    } == facts
    assert "not" in line["reason"]


def test_a_run_prints_twenty_open_jobs_and_how_many_more(shell):
    """Ten thousand lines say no more; `list --pending` has them all."""
    shell("add", "promptforge", *(f"unknown{number}" for number in range(22)))
    said = shell("run")
    assert 20 == sum("\tnot_found\t" in line for line in said.stdout.splitlines())
    assert "2 more are not shown; see: jobwait track list --pending" in said.stderr


def test_a_given_up_job_is_opened_again(shell):
    """`run --give-up-after` ends what has no outcome, `retry` takes that back, by name, by key or all."""
    shell("add", "promptforge", "one", "two", "three")
    ended = shell("run", "--give-up-after", "0s")
    assert (5, 3) == (ended.exit_code, ended.stdout.count("\tnot_found\t"))
    assert (0, "") == ((done := shell("run")).exit_code, done.stdout)
    assert "1 opened again\n" == shell("retry", "promptforge:three").stdout
    assert "1 opened again\n" == shell("retry", "promptforge/promptforge/one").stdout
    told = json.loads(shell("retry", "--all", "--json").stdout)
    assert ("retried", 1) == (told["type"], told["count"])
    assert 3 == len(shell("list", "--pending").stdout.splitlines())
    assert (2, True) == ((none := shell("retry", "x")).exit_code, "no job with the key 'x'" in none.stderr)
    assert (2, True) == ((none := shell("retry")).exit_code, "--all" in none.stderr)


def test_a_job_that_another_process_follows_is_named_as_that(shell, tmp_path):
    """It is not open in the sense of an error: another reports its end, and --standby waits for it."""
    shell("add", "promptforge", "one")
    with Tracker(tmp_path / "tracked" / "jobs.db") as tracker:
        tracker._database.write(lambda db: db.execute("update jobs set owner = 'elsewhere:1', lease = 1e12"))
        said = shell("run")
    assert (0, "") == (said.exit_code, said.stdout)
    assert "jobwait: 1 followed by other processes; --standby waits for them.\n" in said.stderr


def test_wrong_arguments_and_files_are_one_sentence(shell, tmp_path, monkeypatch):
    """An unknown service, a missing project and another program's file: one sentence, no traceback."""
    assert "There is no service" in shell("add", "nobody", "x").output
    assert "--project" in shell("add", "freeplay", "x").output
    foreign = tmp_path / "foreign.txt"
    foreign.write_text("something else")
    refused = shell("list", "--file", str(foreign))
    assert (2, True) == (refused.exit_code, "no tracker" in refused.output)


@pytest.mark.parametrize("command", ["run", "list", "retry", "report", "settle"])
def test_only_add_creates_a_file(shell, tmp_path, command):
    """A mistyped file name is an error, and no empty file is left behind."""
    refused = shell(command, *{"retry": ["--all"], "settle": ["x", "--no-job"]}.get(command, []))
    assert (2, True) == (refused.exit_code, "There is no file" in refused.output)
    assert [] == list(tmp_path.rglob("jobs.db*"))


def test_a_limited_list_says_that_there_are_more(shell):
    """At most --limit rows, and a note on stderr where there are more."""
    assert "3 added\n" == shell("add", "promptforge", "a", "b", "c").stdout
    cut = shell("list", "--limit", "2")
    assert (2, True) == (len(cut.stdout.splitlines()), "oldest 2 of more" in cut.stderr)
    assert "" == shell("list", "--limit", "3").stderr


def words_of(folder, *more):
    """The words that submit a batch, with *more*."""
    (folder / "prompts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in PROMPTS))
    prompts = str(folder / "prompts.jsonl")
    return ["submit", "promptforge", prompts, "--provider", "openai", "--model", "sandbox-quick", *more]


def test_a_submission_is_tracked_and_sent_once(shell, box, tmp_path):
    """`submit` prints the name that all commands take; a second one with its key sends nothing and prints it too."""
    before = box.stats()["promptforge"]["submits"]
    first = shell(*words_of(tmp_path, "--once", "batch 7"))
    again = json.loads(shell(*words_of(tmp_path, "--once", "batch 7"), "--json").stdout)
    assert (0, before + 1) == (first.exit_code, box.stats()["promptforge"]["submits"])
    assert ("submitted", first.stdout.strip()) == (again["type"], again["name"])
    row = shell("run").stdout.split("\t")
    assert [first.stdout.strip(), "succeeded", "batch 7"] == [row[0], row[1], row[5]]


def begin(folder, service, *keys, ids=None):
    """Submissions with *keys* that were begun, and whose process died; after the service had named *ids*, if any."""
    with Tracker(folder / "tracked" / "jobs.db") as tracker, service.connect("k", base_url=URL) as client:
        for key in keys:
            intent = Intent(tracker._database, service.SERVICE.name, key)
            intent.write(service.SERVICE.name, client)
            if ids is not None:
                with intent.noting_ids():
                    on_ids.get()(ids)
        submissions.under_way.clear()


def test_the_next_step_for_an_unresolved_submission_is_one_that_its_service_allows(shell, tmp_path):
    """PromptForge lists no jobs: a submission without an id has no prompts there, one with an id has a status."""
    (tmp_path / "tracked").mkdir()
    begin(tmp_path, promptforge, "lost")
    begin(tmp_path, promptforge, "named", ids={"job_id": "j-1"})
    begin(tmp_path, fryte, "tour")
    said = shell("report").stdout
    file = tmp_path / "tracked" / "jobs.db"
    no_job = (
        f"it has no prompts at promptforge, so no job of it ever runs: jobwait track settle lost --no-job --file {file}"
    )
    assert f"unresolved: lost; {no_job}\n" in said
    assert (
        "named; if `jobwait status promptforge:j-1` says AWAITING_UPLOAD: jobwait track settle named --no-job " in said
    )
    assert f"; else: jobwait track settle named promptforge:j-1 --file {file}\n" in said
    assert f"tour; look at fryte, then: jobwait track settle tour fryte:ID --file {file}, or with --no-job " in said


def test_a_row_without_a_name_has_an_empty_first_column_and_status_skips_it(shell, tmp_path):
    """Its key is in the column of keys; `jobwait status -` takes the others."""
    (tmp_path / "tracked").mkdir()
    name = shell(*words_of(tmp_path, "--once", "monday")).stdout.strip()
    begin(tmp_path, promptforge, "lost")
    listed = shell("list").stdout
    first, second = [line.split("\t") for line in listed.splitlines()]
    assert [name, "waiting", "monday"] == [first[0], first[1], first[5]]
    assert ["", "unresolved", "lost"] == [second[0], second[1], second[5]]
    said = CliRunner().invoke(app, ["status", "-"], input=listed)
    assert (0, 1) == (said.exit_code, len(said.stdout.splitlines())), said.output
    assert said.stdout.startswith(f"{name} ")
    none = CliRunner().invoke(app, ["status", "-"], input="\tunresolved\t\n")
    assert (2, True) == (none.exit_code, "No job is named on stdin." in none.stderr)


def test_a_submission_whose_end_nobody_knows_is_reported_and_settled(shell, tmp_path):
    """Without an answer it is in the file: `report` names it and its key, and `settle` says what became of it."""
    shell("add", "promptforge", "other")
    begin(tmp_path, promptforge, "lost", "gone")
    told = [json.loads(line) for line in shell("report", "--json").stdout.splitlines()]
    assert ["lost", "gone"] == [line["key"] for line in told if line["type"] == "unresolved"]
    assert "promptforge\tunresolved\t2\n" in shell("report").stdout
    assert "promptforge:found is tracked\n" == shell("settle", "lost", "promptforge:found").stdout
    assert shell("settle", "gone", "--no-job").stdout.startswith("gone has become no job: its key is free again")
    assert ["promptforge:other", "promptforge:found"] == [
        line.split("\t")[0] for line in shell("list", "--pending").stdout.splitlines()
    ]
    assert (2, True) == ((none := shell("settle", "lost")).exit_code, "or say --no-job" in none.stderr)


@pytest.mark.parametrize("command", [[], ["add"], ["run"], ["list"], ["retry"], ["report"], ["settle"], ["submit"]])
def test_every_command_has_help(shell, command):
    """Each command says what it is for."""
    shown = shell(*command, "--help")
    assert shown.exit_code == 0
    assert "Usage" in shown.output
