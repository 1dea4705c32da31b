"""The demo is the first thing that anybody runs: it has to work as it stands."""

import re
from pathlib import Path

from support import forks

ROOT = Path(__file__).parents[2]


def test_the_demo_runs(tmp_path):
    """The demo ends well, shows progress as plain lines in a file, and closes with a table of all four jobs."""
    done = forks.run(forks.script, str(ROOT / "examples" / "demo.py"), cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stderr)
    table = done.stdout[done.stdout.rindex("┏") :]
    rows = re.findall(r"│ (Freeplay|FRYTE|PromptForge, \w+(?: \w+)?)\s+│ \w{8} │ succeeded\s+│ \d+", table)
    assert ["Freeplay", "FRYTE", "PromptForge, documented", "PromptForge, real server"] == rows
    assert 2 == done.stdout.count("'answers': 1000")
    assert "PromptForge, documented: succeeded (COMPLETED)" in done.stdout
    assert "\x1b" not in done.stdout
