"""merge() writes its temporary file through a symbolic link that somebody else made in a shared folder."""

import tempfile
from pathlib import Path

from cases.loopback import attempt
from jobwait import promptforge

with tempfile.TemporaryDirectory() as name:
    victim, shared, source = (Path(name, part) for part in ("victim.txt", "shared", "r.jsonl"))
    shared.mkdir()
    source.write_text('{"prompt_id": 1, "response": "attacker text"}\n')
    victim.write_text("precious\n")
    (shared / ".results.csv.part").symlink_to(victim)
    attempt("csv", lambda: promptforge.merge([source], shared / "results.csv", format="csv"))
    print("victim:", repr(victim.read_text()))
    victim.write_text("precious\n")
    (shared / ".out-failures.jsonl.part").symlink_to(victim)
    attempt("jsonl", lambda: promptforge.merge([source], shared / "out.jsonl"))
    print("victim:", repr(victim.read_text()), sorted(path.name for path in shared.iterdir()))
