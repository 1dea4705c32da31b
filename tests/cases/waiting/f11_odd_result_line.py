"""One odd line in a result file: the other lines are lost with it, in results() and in merge()."""

import json
import tempfile
from functools import partial
from pathlib import Path

from cases.loopback import KEY, Server, attempt, promptforge_body
from jobwait import promptforge

VARIANTS = {
    "null response": {"prompt_id": 7, "response": None},
    "null response and error": {"prompt_id": 7, "response": None, "error": "content filter"},
    "result object (tool call)": {"prompt_id": 7, "result": {"tool": "x"}},
    "float id": {"prompt_id": 7.0, "response": "x"},
    "no id": {"response": "x"},
}
GOOD = [{"prompt_id": number, "response": "ok"} for number in range(5)]
odd = []


def answer(_method, path, _headers):
    """A job with one file, whose last line is odd."""
    if path.startswith("/f"):
        return 200, "".join(json.dumps(line) + "\n" for line in [*GOOD, *odd])
    if path.endswith("results"):
        file = {"filename": "a.jsonl", "url": f"{server.url}/f", "expires_at": "2027-01-01T00:00:00Z"}
        return 200, {"job_id": "j1", "status": "COMPLETED", "files": [file]}
    return 200, promptforge_body(status="COMPLETED")


with Server(answer) as server, promptforge.connect(KEY, base_url=server.url) as client:
    job = promptforge.job(client, "j1")
    for name, variant in VARIANTS.items():
        odd[:] = [variant]
        attempt(f"{name}, results()", lambda: len(job.results()))
        with tempfile.TemporaryDirectory() as folder:
            attempt("   merge()", partial(promptforge.merge, job.download(folder), Path(folder, "merged.jsonl")))
