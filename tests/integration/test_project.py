"""What holds for the project as a whole: its public names, its tests, its README."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import jobwait
from jobwait import errors, freeplay, fryte, promptforge
from support import forks

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/**/*.md")])
EXPLAINED = [
    *(ROOT / f"{name}.md" for name in ("README", "ARCHITECTURE", "CONTRIBUTING")),
    *sorted(ROOT.glob("docs/decisions/*.md")),
]


def test_public_names_are_there():
    """Each name in an __all__ exists, once."""
    for module in (jobwait, errors, freeplay, fryte, promptforge):
        assert all(hasattr(module, name) for name in module.__all__)
        assert len(set(module.__all__)) == len(module.__all__)


def test_every_error_is_exported():
    """No error class is left out of errors.__all__."""
    defined = {
        name for name, value in vars(errors).items() if isinstance(value, type) and value.__module__ == "jobwait.errors"
    }
    assert defined == set(errors.__all__)


def test_every_test_says_its_rule():
    """Each test has a docstring: the rule that it holds the code to."""
    silent = [
        f"{path.name}:{node.name}"
        for path in sorted(ROOT.glob("tests/**/test_*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert [] == silent


def test_importing_jobwait_imports_no_page():
    """`import jobwait` loads no page and no client: nobody pays for three services."""
    code = "import sys, jobwait; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "jobwait" in loaded
    names = {"freeplay", "fryte", "promptforge"}
    assert not loaded & ({f"jobwait.{name}" for name in names} | {f"{name}_client" for name in names})


def test_service_modules_hold_no_async_code():
    """A service module is data and operations: it never waits by itself, and knows nothing of threads or tasks."""
    for name in ("freeplay", "fryte", "promptforge"):
        module = Path(import_module(f"jobwait.{name}").__file__)
        for path in module.parent.glob("*.py") if module.name == "__init__.py" else [module]:
            kinds = {type(node) for node in ast.walk(ast.parse(path.read_text("utf-8")))}
            assert not kinds & {ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith}, path


def blocks(language):
    """The code blocks of the README in *language*."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def test_the_readme_is_short():
    """A README is read to its end only if it is short."""
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 150


def test_the_readmes_python_runs(box, tmp_path, monkeypatch):
    """Each Python block of the README runs as it stands, against the sandbox."""
    assert len(blocks("python")) >= 2
    (tmp_path / "prompts.jsonl").write_text((ROOT / "examples" / "prompts.jsonl").read_text("utf-8"))
    (tmp_path / "tour.json").write_text((ROOT / "examples" / "tour_hamburg_munich.json").read_text("utf-8"))
    environment = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_BASE_URL"))}
    for service in ("freeplay", "fryte", "promptforge"):
        environment[f"{service.upper()}_API_KEY"] = getattr(box, service).key
        environment[f"{service.upper()}_BASE_URL"] = getattr(box, service).url
    for block in blocks("python"):
        forks.run(forks.code, block, cwd=tmp_path, env=environment).check_returncode()


def test_the_readmes_commands_exist():
    """Each make target in the README is in the Makefile, and make alone lists them all."""
    listed = subprocess.run(
        ["make", "-C", str(ROOT), "--no-print-directory"], capture_output=True, text=True, check=True
    ).stdout
    targets = set(re.findall(r"(?m)^\s+make (\w[\w-]*) +\S", listed))
    named = set(re.findall(r"\bmake (\w[\w-]*)", "\n".join(blocks("(?:sh|console)"))))
    assert named
    assert named <= targets
    assert set(re.findall(r"(?m)^\.PHONY: (\S+)$", (ROOT / "Makefile").read_text("utf-8"))) == targets
    assert {"install", "generate", "format", "check", "demo", "dist", "clean", "lock", "walk"} <= targets
    assert {"test", "test-engines", "test-browser", "test-all"} <= targets


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_the_python_of_the_docs_is_python_with_our_names(path):
    """Each Python block parses, and what it imports from jobwait is there; a file of the page is no module here."""
    found = re.findall(r"```python\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    files = {name for block in found for name in re.findall(r"\A# (\w+)\.py\b", block)}
    for block in found:
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] not in {
                "botocore",
                "google",
                "renders_client",
                *files,
            }:
                names = [name.name for name in node.names]
                there = dir(importlib.import_module(node.module or ""))
                assert [] == [name for name in names if name not in there and not _is_module(node.module, name)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_to_files(path):
    """Each relative link of a document leads to a file or folder of the repository."""
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL))
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    assert [] == [link for link in local if not (path.parent / link).exists()]


@pytest.mark.parametrize(
    ("heading", "contract"),
    [("src/jobwait", "jobwait: imports run downward"), ("generator", "generator: imports run downward")],
)
def test_architecture_has_the_layers_that_the_linter_checks(heading, contract):
    """ARCHITECTURE.md names each package, in the layer that pyproject.toml gives it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["name"] == contract)
    section = (ROOT / "ARCHITECTURE.md").read_text("utf-8").split(f"## Packages of `{heading}`")[1].split("\n## ")[0]
    named = {}
    for number, names in re.findall(r"(?m)^\| (\d+) \| (.+?) \|", section):
        named.setdefault(int(number), set()).update(re.findall(r"`(\w+)(?:/|\.py)`", names))
    assert {number: set(layer.split(" | ")) for number, layer in enumerate(layers, 1)} == named


@pytest.mark.parametrize("path", EXPLAINED, ids=lambda path: path.name)
def test_files_that_documents_name_exist(path):
    """Each Python file that a document for contributors names is there."""
    named = set(re.findall(r"`([\w/]+\.py)`", path.read_text("utf-8"))) - {"src/jobwait/NAME.py"}
    places = [ROOT, ROOT / "src" / "jobwait", ROOT / "generator", ROOT / "src" / "jobwait" / "fryte"]
    assert [] == [name for name in sorted(named) if not any((place / name).exists() for place in places)]


def test_architecture_quotes_the_modules_that_make_walk_counts():
    """The modules that one poll enters, for each way to wait, are those in ARCHITECTURE.md."""
    walk = [sys.executable, "-m", "benchmarks.walk"]
    printed = subprocess.run(walk, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    counted = dict(re.findall(r"(?m)^(\S+) +(\d+) modules", printed))
    rows = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("| | `job.wait` |")[2].splitlines()
    ways = ["job.wait", *re.findall(r"`([\w.]+)`", rows[0])]
    assert counted == dict(zip(ways, re.findall(r"\d+", rows[2]), strict=True))


@pytest.mark.xdist_group("kept_together")
def test_groups_of_tests_are_kept_together(request):
    """Where tests run side by side, those of a group run in one process, so that what they share is made once."""
    group = "@kept_together" if hasattr(request.config, "workerinput") else ""
    assert request.node.nodeid.endswith(f"::{request.node.name}{group}")


def _is_module(package, name):
    return importlib.util.find_spec(f"{package}.{name}") is not None
