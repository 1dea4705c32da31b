"""Wire: TypedDicts of what is really sent and received, by datamodel-code-generator."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from generator.faults import Fault
from generator.pointers import Document

# A derived model may require what its base leaves open, which checkers refuse of a TypedDict that inherits.
DOCSTRING = '# mypy: disable-error-code="misc"\n"""What is really on the wire: the bodies as JSON has them."""'
# Everything that could make two runs differ is named: no time, no formatter of its own, no network.
ALWAYS = (
    "--input-file-type=openapi",
    "--target-python-version=3.11",
    "--disable-timestamp",
    "--no-allow-remote-refs",
    "--formatters=builtin",
    "--openapi-scopes=schemas",
    "--use-union-operator",
    "--use-standard-collections",
)
TYPED_DICT = (
    f"--custom-file-header={DOCSTRING}",
    "--output-model-type=typing.TypedDict",
    "--enum-field-as-literal=all",
    "--use-schema-description",
    "--use-field-description",
)


def write(document: Document, package: Path) -> None:
    """Write `wire.py` for the normalised *document* into *package*."""
    schemas = document["components"]["schemas"]
    if any(schema.get("type") == "object" for schema in schemas.values()):
        run(document, package / "wire.py", TYPED_DICT)
    else:
        (package / "wire.py").write_text(DOCSTRING + "\n", encoding="utf-8")


def run(document: Document, output: Path, options: Sequence[str]) -> None:
    """Let the tool write *output* with *options*, in a process of its own: it keeps state between runs."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "spec.json")
        source.write_text(json.dumps(document), encoding="utf-8")
        command = [sys.executable, "-m", "datamodel_code_generator"]
        arguments = [f"--input={source}", f"--output={output}", *ALWAYS, *options]
        done = subprocess.run(  # nosec B603  # noqa: S603 - no part of the command comes from the spec
            [*command, *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise Fault(f"{output.name} cannot be generated.", done.stderr.strip().splitlines()[-1:])
