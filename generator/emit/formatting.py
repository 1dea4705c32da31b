"""Formats generated code with ruff, independent of any configuration file."""

import subprocess
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]

from generator.errors import GeneratorError

ISOLATED = ("--isolated", "--no-cache", "--target-version=py311", "--line-length=110", "--quiet")
STEPS = (
    ("check", "--fix-only", "--select=I,F401,F541,E711,UP", "--unsafe-fixes", *ISOLATED),
    ("format", "--config=format.docstring-code-format=false", *ISOLATED),
)


def format_package(package: Path) -> None:
    """Sort imports, drop those that nothing uses, and format every module of *package*."""
    for step in STEPS:
        done = subprocess.run(  # nosec B603  # noqa: S603 - ruff of this environment
            [find_ruff_bin(), *step, "."], cwd=package, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise GeneratorError(f"{package.name} cannot be formatted:", (done.stdout + done.stderr).splitlines())


def format_module(text: str) -> str:
    """The source *text* of a module of jobwait, formatted as the project's code is."""
    for step in (("check", "--fix-only", "--select=I,F401", *ISOLATED[:2]), ("format", *ISOLATED[:2])):
        done = subprocess.run(  # nosec B603  # noqa: S603 - ruff of this environment
            [find_ruff_bin(), *step, "--line-length=120", "--quiet", "-"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise GeneratorError("The service module cannot be formatted:", done.stderr.splitlines())
        text = done.stdout
    return text
