"""
Recorded jobs: what our wait and fixed intervals would have done for them.

`make bench-waiting FIELD=FOLDER` adds this section to results/waiting.md; `python -m benchmarks.field FOLDER` prints it
alone. The set in examples/recordings is of the sandbox, whose jobs are made up, and no field data; `python -m
benchmarks.field --record-sandbox` makes it anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from attrs import frozen

from jobwait import Job, Policy, freeplay, fryte, promptforge
from jobwait.errors import InvalidInput
from jobwait.sandbox import Sandbox
from jobwait.testing import Recording, Replay, record, recordings, replay_all, virtual_time

SANDBOX: Final = Path(__file__).resolve().parents[1] / "examples" / "recordings" / "sandbox.jsonl"
APART: Final = 600.0  # seconds from one job of the sandbox to the next
UUID: Final = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
TOUR: Final = {
    "vehicle_id": "1",
    "battery_level_start": 0.8,
    "section_list": [{"start_pos": [53.55, 10.0], "stop_pos": [48.14, 11.58]}],
    "poi_info": {},
}
MADE_UP: Final = """\
These are jobs of the sandbox, which makes them up: they show what the benchmark does with recordings, and nothing of a
real service. No field data is part of the project; `make bench-waiting FIELD=FOLDER` takes yours.
"""
EXPLANATION: Final = """\
{jobs} recorded jobs in `{name}`; of {known} it is known between which moments they ended. A replay gets the last
recorded answer at each time. A job may have ended at any moment between two recorded answers: *requests* and *mean
lateness* are means over these, and *range* has the means of the least and of the most. *With a history*: of the
recorded jobs that had ended before. *Product*: requests times lateness over duration.
"""
INTERVALS: Final = (1.0, 5.0, 15.0)  # seconds, beside that of the service


@frozen
class Row:
    """What a way of waiting attains: means over the jobs; *least* and *most* bound the mean lateness, in seconds."""

    polls: float
    lateness: float
    least: float
    most: float
    product: float

    @classmethod
    def of(cls, replays: Sequence[Replay]) -> Row:
        """The row of *replays*, of which each has seen an end whose time is known within bounds."""
        polls = fmean(made.mean_polls for made in replays)
        lateness = fmean(made.lateness or 0.0 for made in replays)
        ranges = [made.lateness_range or (0.0, 0.0) for made in replays]
        lasted = fmean(sum(made.recording.ended or (0.0, 0.0)) / 2 for made in replays)
        bounds = fmean(low for low, _ in ranges), fmean(high for _, high in ranges)
        return cls(polls, lateness, *bounds, polls * lateness / lasted)


def fixed(interval: float) -> Policy:
    """A policy that polls at this interval, whatever a job shows."""
    return Policy(interval=interval, min_interval=interval, max_interval=interval)


def section(path: Path) -> Iterator[str]:
    """The section of results/waiting.md on the recordings in *path*."""
    try:
        found = recordings(path, skip_damaged=True)
    except InvalidInput as error:
        raise SystemExit(str(error)) from None
    known = [one for one in found if one.ended is not None]
    yield "\n## Recorded jobs\n"
    if path.resolve() in {SANDBOX, SANDBOX.parent}:
        yield MADE_UP
    yield EXPLANATION.format(jobs=len(found), name=path.name, known=len(known))
    for service in sorted({one.service for one in known}):
        yield from _table(service, [one for one in known if one.service == service])


def _table(service: str, known: Sequence[Recording]) -> Iterator[str]:
    interval = known[0].defaults.interval or known[0].defaults.min_interval
    ways: dict[str, tuple[Policy, bool]] = {"ours": (Policy(), False), "ours, with a history": (Policy(), True)}
    ways[f"fixed interval, {interval:g} s"] = (fixed(interval), False)
    ways.update({f"fixed {every:g} s": (fixed(every), False) for every in INTERVALS if every != interval})
    replays = {way: replay_all(known, policy, histories=learns) for way, (policy, learns) in ways.items()}
    seen = {way: {id(one.recording) for one in made if one.lateness is not None} for way, made in replays.items()}
    common = set.intersection(*seen.values())  # a way may have given up at its deadline
    yield f"\n### {service}: {len(common)} jobs\n"
    if not common:
        yield "No job's end was seen by all ways of waiting.\n"
        return
    rows = {way: Row.of([one for one in made if id(one.recording) in common]) for way, made in replays.items()}
    unit = rows[f"fixed interval, {interval:g} s"].product
    yield "| way | requests | mean lateness, s | range, s | product | x fixed |"
    yield "|---|---|---|---|---|---|"
    for way, row in rows.items():
        bold = "**" if way.startswith("ours") else ""
        yield (
            f"| {bold}{way}{bold} | {row.polls:.1f} | {row.lateness:.2f} | {row.least:.2f} to {row.most:.2f} | "
            f"{bold}{row.product:.3f}{bold} | {row.product / unit:.2f} |"
        )


def record_sandbox(path: Path) -> None:
    """Record jobs of the sandbox, one after the other in virtual time, each waited for by its service's defaults."""
    path.unlink(missing_ok=True)
    with virtual_time() as clock, Sandbox(clock=clock.time, speed=1, seed=7, promptforge_mode="docs") as box:
        for made in _jobs(box):
            began = clock.now
            with record((), path) as recorder:
                job = made()
                recorder.add(job)
                job.outcome()
            clock.sleep(max(0.0, began + APART - clock.now))


def _jobs(box: Sandbox) -> Iterator[Callable[[], Job[Any]]]:
    """What submits each of the jobs."""
    forge = promptforge.connect(box.promptforge.key, base_url=box.promptforge.url)
    tours = fryte.connect(box.fryte.key, base_url=box.fryte.url)
    play = freeplay.connect(box.freeplay.key, base_url=box.freeplay.url)
    with forge, tours, play:
        for number in range(14):
            prompts = [{"prompt_id": one, "prompt": "Why?"} for one in range(1, 100 + 50 * (number % 5))]
            yield lambda prompts=prompts: promptforge.submit(forge, prompts, provider="openai", model="m")  # type: ignore[misc]
            yield lambda: fryte.submit(tours, TOUR)
        for _ in range(4):
            ids = {"prompt_template_version_id": UUID, "dataset_id": UUID}
            yield lambda ids=ids: freeplay.submit(play, "project", **ids)  # type: ignore[misc]


def main() -> None:
    """Print the section, or record the jobs of the sandbox."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, default=SANDBOX)
    parser.add_argument("--record-sandbox", action="store_true", help="write the recordings of the sandbox anew")
    given = parser.parse_args()
    if given.record_sandbox:
        record_sandbox(SANDBOX)
    print("\n".join(section(given.path)))


if __name__ == "__main__":
    main()
