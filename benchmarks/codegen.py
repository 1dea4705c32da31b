"""
What generating costs, beside the stock generator: time, lines and import time, as ratios; and what reading YAML costs.

On the specs of the project, on a large made-up one and on real ones. The stock run is openapi-python-client as it
comes, without any check. Ours is `codegen.py client`: it writes checked decoding, wire types and the runtime as well,
checks all types and imports all modules. Both are processes; their runs alternate, and each ratio is the median of
pairs.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from benchmarks.summary import Figure, put
from generator.paths import ROOT, SPECS, services
from generator.spec.yaml_values import yaml_value

from .corpus.__main__ import CACHE
from .corpus.archive import PACKAGE, NoCorpus
from .corpus.documents import VENDORS, folder_of
from .corpus.trial import WITHOUT, Run, run_ours, run_stock

RESULTS: Final = ROOT / "benchmarks" / "results" / "codegen.md"
REAL: Final = ("passwordutility.net.json", "bbc.co.uk.json")
YAML: Final = "openai/official/openapi.yml"  # 3 MB
MODELS = 500
RUNS = 3
IMPORTS = 7
IMPORT = """
import httpx, attrs, sys, time
sys.path.insert(0, {folder!r})
start = time.process_time()
{statement}
print(time.process_time() - start)
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
    return {
        "openapi": "3.1.0",
        "info": {"title": "Large", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(number: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/Model{number}"}
    answer = {"description": "", "content": {"application/json": {"schema": schema}}}
    return {"operationId": f"get_{number}", "tags": ["all"], "responses": {"200": answer}}


def lines(package: Path) -> int:
    """The lines of Python in *package*."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in package.rglob("*.py"))


def _import_time(package: Path, statement: str) -> float:
    """The median CPU time of an import *statement* beyond a warm start of Python and httpx, once it is compiled."""
    command = [sys.executable, "-c", IMPORT.format(folder=str(package.parent), statement=statement)]
    environment = {name: value for name, value in os.environ.items() if name not in WITHOUT}
    _, *seconds = [
        float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)
        for _ in range(1 + IMPORTS)
    ]
    return statistics.median(seconds)


@frozen
class Ratios:
    """One row of the table, ours over stock: CPU time, time by the clock, lines, imports."""

    name: str
    kilobytes: float
    cpu: float
    clock: float
    lines: float
    one: float
    models: float

    @property
    def row(self) -> str:
        """The row."""
        times = f"{self.cpu:.1f} | {self.clock:.1f} | {self.lines:.1f}"
        return f"| {self.name} | {self.kilobytes:.0f} | {times} | {self.one:.2f} | {self.models:.2f} |"


def ratios(name: str, spec: Path) -> Ratios:
    """Generate a client of *spec* both ways, and compare."""
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        pairs = [_pair(spec, folder / str(number)) for number in range(RUNS)]
        clock, cpu = (_median(pairs, of) for of in (lambda run: run.seconds, lambda run: run.cpu))
        ours, stock = folder / "0" / "ours_client", folder / "0" / "stock_client"
        size = lines(ours) / lines(stock)
        one = _ratio(ours, stock, lambda package: f"import {package.name}.{_first_operation(package)}")
        models = _ratio(ours, stock, lambda package: f"from {package.name}.models import *")  # ours imports each late
    return Ratios(name, spec.stat().st_size / 1000, cpu, clock, size, one, models)


def _ratio(ours: Path, stock: Path, statement: Callable[[Path], str]) -> float:
    return _import_time(ours, statement(ours)) / _import_time(stock, statement(stock))


def _pair(spec: Path, folder: Path) -> tuple[Run, Run]:
    """Both generators on *spec*, one after the other; the packages are in *folder*."""
    pair = run_ours(spec, "ours", folder), run_stock(spec, "stock", folder)
    failed = [one for one in pair if one.status != 0]
    if failed:
        sys.exit(f"{spec.name} was not made (exit status {failed[0].status}), so there is nothing to compare.")
    return pair


def _median(pairs: list[tuple[Run, Run]], of: Callable[[Run], float]) -> float:
    return statistics.median(of(ours) / of(stock) for ours, stock in pairs)


def _first_operation(package: Path) -> str:
    """The module of the first operation of *package*; the two generators name operations in their own ways."""
    first = next(path for path in sorted((package / "api").rglob("*.py")) if path.name != "__init__.py")
    return ".".join(first.relative_to(package).with_suffix("").parts)


def yaml_ratio() -> tuple[float, float]:
    """How many times longer than json.loads our reader takes for the same document; and its size in MB."""
    text = (folder_of(VENDORS, CACHE) / YAML).read_text(encoding="utf-8")
    as_json = json.dumps(yaml_value(text))
    ratios = [_seconds(yaml_value, text) / _seconds(json.loads, as_json) for _ in range(RUNS)]
    return statistics.median(ratios), len(text) / 1e6


def _seconds(reader: Callable[[str], Any], text: str) -> float:
    began = time.process_time()
    reader(text)
    return time.process_time() - began


def documents(folder: Path) -> Iterator[tuple[str, Path]]:
    """The names and files of the documents; the made-up one is written to *folder*."""
    yield from ((service, SPECS / service / "openapi.yaml") for service in services())
    made_up = folder / "large.json"
    made_up.write_text(json.dumps(large()), encoding="utf-8")
    yield f"{MODELS} models", made_up
    real = folder_of(PACKAGE, CACHE)
    yield from ((f"`{name}`", real / name) for name in REAL)


def main() -> None:
    """Print a table of ratios, below 1 ours is less, and write it to benchmarks/results/codegen.md."""
    written, rows = [HEAD], []
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name, spec in documents(Path(folder)):
                rows.append(ratios(name, spec))
                written.append(rows[-1].row)
                print(written[-1], flush=True)
        ratio, size = yaml_ratio()
    except NoCorpus as error:
        sys.exit(str(error))
    written.append(
        f"\nReading {YAML.partition('/')[0]}'s YAML document of {size:.1f} MB takes {ratio:.1f} times as long as"
    )
    written.append("json.loads takes for the same document (asked: at most 25).\n")
    print("\n".join(written[-2:]))
    RESULTS.write_text("\n".join(written), encoding="utf-8")
    put("codegen", figures(rows, ratio), f"median of {RUNS} pairs", short=SHORT, packages=())


def figures(rows: list[Ratios], yaml: float) -> list[Figure]:
    """The rows of RESULTS.md."""
    stock = "openapi-python-client, without checks, 1.0"
    ours = [row.cpu for row in rows if row.name in services()]
    found = [Figure("CPU ÷ stock's: the three services, the most", max(ours), 2, stock, ".1f")]
    others = [row for row in rows if row.name not in services()]
    names = "; ".join(f"{row.name}, {row.kilobytes:.0f} kB" for row in others)
    found.append(Figure(f"CPU ÷ stock's: {names}", [row.cpu for row in others], [2] * len(others), stock, ".1f"))
    return [*found, Figure("a YAML document of 3 MB: CPU ÷ that of json.loads", yaml, 25, form=".1f")]


SHORT: Final = """\
- **Generating large documents at twice stock's CPU time.** Stock writes without checks; datamodel-code-generator alone
  takes as long as stock for 400 kB, and mypy longer: 500 models that refer in a circle it checks together.
"""
HEAD: Final = f"""# Generating

Made by `make bench-codegen`: `codegen.py client` with all its checks over openapi-python-client without any, as ratios
of pairs; the median of {RUNS}. Asked: at most 2. *Lines* are those of the package, and the last two columns what
importing one operation and all models takes beyond httpx. Python keeps the bytecode of the libraries, and the type
checker what it knows of them and of the modules that all clients share; of each client it knows nothing.

| ours / stock | kB | CPU time | time by the clock | lines | one operation | all models |
|---|---|---|---|---|---|---|"""


if __name__ == "__main__":
    main()
