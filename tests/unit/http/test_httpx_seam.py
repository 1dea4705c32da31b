"""JOBWAIT_HTTP: one variable says whether jobwait and the generated clients use httpx or httpx2."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("jobwait", *sorted(path.name for path in ROOT.glob("generated/*_client")))
OWN_IMPORT = re.compile(r"(?m)^\s*(?:import|from) httpx2?\b")


@pytest.fixture
def seam(monkeypatch):
    """The httpx of a package, read anew, with that value of JOBWAIT_HTTP; None: not set."""

    def read(package, value):
        if value is None:
            monkeypatch.delenv("JOBWAIT_HTTP", raising=False)
        else:
            monkeypatch.setenv("JOBWAIT_HTTP", value)
        spec = importlib.util.find_spec(f"{package}._httpx")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.httpx

    return read


@pytest.mark.parametrize("value", [None, "", "httpx"])
@pytest.mark.parametrize("package", PACKAGES)
def test_without_the_variable_each_package_uses_httpx(package, value, seam):
    """The default is httpx: no variable, an empty one, or its name."""
    assert "httpx" == seam(package, value).__name__


@pytest.mark.parametrize("package", PACKAGES)
def test_with_the_variable_each_package_uses_httpx2(package, seam, monkeypatch):
    """Each package reads the variable by itself, and leaves the module httpx as it is for everything else."""
    stand_in, before = ModuleType("httpx2"), sys.modules.get("httpx")
    monkeypatch.setitem(sys.modules, "httpx2", stand_in)
    assert stand_in is seam(package, "httpx2")
    assert before is sys.modules.get("httpx")


@pytest.mark.parametrize("package", PACKAGES)
def test_without_httpx2_the_error_says_what_to_install(package, seam, monkeypatch):
    """A switch to a package that is missing is one sentence with the extra, not a switch back."""
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(ModuleNotFoundError, match=r"^JOBWAIT_HTTP=httpx2 needs .*: pip install .*jobwait\[httpx2\]'$"):
        seam(package, "httpx2")


@pytest.mark.parametrize("package", PACKAGES)
def test_another_value_is_refused(package, seam):
    """A misspelt value is an error with those that are known, not the default."""
    with pytest.raises(ImportError, match=r"^JOBWAIT_HTTP='HTTPX2' is not known: it may be httpx or httpx2\.$"):
        seam(package, "HTTPX2")


def test_the_command_says_it_in_one_sentence():
    """A wrong value is a wrong use of the command, exit status 2, whatever the command."""
    environment = {**os.environ, "JOBWAIT_HTTP": "curl"}
    command = [sys.executable, "-m", "jobwait", "doctor"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    told = "JOBWAIT_HTTP='curl' is not known: it may be httpx or httpx2.\n"
    assert (2, "", told) == (done.returncode, done.stdout, done.stderr)


def test_generated_clients_import_httpx_in_one_module():
    """What takes httpx by itself would mix two libraries in one client; ruff says so of all other code."""
    modules = [path for name in PACKAGES[1:] for path in (ROOT / "generated" / name).rglob("*.py")]
    found = {path.name for path in modules if OWN_IMPORT.search(path.read_text("utf-8"))}
    assert {"_httpx.py"} == found
