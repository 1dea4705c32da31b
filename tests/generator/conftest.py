"""A small spec to spoil, and a copy of the repository to run codegen.py in."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from generator.places import ROOT

Document = dict[str, Any]
PARTS = ("codegen.py", "generator", "specs", "generated")


@pytest.fixture
def spec() -> Document:
    """A spec that is in order."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Toys", "version": "1"},
        "paths": {
            "/toys/{toy_id}": {
                "get": {
                    "operationId": "get_toy",
                    "tags": ["toys"],
                    "parameters": [{"name": "toy_id", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "responses": {
                        "200": {
                            "description": "The toy.",
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Toy"}}},
                        }
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "Toy": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
            }
        },
    }


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Any], Path]:
    """Write a document, or text as it is, to a file and give its path."""

    def write_one(content: Any, name: str = "spec.yaml") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write_one


def share_types(copy: Path) -> None:
    """Let mypy find in the *copy* what it knows of the libraries; whatever differs there, it looks at anew."""
    (ROOT / ".mypy_cache").mkdir(exist_ok=True)
    (copy / ".mypy_cache").symlink_to(ROOT / ".mypy_cache")


class Copy:
    """A copy of the repository, with the command to run in it."""

    def __init__(self, root: Path) -> None:
        share_types(root)
        self.root = root
        self.generated = root / "generated"

    def codegen(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run codegen.py as a user does."""
        command = [sys.executable, "codegen.py", *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)

    def contents(self) -> dict[str, bytes]:
        """Every file of the copy, but for what tools keep for themselves."""
        kept = {"__pycache__", ".mypy_cache", ".ruff_cache"}
        files = (path for path in self.root.rglob("*") if path.is_file() and not kept & set(path.parts))
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of the repository that a test may spoil."""
    root = tmp_path / "copy"
    root.mkdir()
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / part)
    return Copy(root)
