"""
The tests of the wait, the clients and the command on each Python here: oldest and newest packages, and httpx2.

Each row has an environment of its own under build/matrix; a Python that is not here is said to be missing. Without
`--here` the last row is every test that needs no engine, with httpx2, in the environment that runs this.

    matrix.py [--here]      --here: the Python that runs this alone
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from requirements import install

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
TESTS = [  # none that needs the generator, whose own packages want attrs and httpx of their choice
    *("tests/unit/polling", "tests/unit/jobs", "tests/unit/testing", "tests/unit/http"),
    *("tests/unit/errors", "tests/unit/hooks"),
    *(f"tests/contract/clients/test_{name}.py" for name in ("keys", "models", "pools", "requests")),
    *(f"tests/unit/cli/test_{name}.py" for name in ("help", "bad_usage", "completion")),
    *("tests/unit/tracker/test_tracker.py", "tests/faults/test_names.py", "tests/faults/test_proxies.py"),
]
# httpx 0.27 loads anyio by itself, and makes TLS contexts otherwise than the test counts; the rest of the files holds.
SPARED = [
    "tests/contract/clients/test_models.py::test_models_are_loaded_when_they_are_asked_for",
    "tests/unit/http/test_connect.py::test_all_waits_of_a_client_share_the_tls_context_that_connect_made",
]
TOOLS = ["pytest", "pytest-xdist", "hypothesis", "trio", "trustme", "opentelemetry-sdk", "packaging", "pyte"]
EXTRAS = PROJECT["optional-dependencies"]
SANDBOX = [*EXTRAS["cli"], *EXTRAS["sandbox"][1:], *EXTRAS["aiohttp"], *EXTRAS["socks"]]  # for the fixtures
ENGINES = ("tests/integration/temporal", "tests/integration/airflow")


def oldest(requirements: list[str]) -> list[str]:
    """The oldest versions that *requirements* allow."""
    return [re.sub(r"^([\w.-]+)>=([\d.]+).*", r"\1==\2", line) for line in requirements]


NEEDED = PROJECT["dependencies"]
BOUNDS = {
    "oldest": oldest([*NEEDED, *EXTRAS["cli"]]),
    "newest": NEEDED,
    "httpx2": [*NEEDED, *EXTRAS["httpx2"]],
}


def found(name: str) -> str | None:
    """The Python called *name*: on the path, or among pyenv's, whose stand-ins on the path may lead nowhere."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for python in [shutil.which(name), *sorted(map(str, pyenv.glob(f"*/bin/{name}")), reverse=True)]:
        if python and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return python
    return None


def environment(name: str, python: str, packages: list[str]) -> Path:
    """The Python of a new environment of *python* with *packages* and jobwait."""
    folder = ROOT / "build" / "matrix" / name
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True)
    inside = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    _, command, variables = next(install.tools(inside))
    subprocess.run([*command, "--quiet", *packages, "--editable", str(ROOT)], env=variables, check=True)
    return inside


def tried(python: str, bounds: str, tests: list[str]) -> bool:
    """Whether *tests* pass under *python*, with httpx2 if *bounds* say so."""
    variables = {**os.environ, "JOBWAIT_HTTP": "httpx2" if bounds == "httpx2" else ""}
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=ROOT, env=variables, check=False).returncode == 0


def row(name: str, python: str, bounds: str) -> bool:
    """Whether the tests pass under *python* with the versions of *bounds*."""
    spared = [f"--deselect={one}" for one in SPARED] if bounds == "oldest" else []
    inside = environment(f"{name}-{bounds}", python, [*TOOLS, *SANDBOX, *BOUNDS[bounds]])
    return tried(str(inside), bounds, [*TESTS, *spared])


def main(arguments: list[str]) -> int:
    """Try all; the exit status tells whether any failed."""
    here = f"python3.{sys.version_info.minor}"
    names = [here] if "--here" in arguments else [f"python3.{minor}" for minor in (11, 12, 13, 14)]
    results = {}
    for name in names:
        python = sys.executable if "--here" in arguments else found(name)
        if python is None:
            results[name] = "not here"
            continue
        for bounds in BOUNDS:
            results[f"{name}, {bounds}"] = "passed" if row(name, python, bounds) else "FAILED"
    if "--here" not in arguments:
        left_out = [f"--ignore={folder}" for folder in ENGINES]
        whole = tried(sys.executable, "httpx2", ["-n", "2", "--dist", "loadgroup", *left_out])
        results[f"{here}, every test with httpx2"] = "passed" if whole else "FAILED"
    sys.stdout.write("".join(f"{name}: {result}\n" for name, result in results.items()))
    return "FAILED" in results.values()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
