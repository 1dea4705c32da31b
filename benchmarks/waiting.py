"""
The benchmark of the wait: `make bench-waiting`.

Two thousand jobs of each workload are waited for in virtual time by our rules and by our peers; RESULTS.md and its
picture are written anew. The seeds are fixed, so every run gives the same figures, but for those of CPU and memory.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from benchmarks import aims, claims, cost, field
from benchmarks.measure import Row, measure
from benchmarks.peers import PEERS
from benchmarks.picture import draw
from benchmarks.workloads import WORKLOADS

HERE: Final = Path(__file__).parent
SEED: Final = 2026  # the constants were chosen on other seeds
SHIFTED: Final = ((1.4, 1.15), (0.6, 0.9))  # medians and sigmas of two sets that nobody tuned on
WAYS: Final = ("ours", "ours, with a history", "fixed interval", *PEERS)
LIMITS: Final[dict[tuple[str, str], str]] = {
    ("counts, steady", "ours"): "0.07",
    ("counts, uneven", "ours"): "0.085",
    ("counts, drain", "ours"): "0.115",
    ("counts, throttled", "ours"): "0.09",
    ("counts, steady", "ours, with a history"): "0.02",
    ("counts, uneven", "ours, with a history"): "0.035",
    ("counts, drain", "ours, with a history"): "0.045",
    ("counts, throttled", "ours, with a history"): "0.03",
    ("Freeplay, four steps", "ours"): "0.19",
    ("the real PromptForge", "ours"): "0.85 x fixed",
    ("the real PromptForge", "ours, with a history"): "0.30",
    ("FRYTE", "ours"): "1.00 x fixed",
    ("FRYTE", "ours, with a history"): "0.30",
    ("heavy tail", "ours, with a history"): "0.70 x fixed",
    ("bimodal", "ours, with a history"): "0.75 x fixed",
}
INTRODUCTION: Final = """\
# The wait, measured

Written by `make bench-waiting`; nothing here is typed by hand. All waits run in virtual time on jobs drawn from fixed
distributions (`workloads.py`): {jobs} of each, seed {seed}. The round trip is 0.1 s. This is no field measurement.

*Product* is mean requests times mean lateness over mean duration: a fixed interval has about 0.5, less is better; in
brackets its 95 % interval by bootstrap. *Late* is the lateness that one job in twenty exceeds. *With a history* means
that 30 similar jobs are known: each 20 jobs share one of {histories} independent histories; where jobs report accurate
counts, the history has shown that. Peers run their own code with a virtual clock, except for the one that is marked.

Fleet and tracker: `make bench-fleet` writes results/fleet.md. Temporal and Airflow beside the plain fleet:
[results/engines.md](results/engines.md). How long 20 000 jobs hold an event loop:
[results/event_loop.md](results/event_loop.md). What generating clients costs: [results/codegen.md](results/codegen.md);
real documents made into clients: [results/corpus.md](results/corpus.md). Each is written by its own benchmark.

