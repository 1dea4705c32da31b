"""What we stand on: licences, hashes, workflows, and what bandit says of our code."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from ruamel.yaml import YAML

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
    """
    All that any extra but Airflow's brings is under a licence that lets anybody use it beside our MIT.

    httpx2 is among them where it is installed, as it is by `make audit`.
    """
    extras = set(metadata.metadata("jobwait").get_all("Provides-Extra")) - {"airflow"}
    names = closure(extras if find_spec("httpx2") else extras - {"httpx2"})
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


WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_need_no_secret_and_have_the_least_rights(path):
    """Actions are pinned by commit, no job has a right that it does not name, and nothing asks for a secret."""
    text, workflow = path.read_text("utf-8"), YAML(typ="safe").load(path)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert {} == workflow["permissions"]
    assert "secrets." not in text
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    assert all(job["timeout-minutes"] <= 90 for job in workflow["jobs"].values())


def test_one_job_may_publish_and_it_runs_no_code_of_the_repository():
    """The right to name itself to the index belongs to the job that takes the built files and hands them on."""
    jobs = YAML(typ="safe").load(ROOT / ".github/workflows/release.yml")["jobs"]
    assert [{"contents": "read"}, {"id-token": "write"}] == [job["permissions"] for job in jobs.values()]
    assert {"uses", "with"} >= {key for step in jobs["publish"]["steps"] for key in step}


def test_ci_tries_each_python_that_the_package_names():
    """The classifiers and the matrix name the same Pythons, from the oldest that is required."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    matrix = YAML(typ="safe").load(ROOT / ".github/workflows/tests.yml")["jobs"]["pythons"]["strategy"]["matrix"]
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert named == matrix["python"]
    assert f">={named[0]}" == project["requires-python"]
