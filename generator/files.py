"""Files: what a package has besides the tools' work: the runtime, py.typed, a header on each module."""

import shutil
from pathlib import Path

from generator.places import RUNTIME


def complete(package: Path, header: str) -> None:
    """Add the runtime and py.typed to *package*, and *header* as the first line of each module."""
    for module in sorted(RUNTIME.glob("*.py")):
        if module.name != "__init__.py":
            shutil.copyfile(module, package / module.name)
    (package / "py.typed").touch()
    for module in package.rglob("*.py"):
        module.write_text(f"# {header}\n{module.read_text(encoding='utf-8')}", encoding="utf-8")
