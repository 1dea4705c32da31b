"""Adds to a package its runtime modules, py.typed, the document that it was made from, and first lines."""

import json
import shutil
from pathlib import Path
from typing import Any

from generator import paths
from generator.spec.pointers import Document

DESCRIPTION = "openapi.json"  # the normalised document, for the comparison with the next one


def add_files(document: Document, package: Path, comment: str) -> None:
    """Add the runtime, py.typed and openapi.json to *package*, and *comment* as the first line of each module."""
    for module in sorted(paths.RUNTIME.glob("*.py")):
        if module.name != "__init__.py":
            shutil.copyfile(module, package / module.name)
    (package / "py.typed").touch()
    (package / DESCRIPTION).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for module in package.rglob("*.py"):
        module.write_text(f"# {comment}\n{module.read_text(encoding='utf-8')}", encoding="utf-8")


def document_of(package: Path) -> Document | None:
    """The normalised document that *package* was made from; None if there is no such package."""
    try:
        known: Any = json.loads((package / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return known if isinstance(known, dict) else None
