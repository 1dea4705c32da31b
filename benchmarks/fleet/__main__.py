"""
Run the benchmarks of the fleet and the tracker, and write benchmarks/results/fleet.md: `make bench-fleet`.

With names of parts (cpu, where, budget, fewer, file, space) only these are measured anew; the others stay as they are.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.fleet import crash, lists, memory, rows, shortage, split
from benchmarks.fleet.meter import JOBS
from benchmarks.fleet.where import PARTS as PARTS_OF_A_POLL

RESULTS = Path(__file__).parent.parent / "results" / "fleet.md"
RUNS = 5
SEEDS = (11, 12, 13)
MARK = "<!-- part: "
RIVALS = ("botocore waiter", "google-api-core future", "azure-core poller", "openai loop")


def measured(module: str, way: str) -> list[float]:
    """The figures that *module* prints for *way*, in a process of its own."""
    words = [sys.executable, "-W", "ignore", "-m", f"benchmarks.fleet.{module}", way]
    run = subprocess.run(words, capture_output=True, text=True, check=True)
    return [float(word) for word in run.stdout.split()]


def cpu(runs: int = RUNS) -> str:
    """CPU a poll, as ratios to a bare GET of the same run; the ways take turns, as the machine has its moods."""
    ours = ("fleet", "fleet, stays", "fleet httpx", "fleet httpx, stays")
    ways = ("aiohttp", "httpx 2", "httpx 4", "httpx 8", *ours, *RIVALS)
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(runs):
        for way in ways:
            taken[way] += measured("cpu", way)
    best = min(median(taken[f"httpx {number}"]) for number in (2, 4, 8))
    rival = min(RIVALS, key=lambda way: median(taken[way]))
    lines = [
        f"| CPU a poll, {JOBS} PromptForge jobs, a raw local server | responses change | repeat | asked |",
        "|---|---|---|---|",
    ]
    for words, way, base, asked in (
        ("in asyncio, to aiohttp's bare GET", "fleet", median(taken["aiohttp"]), "2.0; 1.5"),
        ("by httpx's transport, to its best bare GET (2, 4 or 8 connections)", "fleet httpx", best, "1.15"),
        (f"in asyncio, to the best of our peers ({rival})", "fleet", median(taken[rival]), "0.5"),
        ("by httpx's transport, to the same", "fleet httpx", median(taken[rival]), ""),
    ):
        moves, stays = median(taken[way]) / base, median(taken[f"{way}, stays"]) / base
        lines.append(f"| {words} | {moves:.2f} | {stays:.2f} | {asked} |")
    return "\n".join(lines)


def where(runs: int = RUNS) -> str:
    """Where the CPU of a poll goes, in bare GETs of the same run."""
    bare = []
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
    return "\n".join([*lines, f"| all |  | {moves:.2f} | {stays:.2f} |"])


def budget() -> str:
    """Half the need: lateness of round-robin over ours."""
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
        lines.append(f"| jobs report: {name} | {mine:.2f} | {other:.2f} | {gained} | {spent:.2f} |")
    return "\n".join(lines)


def fewer() -> str:
    """Lists."""
    single, turns, listed = (
        lists.fleet_of_tours(5, user=False),
        lists.tours_in_turn(5),
        lists.fleet_of_tours(5, user=True),
    )
    pages = lists.fleet_of_optimizations(5)
    saved = pages.single / pages.requests
    return "\n".join(
        [
            "| fewer requests than jobs | figure |",
            "|---|---|",
            f"| 500 FRYTE jobs, no user: lateness over round-robin's | {single.lateness / turns.lateness:.3f} |",
            f"| … with a user, by list: round-robin's lateness over ours | {turns.lateness / listed.lateness:.0f} |",
            f"| … share of requests refused, without and with | {single.refused:.1%}, {listed.refused:.1%} |",
            f"| 1000 Freeplay jobs: single polls of equal lateness over requests | {saved:.1f} |",
        ]
    )


def file(folder: Path) -> str:
    """The tracker."""
    many, kills, kept = crash.shared(folder, 8, 10.0), crash.crashes(folder, 2000, 100, 1), rows.rows(folder, 10**6)
    taken = f"{kills.taken}, {kills.tracked}, {kills.unresolved}"
    wrong = f"{kills.lost}, {kills.double_submits}, {kills.recorded_twice}, {kills.undelivered}, {kills.damaged}"
    return "\n".join(
        [
            "| the tracker | figure |",
            "|---|---|",
            f"| 100 kill -9, 2000 jobs: accepted, tracked, unresolved | {taken} |",
            f"| … lost, submitted twice, recorded twice, undelivered, damaged | {wrong} |",
            f"| 8 processes, 20 a second: the fullest second, locked files | {many.fullest}, {many.locked} |",
            f"| 10^6 rows: bulk insert over bare SQLite with the same unique id | {kept.ratio:.2f} |",
            f"| … the first 50 of pending() and of all(), ms | {kept.pending:.1f}, {kept.listed:.1f} |",
        ]
    )


def space() -> str:
    """Memory."""
    return "\n".join(
        [
            "| memory | figure | asked |",
            "|---|---|---|",
            f"| bytes a waiting job, 100 000 jobs | {memory.waiting(100_000):.0f} | 2048 |",
            f"| bytes grown from 10^5 to 10^6 polls | {memory.growth(10**6):.0f} | none |",
        ]
    )


def _file() -> str:
    with tempfile.TemporaryDirectory() as where:
        return file(Path(where))


PARTS = {"cpu": cpu, "where": where, "budget": budget, "fewer": fewer, "file": _file, "space": space}
SHORT = """## Where it falls short, and why

- **CPU in asyncio.** The request itself costs a third of aiohttp's GET; the wait's rules, the checked decode and the
  fleet's bookkeeping are the rest. A response that is the same as the last is not decoded again. One that changes is:
  every field is checked against the specification, and its counts go into the schedule. No part is much larger
  than the others any more, so what is left is many small steps.
- **Half the need, where no job reports counts.** *Best split* is the most that a split of the rate by the hazard of
  each job gains over round-robin: with a history the kind of each job is known by its size. With none at first, jobs
  differ by their ages alone, until enough of them have ended.
- **Memory.** A waiting job is a generator, the state of the job, the clock of the wait, the history of its progress and
  the last body, each an object with named fields; RESULTS.md says what packing them would save and cost.
"""
HEAD = "# Fleet and tracker\n\nMade by `make bench-fleet`; ratios are of one run. Seeds are in the code."


def main() -> None:
    """Measure and write."""
    names = sys.argv[1:] or list(PARTS)
    RESULTS.parent.mkdir(exist_ok=True)
    old = RESULTS.read_text().split(MARK)[1:] if RESULTS.exists() else []
    known = dict(one.split("\n## Where")[0].split(" -->\n", 1) for one in old)
    for name in names:
        known[name] = PARTS[name]().strip() + "\n"
        whole = [f"{MARK}{part} -->\n{known[part].strip()}" for part in PARTS if part in known]
        RESULTS.write_text("\n\n".join([HEAD, *whole, SHORT]))
    print(RESULTS.read_text())


if __name__ == "__main__":
    main()
