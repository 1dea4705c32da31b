"""
From one job to a million: `make bench-growth` writes results/growth.md, its picture and its part of RESULTS.md.

Each way waits for the same jobs against a local server of its own; beyond 100 000 jobs a fleet does so in virtual time,
beside the other runs and at the lowest priority. Each run is kept in build/growth.jsonl at once: after an interruption
`--resume` measures what is missing, and `--draw` writes what there is.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

from attrs import asdict
from benchmarks.growth import page
from benchmarks.growth.rows import Row, with_memory
from benchmarks.growth.ways import WAYS, Took, together
from benchmarks.summary import stamp

LOG: Final = Path(__file__).parents[2] / "build" / "growth.jsonl"
KEPT: Final = Path(__file__).parents[1] / "results" / "growth.json"
RUNS: Final = 5
SMALL, MIDDLE, LARGE, HUGE, MILLION = (1, 10, 100), 1000, 10_000, 100_000, 1_000_000
SIMULATED: Final = "fleet, simulated"


def keep(**facts: Any) -> None:
    """Add a line to the log."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(json.dumps(facts) + "\n")


def kept() -> list[dict[str, Any]]:
    """The lines of the log."""
    return [json.loads(line) for line in LOG.read_text("utf-8").splitlines()] if LOG.exists() else []


def run(cases: Sequence[tuple[str, int]], number: int = 0) -> None:
    """Run those *cases* together and keep what they took, unless that was done before an interruption."""
    wanted = [list(case) for case in cases]
    if any(line["number"] == number and line.get("cases") == wanted for line in kept()):
        return
    began = time.monotonic()
    took = together(cases, number, RUNS)
    seconds = time.monotonic() - began
    keep(number=number, cases=cases, took=[one and asdict(one) for one in took], seconds=seconds)
    print(f"{seconds:.0f} s: {', '.join(f'{way} {count}' for way, count in cases)}", flush=True)


def bare(number: int) -> None:
    """Keep the CPU of aiohttp's bare GET, in µs."""
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.fleet.cpu", "aiohttp"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    keep(number=number, bare=float(done.stdout))


@contextmanager
def beside(rate: float) -> Iterator[None]:
    """Simulate as many jobs as the larger runs have, and a million, while the block measures what waits for a clock."""
    words = ["nice", "-n", "19", sys.executable, "-W", "ignore", "-m", "benchmarks.growth.simulated"]
    known = {count for line in kept() for way, count in line.get("cases", ()) if way == SIMULATED}
    counts = (MIDDLE, LARGE, HUGE, MILLION)
    files = {count: LOG.with_name(f"growth-{count}.json") for count in counts if count not in known}
    children = {count: subprocess.Popen([*words, str(count), str(rate), str(file)]) for count, file in files.items()}
    try:
        yield
        for child in children.values():
            child.wait()
    finally:
        for count, child in children.items():
            if child.poll() == 0:
                took = json.loads(files[count].read_text("utf-8"))
                keep(number=0, cases=[(SIMULATED, count)], took=[took], seconds=0)
            child.kill()


def measure() -> None:
    """Run all that is not kept yet."""
    run([("fleet", LARGE)])
    (large,) = runs()["fleet", LARGE]
    with beside(large.polls / large.cpu):
        for number in range(RUNS):
            run([(way, count) for way in WAYS for count in SMALL], number)
            run([(way, MIDDLE) for way in WAYS], number)
            bare(number)
        for way in WAYS:
            if way != "fleet":
                run([(way, LARGE)])
        for way in WAYS:
            if way != "plain loop":
                run([(way, HUGE)])


def runs() -> dict[tuple[str, int], list[Took]]:
    """What the runs took that are kept, of each way with so many jobs."""
    found: dict[tuple[str, int], list[Took]] = defaultdict(list)
    for line in kept():
        for (way, count), took in zip(line.get("cases", ()), line.get("took", ()), strict=True):
            if took is not None:
                found[way, count].append(Took(**took))
    return found


def rows() -> list[Row]:
    """The rows of all runs."""
    order = [*WAYS, SIMULATED]
    found = [Row.of(way, count, took) for (way, count), took in runs().items()]
    return with_memory(sorted(found, key=lambda row: (row.count, order.index(row.way))))


def main() -> None:
    """Measure, keep the figures, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resume", action="store_true", help="go on with a run that was interrupted")
    parser.add_argument("--draw", action="store_true", help="measure nothing, and write what was kept")
    given = parser.parse_args()
    if not (given.resume or given.draw):
        LOG.unlink(missing_ok=True)
    if not given.draw:
        measure()
        keep(number=0, made=stamp(("aiohttp", "temporalio")))  # the load is that of the run
    lines = kept()
    made = next((line["made"] for line in reversed(lines) if "made" in line), stamp(("aiohttp", "temporalio")))
    get = median(line["bare"] for line in lines if "bare" in line)
    minutes = sum(line.get("seconds", 0) for line in lines) / 60
    found = rows()
    whole = {"made": made, "bare": get, "minutes": minutes, "rows": [asdict(row) for row in found]}
    KEPT.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
    page.write(made, get, minutes, found)


if __name__ == "__main__":
    main()
