"""Tries a new service before it is written: its client is built, its module type-checked, and a job waited for."""

import json
import os
import tempfile
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import paths
from generator.emit import package as package_builder
from generator.errors import GeneratorError
from generator.publish.isolated_python import isolated_python
from generator.publish.verify import check_imports, check_types, last_line, run
from generator.spec.effective import prepared
from generator.spec.pointers import Document

WAIT = """
import importlib, json, os, sys
from jobwait.testing import FakeServer, virtual_time
name, row = sys.argv[1], json.loads(sys.argv[2])
for variable in [one for one in os.environ if one.startswith(name.upper() + "_")]:
    del os.environ[variable]
module = importlib.import_module(name + "_draft")
key = ["a-key"] if module.SERVICE.key_variable else []
live = [body for raw, body in row["answers"].items() if row["statuses"][raw] in ("queued", "running")]
for raw, state in row["statuses"].items():
    if state in ("queued", "running"):
        continue
    server = FakeServer(*live, row["answers"][raw])
    with virtual_time(), module.connect(*key, base_url="https://service.example", transport=server) as client:
        outcome = module.job(client, **row["ids"]).outcome()
    if outcome.state != state or len(server.requests) != len(live) + 1:
        polls = len(server.requests)
        sys.exit(f"a job whose status becomes {raw} ended as {outcome.state} after {polls} polls: {outcome}")
"""


@dataclass(frozen=True)
class Trial:
    """What is tried: the texts of a new service's files, and a response of its status operation for each status."""

    overlay: str
    module: str
    row: str
    answers: Mapping[str, Any]


def check_draft(name: str, spec: Path, source: Document, trial: Trial) -> None:
    """
    Raise GeneratorError unless the new service *name* can be built, imported and waited for.

    *source* is the document in *spec*, which is left as it is. Each final status must end a wait that saw those before.
    """
    with tempfile.TemporaryDirectory() as folder, isolated_python() as python:
        corrections, candidate = Path(folder, "overlay.yaml"), Path(folder, "candidate")
        corrections.write_text(trial.overlay, encoding="utf-8")
        candidate.mkdir()
        document, _ = prepared(deepcopy(source), spec, corrections)
        package_builder.build(
            document, candidate / f"{name}_client", package_builder.first_line(spec, "edit the overlay")
        )
        check_imports(candidate, python)
        package = candidate / f"{name}_draft"
        package.mkdir()
        (package / "__init__.py").write_text(trial.module, encoding="utf-8")
        check_types(candidate, [], python, with_jobwait=True)
        _wait(name, {**json.loads(trial.row), "answers": trial.answers}, candidate, python)


def _wait(name: str, row: Mapping[str, Any], candidate: Path, python: Path) -> None:
    search_path = os.pathsep.join(map(str, [candidate, paths.SOURCES, paths.GENERATED]))
    done = run([str(python), "-c", WAIT, name, json.dumps(row)], candidate, PYTHONPATH=search_path)
    if done.returncode:
        raise GeneratorError(
            f"The draft of {name} does not work, so nothing was written: {last_line(done)}. "
            "Choose another job with --job, or write the service module by hand."
        )
