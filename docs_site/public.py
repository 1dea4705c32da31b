"""The public names of jobwait, and the pages of the reference that describe them."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final, get_origin

# Public modules with an __all__. Of each service of `llm_batches` the names are those of the others' modules.
MODULES: Final = (
    "jobwait", "jobwait.atlas", "jobwait.errors", "jobwait.freeplay", "jobwait.fryte",
    "jobwait.hooks", "jobwait.llm_batches", "jobwait.otel", "jobwait.promptforge", "jobwait.sandbox",
    "jobwait.service", "jobwait.testing", "jobwait.testing.conformance", "jobwait.tracker",
    "jobwait.llm_batches.openai", "jobwait.llm_batches.anthropic", "jobwait.llm_batches.mistral",
    "jobwait.engines.temporal",
)  # fmt: skip
_SKIPPED: Final = {"jobwait.errors", "jobwait.service.httpx"}  # modules among the names


def names() -> Iterator[str]:
    """Each public name, with its module. An alias of a type is left out: signatures show what it stands for."""
    for module in MODULES:
        found = import_module(module)
        for name in found.__all__:
            if f"{module}.{name}" not in _SKIPPED and get_origin(getattr(found, name)) is None:
                yield f"{module}.{name}"


def described(folder: Path) -> set[str]:
    """What the pages of *folder* have a directive for."""
    return {name for page in folder.glob("*.md") for name in re.findall(r"(?m)^::: ([\w.]+)$", page.read_text("utf-8"))}
