"""Summary: what a set of changes means, for people and for programs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from generator.meanings import Change, Verdict
from generator.pages import Page

WORDS = {Verdict.BREAKING: "Breaking", Verdict.RISKY: "Risky", Verdict.HARMLESS: "Harmless"}


@dataclass(frozen=True)
class Summary:
    """All changes of one spec, and the page that they may touch."""

    name: str
    changes: Sequence[Change]
    page: Page | None = None

    @property
    def verdict(self) -> Verdict:
        """That of the worst change."""
        return max((change.meaning.verdict for change in self.changes), default=Verdict.HARMLESS)

    @property
    def bump(self) -> str:
        """The version of what ships the client that its users would expect next."""
        if self.verdict is Verdict.BREAKING:
            return "major (minor before 1.0)"
        if self.verdict is Verdict.RISKY or any(change.meaning.adds for change in self.changes):
            return "minor"
        return "patch" if self.changes else "none"

    def touched(self, change: Change) -> str:
        """The page that *change* concerns, and whether the page reads that very field."""
        if self.page is None or not self.page.touched_by(change.operations, change.place):
            return ""
        return self.page.place + (", which reads it" if self.page.reads(change.place) else "")

    def conclusion(self) -> str:
        """One sentence that says it all."""
        if not self.changes:
            return f"{self.name}: nothing changed for callers."
        counts = [(WORDS[verdict].lower(), self._count(verdict)) for verdict in WORDS]
        told = ", ".join(f"{count} {word}" for word, count in counts if count)
        return f"{self.name}: {told}. Version bump: {self.bump}."

    def _count(self, verdict: Verdict) -> int:
        return sum(change.meaning.verdict is verdict for change in self.changes)


def text(summary: Summary) -> str:
    """For a terminal: one line for each change, the worst first."""
    lines = [summary.conclusion()]
    for change in summary.changes:
        said = f"  {WORDS[change.meaning.verdict].upper():9} {change.place}: {change.kind}{_detail(change)}"
        touched = summary.touched(change)
        lines.append(f"{said}; {change.meaning.reason}{f' [{touched}]' if touched else ''}")
    return "\n".join(lines)


def markdown(summary: Summary) -> str:
    """For a pull request: one table."""
    lines = [f"## {_cell(summary.conclusion())}", ""]
    if summary.changes:
        lines += ["| | Where | What | Why it matters | Page |", "|---|---|---|---|---|"]
    for change in summary.changes:
        cells = (
            WORDS[change.meaning.verdict],
            change.place,
            change.kind + _detail(change),
            change.meaning.reason,
            summary.touched(change),
        )
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(lines)


def as_json(summary: Summary) -> str:
    """For programs."""
    document = {
        "name": summary.name,
        "verdict": summary.verdict.name.lower(),
        "bump": summary.bump,
        "changes": [
            {
                "verdict": change.meaning.verdict.name.lower(),
                "kind": change.kind,
                "place": change.place,
                "detail": change.detail,
                "reason": change.meaning.reason,
                "operations": list(change.operations),
                "page": summary.touched(change) or None,
            }
            for change in summary.changes
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


FORMATS = {"text": text, "markdown": markdown, "json": as_json}


def _detail(change: Change) -> str:
    return f" ({change.detail})" if change.detail else ""


def _cell(words: str) -> str:
    line = " ".join(words.split())
    for character in "\\|<>`*_[]":
        line = line.replace(character, f"\\{character}")
    return line
