"""The README's first screen: a newcomer without a key has a first result after two commands."""

import json
import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_first_command_of_the_readme_gives_a_result(shell):
    """They stand within the first screen, run as they are written, and leave a plan."""
    screen = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:40])
    example, run = re.search(
        r"^jobwait (.*) > tour.json\njobwait sandbox -- jobwait (.*)$", screen, re.MULTILINE
    ).groups()
    (shell.folder / "tour.json").write_text(shell(*shlex.split(example)).stdout)
    done = shell(*shlex.split(run))  # at the tests' sandbox, which is faster
    assert 0 == done.returncode, done.stderr
    [folder] = shell.folder.glob("results-*")
    assert "qualification" in json.loads((folder / "results.json").read_text("utf-8"))
