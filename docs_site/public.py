"""The public names of jobwait, and the pages of the reference that describe them."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final, get_origin

# Public modules with an __all__. Of each service of `llm_batches` the names are those of the others' modules.
MODULES: Final = (
    "jobwait", "jobwait.atlas", "jobwait.errors", "jobwait.freeplay", "jobwait.fryte",
    "jobwait.hooks", "jobwait.llm_batches", "jobwait.otel", "jobwait.promptforge", "jobwait.sandbox",
    "jobwait.service", "jobwait.testing", "jobwait.testing.conformance", "jobwait.tracker",
    "jobwait.llm_batches.openai", "jobwait.llm_batches.anthropic", "jobwait.llm_batches.mistral",
    "jobwait.engines.temporal",
)  # fmt: skip


def names() -> Iterator[str]:
    """
    Each public name, with the first of MODULES that has it.

    Left out are modules, what begins with an underscore, and aliases of types: signatures show what these stand for.
    """
    seen: set[int] = set()
    for module in MODULES:
        found = import_module(module)
        for name in found.__all__:
            value = getattr(found, name)
            if name.startswith("_") or isinstance(value, ModuleType) or get_origin(value) is not None:
                continue
            if id(value) not in seen:
                seen.add(id(value))
                yield f"{module}.{name}"


def described(folder: Path) -> set[str]:
    """What the pages of *folder* have a directive for."""
    return {name for page in folder.glob("*.md") for name in re.findall(r"(?m)^::: ([\w.]+)$", page.read_text("utf-8"))}
