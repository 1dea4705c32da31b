"""Three runs of `codegen.py client` for one folder at once: each later one deletes what an earlier one is making."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cases.loopback import ROOT

THING = {"schema": {"$ref": "#/components/schemas/Thing"}}
GET = {"operationId": "get_thing", "responses": {"200": {"description": "", "content": {"application/json": THING}}}}
SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {"/thing": {"get": GET}},
    "components": {"schemas": {"Thing": {"type": "object", "properties": {"name": {"type": "string"}}}}},
}


def start(spec, out):
    """A run that has begun to write its output."""
    before = set(out.glob(".*"))
    command = [sys.executable, "codegen.py", "client", spec, "--name", "x", "--out", out]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while process.poll() is None and not set(out.glob(".*")) - before:
        time.sleep(0.05)
    return process


with tempfile.TemporaryDirectory() as folder:
    spec, out = Path(folder, "s.json"), Path(folder, "out")
    spec.write_text(json.dumps(SPEC))
    for process in [start(spec, out) for _ in range(3)]:
        said = process.communicate(timeout=120)[0].strip()
        print("exit code", process.returncode, said[-230:].replace("\n", " / "))
    print("left:", sorted(path.name for path in out.iterdir()))
