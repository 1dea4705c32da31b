"""
From one job to a million: `make bench-growth` writes results/growth.md, its picture and its part of RESULTS.md.

Each way waits for the same jobs against a local server of its own; beyond 100 000 jobs a fleet does so in virtual time,
beside the other runs and at the lowest priority. `--draw` writes all again from the figures of the last run.
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
from typing import Final

from attrs import asdict
from benchmarks.growth import page
from benchmarks.growth.rows import Row, with_memory
from benchmarks.growth.ways import WAYS, Took, together
from benchmarks.summary import stamp

KEPT: Final = Path(__file__).parent.parent / "results" / "growth.json"
RUNS: Final = 5
SMALL, MIDDLE, LARGE, HUGE, MILLION = (1, 10, 100), 1000, 10_000, 100_000, 1_000_000
PATIENCE: Final = 600.0  # seconds for one run


def bare() -> float:
    """CPU of aiohttp's bare GET, in µs."""
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.fleet.cpu", "aiohttp"]
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


@contextmanager
def beside(rate: float, found: dict[tuple[str, int], list[Took]]) -> Iterator[None]:
    """Simulate as many jobs as the largest run has, and a million, while the block measures what waits for a clock."""
    words = ["nice", "-n", "19", sys.executable, "-W", "ignore", "-m", "benchmarks.growth.simulated"]
    counts = (HUGE, MILLION)
    children = [
        subprocess.Popen([*words, str(count), str(rate)], stdout=subprocess.PIPE, text=True) for count in counts
    ]
    try:
        yield
        for count, child in zip(counts, children, strict=True):
            found["fleet, simulated", count].append(Took(**json.loads(child.communicate()[0])))
    finally:
        for child in children:
            child.kill()


def measure() -> tuple[float, list[Row]]:
    """CPU of a bare GET in µs, and all rows."""
    found: dict[tuple[str, int], list[Took]] = defaultdict(list)
    gets: list[float] = []

    def run(cases: Sequence[tuple[str, int]], number: int = 0) -> None:
        began = time.monotonic()
        for case, took in zip(cases, together(cases, number, RUNS, PATIENCE), strict=True):
            if took is not None:
                found[case].append(took)
        print(f"{time.monotonic() - began:.0f} s: {cases}", flush=True)

    run([("fleet", LARGE)])
    (large,) = found["fleet", LARGE]
    with beside(large.polls / large.cpu, found):
        for number in range(RUNS):
            run([(way, count) for way in WAYS for count in SMALL], number)
            run([(way, MIDDLE) for way in WAYS], number)
            gets.append(bare())
        for way in WAYS:
            if way != "fleet":
                run([(way, LARGE)])
        for way in WAYS:
            if way != "plain loop":
                run([(way, HUGE)])
    rows = [Row.of(way, count, runs) for (way, count), runs in found.items()]
    return median(gets), with_memory(
        sorted(rows, key=lambda row: (row.count, [*WAYS, "fleet, simulated"].index(row.way)))
    )


def main() -> None:
    """Measure, keep the figures, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draw", action="store_true", help="write all again from the figures of the last run")
    if not parser.parse_args().draw:
        began = time.monotonic()
        get, rows = measure()
        minutes = (time.monotonic() - began) / 60
        made = stamp(("aiohttp", "temporalio"))
        kept = {"made": made, "bare": get, "minutes": minutes, "rows": [asdict(row) for row in rows]}
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    kept = json.loads(KEPT.read_text("utf-8"))
    page.write(kept["made"], kept["bare"], kept["minutes"], [Row(**row) for row in kept["rows"]])


if __name__ == "__main__":
    main()
