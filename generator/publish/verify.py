"""Verifies new client packages before they are swapped in: types, imports, service modules, contract test."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generator import paths
from generator.errors import GeneratorError
from generator.publish.isolated_python import isolated_python
from generator.publish.type_cache import CHECKED, empty, free_cache, under_one_name

STRICT = (
    "--config-file=",
    "--strict",
    "--warn-unreachable",
    "--explicit-package-bases",
    "--no-error-summary",
    "--hide-error-context",
    "--sqlite-num-shards=1",
)
# Clients need nothing but httpx and attrs; httpx imports trio if it finds it, which takes longer than all else.
# Nothing of a process that ends anyway is collected or freed.
IMPORT_CLIENTS = """
import gc, importlib, os, pathlib, sys
gc.disable()
sys.modules["trio"] = None
for module in sorted(pathlib.Path().rglob("*.py")):
    importlib.import_module(".".join(module.with_suffix("").parts).removesuffix(".__init__"))
sys.stderr.flush()
os._exit(0)
"""
IMPORT_SERVICES = """
import importlib, sys
for service in sys.argv[1:]:
    try:
        importlib.import_module(f"jobwait.{service}")
    except BaseException as error:
        sys.exit(f"The service module jobwait.{service} cannot be imported with the new client: "
                 f"{type(error).__name__}: {error}.")
"""
# mypy's messages about names that the new client lacks, and ours.
SENTENCES = (
    (r'Module "([\w.]+)" has no attribute "(\w+)"', r"imports \2 from \1, which no longer exists"),
    (r'"(?:type\[)?([\w.]+)\]?" has no attribute "(\w+)"', r"reads \2 of \1, which no longer exists"),
    (r'Cannot find implementation.*"([\w.]+)"', r"imports \1, which no longer exists"),
    (r'Unexpected keyword argument "(\w+)" for "([\w.]+)"', r"passes \1 to \2, which no longer accepts it"),
    (r'Missing (?:\w+ )?argument "(\w+)" in call to "([\w.]+)"', r"does not pass \1 to \2, which now requires it"),
)


def verify(candidate: Path, *, with_services: bool) -> None:
    """Raise GeneratorError if the packages in *candidate* have errors or do not fit jobwait's service modules."""
    services = [name for name in paths.services() if paths.service_module(name)] if with_services else []
    with isolated_python() as python:
        with ThreadPoolExecutor(1) as beside:  # each is a process of its own
            imports = beside.submit(check_imports, candidate, python)
            check_types(candidate, services, python)
        imports.result()
        if services:
            check_service_imports(candidate, services, python)
        if with_services and (paths.ROOT / paths.CONTRACT_TEST).exists():
            check_contract(candidate, python)


def check_types(candidate: Path, services: Sequence[str], python: Path, *, with_jobwait: bool = False) -> None:
    """
    Type-check the packages in *candidate*, and the modules of *services* against them, with mypy --strict.

    *with_jobwait*: the packages may import jobwait.
    """
    modules = [path for name in services if (path := paths.service_module(name))]
    packages = sorted(path for path in candidate.iterdir() if path.is_dir())
    if len(packages) == 1 and not services and not with_jobwait:
        with under_one_name(packages[0]) as folder:
            found = _type_errors([f"--package={CHECKED}"], folder, python)
        found = [one.replace(CHECKED, packages[0].name) for one in found]
    else:
        chosen = [f"--package={path.name}" for path in packages]
        chosen += [f"--{'package' if path.is_dir() else 'module'}=jobwait.{path.stem}" for path in modules]
        sources = [paths.SOURCES] if services or with_jobwait else []
        found = _type_errors(chosen, candidate, python, modules, sources)
    if found:
        raise GeneratorError("The new clients have type errors:", found)


def _type_errors(
    chosen: Sequence[str], folder: Path, python: Path, modules: Sequence[Path] = (), sources: Sequence[Path] = ()
) -> list[str]:
    """A sentence for each of mypy's errors in the *chosen* packages; in *sources* only for those in *modules*."""
    command = [sys.executable, "-m", "mypy", *STRICT, f"--python-executable={python}", *chosen]
    # Paths relative to the folder are the same in every run: the cache stays valid, and so do the errors in it.
    search_path = os.pathsep.join([".", *map(str, sources)])
    with free_cache() as cache:
        done = run([*command, f"--cache-dir={cache}"], folder, MYPYPATH=search_path)
        if _failed(done):  # as it does with a cache that a killed run has left
            empty(cache)
            done = run([*command, f"--cache-dir={cache}"], folder, MYPYPATH=search_path)
    if _failed(done):
        raise GeneratorError("The new clients cannot be type-checked.", (done.stdout + done.stderr).splitlines()[-5:])
    others, ours = tuple(map(str, sources)), tuple(map(str, modules))
    lines = [line for line in done.stdout.splitlines() if ": error:" in line]
    return [_sentence(line) for line in lines if not line.startswith(others) or line.startswith(ours)]


def _failed(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode != 0 and ": error:" not in done.stdout


def _sentence(line: str) -> str:
    """One error line of mypy as a sentence with the place and the name that is missing."""
    place, _, message = line.partition(": error: ")
    place = place.replace(f"{paths.ROOT}/", "")
    message = re.sub(r"(?<!\s)\s+\[[\w-]+\]$", "", message)
    for pattern, sentence in SENTENCES:
        match = re.search(pattern, message)
        if match:
            return f"{place} {match.expand(sentence)}."
    return f"{place}: {message}"


def check_imports(candidate: Path, python: Path) -> None:
    """Import every module of *candidate*: some errors occur only then, such as an enum with an invalid member."""
    done = run([str(python), "-W", "error", "-c", IMPORT_CLIENTS], candidate, PYTHONPATH=str(candidate))
    if done.returncode:
        raise GeneratorError(f"The new clients cannot be imported: {last_line(done)}.")


def check_service_imports(candidate: Path, services: Sequence[str], python: Path) -> None:
    """Import the modules of *services* with the new clients."""
    done = run([str(python), "-c", IMPORT_SERVICES, *services], candidate, PYTHONPATH=_path(candidate))
    if done.returncode:
        raise GeneratorError(last_line(done))


def check_contract(candidate: Path, python: Path) -> None:
    """Run the contract test of jobwait's services with the new clients."""
    options = ("-q", "-p", "no:cacheprovider", "-p", "anyio", "-m", "not whole")
    command = [str(python), "-m", "pytest", *options, str(paths.ROOT / paths.CONTRACT_TEST)]
    # Other plugins of the environment are not needed, and take longer to load than the test takes to run.
    done = run(command, paths.ROOT, PYTHONPATH=_path(candidate), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    if done.returncode:
        failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR", "E  "))]
        places = failed or (done.stdout + done.stderr).splitlines()[-5:]
        raise GeneratorError("The new clients fail the contract test of the services:", places)


def _path(candidate: Path) -> str:
    return os.pathsep.join([str(candidate), str(paths.SOURCES)])


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """The last line that the command wrote to its standard error."""
    return done.stderr.strip().splitlines()[-1]


def run(command: Sequence[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run *command* in *cwd* with *environment* added to ours, but without our search paths."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "MYPYPATH"}}
    return subprocess.run(  # nosec B603  # noqa: S603 - our own tools; no part of the command comes from a spec
        command,
        cwd=cwd,
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
