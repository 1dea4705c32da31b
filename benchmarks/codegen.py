"""
What generating costs, beside the stock generator: time, lines and import time, as ratios.

On the three specs of the project and on a large made-up one. The stock run is openapi-python-client as it comes; ours
writes checked decoding, wire types and the runtime as well. Judging (mypy, the pages) is not in either figure.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from generator.emit.package import build
from generator.paths import services
from generator.spec.effective import effective_spec
from generator.spec.normalise import normalise

MODELS = 500
RUNS = 5
STOCK = "from openapi_python_client.cli import app; app()"
IMPORT = """
import httpx, attrs, sys, time
sys.path.insert(0, {folder!r})
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def large() -> dict[str, Any]:
    """A spec of 500 models, each with its operation."""
    schemas = {
        f"Model{number}": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "next": {"$ref": f"#/components/schemas/Model{(number + 1) % MODELS}"},
                "state": {"type": "string", "enum": ["a", "b"]},
                **{f"field_{field}": {"type": "integer"} for field in range(10)},
            },
        }
        for number in range(MODELS)
    }
    paths = {f"/m/{number}": {"get": _operation(number)} for number in range(MODELS)}
    return normalise(
        {
            "openapi": "3.1.0",
            "info": {"title": "Large", "version": "1"},
            "paths": paths,
            "components": {"schemas": schemas},
        }
    )


def _operation(number: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/Model{number}"}
    answer = {"description": "", "content": {"application/json": {"schema": schema}}}
    return {"operationId": f"get_{number}", "tags": ["all"], "responses": {"200": answer}}


def stock(document: dict[str, Any], folder: Path) -> None:
    """Let the generator make its own client of *document*."""
    source = folder / "spec.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    output = folder / "stock_client"
    command = [
        sys.executable,
        "-c",
        STOCK,
        "generate",
        "--path",
        str(source),
        "--output-path",
        str(output),
        "--meta",
        "none",
    ]
    subprocess.run(command, check=True, capture_output=True)


def lines(package: Path) -> int:
    """The lines of Python in *package*."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in package.rglob("*.py"))


def import_time(folder: Path, module: str) -> float:
    """The median time that importing *module* takes beyond what a warm start of Python and httpx does."""
    code = IMPORT.format(folder=str(folder), module=module)
    times = [
        float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
        for _ in range(RUNS)
    ]
    return statistics.median(times)


def compare(name: str, document: dict[str, Any]) -> None:
    """Print one row: ours over stock."""
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        start = time.perf_counter()
        stock(document, folder)
        middle = time.perf_counter()
        build(document, folder / "our_client", "A benchmark.")
        end = time.perf_counter()
        size = lines(folder / "our_client") / lines(folder / "stock_client")
        first = next(path for path in sorted((folder / "our_client/api").rglob("*.py")) if path.name != "__init__.py")
        module = first.relative_to(folder / "our_client").with_suffix("").as_posix().replace("/", ".")
        one, models = (
            import_time(folder, f"our_client.{part}") / import_time(folder, f"stock_client.{part}")
            for part in (module, "models")
        )
        seconds = (end - middle) / (middle - start)
        print(f"{name:12} {seconds:8.2f} {size:8.2f} {one:14.2f} {models:14.2f}")


def main() -> None:
    """Print a table of ratios: below 1 ours is less."""
    print(f"{'ours / stock':12} {'time':>8} {'lines':>8} {'one operation':>14} {'all models':>14}")
    for service in services():
        compare(service, effective_spec(service))
    compare(f"{MODELS} models", large())


if __name__ == "__main__":
    main()
