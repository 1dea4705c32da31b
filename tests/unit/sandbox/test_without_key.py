"""A sandbox in place of the services without a key."""

import os

import pytest

from jobwait import freeplay, fryte, promptforge
from jobwait._http.connect import PLAYED
from jobwait.errors import InvalidInput
from jobwait.sandbox import Sandbox, sandbox_without_key, without_key
from jobwait.sandbox.sandbox import SERVICES


@pytest.fixture(autouse=True)
def made(monkeypatch):
    """The sandboxes that were made; they are stopped, and the environment is as before."""
    found = []

    def make(**options):
        found.append(Sandbox(**options))
        return found[-1]

    monkeypatch.setattr(without_key, "Sandbox", make)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    yield found
    for box in found:
        box.stop()


def test_services_without_a_key_are_played_by_one_sandbox(made, capsys):
    """Their keys and addresses are set, those of others are not, and a line says so."""
    os.environ["FREEPLAY_API_KEY"] = "mine"
    box = sandbox_without_key("freeplay", "fryte", "promptforge", seed=3)
    assert [box] == made
    set_here = {name for name in os.environ if name.endswith(("_API_KEY", "_BASE_URL"))}
    assert {f"{one}_{what}" for one in ("FRYTE", "PROMPTFORGE") for what in ("API_KEY", "BASE_URL")} == (
        set_here - {"FREEPLAY_API_KEY"}
    )
    assert "mine" == os.environ["FREEPLAY_API_KEY"]
    with fryte.connect() as client:
        assert [] == fryte.list_jobs(client, 1)
    told = "FRYTE_API_KEY and PROMPTFORGE_API_KEY not set: a sandbox on this machine plays fryte and promptforge.\n"
    assert ("", told) == capsys.readouterr()


def test_with_a_key_for_each_service_there_is_no_sandbox(made, capsys):
    """Nothing is started, set or said."""
    os.environ["FRYTE_API_KEY"] = "mine"
    before = dict(os.environ)
    assert sandbox_without_key("fryte") is None
    assert ([], before, ("", "")) == (made, dict(os.environ), capsys.readouterr())


def test_a_service_that_the_sandbox_does_not_play_is_refused(made):
    """The message names those that it plays."""
    with pytest.raises(ValueError, match="plays freeplay, fryte, promptforge, not 'openai'"):
        sandbox_without_key("openai")
    assert [] == made


@pytest.mark.parametrize("page", [freeplay, fryte, promptforge])
def test_a_missing_key_is_answered_with_the_function_that_needs_none(page):
    """For each service that the sandbox plays, and for these alone."""
    os.environ.pop(page.SERVICE.key_variable, None)
    with pytest.raises(InvalidInput) as caught:
        page.connect()
    step = f'To try it without a key: jobwait.sandbox.sandbox_without_key("{page.SERVICE.name}") before connect().'
    assert str(caught.value).endswith(step)
    assert {*SERVICES} == PLAYED
