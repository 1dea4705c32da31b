"""
The tests of the wait, the clients and the command on each Python here, with the oldest and the newest dependencies.

Each pair has an environment of its own under build/matrix; a Python that is not here is said to be missing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BOUNDS = {
    "oldest": ["attrs==23.2", "httpx==0.27.1", "anyio==4.4", "typer==0.20", "rich==13.7"],
    "newest": ["attrs", "httpx<0.29", "anyio", "typer", "rich"],
}
TESTS = [  # none that needs the generator, whose own packages want attrs and httpx of their choice
    *("tests/unit/polling", "tests/unit/jobs", "tests/unit/testing", "tests/unit/http/test_pool.py"),
    *("tests/unit/errors", "tests/unit/hooks"),
    *(f"tests/contract/clients/test_{name}.py" for name in ("keys", "models", "pools", "requests")),
    *(f"tests/unit/cli/test_{name}.py" for name in ("help", "bad_usage", "completion")),
    *("tests/unit/tracker/test_tracker.py", "tests/faults/test_names.py", "tests/faults/test_proxies.py"),
]
# httpx 0.27 loads anyio and what that brings by itself; the rest of the file holds there too.
SPARED = ["tests/contract/clients/test_models.py::test_models_are_loaded_when_they_are_asked_for"]
TOOLS = ["pytest", "pytest-xdist", "hypothesis", "trio", "trustme", "opentelemetry-sdk", "packaging", "pyte"]
SANDBOX = ["starlette", "uvicorn", "flexpolyline"]  # for the fixtures
# jobwait itself is on the path there, and not installed: it has no version.
UNINSTALLED = ["tests/unit/cli/test_help.py::test_the_short_names_of_help_and_version"]


def found(name: str) -> str | None:
    """The Python called *name*: on the path, or among pyenv's, whose stand-ins on the path may lead nowhere."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for python in [shutil.which(name), *sorted(map(str, pyenv.glob(f"*/bin/{name}")), reverse=True)]:
        if python and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return python
    return None


def tried(name: str, python: str, bounds: str) -> bool:
    """Whether the tests pass under *python* with the versions of *bounds*."""
    folder = ROOT / "build" / "matrix" / f"{name}-{bounds}"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    inside = str(folder / "bin" / "python")
    pip = [inside, "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
    subprocess.run([*pip, *TOOLS, *SANDBOX, *BOUNDS[bounds]], check=True)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "generated")])}
    spared = [*UNINSTALLED, *(SPARED if bounds == "oldest" else ())]
    command = [inside, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS, *(f"--deselect={one}" for one in spared)]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def main() -> int:
    """Try all; the exit status tells whether any failed."""
    results = {}
    for minor in (11, 12, 13, 14):
        name = f"python3.{minor}"
        python = found(name)
        if python is None:
            results[name] = "not here"
            continue
        for bounds in BOUNDS:
            results[f"{name}, {bounds}"] = "passed" if tried(name, python, bounds) else "FAILED"
    sys.stdout.write("".join(f"{name}: {result}\n" for name, result in results.items()))
    return "FAILED" in results.values()


if __name__ == "__main__":
    raise SystemExit(main())
