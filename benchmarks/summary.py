"""
RESULTS.md, one page of all measurements, made of the parts that the benchmarks keep in results/summary/.

A benchmark writes its own part alone, with put(), which also writes the page anew. `python -m benchmarks.summary`
writes the page alone. No figure of the page is typed by hand.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen

HERE: Final = Path(__file__).parent
PAGE: Final = HERE / "RESULTS.md"
KEPT: Final = HERE / "results" / "summary"


@frozen
class Place:
    """Where a part stands in the page: its heading, the command that measures it, the page of its long tables."""

    heading: str
    command: str
    details: str = ""


PLACES: Final = {
    "waiting": Place("One wait", "make bench-waiting", "results/waiting.md"),
    "cpu": Place("CPU a poll", "make bench-fleet", "results/fleet.md"),
    "where": Place("Where the CPU of a poll goes", "make bench-fleet", "results/fleet.md"),
    "budget": Place("Half the rate that jobs need", "make bench-fleet", "results/fleet.md"),
    "fewer": Place("Lists instead of polls", "make bench-fleet", "results/fleet.md"),
    "file": Place("Tracker", "make bench-fleet", "results/fleet.md"),
    "space": Place("Memory", "make bench-fleet", "results/fleet.md"),
    "crowd": Place("100 000 jobs for ten minutes", "make bench-crowd", "results/fleet.md"),
    "growth": Place("Growth", "make bench-growth", "results/growth.md"),
    "event_loop": Place("Event loop, 20 000 jobs", "make bench-event-loop", "results/event_loop.md"),
    "start": Place("Start", "make bench-import", "results/import.md"),
    "codegen": Place("Generator", "make bench-codegen", "results/codegen.md"),
    "engines": Place("Engines, 2000 jobs", "make bench-engines", "results/engines.md"),
}


@frozen
class Figure:
    """
    One row of the page: what was measured, in words with the unit, and the figure; or several, with as many goals.

    goal: at most so much, or with *at_least* no less; None where nothing was asked. peer: the best peer of the same
    run, with its figure. form: how the figure and its goal are written.
    """

    what: str
    measured: float | Sequence[float]
    goal: float | Sequence[float] | None = None
    peer: str = ""
    form: str = ".2f"
    at_least: bool = False

    @property
    def missed(self) -> bool:
        """Whether a figure, as it is written, misses its goal."""
        pairs = zip(self._written(self.measured), self._written(self.goal), strict=False)
        numbers = [[float(each.rstrip("%").replace(",", "")) for each in pair] for pair in pairs]
        return any(found < asked if self.at_least else found > asked for found, asked in numbers)

    def _written(self, values: float | Sequence[float] | None) -> list[str]:
        several = values if isinstance(values, Sequence) else [] if values is None else [values]
        return [format(value, self.form) for value in several]

    @property
    def row(self) -> str:
        """The row after its first cell."""
        measured, goals = ("; ".join(self._written(values)) for values in (self.measured, self.goal))
        goal = f"{'≥' if self.at_least else '≤'} {goals}{' **missed**' * self.missed}" if goals else ""
        return f"| {self.what} | {measured} | {goal} | {self.peer} |"


def from_table(text: str, measured: int = -2, form: str = ".2f") -> list[Figure]:
    """The rows of the tables in *text* that end with a goal: their first cell, the figure in the cell *measured*."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    goals = [row for row in rows if len(row) > 2 and _NUMBER.fullmatch(row[measured]) and _NUMBER.fullmatch(row[-1])]
    return [Figure(row[0], float(row[measured]), float(row[-1]), form=form) for row in goals]


_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def worst(text: str, measured: int = -2, form: str = ".2f") -> list[Figure]:
    """Of each section of *text*, between headings of the second level, the row that is nearest to its goal or above."""
    sections = [from_table(section, measured, form) for section in text.split("\n## ")]
    return [max(found, key=_share) for found in sections if found]


def _share(figure: Figure) -> float:
    """How much of its goal a *figure* of a table is."""
    assert isinstance(figure.measured, float)
    assert isinstance(figure.goal, float)
    return figure.measured / (figure.goal or 1.0)


