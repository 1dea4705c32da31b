"""Oracle: strict pydantic models of a spec, made by another tool, for tests to judge our decoding by."""

from pathlib import Path

from generator.pointers import Document
from generator.wire import run

STRICT = (
    "--output-model-type=pydantic_v2.BaseModel",
    "--strict-types", "str", "bytes", "int", "float", "bool",
    "--output-datetime-class=AwareDatetime",
    "--strict-nullable",
    "--extra-fields=allow",
    "--enum-field-as-literal=all",
)  # fmt: skip


def write_oracle(document: Document, folder: Path) -> Path:
    """Write `oracle.py` for the normalised *document* into *folder* and say where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "oracle.py"
    run(document, output, STRICT)
    return output
