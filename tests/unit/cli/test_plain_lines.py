"""Command lines that are read without typer: read as typer reads them, and only what is needed is loaded."""

import os
import subprocess
import sys

import pytest

from jobwait.cli.app import app
from jobwait.cli.commands.catalog import PLAIN, load
from jobwait.cli.line import reader
from jobwait.cli.line.reader import NotPlain, read
from jobwait.cli.options import CommandFunction

PROFILE = """
profile = "team"
[profiles.team]
timeout = "2h"
request_timeout = 5
[profiles.team.fryte]
interval = "250ms"
tenant = 4
[profiles.team.promptforge]
format = "csv"
out = "answers"
"""
LINES = [
    "wait fryte c3f1",
    "wait fryte:c3f1 promptforge:p-1 --timeout 10m --interval=2.5s --strict -q",
    "wait - --json --debug --report report.html",
    "wait --spec a.yaml --spec=b.json r-7 r-8 --job firing --profile other",
    "wait --key-file fryte=a --key-file b --key-stdin --base-url http://127.0.0.1:1 --tenant 12 freeplay:P/J",
    "wait --status-means DONE=succeeded --status-means=A=B=failed --cancel-on-timeout x:1",
    "wait --timeout 1m --timeout 2m x:1",
    "status fryte:c3f1 --request-timeout 90 --project P",
    "status fryte:c3f1 --quiet",
    "cancel freeplay:P/J",
    "result promptforge:p-1 --format csv --geojson route.json --overwrite",
    "download promptforge:p-1 --out results --submitted prompts.jsonl --format jsonl",
]
NOT_PLAIN = [
    "wait",
    "wait --help",
    "wait fryte:1 -h",
    "wait fryte:1 --timeout",
    "status fryte:c3f1 --no-such",
    "wait fryte:1 --timeout soon",
    "wait fryte:1 --timeout -1",
    "wait fryte:1 --strict=yes",
    "wait fryte:1 --tenant four",
    "wait fryte:1 --tenant=",
    "wait -- fryte:1",
    "wait -qq fryte:1",
    "wait fryte:1 --strict --time 3",
    "result promptforge:p-1 --format xml",
    "download promptforge:p-1 -o results",
]


@pytest.fixture
def by_typer(monkeypatch):
    """What typer makes of a line: the values of the parameters, and what was typed."""
    seen = []
    monkeypatch.setattr(CommandFunction, "call", lambda _, given, typed: seen.append((given, typed)) or 0)

    def values_of(line):
        seen.clear()
        app(line.split(), standalone_mode=False)
        return seen[0]

    return values_of


def plainly(line):
    """What the reader makes of a line; None if it leaves the line to typer."""
    name, *words = line.split()
    try:
        return read(load(name), name, words)
    except NotPlain:
        return None


@pytest.mark.parametrize("profile", ["", PROFILE + "[profiles.other]\ninterval = 3\n"], ids=["no profile", "a profile"])
@pytest.mark.parametrize("line", LINES)
def test_a_plain_line_is_read_as_typer_reads_it(monkeypatch, tmp_path, by_typer, line, profile):
    """Each parameter has the value that typer gives it, of options, profile and defaults, and the same was typed."""
    file = tmp_path / "config.toml"
    file.write_text(profile or '[profiles.other]\ntimeout = "1h"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JOBWAIT_CONFIG", str(file))
    monkeypatch.delenv("JOBWAIT_PROFILE", raising=False)
    assert by_typer(line) == plainly(line)


def test_the_profile_may_come_from_the_environment(monkeypatch, tmp_path, by_typer):
    """JOBWAIT_PROFILE names it, as for typer."""
    (tmp_path / "config.toml").write_text('[profiles.other]\ntimeout = "1h"\n')
    monkeypatch.setenv("JOBWAIT_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("JOBWAIT_PROFILE", "other")
    values, _ = found = plainly("wait fryte:1")
    assert (("other", 3600.0), by_typer("wait fryte:1")) == ((values["profile"], values["timeout"]), found)


@pytest.mark.parametrize("line", NOT_PLAIN)
def test_what_is_wrong_or_unusual_is_left_to_typer(line):
    """Help, other spellings and all errors: typer reads the line and says what it says for every command."""
    assert plainly(line) is None


@pytest.mark.parametrize("path", ["folder/secret", "folder"])
def test_a_path_that_cannot_be_read_is_left_to_typer(monkeypatch, tmp_path, path):
    """Typer refuses a file that is there and cannot be read."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "secret").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(reader.os, "access", lambda *_: False)
    assert plainly(f"wait fryte:1 --report {path}") is None


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_each_option_of_a_plain_command_can_be_read(name):
    """An option with something of typer's that the reader does not know would send each line with it to typer."""
    assert [] == [one.name for one in load(name).fields if not set(one.parameter.more) - {"help"} <= reader.KNOWN]


def loaded(tmp_path, *arguments):
    """The modules that a command has loaded at its end, and its exit status."""
    code = (
        "import atexit, sys\n"
        "found = lambda: [name for name, module in sys.modules.items() if module]\n"
        "atexit.register(lambda: print('loaded', *found(), file=sys.stderr))\n"
        f"sys.argv = ['jobwait', *{arguments!r}]\n"
        "from jobwait.cli import main\n"
        "main()\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JOBWAIT_", "FRYTE_"))}
    env = {**kept, "FRYTE_API_KEY": "k" * 20, "XDG_CONFIG_HOME": str(tmp_path), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    line = next(line for line in reversed(done.stderr.splitlines()) if line.startswith("loaded "))
    return set(line.split()[1:]), done.returncode


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_loads_neither_typer_nor_an_http_client(tmp_path, option):
    """`jobwait --version` loads no more than the name of the package and Python's own metadata."""
    modules, status = loaded(tmp_path, option)
    assert 0 == status
    assert set() == modules & {"typer", "httpx", "attrs", "rich", "asyncio", "jobwait.cli.exits"}


def test_a_wait_loads_what_it_needs_alone(tmp_path):
    """The first poll is sent before any screen, database, server, report or other command is loaded."""
    modules, status = loaded(tmp_path, "wait", "fryte:c3f1", "--timeout", "0", "--base-url", "http://127.0.0.1:9")
    assert 4 == status
    assert {"httpx", "fryte_client", "jobwait.cli.commands.jobs"} <= modules
    tops = {name.partition(".")[0] for name in modules}
    assert set() == tops & {"typer", "pydantic", "click", "rich", "pygments", "sqlite3", "promptforge_client"}
    ours = {name for name in modules if name.startswith("jobwait.")}
    others = ("jobwait.cli.app", "jobwait.cli.help", "jobwait.tracker", "jobwait.testing", "jobwait.sandbox")
    assert [] == sorted(one for one in ours if one.startswith(others))
    assert {"jobwait.cli.commands", "jobwait.cli.commands.catalog", "jobwait.cli.commands.jobs"} == {
        one for one in ours if one.startswith("jobwait.cli.commands")
    }


@pytest.mark.parametrize(("name", "others"), [("doctor", "track"), ("example", "jobs")])
def test_a_command_loads_no_other(tmp_path, name, others):
    """Typer is given the command that was typed alone."""
    modules, _ = loaded(tmp_path, name, "--help")
    assert f"jobwait.cli.commands.{name}" in modules
    assert f"jobwait.cli.commands.{others}" not in modules
