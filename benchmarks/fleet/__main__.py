"""
Run the benchmarks of the fleet and the tracker, and write benchmarks/results/fleet.md and parts of RESULTS.md.

`make bench-fleet`.

With names of parts (cpu, budget, fewer, file, space) only these are measured anew; the others stay as they are.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from attrs import frozen
from benchmarks.fleet import crash, crowd, lists, memory, rows, shortage, split
from benchmarks.fleet.meter import JOBS
from benchmarks.fleet.where import PARTS as PARTS_OF_A_POLL
from benchmarks.summary import Figure, from_table, put

RESULTS = Path(__file__).parent.parent / "results" / "fleet.md"
SEEDS = (11, 12, 13, 14, 15)
MARK = "<!-- part: "
BARE = ("aiohttp", "httpx 2", "httpx 4", "httpx 8")
OURS = ("fleet", "fleet, stays", "fleet httpx", "fleet httpx, stays")
RUNS = 5
FLAT = 1.0  # MiB
KNOWN = {"counts": "with counts", "history": "with a history of similar ones", "nothing": "of which nothing is known"}
RIVALS = ("botocore waiter", "google-api-core future", "azure-core poller", "openai loop")


@frozen
class Part:
    """What a part found: lines of fleet.md, rows of RESULTS.md, how many runs, and where it falls short."""

    lines: Sequence[str]
    figures: Sequence[Figure]
    runs: str
    short: str = ""


def cpu(runs: int = RUNS) -> Part:
    """CPU a poll, as ratios to a bare GET of the same run; the ways take turns, as the machine has its moods."""
    taken = cpu_of_ways((*BARE, *OURS, *RIVALS), runs)
    best = min(BARE[1:], key=taken.__getitem__)
    rival = min(RIVALS, key=taken.__getitem__)
    figures, lines = (
        [],
        [
            f"| CPU a poll, {JOBS} PromptForge jobs, a raw local server | responses change | asked | repeat | asked |",
            "|---|---|---|---|---|",
        ],
    )
    for words, way, base, moving, staying in (
        ("in asyncio ÷ aiohttp's bare GET", "fleet", "aiohttp", 2.0, 1.5),
        ("by httpx's transport ÷ its best bare GET (2, 4 or 8 connections)", "fleet httpx", best, 1.15, 1.15),
        (f"in asyncio ÷ the best of our peers ({rival})", "fleet", rival, 0.5, 0.5),
        ("by httpx's transport ÷ the same", "fleet httpx", rival, None, None),
    ):
        moves, stays = taken[way] / taken[base], taken[f"{way}, stays"] / taken[base]
        lines.append(f"| {words} | {moves:.2f} | {moving or ''} | {stays:.2f} | {staying or ''} |")
        if moving is not None:
            peer = f"{rival} {taken[rival] / taken[base]:.2f}"
            figures.append(Figure(f"{words}: responses change; repeat", (moves, stays), (moving, staying), peer))
    lines += ["", "| all ways of this run | ÷ aiohttp's bare GET |", "|---|---|"]
    lines += [f"| {way} | {taken[way] / taken['aiohttp']:.2f} |" for way in sorted(taken, key=taken.__getitem__)]
    return Part(lines, figures, f"{JOBS} jobs, median of {runs}, interleaved", CPU_SHORT)


def cpu_of_ways(ways: Iterable[str], runs: int) -> dict[str, float]:
    """The median of each way's CPU a poll, in microseconds; each run is a process, and the ways take turns."""
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(runs):
        for way, found in taken.items():
            found.extend(measured("cpu", way))
    return {way: median(found) for way, found in taken.items()}


def measured(module: str, way: str) -> list[float]:
    """The figures that *module* prints for *way*, in a process of its own."""
    words = [sys.executable, "-W", "ignore", "-m", f"benchmarks.fleet.{module}", way]
    run = subprocess.run(words, capture_output=True, text=True, check=True)
    return [float(word) for word in run.stdout.split()]


