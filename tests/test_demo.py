"""The demo is the first thing that anybody runs: it has to work as it stands."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_demo_runs(tmp_path):
    """The demo ends well, shows progress as plain lines on a pipe, and closes with a table of all four jobs."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / "demo.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (0, "") == (done.returncode, done.stderr)
    table = done.stdout[done.stdout.rindex("┏") :]
    rows = re.findall(r"│ (Freeplay|FRYTE|PromptForge, \w+(?: \w+)?)\s+│ \w{8} │ succeeded\s+│ \d+", table)
    assert ["Freeplay", "FRYTE", "PromptForge, documented", "PromptForge, real server"] == rows
    assert 2 == done.stdout.count("'answers': 1000")
    assert "PromptForge, documented: succeeded (COMPLETED)" in done.stdout
    assert "\x1b" not in done.stdout
