"""Adds to a package its runtime modules, py.typed, the document that it was made from, and first lines."""

import json
import shutil
from pathlib import Path
from typing import Any

from generator import paths
from generator.spec.pointers import Document

DESCRIPTION = "openapi.json"  # the normalised document, for the comparison with the next one
DECLARATION = "x-job.json"  # of the job that the document declares
PLAIN = "_plain_client.py"  # of the runtime, for the package plain_client alone
_OF_PLAIN = (
    PLAIN,
    "_client.py",
    "_encode.py",
    "_environment.py",
    "_keys.py",
    "_pool_use.py",
    "_servers.py",
    "types.py",
)
_PLAIN_INIT = '''"""The client of an API that no document describes."""

from ._keys import KeyPlace
from ._plain_client import PlainClient

__all__ = ["KeyPlace", "PlainClient"]
'''


def add_files(document: Document, package: Path, comment: str) -> None:
    """Add the runtime, py.typed and openapi.json to *package*, and *comment* as the first line of each module."""
    for module in sorted(paths.RUNTIME.glob("*.py")):
        if module.name not in {"__init__.py", PLAIN}:
            shutil.copyfile(module, package / module.name)
    (package / "py.typed").touch()
    (package / DESCRIPTION).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    _begin_with(comment, package)


def write_job(job: Any, package: Path) -> None:
    """Add the declaration of the job to *package*: overlays, where it stands, are in no wheel."""
    (package / DECLARATION).write_text(json.dumps(job, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_plain_client(package: Path, comment: str) -> None:
    """Write the new folder *package*: the runtime, and the client that needs no document."""
    package.mkdir()
    for name in _OF_PLAIN:
        shutil.copyfile(paths.RUNTIME / name, package / name)
    (package / "__init__.py").write_text(_PLAIN_INIT, encoding="utf-8")
    (package / "py.typed").touch()
    _begin_with(comment, package)


def _begin_with(comment: str, package: Path) -> None:
    for module in package.rglob("*.py"):
        module.write_text(f"# {comment}\n{module.read_text(encoding='utf-8')}", encoding="utf-8")


def document_of(package: Path) -> Document | None:
    """The normalised document that *package* was made from; None if there is no such package."""
    try:
        known: Any = json.loads((package / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return known if isinstance(known, dict) else None
