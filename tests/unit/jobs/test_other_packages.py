"""Services of other packages, by entry points, and of the atlas; the order in which a name is looked up."""

import os
import subprocess

import pytest

import jobwait
from jobwait import atlas, fryte
from jobwait._jobs import registry
from jobwait.cli.job_names import handle, name_of, parse
from jobwait.errors import InvalidInput, TokenRefused
from jobwait.service import load
from jobwait.testing import FakeServer
from jobwait.tracker import Tracker
from support.declared import RENDERS
from support.shell import command

MODULE = """
from jobwait.service import load
def declared(name):
    return load({"name": name, "server": "https://api.example.com", "poll": {"path": "/jobs/{id}"},
                 "state": {"path": "state", "succeeded": ["done"]}})
SERVICE = declared("kiln")
connect, job = SERVICE.connect, SERVICE.job
mistral = declared("mistral-batches")
"""
ENTRIES = """
[jobwait.services]
kiln = kiln_package
mistral-batches = kiln_package:mistral
fryte = kiln_package
broken = no_such_package
misnamed = kiln_package
odd = kiln_package:declared
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A folder with a distribution that registers services; it is on sys.path."""
    info = tmp_path / "kiln-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kiln\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    (tmp_path / "kiln_package.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    registry._found.cache_clear()
    monkeypatch.setattr(registry, "loaded", type(registry.loaded)())
    yield tmp_path
    registry._found.cache_clear()


def test_the_order_of_names(installed):
    """Our own, then other packages', then the atlas; nothing is loaded to know which there are."""
    assert registry.service_module("fryte") is fryte
    assert "jobs" in registry.service_module("mistral-batches").declaration.poll.path
    assert "x-api-key" == registry.service_module("anthropic-batches").declaration.key.name
    names = registry.service_names()
    assert ["freeplay", "fryte", "promptforge", *registry.BATCHES, "broken"] == names[:7]
    assert len(set(names)) == len(names)
    assert registry.is_service("broken")
    assert [False, False] == [registry.is_service(one) for one in ("kilns", ["kiln"])]
    with pytest.raises(InvalidInput, match="There is no service 'kilns'; did you mean 'kiln'"):
        registry.service_module("kilns")


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("broken", r"'broken' of the package kiln is left out: it cannot be loaded \(ModuleNotFoundError"),
        ("misnamed", "its name there is 'kiln'"),
        ("odd", "kiln_package:declared is no Service, and has no SERVICE"),
    ],
)
def test_one_that_cannot_be_used_is_one_warning(installed, name, fact):
    """With its name; then it is as if it were not there."""
    with pytest.warns(UserWarning, match=fact), pytest.raises(InvalidInput, match="There is no service"):
        registry.service_named(name)
    with pytest.raises(InvalidInput):
        registry.service_named(name)


def test_tokens_and_trackers_find_them(installed):
    """Without service=: by the name in the token, and in the tracker's row."""
    kiln = registry.service_named("kiln")
    client = kiln.connect(transport=FakeServer({"state": "done"}, {"state": "done"}))
    token = kiln.job(client, id="7").token()
    assert {"state": "done"} == jobwait.resume(token, client).wait()
    renders = load(RENDERS)
    with pytest.raises(TokenRefused, match="no service of jobwait's"):
        jobwait.resume(renders.job(there := renders.connect("k" * 20), id="7").token(), there)
    with Tracker(installed / "jobs.db") as tracker:
        tracker.add(kiln.job(client, id="8"), "kiln")
        assert 1 == tracker.run(lambda _: client)
        assert ["succeeded"] == [one.state for one in tracker.outcomes()]


def test_the_command_knows_them(installed):
    """Names of jobs are those of a declared service; one that is broken is one sentence, in a process of its own."""
    client = registry.service_module("kiln").connect()
    for text in ("kiln:7", "mistral-batches:a/b"):
        (name,) = parse([text])
        assert text == str(name_of(handle(name, client, {})))
    env = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    words, here = command("wait", "broken:7"), {"PYTHONPATH": str(installed)}
    done = subprocess.run(words, env=env | here, capture_output=True, text=True, check=False)
    assert (2, "") == (done.returncode, done.stdout)
    assert 1 == done.stderr.count("jobwait: The service 'broken' of the package kiln is left out")


def test_the_atlas_is_read_by_the_name():
    """One entry at a time; an unknown name names one that is near."""
    entry = atlas.entry("openai-batches")
    assert (entry.name, True, True) == (entry.declaration["name"], bool(entry.sources), bool(entry.unknown))
    assert len(atlas.names()) >= 24
    assert "OPENAI_BATCHES_API_KEY" == atlas.service("openai-batches").key_variable
    with pytest.raises(InvalidInput, match="did you mean 'openai-batches'"):
        atlas.entry("openai-batch")
