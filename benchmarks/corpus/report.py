"""The results of a sample as a section of Markdown, which replaces an older one of the same name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from .documents import Document
from .trial import Trial, Verdict

ASKED: Final = 97  # of 100 documents
HEAD: Final = """# Real documents

Made by `make test-corpus`: `codegen.py client` on documents of packages, beside openapi-python-client as it comes.
*Made* means that the client is clean under mypy --strict and that each of its modules imports with warnings as errors;
stock's clients were given to the same checks. *Faulty* ones fail them. *Told* counts what a generator says that it kept
in a plain form (ours) or left out (stock). Seconds are of CPU time, as other programs ran beside; ours are those with
the checks, stock's without.
"""
WORDS: Final = {
    Verdict.MADE: "made",
    Verdict.REFUSED: "refused with a sentence",
    Verdict.FAULTY: "faulty",
    Verdict.CRASHED: "crashed",
    Verdict.TIMED_OUT: "no end within 120 s",
}


@dataclass(frozen=True)
class Row:
    """One document with what came of it: by our generator, and by the stock one if it was asked."""

    document: Document
    ours: Trial
    stock: Trial | None


def good(rows: Sequence[Row]) -> bool:
    """Whether 97 of 100 documents were made, and the others refused with a sentence."""
    made = sum(row.ours.verdict is Verdict.MADE for row in rows)
    honest = all(row.ours.verdict in {Verdict.MADE, Verdict.REFUSED} for row in rows)
    return honest and 100 * made >= ASKED * len(rows)


def section(title: str, rows: Sequence[Row]) -> str:
    """The heading *title*, a table of sums, and a table of all documents: those that were not made first."""
    ours, beside = [row.ours for row in rows], [row.stock for row in rows if row.stock]
    sums = [("ours", *_sums(ours)), *([("stock", *_sums(beside))] if beside else [])]
    ratios = [row.ours.cpu / row.stock.cpu for row in rows if row.stock and _both_made(row)]
    head = ("", *WORDS.values(), "with nothing to tell", "told", "s, median", "s, 95 %")
    parts = [f"## {title}", _table(head, sums)]
    if ratios:
        parts.append(f"Ours with checks took {median(ratios):.1f} times stock's time without, as the median of pairs.")
    ordered = sorted(rows, key=lambda row: row.ours.verdict is Verdict.MADE)
    parts.append(
        _table(
            ("document", "kB", "operations", "ours", "told", "s", "stock", "told", "s"), (_row(row) for row in ordered)
        )
    )
    return "\n\n".join(parts) + "\n"


def with_section(text: str, new: str) -> str:
    """*text*, a whole report or nothing, with the section *new* in the place of the one that has its heading."""
    sections = [f"## {part}".rstrip() + "\n" for part in text.split("\n## ")[1:]]
    heading = new.partition("\n")[0]
    places = [place for place, old in enumerate(sections) if old.partition("\n")[0] == heading]
    if places:
        sections[places[0]] = new
    else:
        sections.append(new)
    return "\n".join([HEAD, *sections])


def _both_made(row: Row) -> bool:
    return row.ours.verdict is Verdict.MADE and row.stock is not None and _wrote(row.stock)


def _wrote(trial: Trial) -> bool:
    return trial.verdict in {Verdict.MADE, Verdict.FAULTY}


def _sums(trials: Sequence[Trial]) -> list[str]:
    written = [trial for trial in trials if _wrote(trial)]
    seconds = [trial.cpu for trial in written]
    counts = [sum(trial.verdict is verdict for trial in trials) for verdict in WORDS]
    whole = sum(trial.verdict is Verdict.MADE and not trial.told for trial in trials)
    times = (
        [median(seconds), quantiles(seconds, n=20, method="inclusive")[-1]] if len(seconds) > 1 else [sum(seconds)] * 2
    )
    return [*map(str, counts), str(whole), str(sum(trial.told for trial in trials)), *(f"{one:.1f}" for one in times)]


def _row(row: Row) -> list[str]:
    return [
        f"`{row.document.name}`",
        str(row.document.kilobytes),
        str(row.document.operations),
        *_cells(row.ours),
        *(_cells(row.stock) if row.stock else ("", "", "")),
    ]


def _cells(trial: Trial) -> list[str]:
    reason = trial.sentence.replace("|", "\\|").replace("`", "'")[:200]
    said = f"{trial.verdict}: {reason}" if reason else str(trial.verdict)
    return [said, str(trial.told) if _wrote(trial) else "", f"{trial.cpu:.1f}"]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
