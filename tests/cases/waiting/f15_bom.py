"""A prompts file and a tour as Windows writes them, UTF-8 with a byte order mark, are refused."""

import json
import tempfile
from pathlib import Path

from cases.loopback import KEY, ROOT, attempt, promptforge_body
from jobwait import fryte, promptforge
from jobwait.testing import FakeServer

with tempfile.TemporaryDirectory() as folder:
    prompts, tour = Path(folder, "p.jsonl"), Path(folder, "t.json")
    prompts.write_text(json.dumps({"prompt_id": 1, "prompt": "x"}) + "\n", encoding="utf-8-sig")
    tour.write_text((ROOT / "examples/tour_hamburg_munich.json").read_text(), encoding="utf-8-sig")
    batches, tours = (page.connect(KEY, transport=FakeServer(promptforge_body())) for page in (promptforge, fryte))
    attempt("prompts", lambda: promptforge.submit(batches, prompts, provider="openai", model="m"))
    attempt("tour", lambda: fryte.submit(tours, tour))
