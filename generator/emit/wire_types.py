"""Makes wire.py: TypedDicts of the JSON that is sent and received, by datamodel-code-generator."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

from generator.errors import GeneratorError
from generator.spec.pointers import Document, schemas

# A derived model may require a field that is optional in its base; type checkers refuse that of a TypedDict.
DOCSTRING = '# mypy: disable-error-code="misc"\n"""The JSON bodies that are sent and received, as TypedDicts."""'
# Options that make the output reproducible: no timestamp, the built-in formatter, no network.
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
# Nothing of a run that ends anyway is collected or freed: together that takes a quarter of the time.
RUN = """
import gc, os, sys
gc.disable()
from datamodel_code_generator.__main__ import main
status = main()
sys.stderr.flush()
os._exit(status)
"""
TYPED_DICT = (
    f"--custom-file-header={DOCSTRING}",
    "--output-model-type=typing.TypedDict",
    "--enum-field-as-literal=all",
    "--use-schema-description",
    "--use-field-description",
)


def wire_types(document: Document) -> str:
    """The source of `wire.py` for the normalised *document*."""
    named = document["components"]["schemas"]
    if any(schema.get("type") == "object" for schema in named.values()):
        return run_model_generator(_without_extra_items(document), "wire.py", TYPED_DICT)
    return DOCSTRING + "\n"


def _without_extra_items(document: Document) -> Document:
    """A copy in which no object with fields says what other fields may be: a TypedDict cannot."""
    document = deepcopy(document)
    for _, schema in schemas(document):
        if schema.get("properties"):
            schema.pop("additionalProperties", None)
    return document


def run_model_generator(document: Document, name: str, options: Sequence[str]) -> str:
    """The module *name* by datamodel-code-generator with *options*; a new process, as it keeps state between runs."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "spec.json"), Path(folder, name)
        source.write_text(json.dumps(document), encoding="utf-8")
        command = [sys.executable, "-c", RUN]
        arguments = [f"--input={source}", f"--output={output}", *ALWAYS, *options]
        done = subprocess.run(  # nosec B603  # noqa: S603 - no part of the command comes from the spec
            [*command, *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise GeneratorError(f"{name} cannot be generated.", done.stderr.strip().splitlines()[-1:])
        return output.read_text(encoding="utf-8")
