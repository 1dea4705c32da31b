"""`jobwait worker temporal` where something is missing: one sentence, and status 2; no server is needed for that."""

import os
import sys

import pytest
from benchmarks.engines.served import CANARY

from jobwait.cli.app import run
from jobwait.cli.commands.worker import temporal as temporal_command


@pytest.fixture
def said(monkeypatch, capfd, tmp_path):
    """What the command says on its standard error, in this process and a folder without settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("PROMPTFORGE", "TEMPORAL"))]:
        monkeypatch.delenv(name)

    def ends(status):
        raise SystemExit(status)

    monkeypatch.setattr(os, "_exit", ends)

    def says(*words, **more):
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["jobwait", "worker", "temporal", *words])
        with pytest.raises(SystemExit) as ended:
            sys.exit(run())
        told = capfd.readouterr().err
        assert (2, 1) == (ended.value.code, len(told.splitlines())), told
        assert CANARY not in told
        return told

    return says


def test_an_account_without_a_key_is_named_with_the_variable_that_would_hold_it(said):
    """The key of a named account has a variable of its own."""
    assert "PROMPTFORGE_API_KEY_TEAM" in said("--account", "promptforge:team")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--account", "nobody:team"], "no service 'nobody'"),
        (["--account", "promptforge", "--limit", "promptforge:team=3"], "promptforge:team"),
        (["--account", "promptforge", "--limit", "promptforge=many"], "'many' is no number of requests a second"),
        (["--account", "promptforge", "--limit", "promptforge"], "is not like promptforge:team=20"),
        (["--account", "promptforge", "--address", "127.0.0.1:1"], "does not answer"),
        (["--account", "promptforge", "--account", "promptforge:default"], "Two accounts"),
        (["--account", "promptforge", "--address", "not an address"], "no address like"),
    ],
)
def test_words_of_the_command_that_cannot_be_are_named(said, words, sentence):
    """An account, a limit or an address that cannot be is told before any work."""
    assert sentence in said(*words, PROMPTFORGE_API_KEY=CANARY)


def test_an_account_whose_name_has_a_space_is_refused(said):
    """Its task queue could not have that name."""
    assert "no spaces" in said("--account", "promptforge:a b", **{"PROMPTFORGE_API_KEY_A B": CANARY})


def test_settings_of_temporals_own_that_cannot_be_read_are_told(said, tmp_path):
    """A profile file that is no TOML, and certificates that are not there, are faults of the settings."""
    unreadable = tmp_path / "temporal.toml"
    unreadable.write_text("x = [")
    sentence = "Temporal's own settings cannot be used"
    assert sentence in said(
        "--account", "promptforge", PROMPTFORGE_API_KEY=CANARY, TEMPORAL_CONFIG_FILE=str(unreadable)
    )
    absent = {"TEMPORAL_TLS_CLIENT_CERT_PATH": "/nope", "TEMPORAL_TLS_CLIENT_KEY_PATH": "/nope"}
    assert sentence in said("--account", "promptforge", TEMPORAL_CONFIG_FILE="", **absent)


def test_without_temporals_packages_the_command_names_the_extra(monkeypatch, capsys):
    """Where the command's own packages are there but Temporal's are not, it says which extra is missing."""
    monkeypatch.setitem(sys.modules, "temporalio", None)
    for name in [name for name in sys.modules if name.startswith("jobwait.engines.temporal")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SystemExit) as ended:
        temporal_command(account=["promptforge"])
    assert 2 == ended.value.code
    assert "pip install 'jobwait[temporal]'" in capsys.readouterr().err
