"""Builds the distributions, twice and with the same bytes, and judges them as an index and a user would."""

import filecmp
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from requirements import install

from release.edits import ReleaseError

ROOT = Path(__file__).resolve().parents[1]
RELATIVE = re.compile(r"\]\((?!https?://)[^)\s]+\)")


def build(tree: Path, out: Path) -> None:
    """Build sdist and wheel of *tree* into *out*: twice, as of its last commit; ReleaseError if the two differ."""
    epoch = run(["git", "log", "-1", "--format=%ct"], tree).strip()
    with tempfile.TemporaryDirectory() as second:
        for folder in (out, Path(second)):
            command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(tree)]
            run(command, tree, {"SOURCE_DATE_EPOCH": epoch})
        names = sorted(path.name for path in Path(second).iterdir())
        _, differing, missing = filecmp.cmpfiles(out, second, names, shallow=False)
        if differing or missing:
            raise ReleaseError(f"two builds of the same commit differ: {', '.join(differing + missing)}.")


def check(out: Path) -> Iterator[str]:
    """Judge the distributions in *out*: a line for each check that is passed; ReleaseError at the first that is not."""
    wheel, sdist = _only(out, "*.whl"), _only(out, "*.tar.gz")
    run([sys.executable, "-m", "twine", "check", "--strict", str(wheel), str(sdist)], out)
    yield "twine check --strict: passed"
    if RELATIVE.search(metadata_of(wheel)):
        raise ReleaseError("the long description has links that lead nowhere outside of the repository.")
    yield "long description: no relative link"
    with tempfile.TemporaryDirectory() as folder:
        python = _environment(Path(folder), [str(wheel)])
        run([str(python), "-c", "import jobwait, jobwait.fryte, jobwait.freeplay, jobwait.promptforge"], out)
        yield "wheel in an empty environment: imported"
    with tempfile.TemporaryDirectory() as folder:
        python = _environment(Path(folder), [f"{wheel}[cli]"])
        yield f"its command: {run([str(python), '-m', 'jobwait', '--version'], out).strip()}"
    for extra in extras():
        _resolve(wheel, extra)
    yield f"extras that an index can install: {', '.join(extras())}"


def metadata_of(wheel: Path) -> str:
    """The file METADATA of *wheel*: fields, then the long description."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()


def extras() -> list[str]:
    """The names of the extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return sorted(project["optional-dependencies"])


def run(command: Sequence[str], folder: Path, variables: dict[str, str] | None = None) -> str:
    """What *command* prints, run in *folder*; ReleaseError with its last lines if it fails."""
    environment = {**os.environ, **(variables or {})}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        raise ReleaseError(f"this failed: {' '.join(command[:6])} …\n{last}")
    return done.stdout


def _only(out: Path, pattern: str) -> Path:
    found = list(out.glob(pattern))
    if len(found) != 1:
        raise ReleaseError(f"{out} has {len(found)} files {pattern}; `make dist` writes one of each.")
    return found[0].resolve()


def _environment(folder: Path, packages: Sequence[str]) -> Path:
    """The Python of a new environment with *packages* and what they declare."""
    python = folder / "bin" / "python"
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)], folder)
    _, command, variables = next(install.tools(python))
    run([*command, "--quiet", *packages], folder, dict(variables))
    return python


def _resolve(wheel: Path, extra: str) -> None:
    """ReleaseError unless *wheel* with *extra*, and all that it declares, can be had from the index together."""
    uv = install.find_uv()
    if uv is None:
        raise ReleaseError("this needs uv, which could not be installed.")
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "asked.in"
        asked.write_text(f"jobwait[{extra}] @ {wheel.as_uri()}\n", "utf-8")
        variables = dict(install.uv_environment(install.ALL_INDEXES))
        run([uv, "pip", "compile", "--quiet", str(asked)], Path(folder), variables)
