"""
The benchmark of the wait: `make bench-waiting`.

Two thousand jobs of each workload are waited for in virtual time by our rules and by our peers; results/waiting.md, the
picture and the part of RESULTS.md are written anew. The seeds are fixed, so every run gives the same figures, but for
those of CPU and memory.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from benchmarks import aims, claims, cost, field, summary
from benchmarks.guarded import guarded
from benchmarks.measure import Row, measure
from benchmarks.peers import PEERS
from benchmarks.picture import draw
from benchmarks.waiting_tables import SHORT, Cost, Found, figures, lines
from benchmarks.workloads import WORKLOADS

HERE: Final = Path(__file__).parent
SEED: Final = 2026  # the constants were chosen on other seeds
SHIFTED: Final = ((1.4, 1.15), (0.6, 0.9))  # medians and sigmas of two sets that nobody tuned on
WAYS: Final = ("ours", "ours, with a history", "fixed interval", *PEERS)


def found(pool: ProcessPoolExecutor, jobs: int) -> Found:
    """All that is measured, with so many *jobs* of each workload."""
    number = min(200, max(jobs // 5, 4))
    tables = {workload.name: _table(pool, workload.name, jobs) for workload in WORKLOADS}
    keller = claims.keller(pool, SEED, number)
    attained = {name: tables[name]["ours, with a history"].product for name in claims.BLIND}
    attained |= {name: product for name, product, _ in keller}
    return Found(
        jobs=jobs,
        seed=SEED,
        histories=max(jobs // 20, 1),
        number=number,
        tables=tables,
        shifted={workload.name: _shifted(pool, workload.name, max(jobs // 2, 4)) for workload in WORKLOADS},
        keller=keller,
        bounded=claims.bounded(pool, attained, SEED, 10 * number),
        guarantee={(kind, length): ratio for kind, length, ratio in claims.guarantee(pool, SEED, 10 * number)},
        wrong=claims.wrong_histories(pool, SEED, number),
        guarded=guarded(),
        trust=claims.trust(pool, SEED, max(number // 4, 4)),
        max_requests=list(aims.max_requests(pool, SEED, max(jobs // 4, 4))),
        cost=_cost(),
    )


def _table(pool: ProcessPoolExecutor, name: str, jobs: int) -> dict[str, Row]:
    ways = [way for way in WAYS if not (way == "ours, with a history" and "steps" in name)]
    return {way: measure(pool, name, way, SEED, jobs) for way in ways}


def _shifted(pool: ProcessPoolExecutor, name: str, jobs: int) -> list[Row]:
    return [measure(pool, name, "ours", SEED + 1, jobs, *shift) for shift in SHIFTED]


def _cost() -> Cost:
    rules, simulated = cost.rules() / cost.bare_get(), cost.simulated_poll() / cost.request_and_response()
    return Cost(rules, simulated, cost.process_history())


def main() -> None:
    """Measure everything and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2000, help="jobs of each workload; fewer for a quick run")
    parser.add_argument("--field", type=Path, help="recorded jobs of yours, for a section of their own")
    given = parser.parse_args()
    recorded = list(field.section(given.field)) if given.field else []  # a wrong path is told at once
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        whole = found(pool, given.jobs)
    draw(HERE / "RESULTS.svg", whole.tables)
    (HERE / "results" / "waiting.md").write_text("\n".join([*lines(whole), *recorded]), "utf-8")
    runs = f"{given.jobs} jobs of each workload, once; seed {SEED}"
    summary.put("waiting", figures(whole), runs, short=SHORT, packages=("httpx",))
    print(f"written: {HERE / 'results' / 'waiting.md'}, its picture, its part of {summary.PAGE}")


if __name__ == "__main__":
    main()
