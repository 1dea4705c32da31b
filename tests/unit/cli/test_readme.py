"""The README's first screen: a newcomer with a key has a first result after one command."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_first_command_of_the_readme_gives_a_result(shell):
    """It stands within the first screen, runs as it is written, and leaves a file of answers."""
    screen = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:40])
    line = re.search(r"^jobwait (run promptforge .*)$", screen, re.MULTILINE)[1]
    (shell.folder / "prompts.jsonl").write_text((ROOT / "examples" / "prompts.jsonl").read_text("utf-8"))
    done = shell(*shlex.split(line))
    assert 0 == done.returncode, done.stderr
    [folder] = shell.folder.glob("results-*")
    assert 1000 == len((folder / "results.jsonl").read_text("utf-8").splitlines())