![Requests and lateness](RESULTS.svg)
"""


def _table(pool: ProcessPoolExecutor, name: str, jobs: int) -> dict[str, Row]:
    ways = [way for way in WAYS if not (way == "ours, with a history" and "steps" in name)]
    return {way: measure(pool, name, way, SEED, jobs) for way in ways}


def _lines(name: str, rows: dict[str, Row]) -> Iterator[str]:
    fixed = rows["fixed interval"].product
    yield f"\n## {name[0].upper()}{name[1:]}\n"
    yield "| way | requests | mean lateness, s | late, s | product | x fixed | asked |"
    yield "|---|---|---|---|---|---|---|"
    for way, row in rows.items():
        bold = "**" if way.startswith("ours") else ""
        yield (
            f"| {bold}{way}{bold} | {row.polls:.1f} | {row.lateness:.2f} | {row.late:.1f} | "
            f"{bold}{row.product:.3f}{bold} [{row.low:.3f}, {row.high:.3f}] | {row.product / fixed:.2f} | "
            f"{LIMITS.get((name, way), '')} |"
        )


def _shifted(pool: ProcessPoolExecutor, jobs: int) -> Iterator[str]:
    yield "\n## The same rule on distributions that were not used for tuning\n"
    yield "Medians times 1.4 and sigmas times 1.15; medians times 0.6 and sigmas times 0.9. Product of our wait:\n"
    yield "| workload | x 1.4 | x 0.6 |"
    yield "|---|---|---|"
    for workload in WORKLOADS:
        rows = [measure(pool, workload.name, "ours", SEED + 1, jobs, *shift) for shift in SHIFTED]
        yield (
            f"| {workload.name} | "
            + " | ".join(f"{row.product:.3f} [{row.low:.3f}, {row.high:.3f}]" for row in rows)
            + " |"
        )


def _claims(pool: ProcessPoolExecutor, tables: dict[str, dict[str, Row]], number: int) -> Iterator[str]:
    yield "\n## A history beside Keller's bound\n"
    yield f"No progress; {number} independent histories of 30, 20 jobs each. Asked: 1.10.\n"
    yield "| distribution | product | bound | ratio |"
    yield "|---|---|---|---|"
    attained = {name: tables[name]["ours, with a history"].product for name in claims.BLIND}
    for name, product, bound in claims.keller(pool, SEED, number):
        attained[name] = product
        yield f"| {name} | {product:.3f} | {bound:.3f} | {product / bound:.2f} |"
    yield "\n## A history beside the best schedule\n"
    yield "*Ideal*: the same rule, with a history of 30 in which each thirtieth of the distribution has one job; the"
    yield "rest is for want of a larger sample. *Best*: the least product of a schedule that knows the distribution,"
    yield "but not the job, and is no later than the fixed interval; computed backwards from the last age.\n"
    yield "| distribution | product | ideal | best |"
    yield "|---|---|---|---|"
    for row in claims.bounded(pool, attained, SEED, 10 * number):
        yield f"| {row.name} | {row.ours:.3f} | {row.ideal:.3f} | {row.best:.3f} |"
    yield "\n## The guarantee\n"
    yield "Durations that vary by 5 %, reports that mislead; product as a multiple of that of the fixed interval."
    yield "Asked: 1.25.\n"
    yield "| report | " + " | ".join(f"{length:g} s" for length in claims.LENGTHS) + " |"
    yield "|---|" + "---|" * len(claims.LENGTHS)
    found = {(kind, length): ratio for kind, length, ratio in claims.guarantee(pool, SEED, 10 * number)}
    for kind in claims.KINDS:
        yield f"| {kind} | " + " | ".join(f"{found[kind, length]:.2f}" for length in claims.LENGTHS) + " |"
    yield "\n## Histories that are wrong\n"
    yield "Durations wrong by a factor; product as a multiple of that of the fixed interval. Asked: 1.1.\n"
    yield "| workload | factor | x fixed |"
    yield "|---|---|---|"
    for name, factor, ratio in claims.wrong_histories(pool, SEED, number):
        yield f"| {name} | {factor:g} | {ratio:.2f} |"
    yield "\n## Trust\n"
    yield "How often counts are trusted after 30 waits without an earlier history:\n"
    yield "| workload | trusted |"
    yield "|---|---|"
    for name, share in claims.trust(pool, SEED, max(number // 4, 4)):
        yield f"| {name} | {share:.0%} |"


def _max_requests(pool: ProcessPoolExecutor, jobs: int) -> Iterator[str]:
    yield "\n## MaxRequests\n"
    yield "Means; *told* is the lateness that the last update expected. The deadline is after a day."
    yield "If nothing says how long a job takes, its polls are spread to the deadline, and most jobs end before.\n"
    yield "| workload | history | asked | requests | lateness, s | told, s |"
    yield "|---|---|---|---|---|---|"
    for name, known, most, kept in aims.max_requests(pool, SEED, jobs):
        yield (
            f"| {name} | {'yes' if known else 'no'} | {most} | {kept.requests:.1f} | {kept.lateness:.1f} | "
            f"{kept.told:.1f} |"
        )


def _cost() -> Iterator[str]:
    get, rules, poll, pair, held = (
        cost.bare_get(),
        cost.rules(),
        cost.simulated_poll(),
        cost.request_and_response(),
        cost.process_history(),
    )
    yield "\n## What it costs\n"
    yield "Ratios of CPU time within one run on one machine; absolute times differ between machines.\n"
    yield "| | measured | asked |"
    yield "|---|---|---|"
    yield f"| the rules of a poll, in bare httpx GETs | {rules / get:.2f} | 0.20 |"
    yield f"| a simulated poll, in status requests and responses built | {poll / pair:.2f} | 1.00 |"
    yield f"| memory of a waiting job without its last body, bytes | {held:.0f} | 1024 |"


BOUNDS: Final = """
## What cannot be reached, and why

