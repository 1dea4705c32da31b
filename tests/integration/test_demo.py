"""The demo is the first thing that anybody runs: it has to work as it stands."""

import itertools
import re
import runpy
import sys
from pathlib import Path

import pytest

from jobwait._display.terminal import is_screen
from support import forks

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "examples" / "demo.py"


def test_the_demo_runs(tmp_path):
    """The demo ends well, shows progress as plain lines in a file, and closes with a table of all four jobs."""
    done = forks.run(forks.script, str(DEMO), cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    table = done.stdout[done.stdout.rindex("┏") :]
    rows = re.findall(r"│ (Freeplay|FRYTE|PromptForge, \w+(?: \w+)?)\s+│ \w{8} │ succeeded\s+│ \d+", table)
    assert ["Freeplay", "FRYTE", "PromptForge, documented", "PromptForge, real server"] == rows
    assert 2 == done.stdout.count("'answers': 1000")
    assert "PromptForge, documented: succeeded (COMPLETED)" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(("stdout", "stderr"), [*itertools.product([True, False], repeat=2)])
def test_the_demo_writes_lines_wherever_no_display_is_seen(monkeypatch, stdout, stderr):
    """It is seen where the library draws one and stdout is a terminal too; TERM and CI count as in the library."""
    is_drawn = runpy.run_path(str(DEMO))["is_drawn"]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: stdout)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: stderr)
    found = {}
    for term, ci in itertools.product(["xterm", "dumb", "unknown", ""], ["true", "1", "0", "false", ""]):
        monkeypatch.setenv("TERM", term)
        monkeypatch.setenv("CI", ci)
        assert (stdout and is_screen()) == is_drawn(), (term, ci)
        found[term, ci] = is_drawn()
    assert (stdout and stderr, False) == (found["xterm", ""], found["xterm", "true"])