def put(
    part: str,
    figures: Iterable[Figure],
    runs: str,
    *,
    short: str = "",
    text: str = "",
    packages: Sequence[str] = ("httpx", "aiohttp"),
    made: Mapping[str, str] | None = None,
) -> None:
    """
    Keep the *figures* of *part*, and write the page.

    runs: how many, in words. short: where it falls short and why, as a list in Markdown. text: Markdown that the page
    shows between the table and that list. packages: those whose versions matter. made: the stamp() of the run, if that
    was not now.
    """
    assert part in PLACES, f"{part} has no place in the page"
    facts = {**(made or stamp(packages)), "runs": runs, "figures": [asdict(one) for one in figures]}
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = json.dumps({**facts, "short": short, "text": text}, indent=1, ensure_ascii=False)
    (KEPT / f"{part}.json").write_text(f"{kept}\n", "utf-8")
    PAGE.write_text(page(parts()), "utf-8")


def stamp(packages: Sequence[str]) -> dict[str, str]:
    """When, of which commit and with which versions this run is; + is a commit with changes."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "src", "generated", "generator", "benchmarks/*.py")
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": _git("rev-parse", "--short=9", "HEAD") + "+" * bool(changed),
        "versions": ", ".join([f"Python {platform.python_version()}", *filter(None, map(_version, packages))]),
        "machine": f"{os.cpu_count()} cores",
        "load": f"{os.getloadavg()[2]:.0f}",
    }


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=HERE.parent, capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.strip()


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""


def parts() -> dict[str, dict[str, Any]]:
    """The parts that there are, in the order of the page."""
    return {
        name: json.loads((KEPT / f"{name}.json").read_text("utf-8"))
        for name in PLACES
        if (KEPT / f"{name}.json").exists()
    }


def page(found: dict[str, dict[str, Any]]) -> str:
    """The page of the parts *found*."""
    return "\n".join(
        [
            HEAD,
            *_figures(found),
            PICTURE,
            *(part["text"] for part in found.values() if part["text"]),
            "\n## Where it falls short, and why\n",
            *(part["short"].strip() for part in found.values() if part["short"]),
            *_runs(found),
            MORE,
        ]
    )


def _figures(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield "| | | measured | goal | best peer of the same run |"
    yield "|---|---|---|---|---|"
    for name, part in found.items():
        for number, figure in enumerate(part["figures"]):
            yield f"| {'' if number else PLACES[name].heading} {Figure(**figure).row}"


def _runs(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield "\n## The runs\n"
    yield "Each part is of the run of its own command; `+`: with changes that were not committed. *Load*: how many"
    yield "processes ran or waited for a core in the last 15 minutes, those of the benchmark too.\n"
    yield "| command, with its tables | date | runs, and the commit of each | versions |"
    yield "|---|---|---|---|"
    grouped: dict[tuple[str, ...], list[str]] = {}
    for name, part in found.items():
        place = PLACES[name]
        command = f"[`{place.command}`]({place.details})"
        key = command, part["date"], f"{part['versions']}, {part['machine']}"
        load = f", load {part['load']}" if "load" in part else ""
        grouped.setdefault(key, []).append(f"{place.heading}: {part['runs']}{load}, {part['commit']}")
    for (command, date, versions), runs in grouped.items():
        yield f"| {command} | {date} | {'; '.join(runs)} | {versions} |"


HEAD: Final = """\
# Measurements

What a wait costs and what it is worth, beside other ways to wait. A wait sends requests, and learns of its job's end
late; the fewer requests, the later. **Product** is mean requests times mean lateness, divided by the mean duration of
the jobs: a fixed interval has about 0.5, whatever the interval; less is better. *Counts*: jobs that report how much of
their work is done (*drain*: the last part is slow; *throttled*: three stretches are). *With a history*: the durations
of 30 similar jobs are known. The schedule is measured in virtual time, on jobs drawn from fixed distributions with
fixed seeds, so this is no field measurement. CPU, memory and the event loop are measured on one machine, against
servers on loopback that are processes of their own. CPU is CPU time. A goal that is **missed** has its bound below,
where it is known. Figures without a unit are ratios within one run, in which all ways took turns. Peers run their own
code: botocore's waiter, google-api-core's future, azure-core's poller, openai's poll, tenacity, aiohttp, httpx.
"""
PICTURE: Final = "\n![Requests and lateness of each way to wait, for each workload](RESULTS.svg)"
MORE: Final = """
Besides: [real OpenAPI documents made into clients](results/corpus.md), [each operation of those clients beside a second
checker](results/operations.md), [faults](../docs/reliability.md), [conformance of other SDKs](../docs/conformance.md).
"""

if __name__ == "__main__":
    PAGE.write_text(page(parts()), "utf-8")
