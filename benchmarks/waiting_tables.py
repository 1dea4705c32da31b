"""What the benchmark of the wait writes: results/waiting.md with all tables, and its part of RESULTS.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen
from benchmarks import claims
from benchmarks.aims import Kept
from benchmarks.measure import Row
from benchmarks.summary import Figure

LIMITS: Final[dict[tuple[str, str], tuple[float, str]]] = {
    ("counts, steady", "ours"): (0.07, ""),
    ("counts, uneven", "ours"): (0.085, ""),
    ("counts, drain", "ours"): (0.115, ""),
    ("counts, throttled", "ours"): (0.09, ""),
    ("counts, steady", "ours, with a history"): (0.02, ""),
    ("counts, uneven", "ours, with a history"): (0.035, ""),
    ("counts, drain", "ours, with a history"): (0.045, ""),
    ("counts, throttled", "ours, with a history"): (0.03, ""),
    ("Freeplay, four steps", "ours"): (0.19, ""),
    ("the real PromptForge", "ours"): (0.85, " x fixed"),
    ("the real PromptForge", "ours, with a history"): (0.30, ""),
    ("FRYTE", "ours"): (1.00, " x fixed"),
    ("FRYTE", "ours, with a history"): (0.30, ""),
    ("heavy tail", "ours, with a history"): (0.70, " x fixed"),
    ("bimodal", "ours, with a history"): (0.75, " x fixed"),
}
KELLER, GUARANTEE, WRONG, NUMBER = 1.10, 1.25, 1.10, 0.10  # what was asked
RULES, SIMULATED, HELD = 0.20, 1.00, 1024


@frozen
class Cost:
    """The rules of a poll in bare GETs, a simulated poll in requests and responses built, bytes of a waiting job."""

    rules: float
    simulated: float
    held: float


@frozen
class Found:
    """All that one run of the benchmark found."""

    jobs: int
    seed: int
    histories: int
    number: int
    tables: dict[str, dict[str, Row]]
    shifted: dict[str, list[Row]]
    keller: list[tuple[str, float, float]]
    bounded: list[claims.Bounded]
    guarantee: dict[tuple[str, float], float]
    wrong: list[tuple[str, float, float]]
    guarded: list[tuple[float, float]]
    trust: list[tuple[str, float]]
    max_requests: list[tuple[str, bool, int, Kept]]
    cost: Cost


def lines(found: Found) -> Iterator[str]:
    """The lines of results/waiting.md."""
    yield INTRODUCTION.format(jobs=found.jobs, seed=found.seed, histories=found.histories)
    for name, rows in found.tables.items():
        yield from _workload(name, rows)
    yield from _shifted(found)
    yield from _bounds(found)
    yield from _claims(found)
    yield from _max_requests(found)
    yield from _cost(found.cost)


def _workload(name: str, rows: dict[str, Row]) -> Iterator[str]:
    fixed = rows["fixed interval"].product
    yield f"\n## {name[0].upper()}{name[1:]}\n"
    yield "| way | requests | mean lateness, s | late, s | product | x fixed | asked |"
    yield "|---|---|---|---|---|---|---|"
    for way, row in rows.items():
        bold = "**" if way.startswith("ours") else ""
        goal, unit = LIMITS.get((name, way), (None, ""))
        asked = "" if goal is None else f"{goal:.3f}".removesuffix("0") + unit
        yield (
            f"| {bold}{way}{bold} | {row.polls:.1f} | {row.lateness:.2f} | {row.late:.1f} | "
            f"{bold}{row.product:.3f}{bold} [{row.low:.3f}, {row.high:.3f}] | {row.product / fixed:.2f} | "
            f"{asked} |"
        )


def _shifted(found: Found) -> Iterator[str]:
    yield "\n## The same rule on distributions that were not used for tuning\n"
    yield "Medians times 1.4 and sigmas times 1.15; medians times 0.6 and sigmas times 0.9. Product of our wait:\n"
    yield "| workload | x 1.4 | x 0.6 |"
    yield "|---|---|---|"
    for name, rows in found.shifted.items():
        cells = " | ".join(f"{row.product:.3f} [{row.low:.3f}, {row.high:.3f}]" for row in rows)
        yield f"| {name} | {cells} |"


def _bounds(found: Found) -> Iterator[str]:
    yield "\n## A history beside Keller's bound\n"
    yield f"No progress; {found.number} independent histories of 30, 20 jobs each. Asked: {KELLER:.2f}.\n"
    yield "| distribution | product | bound | ratio |"
    yield "|---|---|---|---|"
    for name, product, bound in found.keller:
        yield f"| {name} | {product:.3f} | {bound:.3f} | {product / bound:.2f} |"
    yield "\n## A history beside the best schedule\n"
    yield "*Ideal*: the same rule, with a history of 30 in which each thirtieth of the distribution has one job; the"
    yield "rest is for want of a larger sample. *Best*: the least product of a schedule that knows the distribution,"
    yield "but not the job, and is no later than the fixed interval; computed backwards from the last age.\n"
    yield "| distribution | product | ideal | best |"
    yield "|---|---|---|---|"
    for row in found.bounded:
        yield f"| {row.name} | {row.ours:.3f} | {row.ideal:.3f} | {row.best:.3f} |"


def _claims(found: Found) -> Iterator[str]:
    yield "\n## The guarantee\n"
    yield "Durations that vary by 5 %, reports that mislead; product as a multiple of that of the fixed interval."
    yield f"Asked: {GUARANTEE}.\n"
    yield "| report | " + " | ".join(f"{length:g} s" for length in claims.LENGTHS) + " |"
    yield "|---|" + "---|" * len(claims.LENGTHS)
    for kind in claims.KINDS:
        yield f"| {kind} | " + " | ".join(f"{found.guarantee[kind, length]:.2f}" for length in claims.LENGTHS) + " |"
    yield "\n## Histories that are wrong\n"
    yield "Durations wrong by a factor; product as a multiple of that of the fixed interval."
    yield f"Asked: {WRONG}.\n"
    yield "| workload | factor | x fixed |"
    yield "|---|---|---|"
    for name, factor, ratio in found.wrong:
        yield f"| {name} | {factor:g} | {ratio:.2f} |"
    yield "\nThe bound for bimodal jobs: the least products of a schedule that knows exactly how long both kinds take,"
    yield "and weighs that all may be longer or shorter by a factor of up to four. It polls in continuous time.\n"
    yield "| the history is right | the worst factor |"
    yield "|---|---|"
    for right, worst in found.guarded:
        yield f"| {right:.2f} | {worst:.2f} |"
    yield "\n## Trust\n"
    yield "How often counts are trusted after 30 waits without an earlier history:\n"
    yield "| workload | trusted |"
    yield "|---|---|"
    for name, share in found.trust:
        yield f"| {name} | {share:.0%} |"


def _max_requests(found: Found) -> Iterator[str]:
    yield "\n## MaxRequests\n"
    yield "Means; *told* is the lateness that the last update expected. The deadline is after a day."
    yield "If nothing says how long a job takes, its polls are spread to the deadline, and most jobs end before.\n"
    yield "| workload | history | asked | requests | lateness, s | told, s |"
    yield "|---|---|---|---|---|---|"
    for name, known, most, kept in found.max_requests:
        yield (
            f"| {name} | {'yes' if known else 'no'} | {most} | {kept.requests:.1f} | {kept.lateness:.1f} | "
            f"{kept.told:.1f} |"
        )


def _cost(cost: Cost) -> Iterator[str]:
    yield "\n## What it costs\n"
    yield "Ratios of CPU time within one run on one machine; absolute times differ between machines.\n"
    yield "| | measured | asked |"
    yield "|---|---|---|"
    yield f"| the rules of a poll, in bare httpx GETs | {cost.rules:.2f} | {RULES:.2f} |"
    yield f"| a simulated poll, in status requests and responses built | {cost.simulated:.2f} | {SIMULATED:.2f} |"
    yield f"| memory of a waiting job without its last body, bytes | {cost.held:.0f} | {HELD:.0f} |\n"


def figures(found: Found) -> Iterator[Figure]:
    """The rows of RESULTS.md."""
    for name, ways in SHOWN:
        yield _figure(name, ways, found.tables[name])
    yield Figure(
        "worst product ÷ Keller's bound, one kind of jobs", max(one / bound for _, one, bound in found.keller), KELLER
    )
    yield Figure("worst product ÷ fixed interval, jobs whose reports mislead", max(found.guarantee.values()), GUARANTEE)
    yield Figure(
        "worst product ÷ fixed interval, histories wrong by a factor of 4",
        max(ratio for _, _, ratio in found.wrong),
        WRONG,
    )
    sent = [kept.requests / most - 1 for name, known, most, kept in found.max_requests if known or "steps" in name]
    what = "`MaxRequests`, steps or a history: most above its number; most below"
    yield Figure(what, (max(sent), -min(sent)), (NUMBER, NUMBER), form=".0%")


def _figure(name: str, ways: Sequence[str], rows: dict[str, Row]) -> Figure:
    to_fixed = bool(LIMITS[name, ways[0]][1])
    base = rows["fixed interval"].product if to_fixed else 1.0
    peers = {other: row.product / base for other, row in rows.items() if not other.startswith("ours")}
    best = min(peers, key=lambda other: peers[other])
    what = f"product{' ÷ fixed interval' * to_fixed}, {name}{'; '.join(ways).replace('ours', '').replace('; ,', ';')}"
    form = ".2f" if to_fixed else ".3f"
    goals = [LIMITS[name, way][0] for way in ways]
    return Figure(what, [rows[way].product / base for way in ways], goals, f"{best} {peers[best]:{form}}", form)


_BOTH: Final = ("ours", "ours, with a history")
SHOWN: Final = (
    *((f"counts, {kind}", _BOTH) for kind in ("steady", "uneven", "drain", "throttled")),
    ("Freeplay, four steps", _BOTH[:1]),
    *(("the real PromptForge", (way,)) for way in _BOTH),
    *((name, _BOTH[1:]) for name in ("FRYTE", "heavy tail", "bimodal")),
)


INTRODUCTION: Final = """\
# The wait, measured

