"""Judge: a candidate must type-check, and every page of jobwait must still work with it."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from generator.faults import Fault
from generator.interpreter import bare_python
from generator.places import ROOT, SOURCES, TESTS, services

CACHE = ROOT / ".mypy_cache" / "candidate"
STRICT = (
    "--config-file=",
    "--no-sqlite-cache",  # two processes at once would lock each other out
    "--strict",
    "--warn-unreachable",
    "--explicit-package-bases",
    "--no-error-summary",
    "--hide-error-context",
    "--show-absolute-path",
)
IMPORT_ALL = """
import importlib, pathlib
for module in sorted(pathlib.Path().rglob("*.py")):
    importlib.import_module(".".join(module.with_suffix("").parts).removesuffix(".__init__"))
"""
# What mypy says when a page wants something that the candidate does not have, and our words for it.
SENTENCES = (
    (r'Module "([\w.]+)" has no attribute "(\w+)"', r"imports \2 from \1, which is not there any more"),
    (r'"(?:type\[)?([\w.]+)\]?" has no attribute "(\w+)"', r"reads \2 of \1, which is not there any more"),
    (r'Cannot find implementation.*"([\w.]+)"', r"imports \1, which is not there any more"),
    (
        r'Unexpected keyword argument "(\w+)" for "([\w.]+)"',
        r"passes \1 to \2, which does not take it any more",
    ),
    (r'Missing .*argument "(\w+)" in call to "([\w.]+)"', r"does not pass \1 to \2, which needs it now"),
)


def judge(candidate: Path, *, with_pages: bool) -> None:
    """Raise a Fault that says what is wrong with the packages in the folder *candidate*."""
    packages = sorted(path.name for path in candidate.iterdir() if path.is_dir())
    pages = [page for page in services() if (SOURCES / "jobwait" / f"{page}.py").exists()] if with_pages else []
    with bare_python() as python:
        _check_types(candidate, packages, pages, python)
        _import_modules(candidate, python)
        for page in pages:
            _import(candidate, page, python)
        if with_pages and (TESTS / "test_contract.py").exists():
            _test_contract(candidate, python)


def _check_types(candidate: Path, packages: Sequence[str], pages: Sequence[str], python: Path) -> None:
    names = [*packages, *(f"jobwait.{page}" for page in pages)]
    command = [
        sys.executable,
        "-m",
        "mypy",
        *STRICT,
        f"--python-executable={python}",
        f"--cache-dir={CACHE}",
    ]
    chosen = [f"--{'module' if '.' in name else 'package'}={name}" for name in names]
    # Paths that are relative to the candidate are the same in every run: the cache stays warm.
    path = os.pathsep.join([".", str(SOURCES)] if pages else ["."])
    done = _run([*command, *chosen], candidate, MYPYPATH=path)
    ours = [str(candidate.resolve()), *(str(SOURCES / "jobwait" / f"{page}.py") for page in pages)]
    found = [line for line in done.stdout.splitlines() if ": error:" in line and line.startswith(tuple(ours))]
    if found:
        raise Fault("The new clients do not fit:", [_sentence(line, candidate) for line in found])
    if done.returncode not in {0, 1} or (done.returncode and ": error:" not in done.stdout):
        raise Fault("The new clients cannot be type-checked.", (done.stdout + done.stderr).splitlines()[-5:])


def _sentence(line: str, candidate: Path) -> str:
    """One line of mypy's as a sentence that names the place and the field."""
    place, _, message = line.partition(": error: ")
    place = place.replace(f"{candidate.resolve()}/", "").replace(f"{ROOT}/", "")
    message = re.sub(r"\s+\[[\w-]+\]$", "", message)
    for pattern, sentence in SENTENCES:
        match = re.search(pattern, message)
        if match:
            return f"{place} {match.expand(sentence)}."
    return f"{place}: {message}"


def _import_modules(candidate: Path, python: Path) -> None:
    """Some faults show only when a module runs, an enum with an impossible member for one."""
    done = _run([str(python), "-W", "error", "-c", IMPORT_ALL], candidate, PYTHONPATH=str(candidate))
    if done.returncode:
        raise Fault(f"The new clients cannot be imported: {done.stderr.strip().splitlines()[-1]}.")


def _import(candidate: Path, page: str, python: Path) -> None:
    done = _run([str(python), "-c", f"import jobwait.{page}"], candidate, PYTHONPATH=_path(candidate))
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1]
        raise Fault(f"The page jobwait/{page}.py cannot be imported with the new client: {reason}.")


def _test_contract(candidate: Path, python: Path) -> None:
    command = [
        str(python),
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "not whole",
        str(TESTS / "test_contract.py"),
    ]
    done = _run(command, ROOT, PYTHONPATH=_path(candidate))
    if done.returncode:
        failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR", "E  "))]
        raise Fault("The new clients break the contract with the pages:", failed or done.stdout.splitlines()[-5:])


def _path(candidate: Path) -> str:
    return os.pathsep.join([str(candidate), str(SOURCES)])


def _run(command: Sequence[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "MYPYPATH"}}
    return subprocess.run(  # nosec B603  # noqa: S603 - our own tools; no part of the command comes from a spec
        command,
        cwd=cwd,
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
