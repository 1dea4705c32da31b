"""Help for every command and option, and a page that describes what programs rely on."""

import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import attrs
import pytest
import typer

from jobwait import Estimate, Outcome, Progress, Update, freeplay, fryte, promptforge
from jobwait.cli import exits
from jobwait.cli.app import app
from jobwait.cli.help.page import examples_in, page_of
from jobwait.cli.inputs.submissions import PROVIDERS

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


def contexts():
    """Each command with the context in which its page is made, by the words that call it."""

    def below(path, command, parent):
        context = command.make_context(path.split()[-1], [], parent=parent, resilient_parsing=True)
        yield path, command, context
        for name, child in getattr(command, "commands", {}).items():
            yield from below(f"{path} {name}", child, context)

    yield from below("jobwait", typer.main.get_command(app), None)


def plain(command, context, width):
    """The page of a command without the codes of bold text."""
    return page_of(command, context, width).replace("\x1b[1m", "").replace("\x1b[0m", "")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_width_cuts_a_page(width):
    """The name of each option stands whole on a line, with its value, and no line is too long."""
    for path, command, context in contexts():
        page = plain(command, context, width)
        assert [] == [line for line in page.splitlines() if len(line) > width and not _is_one_word(line)]
        for parameter in command.get_params(context):
            if parameter.param_type_name == "option":
                value = "" if parameter.is_flag else parameter.metavar or max(parameter.opts, key=len)[2:].upper()
                assert f"{max(parameter.opts, key=len)} {value}".strip() in page, path


def _is_one_word(line):
    word = line.strip(" \\")
    return word.startswith('"') or " " not in word


def test_a_flag_has_no_value_and_every_other_option_has_one():
    """What stands beside an option's name is what the parser wants there, whichever release of typer it is."""
    page = {path: plain(command, context, 100) for path, command, context in contexts()}
    assert "  --key-stdin    " in page["jobwait wait"]
    assert "  --timeout DURATION    " in page["jobwait wait"]
    assert "--best-practices / --no-best-practices\n" in page["jobwait run freeplay"]
    assert "<" not in "".join(page.values()).replace("> ", "").replace("<render.json", "")


def test_options_stand_in_sections():
    """Input first, then the account, the wait, the results or the tracker, and the output; nothing stands twice."""
    page = page_called("jobwait run promptforge")
    assert ["Examples", "Arguments", "Input", "Account", "Waiting", "Results", "Output", "Environment"] == titles(page)
    tracked = titles(page_called("jobwait track submit fryte"))
    assert ["Examples", "Arguments", "Input", "Account", "Tracker", "Output", "Environment"] == tracked
    assert 1 == page.count("  --timeout ")
    assert "PROMPTFORGE_API_KEY" in page


def page_called(wanted):
    """The page of the command *wanted*, 100 columns wide."""
    return next(plain(*rest, 100) for path, *rest in contexts() if path == wanted)


def titles(page):
    """The lines of *page* that stand above indented ones."""
    return [before for before, line in pairwise(page.splitlines()) if line[:2] == "  " and before[:1] > " "]


def test_defaults_and_variables_are_named():
    """A default that is not empty and the variable that stands for an option are in its row."""
    pages = {path: " ".join(plain(*rest, 100).split()) for path, *rest in contexts()}
    assert "1000 to 20000. (default: 8000)" in pages["jobwait run fryte"]
    assert "(default: 30s)" in pages["jobwait wait"]
    assert "(default: jobwait.db; environment: JOBWAIT_TRACKER)" in pages["jobwait track run"]
    assert "(required)" in pages["jobwait run promptforge"]


@pytest.mark.parametrize("path", [path for path, _ in commands()])
def test_every_command_has_an_example_that_it_takes(path):
    """Each example in a command's help calls it, or one below it, and the parser takes it."""
    command = dict(commands())[path]
    examples = examples_in(command.help)
    assert examples
    for line in examples:
        words = shlex.split(line.removeprefix('eval "$(').removesuffix(')"').partition(" > ")[0])
        known = dict(commands())
        called = "jobwait"
        while words[1:] and hasattr(known[called], "commands"):
            name = words[1] if f"{called} {words[1]}" in known else "declared"
            words = words[1:] if name == words[1] else words
            called = f"{called} {name}"
        assert f"{called} ".startswith(f"{path} ")
        known[called].make_context(called, words[1:])


def test_the_short_names_of_help_and_version(shell):
    """`-h` is `--help` at each command, and `-V` is `--version`."""
    assert {("-h", "--help")} == {tuple(context.help_option_names) for _, _, context in contexts()}
    assert shell("run", "fryte", "--help").stdout == shell("run", "fryte", "-h").stdout
    assert shell("--version").stdout == shell("-V").stdout


def test_help_is_bold_on_a_terminal_only(shell):
    """A pipe and NO_COLOR get plain text."""
    with shell.terminal("doctor", "-h", columns=60) as terminal:
        assert 0 == terminal.ended()
    assert b"\x1b[1m--key-file" in terminal.raw
    assert "\x1b" not in shell("doctor", "-h").stdout


def test_the_providers_are_those_of_the_specification():
    """What --provider takes is what PromptForge's specification allows."""
    pattern = re.search(r"pattern: \^\((.+)\)\$", (ROOT / "specs" / "promptforge" / "openapi.yaml").read_text("utf-8"))
    assert set(pattern.group(1).split("|")) == set(PROVIDERS)


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


def test_the_help_of_a_wait_names_the_default_times_and_the_variables_that_it_reads(shell):
    """The default timeout of each service, and each variable where it applies alone."""
    helps = {
        name: " ".join(shell(*name.split(), "--help").stdout.split()) for name in ("run fryte", "wait", "track run")
    }
    for text in helps.values():
        assert "default: Freeplay 1 h, FRYTE 10 min, PromptForge 24 h" in text
        assert all(name in text for name in ("JOBWAIT_CONFIG", "JOBWAIT_PROFILE", "JOBWAIT_HTTP"))
    assert ["run fryte"] == [name for name, text in helps.items() if "JOBWAIT_NO_RECENT_JOBS" in text]
    assert ["track run"] == [name for name, text in helps.items() if "JOBWAIT_TRACKER" in text]
    for page, timeout in ((freeplay, 3600), (fryte, 600), (promptforge, 86400)):
        assert timeout == page.SERVICE.defaults.timeout