def where(runs: int = RUNS) -> Part:
    """Where the CPU of a poll goes, in bare GETs of the same run."""
    bare: list[float] = []
    parts: dict[str, list[list[float]]] = {"moves": [], "stays": []}
    for _ in range(runs):
        bare += measured("cpu", "aiohttp")
        for way, found in parts.items():
            found.append(measured("where", way))
    lines = [
        f"| where the CPU of a poll goes, {JOBS} jobs, in bare GETs by aiohttp |  | responses change | repeat |",
        "|---|---|---|---|",
    ]
    columns = [[median(one) / median(bare) for one in zip(*found, strict=True)] for found in parts.values()]
    for (part, words), moves, stays in zip(PARTS_OF_A_POLL.items(), *columns, strict=True):
        lines.append(f"| {part} | {words} | {moves:.2f} | {stays:.2f} |")
    moves, stays = (sum(column) for column in columns)
    lines.append(f"| all |  | {moves:.2f} | {stays:.2f} |")
    return Part(lines, (), f"median of {runs}, interleaved")


def budget() -> Part:
    """Half the need: lateness of round-robin over ours."""
    figures = []
    head = "| a rate of half the need | lateness, s | round-robin, s | ratio | best split | requests, ours / theirs |"
    lines = [head, "|---|---|---|---|---|---|"]
    found = [shortage.figures(seed) for seed in SEEDS]
    by_kind, by_age = (median(split.of_seed(seed, known) for seed in SEEDS) for known in (split.by_kind, split.by_age))
    best = {"history": f"{by_kind:.2f}", "nothing": f"{by_age:.2f} to {by_kind:.2f}"}
    for name in found[0]:
        ours = [one[name][0] for one in found]
        others = [one[name][1] for one in found]
        mine, other = median(one.lateness for one in ours), median(one.lateness for one in others)
        spent = median(one.requests for one in ours) / median(one.requests for one in others)
        gained = f"{other / mine:.2f} | {best.get(name, '')}"
        lines.append(f"| jobs {KNOWN[name]} | {mine:.2f} | {other:.2f} | {gained} | {spent:.2f} |")
        what = f"lateness of round-robin ÷ ours, jobs {KNOWN[name]}"
        figures.append(
            Figure(what, other / mine, 0.95 * by_kind if name in best else None, "round-robin 1.00", at_least=True)
        )
    return Part(lines, figures, f"median of {len(SEEDS)} seeds, virtual time", BUDGET_SHORT)


def fewer() -> Part:
    """Lists."""
    singles = [lists.fleet_of_tours(seed, user=False) for seed in SEEDS]
    turns = [lists.tours_in_turn(seed) for seed in SEEDS]
    listed = [lists.fleet_of_tours(seed, user=True) for seed in SEEDS]
    pages = [lists.fleet_of_optimizations(seed) for seed in SEEDS]
    alone = median(one.lateness / other.lateness for one, other in zip(singles, turns, strict=True))
    gained = median(other.lateness / one.lateness for one, other in zip(listed, turns, strict=True))
    refused = ", ".join(f"{median(one.refused for one in some):.1%}" for some in (singles, listed))
    saved = median(one.single / one.requests for one in pages)
    lines = [
        "| fewer requests than jobs | figure |",
        "|---|---|",
        f"| 500 FRYTE jobs, no user: lateness over round-robin's | {alone:.3f} |",
        f"| … with a user, by list: round-robin's lateness over ours | {gained:.0f} |",
        f"| … share of requests refused, without and with | {refused} |",
        f"| 1000 Freeplay jobs: single polls of equal lateness over requests | {saved:.1f} |",
    ]
    figures = [
        Figure("lateness of round-robin ÷ ours, 500 FRYTE jobs of a user", gained, form=".0f"),
        Figure("single polls of equal lateness ÷ requests, 1000 Freeplay jobs", saved, form=".1f"),
    ]
    return Part(lines, figures, f"median of {len(SEEDS)} seeds, virtual time")


