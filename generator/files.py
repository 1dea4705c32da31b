"""Files: what a package has besides the tools' work: the runtime, py.typed, what it was made of, headers."""

import json
import shutil
from pathlib import Path
from typing import Any

from generator.places import RUNTIME
from generator.pointers import Document

DESCRIPTION = "openapi.json"  # the spec as the package was made of it, so that the next one can be compared with it


def complete(document: Document, package: Path, header: str) -> None:
    """Add to *package* the runtime, py.typed, its own description, and *header* as the first line of each module."""
    for module in sorted(RUNTIME.glob("*.py")):
        if module.name != "__init__.py":
            shutil.copyfile(module, package / module.name)
    (package / "py.typed").touch()
    (package / DESCRIPTION).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for module in package.rglob("*.py"):
        module.write_text(f"# {header}\n{module.read_text(encoding='utf-8')}", encoding="utf-8")


def description(package: Path) -> Document | None:
    """The description that the package was made of, None if there is no such package."""
    try:
        known: Any = json.loads((package / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return known if isinstance(known, dict) else None
