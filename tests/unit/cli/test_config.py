"""Profiles: what of a configuration file applies, what goes before it, and what is refused in it."""

import json

import pytest
import typer

from jobwait.cli.app import app
from jobwait.cli.config.settings import ACCOUNT, OF_PROFILE, OF_SERVICE, option_of, settings_of
from jobwait.cli.options import duration, duration_words
from support.services import PROMPTS
from support.shell import Shell, environment

KEYS = ("FREEPLAY_API_KEY", "FRYTE_API_KEY", "PROMPTFORGE_API_KEY")


@pytest.fixture
def write(tmp_path):
    """Writes the configuration file, which its owner alone can read."""

    def written(text, mode=0o600):
        folder = tmp_path / "config" / "jobwait"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.toml").write_text(text)
        (folder / "config.toml").chmod(mode)
        return folder / "config.toml"

    return written


@pytest.fixture
def shell(box, tmp_path):
    """Commands with that file, and without any variable of the services."""
    env = environment(box, XDG_CONFIG_HOME=str(tmp_path / "config"))
    return Shell(tmp_path, {name: value for name, value in env.items() if not name.endswith(("_API_KEY", "_BASE_URL"))})


def settings(shell, *arguments, env=None):
    """What `jobwait config` says of each setting: its value and its source."""
    done = shell("config", *arguments, "--json", env=env)
    assert 0 == done.returncode, done.stderr
    lines = map(json.loads, done.stdout.splitlines())
    return {(one["service"], one["name"]): (one["value"], one["source"]) for one in lines if one["type"] == "setting"}


def test_an_option_goes_before_a_variable_before_the_profile_before_the_default(shell, write):
    """For addresses and keys, at each step what is left."""
    write('[profiles.team.fryte]\nbase_url = "https://profile.example"\nkey = "k"\n')
    variables = {"FRYTE_BASE_URL": "https://variable.example", "FRYTE_API_KEY": "k", "JOBWAIT_PROFILE": "team"}
    key_file = shell.folder / "key"
    key_file.touch(0o600)
    options = ("--base-url", "fryte=https://option.example", "--key-file", f"fryte={key_file}")
    sources = [
        settings(shell, "fryte", *options, env=variables),
        settings(shell, "fryte", env=variables),
        settings(shell, "fryte", "--profile", "team"),
        settings(shell, "fryte"),
    ]
    assert [
        ("https://option.example", "option --base-url"),
        ("https://variable.example", "variable FRYTE_BASE_URL"),
        ("https://profile.example", "profile team"),
        ("https://api.fryte.eu", "default"),
    ] == [found["fryte", "base_url"] for found in sources]
    assert [
        ("set", "option --key-file"),
        ("set", "variable FRYTE_API_KEY"),
        ("set", "profile team (key)"),
        ("not set", "default"),
    ] == [found["fryte", "key"] for found in sources]


def test_a_profile_has_all_that_a_run_needs(shell, write, box):
    """Key, address, provider, model and folder are the profile's; an option still goes before it."""
    key = shell.folder / "config" / "jobwait" / "promptforge.key"
    write(
        '[profiles.default]\ninterval = 0.05\nout = "of all"\n'
        f'[profiles.default.promptforge]\nbase_url = "{box.promptforge.url}"\nkey_file = "promptforge.key"\n'
        'provider = "openai"\nmodel = "sandbox-quick"\nout = "here"\n'
    )
    key.touch(0o600)
    key.write_text(box.promptforge.key)
    (shell.folder / "prompts.jsonl").write_text("".join(json.dumps(prompt) + "\n" for prompt in PROMPTS))
    done = shell("run", "promptforge", "prompts.jsonl")
    assert (0, True) == (done.returncode, (shell.folder / "here" / "results.jsonl").is_file()), done.stderr
    assert 0 == shell("run", "promptforge", "prompts.jsonl", "--out", "there").returncode
    assert (shell.folder / "there" / "results.jsonl").is_file()
    name = done.stdout.partition(" ")[0]
    assert 2 == shell("download", name).returncode  # "here" is for its jobs in every command, and has results already