def file(folder: Path) -> Part:
    """The tracker."""
    many, kills, kept = crash.shared(folder, 8, 10.0), crash.crashes(folder, 2000, 100, 1), rows.rows(folder, 10**6)
    taken = f"{kills.taken}, {kills.tracked}, {kills.unresolved}"
    wrong = f"{kills.lost}, {kills.double_submits}, {kills.recorded_twice}, {kills.undelivered}, {kills.damaged}"
    lines = [
        "| the tracker | figure |",
        "|---|---|",
        f"| 100 kill -9, 2000 jobs: accepted, tracked, unresolved | {taken} |",
        f"| … lost, submitted twice, recorded twice, undelivered, damaged | {wrong} |",
        f"| 8 processes, 20 a second: the fullest second, locked files | {many.fullest}, {many.locked} |",
        f"| 10^6 rows: bulk insert over bare SQLite with the same unique id | {kept.ratio:.2f} |",
        f"| … the first 50 of pending() and of all(), ms | {kept.pending:.1f}, {kept.listed:.1f} |",
    ]
    amiss = kills.lost + kills.double_submits + kills.recorded_twice + kills.undelivered + kills.damaged
    figures = [
        Figure("100 kills -9 of 2000 submissions: lost, doubled, undelivered, damaged", amiss, 0, form=".0f"),
        Figure("a million rows: bulk insert ÷ bare SQLite with the same unique id", kept.ratio, 3),
    ]
    return Part(lines, figures, "once")


def space() -> Part:
    """Memory."""
    text = memory.table()
    figures = from_table(text.split("\n\n")[0], form=",.0f")  # the other table has the parts of these
    return Part(text.splitlines(), figures, "once, in processes of their own", MEMORY_SHORT)


def many() -> Part:
    """A hundred thousand jobs for ten minutes."""
    found = crowd.figures()
    figures = [
        Figure("seconds from due to sent: median; one in a hundred", (found["behind"], found["behind_99"])),
        Figure("MiB grown in the last four of the ten minutes", found["grown"] / 2**20, FLAT, form=".1f"),
    ]
    return Part(crowd.table(found).splitlines(), figures, "once", CROWD_SHORT)


def _file() -> Part:
    with tempfile.TemporaryDirectory() as where:
        return file(Path(where))


PARTS: Final[dict[str, Callable[[], Part]]] = {
    "cpu": cpu,
    "where": where,
    "budget": budget,
    "fewer": fewer,
    "file": _file,
    "space": space,
    "crowd": many,
}
CPU_SHORT = """\
- **CPU in asyncio.** Beside the request there are the wait's rules, the checked decode and the fleet's bookkeeping;
  results/fleet.md has the share of each. A response that is the same as the last is not decoded again. One that changes
  is: every field is checked against the specification, and its counts go into the schedule. No part is much larger than
  the others, so what is left is many small steps."""
BUDGET_SHORT = """\
- **Half the need, where no job reports counts.** The goal is 0.95 of the most that a split of the rate by the hazard of
  each job gains where the kind of each job is known. With a history it is known by the job's size. With none at first,
  jobs differ by their ages alone, until enough of them have ended."""
MEMORY_SHORT = """\
- **Memory.** The parts are what CPython needs for objects with named fields: a header of 32 bytes each, and 32 for a
  number. With a real server the pool keeps the address of each job's poll too, some 0.3 kB."""
CROWD_SHORT = """\
- **100 000 jobs for ten minutes.** What grows are outcomes: a handle keeps that of its job with the last model, about
  1 kB, and 4,000 jobs end in those four minutes. Where none ends, 20,000 jobs grow by less than 0.1 MiB."""
HEAD = """# Fleet and tracker

Made by `make bench-fleet`; ratios are of one run. Seeds are in the code. Goals, when each part was measured, and
where it falls short: [RESULTS.md](../RESULTS.md)."""


def main() -> None:
    """Measure and write."""
    RESULTS.parent.mkdir(exist_ok=True)
    old = RESULTS.read_text().split(MARK)[1:] if RESULTS.exists() else []
    known = dict(one.split(" -->\n", 1) for one in old)
    for name in sys.argv[1:] or [part for part in PARTS if part != "crowd"]:
        found = PARTS[name]()
        known[name] = "\n".join(found.lines)
        whole = [f"{MARK}{part} -->\n{known[part].strip()}" for part in PARTS if part in known]
        RESULTS.write_text("\n\n".join([HEAD, *whole]) + "\n")
        put(name, found.figures, found.runs, short=found.short)
    print(RESULTS.read_text())


if __name__ == "__main__":
    main()
