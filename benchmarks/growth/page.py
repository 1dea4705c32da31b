"""What the benchmark of growth writes: results/growth.md, the picture, its part of RESULTS.md, a table for the docs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks import pages
from benchmarks.growth.chart import draw
from benchmarks.growth.jobs import AT_ONCE, FIRST, SPAN
from benchmarks.growth.rows import Row, find
from benchmarks.growth.ways import CONNECTIONS, GAP, PATIENCE
from benchmarks.summary import Figure, put

BENCHMARKS: Final = Path(__file__).parent.parent
DOCS: Final = BENCHMARKS.parent / "docs" / "engines" / "README.md"
BUSY, LARGE, HUGE = 1000, 10_000, 100_000
MINUTE: Final = 60.0  # the longer of the two intervals in seconds, for which jobs are counted


def write(made: Mapping[str, str], bare: float, minutes: float, rows: Sequence[Row]) -> None:
    """Write all, of the *rows* of the run with the stamp *made*, and the CPU of a *bare* GET in µs."""
    draw(BENCHMARKS / "RESULTS.growth.svg", rows)
    head = HEAD.format(cores=os.cpu_count(), first=FIRST, span=SPAN, most=AT_ONCE, gap=GAP, connections=CONNECTIONS)
    lines = [head, *(row.line(bare) for row in rows), "", NOTES.format(bare=bare, minutes=minutes), *bounds(rows)]
    (BENCHMARKS / "results" / "growth.md").write_text("\n".join(lines) + "\n", "utf-8")
    text = "\n".join(["", PICTURE, "", *bounds(rows)])
    put("growth", figures(bare, rows), runs(rows), text=text, short=short(rows), made=made)
    pages.put(DOCS, "bench-growth", "\n".join([*bounds(rows), ""]))


def runs(rows: Sequence[Row]) -> str:
    """How many runs, in words."""
    most = max(row.runs for row in rows)
    return f"median of {most} up to {max(row.count for row in rows if row.runs == most):,} jobs, then once"


def figures(bare: float, rows: Sequence[Row]) -> Iterator[Figure]:
    """The rows of RESULTS.md."""
    loop, fleet, tracker, engine = (find(rows, way, LARGE) for way in ("plain loop", "fleet", "tracker", "Temporal"))
    peer = f"plain loop {loop.cpu / bare:.2f}"
    what = f"{fleet.count:,} jobs: CPU a poll ÷ aiohttp's bare GET: fleet; tracker; Temporal with its server"
    yield Figure(what, [one.all / bare for one in (fleet, tracker, engine)], None, peer)
    for way in ("fleet", "tracker", "Temporal"):
        found = list({row.count: row for row in (find(rows, way, count) for count in (BUSY, LARGE, HUGE))}.values())
        what = f"mean lateness, s, {way} with {'; '.join(f'{row.count:,}' for row in found)} jobs"
        loops = ", ".join(f"{find(rows, 'plain loop', count).mean:.1f}" for count in (BUSY, LARGE))
        yield Figure(what, [row.mean for row in found], None, f"plain loop {loops}", ".1f")


def bounds(rows: Sequence[Row]) -> Iterator[str]:
    """The bound of each way, and where to change over: a table."""
    yield "| way | polls a second of one core | jobs at a poll in 5 s … in 60 s | its bound | change over when |"
    yield "|---|---|---|---|---|"
    for way, (bound, when) in RULES.items():
        rate = 1e6 / find(rows, way, LARGE).all
        jobs = " … ".join(f"{_round(rate / 2 * interval):,}" for interval in (GAP, MINUTE))
        yield f"| {way} | {_round(rate):,} | {jobs} | {bound} | {when} |"
    yield ""
    yield "Jobs need their number ÷ the interval in polls a second. The table takes half of what a core polls: jobs"
    yield "come unevenly. Beyond what a core polls, each job waits for its turn: the number of jobs ÷ polls a second."


def _round(value: float) -> int:
    """Two significant figures: a core of another machine polls otherwise."""
    return int(float(f"{value:.2g}"))


def short(rows: Sequence[Row]) -> str:
    """Where it falls short."""
    fleet, simulated = find(rows, "fleet", HUGE), [row for row in rows if row.simulated]
    more = [f"; with {row.count:,}, in virtual time, {row.mean:.0f} s" for row in simulated if row.count > HUGE]
    text = (
        "- **Growth.** One core is the bound of a fleet, as each job waits for its turn. Where "
        f"{AT_ONCE:,} jobs end each second,\n"
        f"  mean lateness with {fleet.count:,} jobs is {fleet.mean:.0f} s{''.join(more)}. More processes poll more."
    )
    missing = ", ".join(way for way in ("fleet", "tracker", "Temporal") if find(rows, way, HUGE).count < HUGE)
    told = f"\n  Not measured in this run with {HUGE:,} jobs, where a run may take {PATIENCE:.0f} s: {missing}."
    return text + told if missing else text


RULES: Final = {
    "fleet": ("one core; what waits is lost with the process", "jobs must outlive the program: tracker"),
    "tracker": (
        "one core a process, one machine; its processes share the file and each account's rate",
        "half a core is too little: more processes with the same file; a machine is too little: an engine",
    ),
    "Temporal": ("the cores of all workers, and its server; a batch has at most 1000 jobs", "its server is busy"),
}
PICTURE: Final = "![CPU a poll, memory and lateness against the number of jobs, for each way](RESULTS.growth.svg)"
HEAD: Final = """\
# Growth

Made by `make bench-growth` on {cores} cores. Each way waits for the same PromptForge jobs by its default policy (an
interval of {gap:g} s), against a local server that is a process of its own; fleet, tracker and loop have {connections}
connections. The jobs begin together, report their counts, and end evenly spread, from {first:g} s after the first poll
on: within {span:g} s, or {most:,} a second if they are more. They are too short for the schedule to save requests; what
it saves is in [waiting.md](waiting.md). Up to 1,000 jobs all ways run at the same time, so that each has the same
conditions.

*Plain loop*: aiohttp, a task for each job that asks, sleeps and asks again. *Temporal*: a development server and two
workers, batches of 500 to 1000 jobs. *Simulated*: the fleet in virtual time, where the service answers as many polls a
second as a core was measured to send; its CPU is without HTTP, its memory that of the jobs alone.

*CPU* is CPU time of the processes that poll, from the making of the handles to the last outcome; *all* adds Temporal's
server. *Memory* is the sum of the peaks, Temporal's server included; *kB a job* is what goes beyond the same way with
one job. *Lateness* is the time from the end of a job to the response that tells of it; *late* is exceeded by one job in
twenty.

| jobs | way | runs | CPU a poll, µs | ÷ bare GET | all, µs | memory, MB | kB a job | lateness, s | late, s | requests |
|---|---|---|---|---|---|---|---|---|---|---|"""
NOTES: Final = """\
With few jobs the work of the processes themselves, and of Temporal, is spread over few polls. The bare GET is
aiohttp's: {bare:.0f} µs in this run. All took {minutes:.0f} minutes.

## Where to change over
"""