- **Fewer requests with counts.** The guarantee (no interval longer than 1.2 times the mean interval so far, whatever a
  job reports) means that the number of polls grows at least like (t/interval)^(1/1.2): a job of 450 s takes about 40 or
  more. With a min_interval of 1 s lateness stays near 0.5 s, so no product falls much below 0.045 without trust.
- **FRYTE with a history at 0.30.** The best schedule for its distribution, known exactly, has that ("A history beside
  the best schedule"); 30 jobs do not tell the distribution, and intervals as short as 3 s leave few polls to place.
- **Two kinds of jobs, or a sharp lower limit, at their best.** That no job ends where none of the history did is
  believed by half. Believed in full, both would have a lower product, but with durations wrong by a factor of four a
  higher one than the fixed interval. Even by half a wrong history of two kinds costs more than the 1.1 asked: jobs then
  end where polls are fewest.
- **MaxRequests of a job of unknown duration.** No schedule sends 20 polls both to a job of a minute and to one of a
  day. Ours sends no more than asked to the longest, so fewer to short ones; the delay is a fixed share of the duration.
- **Generating middle documents at twice stock's CPU time.** For a document of 386 kB, for which stock without checks
  takes 1.1 s, reading it and writing the client takes 1.8 s, mypy 2.1, datamodel-code-generator 1.1, the import of all
  modules 0.6 and ruff 0.3. In the document of 500 models, each of which refers to the next, mypy takes 12.7 s beside
  stock's 3.9: it checks all modules of a circle together.
- **A bound of 1 kB for a waiting job.** A waiting job is one generator (0.3 kB in CPython 3.11), the state of the job,
  the clock of the wait, the counts and their rate, and the last observation, each an object with named fields; their
  floats alone, 24 bytes each, are 0.4 kB. Packing them would save half, and cost unpacking at each poll.
"""


def main() -> None:
    """Measure everything and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2000, help="jobs of each workload; fewer for a quick run")
    parser.add_argument("--field", type=Path, help="recorded jobs of yours, for a section of their own")
    given = parser.parse_args()
    jobs = given.jobs
    recorded = list(field.section(given.field)) if given.field else []  # a wrong path is told at once
    number = min(200, max(jobs // 5, 4))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        tables = {workload.name: _table(pool, workload.name, jobs) for workload in WORKLOADS}
        lines = [INTRODUCTION.format(jobs=jobs, seed=SEED, histories=max(jobs // 20, 1))]
        for name, rows in tables.items():
            lines += _lines(name, rows)
        lines += [*_shifted(pool, max(jobs // 2, 4)), *_claims(pool, tables, number)]
        lines += _max_requests(pool, max(jobs // 4, 4))
    lines += [*_cost(), *recorded, BOUNDS]
    draw(HERE / "RESULTS.svg", tables)
    (HERE / "RESULTS.md").write_text("\n".join(lines))
    print(f"written: {HERE / 'RESULTS.md'} and its picture")


if __name__ == "__main__":
    main()