def test_a_services_defaults_are_for_commands_about_it_alone(shell, write, box):
    """A timeout of FRYTE's ends the wait for its jobs; with another service's job, that of the profile applies."""
    write(
        '[profiles.team]\ntimeout = "1h"\n'
        f'[profiles.team.fryte]\nbase_url = "{box.fryte.url}"\nkey = "{box.fryte.key}"\ntimeout = 0\n'
        f'[profiles.team.promptforge]\nbase_url = "{box.promptforge.url}"\nkey = "{box.promptforge.key}"\n'
    )
    alone = shell("wait", "fryte", "nobody", "--profile", "team")
    both = shell("--profile", "team", "wait", "fryte:nobody", "promptforge:nobody")
    assert (4, 5) == (alone.returncode, both.returncode)
    assert 2 == both.stdout.count("was not found")


def test_a_profile_names_the_trackers_file(shell, write):
    """For all commands of `track`; a variable and --file go before it."""
    write('profile = "team"\n[profiles.team]\ntracker = "mine.db"\n[profiles.team.fryte]\nkey = "k"\n')
    assert 0 == shell("track", "add", "fryte:x").returncode
    assert (shell.folder / "mine.db").is_file()
    assert shell("track", "list").stdout.startswith("fryte:x\t")
    assert "no file other.db" in shell("track", "report", env={"JOBWAIT_TRACKER": "other.db"}).stderr
    assert ("other.db", "variable JOBWAIT_TRACKER") == settings(shell, env={"JOBWAIT_TRACKER": "other.db"})[
        None, "tracker"
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('profile = "a"\n[profiles.a\n', "is no TOML: Expected ']' at the end of a table declaration (at line 2"),
        ("[profile.a]\n", "line 1: 'profile' must be text."),
        ("[profils.a]\n", "line 1: 'profils' is no name here; did you mean profiles?"),
        ("[profiles]\na = 1\n", "line 2: the profile 'a' must be a table, as in [profiles.a]."),
        ("[profiles.a]\n\ntimout = 3\n", "line 3: 'timout' is no name for the profile a; did you mean timeout?"),
        ("[profiles.a.fryte]\nmodel = 'm'\n", "line 2: 'model' is no name for the service fryte"),
        ("[profiles.a.promtforge]\n", "line 1: there is no service 'promtforge'; did you mean promptforge?"),
        ("[profiles.a]\nfryte = {user = 1, corridr = 2}\n", "line 2: 'corridr' is no name for the service fryte"),
        ("[profiles.a]\ntimeout = 'soon'\n", "line 2: timeout cannot be used: 'soon' is no duration"),
        ("[profiles.a.fryte]\ntenant = true\n", "line 2: tenant must be a whole number."),
        ("[profiles.a.promptforge]\nformat = 'xml'\n", "line 2: format must be jsonl or csv."),
        ("[profiles.a.fryte]\nkey = ''\n", "line 2: key must not be empty."),
        ("[profiles.a.fryte]\nkey = 'k'\nkey_file = 'f'\n", "line 2: key and key_file are both given; leave one out."),
    ],
)
def test_what_is_wrong_in_the_file_is_one_sentence_with_its_line(shell, write, text, says):
    """Exit status 2 for every command that reads it, and nothing is sent."""
    path = write(text)
    done = shell("wait", "fryte:x", "--profile", "a")
    assert (2, "", 1) == (done.returncode, done.stdout, done.stderr.count("\n"))
    assert f"jobwait: {path}" in done.stderr
    assert says in done.stderr


def test_a_key_in_a_file_that_others_can_read_is_refused(shell, write):
    """As a key file is; without a key in it the file may be read by all."""
    path = write("[profiles.a.fryte]\nuser = 1\nkey = 'sk-CANARY'\n", mode=0o644)
    done = shell("config", "--profile", "a")
    assert (2, True) == (
        done.returncode,
        f"{path}, line 3: others can read this key; run `chmod 600 {path}`" in done.stderr,
    )
    assert "CANARY" not in done.stderr
    write("[profiles.a.fryte]\nuser = 1\n", mode=0o644)
    assert 0 == shell("config", "--profile", "a").returncode


