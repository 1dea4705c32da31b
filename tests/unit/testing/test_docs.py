"""docs/testing.md: its examples are whole files, which pytest runs as they stand."""

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "testing.md"


def test_the_examples_of_the_page_run(tmp_path):
    """One for each style, with the conftest.py that the page shows."""
    found = re.findall(r"```python\n# (\w+\.py)[^\n]*\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for name, code in found:
        (tmp_path / name).write_text(code, encoding="utf-8")
    assert ["conftest.py", "test_report.py", "test_asyncio.py", "test_trio.py", "test_threads.py"] == [*dict(found)]
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (0, "6 passed") == (done.returncode, done.stdout.splitlines()[-1].partition(" in")[0]), done.stdout
