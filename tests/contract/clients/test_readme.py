"""READMEs: what they show is what there is."""

import ast
import importlib
import re

import pytest
from generator.paths import GENERATED, services

PACKAGES = [f"{service}_client" for service in services()]


@pytest.mark.parametrize("name", PACKAGES)
def test_the_example_names_things_that_exist(name):
    """
    The example parses, and each of its imports works.
    """
    text = (GENERATED / name / "README.md").read_text()
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)

    for node in ast.walk(ast.parse(example[1])):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module)
            for alias in node.names:
                assert hasattr(module, alias.name) or importlib.import_module(f"{node.module}.{alias.name}")


@pytest.mark.parametrize("name", PACKAGES)
def test_every_operation_is_listed(name):
    """
    The table has each operation, by the module that it is in.
    """
    listed = set(re.findall(r"`(api\.\w+\.\w+)`", (GENERATED / name / "README.md").read_text()))
    there = {
        f"api.{module.parent.name}.{module.stem}"
        for module in (GENERATED / name / "api").glob("*/*.py")
        if module.stem != "__init__"
    }

    assert there == listed


@pytest.mark.parametrize("name", PACKAGES)
def test_each_file_says_where_it_comes_from(name):
    """
    The first line of each module names its spec and what to do instead of editing it.
    """
    spec = rf"specs/{name.removesuffix('_client')}/openapi\.yaml \(sha256 [0-9a-f]{{12}}\)"
    line = rf"# Generated from {spec} by codegen\.py; edit the overlay\."
    modules = list((GENERATED / name).rglob("*.py"))

    assert modules
    assert all(re.fullmatch(line, module.read_text().partition("\n")[0]) for module in modules)