def test_no_key_is_printed(shell, write):
    """Neither with --json nor with --debug, nor on a terminal; whether it is in the profile or in a file."""
    path = write("[profiles.a.fryte]\nkey = 'sk-CANARY'\n[profiles.b.fryte]\nkey_file = 'key'\n")
    path.with_name("key").touch(0o600)
    path.with_name("key").write_text("sk-CANARY")
    for profile, source in (("a", "key"), ("b", "key_file")):
        for more in ([], ["--json"], ["--debug"]):
            done = shell("config", "--profile", profile, *more)
            assert (0, False) == (done.returncode, "CANARY" in done.stdout + done.stderr)
            assert f"profile {profile} ({source})" in done.stdout
        with shell.terminal("config", "--profile", profile, columns=120, lines=50) as terminal:
            assert 0 == terminal.ended()
        assert (True, False) == (f"profile {profile} ({source})" in terminal.text, b"CANARY" in terminal.raw)


def test_a_profile_that_is_not_there_is_said(shell, write, tmp_path):
    """With the profiles that are, or with the file that is missing."""
    assert "There is no profile 'a': there is no file" in shell("config", "--profile", "a").stderr
    write("[profiles.team]\n[profiles.other]\n")
    refused = shell("wait", "fryte:x", env={"JOBWAIT_PROFILE": "a"})
    assert (2, True) == (refused.returncode, "config.toml; it has team, other." in refused.stderr)
    missing = shell("config", env={"JOBWAIT_CONFIG": str(tmp_path / "none.toml")})
    assert (2, True) == (missing.returncode, "none.toml, which JOBWAIT_CONFIG names." in missing.stderr)


def test_a_declared_service_has_a_table_that_says_so(shell, write):
    """Its name is in no list, so that a misspelt one is found."""
    write("[profiles.a.my-renders]\ndeclared = true\nbase_url = 'http://127.0.0.1:9'\ntimeout = '2h'\n")
    assert ("2h", "profile a") == settings(shell, "--profile", "a")["my-renders", "timeout"]


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_config_on_a_terminal(shell, write, columns):
    """Each value with its source, at each width."""
    address = "https://promptforge.a-rather-long-name-of-a-host.example/and/a/path"
    write(f"[profiles.team]\ntimeout = '2h'\n[profiles.team.promptforge]\nbase_url = '{address}'\n")
    with shell.terminal("config", "--profile", "team", columns=columns, lines=50) as terminal:
        assert 0 == terminal.ended()
    shown = "".join(terminal.text.split())
    assert "timeout2hprofileteam" in shown
    assert f"promptforge.base_url{address}profileteam" in shown
    assert "theprofileteamisused;theconfigurationfileis" in shown


def commands(command, path=()):
    """Every command by its words."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


def test_every_setting_is_the_default_of_an_option():
    """Each name of a profile belongs to an option of a command, and each of a service to one of its commands."""
    flags = {path: {flag for one in c.params for flag in one.opts} for path, c in commands(typer.main.get_command(app))}
    every = {flag for path in flags for flag in flags[path]}
    assert [] == [name for name, one in OF_PROFILE.items() if option_of(name, one) not in every]
    for service in OF_SERVICE:
        usable = flags["run", service] | flags["list",]
        unknown = {name for name, one in settings_of(service).items() if option_of(name, one) not in usable}
        assert {"declared", "key"} == unknown & set(ACCOUNT) == unknown


def test_a_fault_in_a_profile_that_is_not_used_stops_no_command(shell, write):
    """`jobwait config` names it as a warning; a command that uses the profile is refused."""
    write('[profiles.default]\ntimeout = "90m"\n[profiles.bad]\nfoo = 1\n')
    done = shell("config")
    assert 0 == done.returncode
    assert "a profile that is not used has a fault." in done.stderr
    assert "line 4: 'foo' is no name for the profile bad" in done.stderr
    assert ["warning"] == [
        told["type"] for told in map(json.loads, shell("config", "--json").stdout.splitlines()) if "message" in told
    ]
    assert 2 == shell("config", "--profile", "bad").returncode


def test_durations_are_shown_as_options_take_them(shell, write):
    """Whatever the file writes; what is shown can be given to an option."""
    write('[profiles.default]\ntimeout = "90m"\ninterval = 0.25\n')
    shown = dict(line.split("\t")[:2] for line in shell("config").stdout.splitlines())
    assert ("1h30m", "250ms", "30s") == (shown["timeout"], shown["interval"], shown["request_timeout"])
    for seconds in (0.0, 0.25, 1.0, 90.0, 3600.0, 90061.5):
        assert seconds == duration(duration_words(seconds))
