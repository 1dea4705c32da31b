"""Manifest: hashes of all that went in and came out: nothing is made twice, nothing strays in."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from generator.faults import Fault
from generator.places import ROOT

NAME = "MANIFEST.json"
TOOLS = (
    "openapi-python-client",
    "datamodel-code-generator",
    "jinja2",
    "jsonpath-rfc9535",
    "ruamel.yaml",
    "ruff",
)
INPUTS = (
    "specs/*/openapi.yaml",
    "specs/*/overlay.yaml",
    "generator/**/*.py",
    "generator/templates/**/*",
)

Hashes = dict[str, str]


@dataclass(frozen=True)
class Manifest:
    """What was made of what, with what."""

    tools: Hashes
    inputs: Hashes
    outputs: Hashes

    @classmethod
    def of(cls, folder: Path) -> "Manifest":
        """The manifest of the packages in *folder*, as they are now."""
        return cls(*ingredients(), outputs={path: _digest(folder / path) for path in files(folder)})

    def write(self, folder: Path) -> None:
        """Put the manifest beside the packages."""
        (folder / NAME).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


def ingredients() -> tuple[Hashes, Hashes]:
    """The versions of the tools and the hashes of the inputs."""
    paths = {path for pattern in INPUTS for path in ROOT.glob(pattern) if path.is_file()}
    named = {path.relative_to(ROOT).as_posix(): _digest(path) for path in paths if "__pycache__" not in path.parts}
    return {tool: version(tool) for tool in TOOLS}, dict(sorted(named.items()))


def recorded(folder: Path) -> Manifest | None:
    """The manifest that lies in *folder*, if one does."""
    try:
        return Manifest(**json.loads((folder / NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise Fault(f"{folder.name}/{NAME} does not parse; remove the folder and generate it anew.") from None


def is_current(folder: Path) -> bool:
    """Whether *folder* was made of just these inputs and is still as it was made."""
    made = recorded(folder)
    return made is not None and made == Manifest.of(folder)


def refuse_strays(folder: Path) -> None:
    """Raise a Fault for files that we did not make: they would be shipped, and lost at the next run."""
    made = recorded(folder)
    known = made.outputs if made else {}
    strays = [f"{folder.name}/{path}" for path in files(folder) if path not in known]
    if strays:
        raise Fault(f"These files in {folder.name}/ were not made by codegen.py; move them away:", strays)


def files(folder: Path) -> Iterator[str]:
    """Every file below *folder* but the manifest and byte code, in order."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and inside.as_posix() != NAME and "__pycache__" not in inside.parts:
            yield inside.as_posix()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
