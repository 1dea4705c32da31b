"""The summary of a set of changes, as text, Markdown or JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.diff.rules import WORDS, Change, Verdict
from generator.diff.service_usage import ServiceUsage

FOLDED = 2  # as many changes of words become one
SHOWN = 3  # of them are named
BREAKING = 3  # the exit code of commands that find such changes
VERDICT_NAMES = {Verdict.BREAKING: "Breaking", Verdict.RISKY: "Risky", Verdict.HARMLESS: "Harmless"}


@dataclass(frozen=True)
class Summary:
    """All changes of one spec, and the usage of the service module that they may affect."""

    name: str
    changes: Sequence[Change]
    usage: ServiceUsage | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict of the worst change."""
        return max((change.rule.verdict for change in self.changes), default=Verdict.HARMLESS)

    @property
    def bump(self) -> str:
        """The version bump that semantic versioning requires of the package that contains the client."""
        if self.verdict is Verdict.BREAKING:
            return "major (minor before 1.0)"
        if self.verdict is Verdict.RISKY or any(change.rule.adds for change in self.changes):
            return "minor"
        return "patch" if self.changes else "none"

    def affected_module(self, change: Change) -> str:
        """The service module that *change* affects, and whether it reads the changed field; empty if it does not."""
        if self.usage is None or not self.usage.uses(change.operations, change.place):
            return ""
        return self.usage.place + (", which reads it" if self.usage.reads(change.place) else "")

    def conclusion(self) -> str:
        """One line: the number of changes by verdict, and the version bump."""
        if not self.changes:
            return f"{self.name}: nothing changed for callers."
        counts = [(VERDICT_NAMES[verdict].lower(), self._count(verdict)) for verdict in VERDICT_NAMES]
        totals = ", ".join(f"{count} {word}" for word, count in counts if count)
        return f"{self.name}: {totals}. Version bump: {self.bump}."

    def folded(self) -> Iterator[Change]:
        """The changes, with those of words as one, which is the last."""
        words = [change for change in self.changes if change.kind == WORDS]
        yield from (change for change in self.changes if change.kind != WORDS)
        if len(words) < FOLDED:
            yield from words
        else:
            named = ", ".join(change.place for change in words[:SHOWN])
            more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
            operations = tuple(sorted({name for change in words for name in change.operations}))
            yield Change(WORDS, f"{len(words)} places", f"{named}{more}", operations)

    def _count(self, verdict: Verdict) -> int:
        return sum(change.rule.verdict is verdict for change in self.folded())


def text(summary: Summary) -> str:
    """For a terminal: one line for each change, the worst first."""
    lines = [summary.conclusion()]
    for change in summary.folded():
        line = f"  {VERDICT_NAMES[change.rule.verdict].upper():9} {change.place}: {change.kind}{_detail(change)}"
        module = summary.affected_module(change)
        lines.append(f"{line}; {change.rule.reason}{f' [{module}]' if module else ''}")
    return "\n".join(lines)


def markdown(summary: Summary) -> str:
    """For a pull request: one table."""
    lines = [f"## {cell(summary.conclusion())}", ""]
    if summary.changes:
        lines += ["| | Where | What | Reason | Module |", "|---|---|---|---|---|"]
    for change in summary.folded():
        cells = (
            VERDICT_NAMES[change.rule.verdict],
            change.place,
            change.kind + _detail(change),
            change.rule.reason,
            summary.affected_module(change),
        )
        lines.append("| " + " | ".join(map(cell, cells)) + " |")
    return "\n".join(lines)


def as_json(summary: Summary) -> str:
    """For programs."""
    document = {
        "name": summary.name,
        "verdict": summary.verdict.name.lower(),
        "bump": summary.bump,
        "changes": [
            {
                "verdict": change.rule.verdict.name.lower(),
                "kind": change.kind,
                "place": change.place,
                "detail": change.detail,
                "reason": change.rule.reason,
                "operations": list(change.operations),
                "module": summary.affected_module(change) or None,
            }
            for change in summary.changes
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


FORMATS = {"text": text, "markdown": markdown, "json": as_json}


def _detail(change: Change) -> str:
    return f" ({change.detail})" if change.detail else ""


def cell(words: str) -> str:
    """*words* in one line of Markdown, in which no character has a meaning."""
    line = " ".join(words.split())
    for character in "\\|<>`*_[]":
        line = line.replace(character, f"\\{character}")
    return line
