"""Adds to a package its runtime modules, py.typed, the document that it was made from, and first lines."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator import paths
from generator.python_names import field_name
from generator.spec.pointers import Document

DESCRIPTION = "openapi.json"  # the normalised document, for the comparison with the next one
DECLARATION = "x-job.json"  # of the job that the document declares
PLAIN = "_plain_client.py"  # of the runtime, for the package plain_client alone
_OF_PLAIN = (
    PLAIN,
    "_client.py",
    "_encode.py",
    "_environment.py",
    "_httpx.py",
    "_keys.py",
    "_pool_use.py",
    "_servers.py",
    "types.py",
)
_NAME = re.compile(r'(?<=")[^"]+(?=")|[^."\[\]*\s]+')  # in a path
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
    """
    Add the declaration of the job to *package*: overlays, where it stands, are in no wheel.

    Where the package has other names for what is in it, as for every `jobId`, a second file has them.
    """
    (package / DECLARATION).write_text(json.dumps(job, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    words = {word for text in _texts(job) for word in _NAME.findall(text)}
    names = {word: python for word in sorted(words) if (python := field_name(word)) != word}
    if names:
        (package / "x-job-names.json").write_text(json.dumps(names, indent=1) + "\n", encoding="utf-8")


def _texts(job: Any) -> Iterator[str]:
    """The texts in *job* that may hold a name: ids, and paths in the answer about a job."""
    answers = [job.get(name) for name in ("ids", "reason", "progress", "hints")]
    places = [job.get(field, {}).get(name) for field, name in (("state", "path"), ("poll", "id"), ("queue", "place"))]
    for one in [*answers, *places, [list(rule["when"]) for rule in job.get("rules", ())]]:
        yield from _leaves(one)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)


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
