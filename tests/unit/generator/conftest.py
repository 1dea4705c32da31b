"""A small spec, generated clients that several files share, and a copy of the repository to run codegen.py in."""

import contextlib
import hashlib
import importlib
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import codegen
import pytest
from generator import paths
from generator.emit import package as package_builder
from generator.errors import Finding
from generator.paths import ROOT
from generator.spec.effective import read_spec

from .edge_case_spec import edge_cases
from .keys_spec import keys_document
from .pets_spec import pets_document

Document = dict[str, Any]
ALL = os.environ.get("JOBWAIT_ALL") == "1"  # all samples where the fast run draws some
HERE = Path(__file__).parent
PARTS = ("codegen.py", "generator", "specs", "generated")
BUILD = package_builder.build


@pytest.fixture
def spec() -> Document:
    """A valid spec."""
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
    """Write a document, or text as it is, to a file; return its path."""

    def write_one(content: Any, name: str = "spec.yaml") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write_one


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on sys.path with the clients of edge cases, everything, forms, keys and pets, generated once."""
    folder = tmp_path_factory.mktemp("clients")
    documents = {"edge_cases": edge_cases(many=300 if ALL else 20), "keys": keys_document(), "pets": pets_document()}
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    for name in ("everything.yaml", "forms.yaml"):
        shutil.copyfile(HERE / name, folder / name)
    packages = folder / "packages"
    packages.mkdir()
    for spec in sorted(path for path in folder.iterdir() if path.is_file()):
        BUILD(read_spec(spec), packages / f"{spec.stem}_client", package_builder.first_line(spec, "a test"))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(packages)
        yield packages


@pytest.fixture(scope="session")
def module_of(clients: Path) -> Callable[[str], Any]:
    """Import a module of one of these clients by its full name."""
    return importlib.import_module


def share_types(copy: Path) -> None:
    """Share mypy's cache with the *copy* of the repository; mypy checks again what differs there."""
    (ROOT / ".mypy_cache").mkdir(exist_ok=True)
    (copy / ".mypy_cache").symlink_to(ROOT / ".mypy_cache")


@dataclass(frozen=True)
class Done:
    """What one run of codegen.py printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


class Project:
    """A copy of the repository in which codegen.py runs, in this process."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        self.generated = root / "generated"
        self._cache = cache

    def codegen(self, *arguments: str) -> Done:
        """Run codegen.py with these arguments."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            patch.setattr(paths, "ROOT", self.root)
            for name, folder in (("SPECS", "specs"), ("GENERATED", "generated"), ("SOURCES", "src")):
                patch.setattr(paths, name, self.root / folder)
            patch.setattr(package_builder, "build", self._build_once)
            try:
                code = codegen.main(arguments)
            except SystemExit as stop:
                code = int(stop.code or 0)
        return Done(code, out.getvalue(), err.getvalue())

    def contents(self) -> dict[str, bytes]:
        """Every file of the copy except byte code."""
        files = (path for path in self.root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}

    def _build_once(
        self, document: Document, package: Path, comment: str, notices: Sequence[Finding] = ()
    ) -> list[Finding]:
        """Build the package, or copy it if another run of the session has built the same one."""
        key = hashlib.sha256(json.dumps([document, package.name, comment], sort_keys=False).encode()).hexdigest()
        built = self._cache / key / package.name
        if not built.exists():
            BUILD(document, built, comment, notices)
        shutil.copytree(built, package)
        return []


@pytest.fixture(scope="session")
def build_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of packages that runs of this session have built."""
    return tmp_path_factory.mktemp("built")


def copy_project(root: Path, parts: tuple[str, ...]) -> Path:
    """Copy *parts* of the repository to the new folder *root*."""
    root.mkdir()
    for part in parts:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / part)
    return root


@pytest.fixture
def project(tmp_path: Path, build_cache: Path) -> Project:
    """A copy of the repository that a test may change."""
    return Project(copy_project(tmp_path / "copy", PARTS), build_cache)


@pytest.fixture
def forget_modules() -> Iterator[Callable[[str], None]]:
    """Remove the modules of a package from sys.modules when the test ends."""
    names: list[str] = []
    yield names.append
    for module in [module for module in sys.modules if module.partition(".")[0] in names]:
        del sys.modules[module]
