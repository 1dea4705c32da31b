"""
Jobs at local copies of the three services, which the sandbox runs: submit, wait, collect.

There are two PromptForges: one behaves as its published server, one as documented. All four jobs run at once.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from attrs import frozen
from rich.console import Console
from rich.pretty import pretty_repr
from rich.table import Table

from jobwait import Job, JobWaitError, Outcome, Policy, Update, freeplay, fryte, promptforge, wait_all
from jobwait.sandbox import Sandbox
from promptforge_client import AuthenticatedClient

HERE = Path(__file__).parent
SPEED = 60  # a minute of a job takes a second
OFTEN = Policy(interval=0.5, min_interval=0.5)  # so that there is progress to see: jobs are that much shorter here


@frozen
class Task:
    """A job of the demo: how to submit it, and how to collect its results."""

    name: str
    submit: Callable[[], Job[Any]]
    collect: Callable[[Any], object]


def tasks(documented: Sandbox, server: Sandbox, folder: Path, stack: ExitStack) -> list[Task]:
    """The four jobs, each with a client that is closed with *stack*."""
    freeplay_client = stack.enter_context(freeplay.connect(documented.freeplay.key, base_url=documented.freeplay.url))
    fryte_client = stack.enter_context(fryte.connect(documented.fryte.key, base_url=documented.fryte.url))
    wanted = json.loads((HERE / "optimization.json").read_text("utf-8"))
    made = [
        Task("Freeplay", lambda: freeplay.submit(freeplay_client, wanted.pop("project_id"), **wanted), optimized),
        Task("FRYTE", lambda: fryte.submit(fryte_client, HERE / "tour_hamburg_munich.json"), planned),
    ]
    for name, box in (("PromptForge, documented", documented), ("PromptForge, real server", server)):
        client = stack.enter_context(promptforge.connect(box.promptforge.key, base_url=box.promptforge.url))
        made.append(Task(name, batch(client), answered(folder / box.promptforge.url.rpartition(":")[2])))
    return made


def batch(client: AuthenticatedClient) -> Callable[[], Job[Any]]:
    """A submission of the thousand prompts."""
    return lambda: promptforge.submit(client, HERE / "prompts.jsonl", provider="openai", model="gpt-4o-mini")


def optimized(job: freeplay.FreeplayJob) -> object:
    """What Freeplay changed, from the final status."""
    result = job.result()
    return {
        "original_version_id": result.original_version_id,
        "optimized_version_id": result.optimized_version_id,
        "changes_summary": result.changes_summary,
        "data_sources_used": result.data_sources_used,
    }


def planned(job: fryte.FryteJob) -> object:
    """The plan, in short."""
    plan = job.result()
    return {
        "qualification": plan.qualification,
        "sections": len(plan.sections),
        "stops": [stop.title for stop in plan.poi_list or ()],
        "battery_level_end": plan.battery_level_end,
    }


def answered(folder: Path) -> Callable[[promptforge.PromptForgeJob], object]:
    """The result files, and the first result."""

    def collect(job: promptforge.PromptForgeJob) -> object:
        paths, lines = job.download(folder), job.results()
        size = sum(path.stat().st_size for path in paths)
        return {"answers": len(lines), "files": len(paths), "bytes": size, "first": lines[0]}

    return collect


@frozen
class Done:
    """A job that has ended: its outcome, and its results."""

    task: Task
    outcome: Outcome[Any]
    collected: object


def told(names: dict[str, str]) -> Callable[[Update[Any]], None]:
    """The on_update where no live display is seen, as in a file or a pipe: a line for each change."""

    def tell(update: Update[Any]) -> None:
        print(f"{names[update.job_id]}: {update}", flush=True)

    return tell


def is_drawn() -> bool:
    """Whether the live display is drawn, and whoever reads stdout sees it: on a terminal that is no log of a CI."""
    ci = os.environ.get("CI", "").lower() not in {"", "0", "false"}
    screen = os.environ.get("TERM", "") not in {"dumb", "unknown"} and not ci
    return screen and sys.stdout.isatty() and sys.stderr.isatty()


def follow_all(todo: list[Task]) -> list[Done]:
    """Submit all jobs, wait for them with a live display, and collect their results."""
    with ThreadPoolExecutor(len(todo)) as pool:
        begun = [pool.submit(task.submit) for task in todo]
    jobs = [future.result() for future in begun]
    names = {job.id: task.name for job, task in zip(jobs, todo, strict=True)}
    outcomes = wait_all(jobs, policy=OFTEN, progress=True, on_update=None if is_drawn() else told(names))
    for outcome in outcomes:
        outcome.unwrap()
    return [Done(task, outcome, task.collect(outcome.job)) for task, outcome in zip(todo, outcomes, strict=True)]


def closing_table(results: list[Done]) -> Table:
    """Job, outcome, polls, time."""
    table = Table("job", "id", "outcome", "polls", "seconds")
    for done in results:
        seconds = (done.outcome.seen_at - done.outcome.started).total_seconds()
        row = (done.outcome.job_id[:8], done.outcome.state, str(done.outcome.polls), f"{seconds:.1f}")
        table.add_row(done.task.name, *row)
    return table


def main() -> int:
    """Run the demo; 0 when all four jobs have succeeded."""
    console = Console()
    console.print(f"Four jobs against the sandbox, {SPEED} times as fast as the services.\n", highlight=False)
    with ExitStack() as stack:
        documented = stack.enter_context(Sandbox(speed=SPEED, promptforge_mode="docs"))
        server = stack.enter_context(Sandbox(speed=SPEED, seed=8))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jobwait-demo-")))
        todo = tasks(documented, server, folder, stack)
        try:
            results = follow_all(todo)
        except KeyboardInterrupt:
            console.print("\nInterrupted. The sandbox and its jobs have ended too.")
            return 130
        except JobWaitError as error:
            console.print(f"{type(error).__name__}: {error}", style="red", markup=False)
            return 1
    for done in results:
        console.print(f"\n[bold]{done.task.name}[/bold]", highlight=False)
        console.print(pretty_repr(done.collected, max_width=min(console.width, 100)), markup=False)
    console.print("\n", closing_table(results), sep="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
