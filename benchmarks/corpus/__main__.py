"""Take a sample of real documents through `codegen.py client` and the stock generator; write what came of them."""

from __future__ import annotations

import argparse
import hashlib
import json
import queue
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final

from generator.paths import ROOT

from . import trial
from .archive import PACKAGE, VERSION, NoCorpus
from .documents import JOB_APIS, SOURCES, Document, folder_of, job_apis, names_in, sample, shuffled
from .report import Row, good, section, with_section
from .trial import Trial, Verdict

CACHE: Final = ROOT / "build" / "corpus"
RESULTS: Final = ROOT / "benchmarks" / "results" / "corpus.md"
KNOWN: Final = CACHE / "results.jsonl"


def main() -> int:
    """The exit status: 1 if fewer than 97 of 100 were made, or one was neither made nor refused with a sentence."""
    chosen = _arguments()
    try:
        documents = _documents(chosen)
    except NoCorpus as error:
        print(f"The real documents are left out: {error}")
        return 0
    rows = list(_rows(documents, chosen.jobs, with_stock=not chosen.without_stock))
    written = chosen.results.read_text(encoding="utf-8") if chosen.results.exists() else ""
    chosen.results.parent.mkdir(parents=True, exist_ok=True)
    chosen.results.write_text(with_section(written, section(_title(chosen, len(rows)), rows)), encoding="utf-8")
    made = sum(row.ours.verdict is Verdict.MADE for row in rows)
    print(f"{made} of {len(rows)} documents became clients; {chosen.results} has the rest.")
    return 0 if good(rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("--sample", type=int, default=100, help="how many documents")
    parser.add_argument("--seed", type=int, default=7, help="which ones: the same seed gives the same")
    parser.add_argument("--source", choices=SOURCES, default=PACKAGE, help="the package with the documents")
    parser.add_argument("--job-apis", action="store_true", help="the documents of job APIs in all packages instead")
    parser.add_argument("--one-a-provider", action="store_true", help="not two documents of one provider")
    parser.add_argument("--without-stock", action="store_true", help="our generator alone")
    parser.add_argument("--jobs", type=int, default=1, help="how many documents at a time")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file for the report")
    return parser.parse_args()


def _documents(chosen: argparse.Namespace) -> list[Document]:
    """The sample that was asked for, or the job APIs of all packages. Raises NoCorpus."""
    if chosen.job_apis:
        return job_apis({source: folder_of(source, CACHE) for source in JOB_APIS})
    folder = folder_of(chosen.source, CACHE)
    names = shuffled(names_in(folder), chosen.seed, one_a_provider=chosen.one_a_provider)
    return list(sample(folder, names, chosen.sample))


def _title(chosen: argparse.Namespace, size: int) -> str:
    if chosen.job_apis:
        return f"Job APIs: the {size} documents of both packages"
    package = f"{PACKAGE} {VERSION}" if chosen.source == PACKAGE else chosen.source
    each = ", one a provider" if chosen.one_a_provider else ""
    return f"{package}: {size} documents, seed {chosen.seed}{each}"


def _rows(documents: list[Document], jobs: int, *, with_stock: bool) -> Iterator[Row]:
    """A row for each of *documents*; a line is printed for each as it comes."""
    names: queue.SimpleQueue[str] = queue.SimpleQueue()
    for job in range(jobs):
        names.put(f"corpus{job}")  # few names, so that the type checker's cache does not grow

    def one(document: Document) -> Row:
        name = names.get()
        ours = _tried("ours", document, name)
        row = Row(document, ours, _tried("stock", document, name) if with_stock else None)
        names.put(name)
        print(f"{document.name}: {ours.verdict}, {ours.seconds:.0f} s. {ours.sentence}", flush=True)
        return row

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(one, documents)


def _tried(generator: str, document: Document, name: str) -> Trial:
    """The trial of *document*, or what an earlier one gave with the same code."""
    key = f"{_code(generator)}:{generator}:{document.kilobytes}:{document.name}"
    if known := _known().get(key):
        return Trial(**known | {"verdict": Verdict(known["verdict"])})
    run: Callable[[Path, str, Path], Trial] = {"ours": trial.ours, "stock": trial.stock}[generator]
    with tempfile.TemporaryDirectory() as folder:
        found = run(document.path, name, Path(folder))
    if found.verdict is not Verdict.TIMED_OUT:  # the machine may have been busy
        with KNOWN.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "trial": asdict(found)}) + "\n")
    return found


@cache
def _known() -> dict[str, Any]:
    """The trials of earlier runs by their keys."""
    KNOWN.parent.mkdir(parents=True, exist_ok=True)
    lines = KNOWN.read_text(encoding="utf-8").splitlines() if KNOWN.exists() else []
    return {one["key"]: one["trial"] for one in map(json.loads, lines)}


@cache
def _code(generator: str) -> str:
    """A hash of what decides what comes of a document: the pinned tools, and for ours the code."""
    tools = ROOT / "requirements" / "dev.lock"
    code = [ROOT / "codegen.py", *(ROOT / "generator").rglob("*")] if generator == "ours" else []
    files = sorted(path for path in [tools, *code] if path.suffix in {".py", ".jinja", ".lock"})
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
