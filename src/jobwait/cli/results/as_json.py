"""What `jobwait result --json` prints: answers and failures line by line, then the object that sums up."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from jobwait.cli.output import Output
from jobwait.cli.results.collect import Collected

_GONE = ("file", "failures_file", "missing_file")  # in a folder that ends with the command


def print_as_json(job: Any, collected: Collected, geojson: Path | None, output: Output) -> None:
    """Print what was *collected*; one line of it is in memory at a time, however many there are."""
    known = {"service": job.service.name, "job_id": job.id}
    for kind, path in collected.records.items():
        with path.open(encoding="utf-8", errors="surrogateescape") as lines:
            for line in lines:
                output.json(kind, **known, **{kind: json.loads(line)})
    facts = collected.facts
    if collected.records:
        facts = {name: value for name, value in facts.items() if name not in _GONE} | dict.fromkeys(_GONE)
    elif collected.content is not None:
        facts = {**facts, **_of_bytes(collected.content)}
    files = [] if geojson is None else [str(geojson)]
    output.json("result", **known, files=files, warnings=list(collected.warnings), result=facts)


def _of_bytes(content: bytes) -> dict[str, str]:
    """A result that is no JSON: as `text`, or in base64 if it is none."""
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}