Written by `make bench-waiting`; nothing here is typed by hand. All waits run in virtual time on jobs drawn from fixed
distributions (`workloads.py`): {jobs} of each, seed {seed}. The round trip is 0.1 s. This is no field measurement.

*Product* is mean requests times mean lateness over mean duration: a fixed interval has about 0.5, less is better; in
brackets its 95 % interval by bootstrap. *Late* is the lateness that one job in twenty exceeds. *With a history* means
that 30 similar jobs are known: each 20 jobs share one of {histories} independent histories; where jobs report accurate
counts, the history has shown that. Peers run their own code with a virtual clock, except for the one that is marked.

All other measurements: [RESULTS.md](../RESULTS.md).

![Requests and lateness](../RESULTS.svg)
"""
SHORT: Final = """\
- **Fewer requests with counts.** The guarantee (no interval longer than 1.2 times the mean interval so far, whatever a
  job reports) means that the number of polls grows at least like (t/interval)^(1/1.2): a job of 450 s takes about 40 or
  more. With a min_interval of 1 s lateness stays near 0.5 s, so no product falls much below 0.045 without trust.
- **FRYTE with a history at 0.30.** The best schedule for its distribution, known exactly, has that ("A history beside
  the best schedule"); 30 jobs do not tell the distribution, and intervals as short as 3 s leave few polls to place.
- **Two kinds of jobs, or a sharp lower limit, at their best.** That no job ends where none of the history did is
  believed in part: by half below the shortest duration, by a third between two kinds. Believed in full, both would have
  a lower product, but with durations wrong by a factor of four a higher one than the fixed interval, as jobs then end
  where polls are fewest. What can be had at once is in "Histories that are wrong": it is known from 30 jobs only.
- **MaxRequests of a job with steps.** Only the last step can be the end. Where it is as long as the earlier ones, about
  18.5 of 20 are sent; where it is shorter, polls are left over, as some are kept for a longer one: spent earlier, they
  make a longer one's end known half a step late. Of 40, the service's interval forbids most in a short last step.
- **MaxRequests of a job of unknown duration.** No schedule sends 20 polls both to a job of a minute and to one of a
  day. Ours sends no more than asked to the longest, so fewer to short ones; the delay is a fixed share of the duration.
"""
