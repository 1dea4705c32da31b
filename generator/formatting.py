"""Format: ruff with a configuration of its own, whatever other ones lie about."""

import subprocess
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]

from generator.faults import Fault

ALONE = ("--isolated", "--no-cache", "--target-version=py311", "--line-length=110", "--quiet")
STEPS = (
    ("check", "--fix-only", "--select=I,F401,F541,E711,UP", "--unsafe-fixes", *ALONE),
    ("format", "--config=format.docstring-code-format=false", *ALONE),
)


def tidy(package: Path) -> None:
    """Sort imports, drop those that nothing uses, and format every module of *package*."""
    for step in STEPS:
        done = subprocess.run(  # nosec B603  # noqa: S603 - the tool of our own environment
            [find_ruff_bin(), *step, "."], cwd=package, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Fault(f"{package.name} cannot be formatted:", (done.stdout + done.stderr).splitlines())


def neat(text: str) -> str:
    """The module *text* as the project's own code is formatted."""
    for step in (("check", "--fix-only", "--select=I,F401", *ALONE[:2]), ("format", *ALONE[:2])):
        done = subprocess.run(  # nosec B603  # noqa: S603 - the tool of our own environment
            [find_ruff_bin(), *step, "--line-length=120", "--quiet", "-"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Fault("The page cannot be formatted:", done.stderr.splitlines())
        text = done.stdout
    return text
