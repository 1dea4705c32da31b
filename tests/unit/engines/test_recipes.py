"""The pages of docs/engines: their Python is Python, and what they import of jobwait is there."""

import ast
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[3] / "docs" / "engines").glob("*.md"))
BLOCKS = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL))
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_a_recipe_compiles_and_its_imports_of_jobwait_exist(block):
    """Each block compiles, and every name that it takes from jobwait exists."""
    tree = ast.parse(block)
    taken = [
        (node.module, name.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jobwait")
        for name in node.names
    ]
    assert taken
    for module, name in taken:
        if module != "jobwait.engines.airflow" or find_spec("airflow"):
            found = import_module(module)
            assert hasattr(found, name) or find_spec(f"{module}.{name}"), (module, name)


def test_a_recipe_for_an_engine_says_what_is_lost_when_a_worker_dies():
    """Each page but the overview has a part on what is lost when a worker dies."""
    assert {"temporal", "airflow", "dbos", "prefect", "celery", "cron"} == {page.stem for page in PAGES} - {"README"}
    for page in PAGES:
        if page.stem != "README":
            assert re.search(r"^## What is lost when a \w+ dies$", page.read_text("utf-8"), re.MULTILINE), page
