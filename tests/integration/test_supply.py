"""What we stand on: licences, hashes, and what bandit says of our code."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
FREE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|0BSD|Unlicense"
    r"|Redistribution and use in source and binary forms",
    re.IGNORECASE,
)


def closure(extras):
    """The names of all that `pip install jobwait[extras]` brings here."""
    found, waiting = set(), [("jobwait", frozenset(extras))]
    while waiting:
        name, wanted = waiting.pop()
        for line in metadata.requires(name) or []:
            need = Requirement(line)
            marks = [{"extra": extra} for extra in wanted] or [{"extra": ""}]
            if need.marker is not None and not any(need.marker.evaluate(mark) for mark in marks):
                continue
            if need.name.lower() not in found and need.name != "jobwait":
                found.add(need.name.lower())
                waiting.append((need.name, frozenset(need.extras)))
            elif need.name == "jobwait":
                waiting.append(("jobwait", frozenset(need.extras)))
    return found


def licence_of(name):
    """What a package says of its licence."""
    told = metadata.metadata(name)
    classified = [text for text in told.get_all("Classifier") or [] if text.startswith("License")]
    return " ".join([told.get("License-Expression") or "", (told.get("License") or "")[:2000], *classified])


def test_every_dependency_has_a_licence_that_we_may_use():
    """All that any extra but Airflow's brings is under a licence that lets anybody use it beside our MIT."""
    names = closure(["aiohttp", "cli", "sandbox", "otel", "temporal"])
    assert {"attrs", "httpx", "anyio", "httpcore", "h11", "idna", "certifi"} <= names
    assert {"attrs", "httpx", "anyio"} <= closure([])
    assert len(closure([])) <= 9
    assert {} == {name: licence_of(name) for name in names if not FREE.search(licence_of(name))}


def test_bandit_has_nothing_to_say():
    """Each of bandit's findings is mended, or answered where it stands or in pyproject.toml."""
    command = [sys.executable, "-m", "bandit", "-q", "-c", "pyproject.toml", "-r"]
    done = subprocess.run(
        [*command, "src", "generated", "generator", "codegen.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stdout


@pytest.mark.parametrize("planted", ["eval(x)", "import pickle\npickle.loads(x)", "import yaml\nyaml.load(x)"])
def test_bandit_would_have(planted, tmp_path):
    """The settings leave the findings that matter."""
    (tmp_path / "bad.py").write_text(f"def f(x):\n    pass\n{planted}\n")
    command = [sys.executable, "-m", "bandit", "-q", "-c", "pyproject.toml", "-r", str(tmp_path)]
    assert 1 == subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode
