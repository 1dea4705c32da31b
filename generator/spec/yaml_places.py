"""Where the parts of a YAML or JSON text are: the tree of its nodes with their lines and columns."""

import warnings
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import ReusedAnchorWarning

from generator.spec.load import read_text


def compose(text: str) -> Any:
    """The tree of the nodes of *text*, which has been read before: within the limits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ReusedAnchorWarning)  # YAML lets an anchor be defined again
        return YAML(typ="safe", pure=True).compose(text)


def start_lines(path: Path, key: str) -> list[int]:
    """The line, counted from 1, in which each entry of the list at *key* begins; *path* has been loaded before."""
    entries: list[Any] = next(
        (list(value.value) for name, value in compose(read_text(path)).value if name.value == key), []
    )
    return [entry.start_mark.line + 1 for entry in entries]
