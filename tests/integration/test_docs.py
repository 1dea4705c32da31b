"""The pages of the documentation: what they show runs, and prints what they say. `make docs` builds and checks the site."""

import os
import re

import pytest

from support import pages

DOCS = pages.ROOT / "docs"
PLAYED = ["index", "freeplay", "promptforge", "fryte", "errors", "resume"]


@pytest.mark.parametrize("name", PLAYED)
def test_a_page_runs_and_prints_what_it_says(name, tmp_path):
    """Block by block, as a reader would at the sandbox; JOBWAIT_WRITE_DOCS=1 writes what was printed into the page."""
    path = DOCS / f"{name}.md"
    text = path.read_text("utf-8")
    found = pages.written(text, pages.outputs(path, "server", tmp_path))
    if os.environ.get("JOBWAIT_WRITE_DOCS") and timeless(text) != timeless(found):
        path.write_text(found, "utf-8")
    else:
        assert timeless(text) == timeless(found)


def timeless(text):
    """*text* without its times and numbers of polls, which depend on the machine a little."""
    return re.sub(r"\d+(?:\.\d+)?(?= (?:s|polls?)\b)", "N", text)
