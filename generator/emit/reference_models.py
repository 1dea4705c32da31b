"""Strict pydantic models of a document by another tool; tests compare the decoding of generated clients with them."""

from pathlib import Path

from generator.emit.wire_types import run_model_generator
from generator.spec.pointers import Document

STRICT = (
    "--output-model-type=pydantic_v2.BaseModel",
    "--strict-types", "str", "bytes", "int", "float", "bool",
    "--output-datetime-class=AwareDatetime",
    "--strict-nullable",
    "--extra-fields=allow",
    "--enum-field-as-literal=all",
)  # fmt: skip


def write_reference_models(document: Document, folder: Path) -> Path:
    """Write `reference_models.py` for the normalised *document* into *folder*; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "reference_models.py"
    output.write_text(run_model_generator(document, output.name, STRICT), encoding="utf-8")
    return output
