"""Help for every command and option, and a page that describes what programs rely on."""

import subprocess
import sys
from pathlib import Path

import attrs
import pytest
import typer

from jobwait import Estimate, Outcome, Progress, Update
from jobwait.cli import exits
from jobwait.cli.app import app

ROOT = Path(__file__).parents[3]


def commands(command=None, path="jobwait"):
    """Every command and group, by the words that call it."""
    command = command or typer.main.get_command(app)
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{path} {name}")


@pytest.mark.parametrize(
    ("path", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_and_option_has_help(path, command):
    """A command says in a sentence what it does, and each of its options and arguments what it is for."""
    assert command.help, path
    assert command.help.partition("\n")[0].rstrip('"').endswith("."), path
    silent = [parameter.name for parameter in command.params if parameter.name != "help" and not parameter.help]
    assert [] == silent


def test_the_issue_of_a_key_on_the_command_line_does_not_arise():
    """No option takes a key itself: arguments are seen by everybody on the machine."""
    options = {option for _, command in commands() for parameter in command.params for option in parameter.opts}
    options -= {"keys"}  # of `track retry`: the tracker's own
    assert {"--key-file", "--key-stdin"} == {option for option in options if "key" in option or "token" in option}


def test_help_ends_well_for_every_command(shell):
    """`--help` of a command as a process: exit status 0, all on stdout."""
    done = shell("run", "promptforge", "--help")
    assert (0, "") == (done.returncode, done.stderr)
    assert "--provider" in done.stdout


def test_the_page_names_every_command():
    """docs/cli.md has each command."""
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert [] == [path for path, command in commands() if " " in path and f"`{path}" not in page]


def test_the_page_has_every_exit_status():
    """docs/cli.md has a row for each exit status, and no other."""
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    rows = {
        int(line.split("|")[1])
        for line in page.splitlines()
        if line.startswith("| ") and line.split("|")[1].strip().isdigit()
    }
    assert rows == {value for name, value in vars(exits).items() if name.isupper() and isinstance(value, int)}


def test_the_page_has_every_field_of_the_json():
    """Each field of an update, an outcome and an error is described."""
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    update = Update("running", "R", None, Progress(1, 2), Estimate(1, 0, 2), Estimate(1, 0, 2))
    fields = set(update.to_dict()) | {name for name in attrs.fields_dict(Outcome) if name != "_job"}
    assert [] == sorted(field for field in fields if f"`{field}`" not in page)


@pytest.mark.parametrize(
    ("states", "code"),
    [(["succeeded"], 0), (["failed", "succeeded"], 1), (["canceled", "failed"], 3), (["timed_out", "canceled"], 4),
     (["unreachable", "timed_out", "failed"], 5), ([], 0)],
)  # fmt: skip
def test_the_highest_number_wins(states, code):
    """The exit status of many jobs is that of the one that ended worst."""
    assert code == exits.of_states(states)


def test_help_costs_no_http_client():
    """What knows all commands and their options loads neither httpx nor a page nor the screen."""
    code = "import sys, jobwait.cli.app; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert "jobwait.cli.commands.track" in loaded
    assert set() == loaded & {
        "httpx",
        "httpx2",
        "rich.live",
        "sqlite3.dbapi2",
        "jobwait.fryte",
        "jobwait.fleet",
        "fryte_client",
        "jobwait.atlas",
    }
