"""What a command of codegen.py is asked for, by arguments or by a file: operations, an overlay, strictness."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import GeneratorError
from generator.spec.load import load
from generator.spec.select import ALL_OPERATIONS, Selection

LISTS = ("operations", "tags", "skip")


@dataclass(frozen=True)
class Options:
    """The operations that are wanted, the overlay that is applied, and whether plain forms are refused."""

    selection: Selection = ALL_OPERATIONS
    overlay: Path | None = None
    strict: bool = False


DEFAULTS = Options()


def options(
    operations: Collection[str] = (),
    tags: Collection[str] = (),
    skip: Collection[str] = (),
    overlay: Path | None = None,
    config: Path | None = None,
    *,
    strict: bool = False,
) -> Options:
    """The options of these arguments and of the file *config*: lists are joined, and an argument wins over the file."""
    given = _read(config) if config else {}
    if overlay is None and config is not None and "overlay" in given:
        overlay = config.parent / given["overlay"]
    if overlay is not None and not overlay.is_file():
        raise GeneratorError(f"{overlay} does not exist; --overlay names an Overlay 1.0 document.")
    lists = {
        name: (*stated, *given.get(name, []))
        for name, stated in (("operations", operations), ("tags", tags), ("skip", skip))
    }
    selection = Selection(lists["operations"], lists["tags"], lists["skip"])
    return Options(selection, overlay, strict or given.get("strict", False))


def _read(path: Path) -> dict[str, Any]:
    given = load(path)
    for name, value in given.items():
        if name in LISTS:
            right = isinstance(value, list) and all(isinstance(one, str) for one in value)
            expected = "a list of names"
        elif name == "overlay":
            right, expected = isinstance(value, str), "the path of a file, from the folder of this one"
        elif name == "strict":
            right, expected = isinstance(value, bool), "true or false"
        else:
            raise GeneratorError(f"{path} has the key {name}; it may have {', '.join(LISTS)}, overlay and strict.")
        if not right:
            raise GeneratorError(f"{path}: {name} must be {expected}.")
    return given
