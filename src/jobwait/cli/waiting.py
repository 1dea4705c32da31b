"""Wait for jobs as a command does: progress, JSON, Ctrl-C, and the report of all that happened."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from attrs import frozen

import jobwait
from jobwait._display.screen import progress
from jobwait.cli import _exits, json_forms
from jobwait.cli._durations import duration, spoken
from jobwait.cli.exits import complain
from jobwait.cli.job_names import name_of, words_for
from jobwait.cli.output import Voice
from jobwait.errors import InvalidInput, JobWaitError

if TYPE_CHECKING:
    from jobwait import Job, Outcome, Policy, Record, Update

_ENDED: Final = {
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "was canceled",
    "timed_out": "is still running as far as we know",
    "unreachable": "could not be asked about",
}


@frozen(kw_only=True)
class WaitOptions:
    """The options of every command that waits."""

    timeout: Annotated[
        float | None,
        typer.Option(parser=duration, metavar="DURATION", help="Stop asking after this long: 90, 90s, 2h, 1h30m."),
    ] = None
    interval: Annotated[
        float | None,
        typer.Option(parser=duration, metavar="DURATION", help="Seconds a look, instead of the service's own pace."),
    ] = None
    strict: Annotated[bool, typer.Option("--strict", help="Give up on a status that nobody documented.")] = False
    cancel_on_interrupt: Annotated[
        bool, typer.Option("--cancel-on-interrupt", help="On Ctrl-C cancel the jobs, where their service can.")
    ] = False

    report: Annotated[
        Path | None, typer.Option(help="Write a page that shows how it went; replaces one that is there.")
    ] = None

    def check(self) -> None:
        """
        Nothing, if the report can be written: it would be a pity to find out at the end.

        Raises:
            InvalidInput: there is no such folder, or what has its name is no file, as a device.

        """
        if self.report is None:
            return
        folder = self.report.absolute().parent
        taken = self.report.exists() and not self.report.is_file()
        if taken or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            raise InvalidInput(f"{self.report}: a report cannot be written there; name a file in a folder of yours.")

    @property
    def policy(self) -> Policy:
        """The options as a policy; what was not given is the service's default."""
        given: dict[str, Any] = {}
        if self.timeout is not None:
            given["timeout"] = self.timeout
        if self.interval is not None:
            given.update(interval=self.interval, min_interval=min(1.0, self.interval or 1.0))
        on_unknown: Literal["raise", "wait"] = "raise" if self.strict else "wait"
        return jobwait.Policy(on_unknown=on_unknown, **given)


def follow(
    jobs: list[Job[Any]],
    voice: Voice,
    wait_options: WaitOptions,
    then: Callable[[Outcome[Any]], None] = lambda _: None,
    later: str = "",
) -> list[Outcome[Any]]:
    """
    The outcomes of *jobs* as they came; each is told of, and then handed to *then*.

    At Ctrl-C the jobs run on, and the command that takes them up again is said; *later* is what belongs after it.
    """
    outcomes: list[Outcome[Any]] = []
    record = jobwait.Record(jobs if wait_options.report is not None else ())
    try:
        with progress(voice, [name_of(job) for job in jobs]) as show:

            def hear(update: Update[Any]) -> None:
                voice.tell("update", **json_forms.of_update(update))
                show(update)

            for outcome in jobwait.as_completed(jobs, policy=wait_options.policy, on_update=hear):
                outcomes.append(outcome)
                voice.tell("outcome", **json_forms.of_outcome(outcome))
    except KeyboardInterrupt:
        for outcome in outcomes:
            _say(voice, outcome, jobs)
        ended = {(outcome.service, outcome.job_id) for outcome in outcomes}
        _interrupted([job for job in jobs if (job.service.name, job.id) not in ended], wait_options, later)
        _report(record, wait_options)
        raise typer.Exit(_exits.INTERRUPTED) from None
    _report(record, wait_options)
    for outcome in outcomes:
        _say(voice, outcome, jobs)
        then(outcome)
    return outcomes


def status_of(outcomes: list[Outcome[Any]]) -> int:
    """The exit status of a command that waited for *outcomes*."""
    return _exits.of_states(outcome.state for outcome in outcomes)


def _say(voice: Voice, outcome: Outcome[Any], jobs: list[Job[Any]]) -> None:
    job = next(job for job in jobs if (job.service.name, job.id) == (outcome.service, outcome.job_id))
    took = spoken((outcome.seen_at - outcome.started).total_seconds())
    polls = "1 look" if outcome.polls == 1 else f"{outcome.polls} looks"
    done = job.service.progress(outcome.snapshot) if outcome.snapshot is not None else None
    counts = f", {done}" if done is not None and done.stage is None else ""
    voice.say(f"{name_of(job)} {_ENDED[outcome.state]} ({took}, {polls}{counts})")
    if outcome.error is not None:
        complain(str(outcome.error))


def _report(record: Record, wait_options: WaitOptions) -> None:
    if wait_options.report is not None:
        jobwait.report(record, wait_options.report, overwrite=True)


def _interrupted(jobs: list[Job[Any]], wait_options: WaitOptions, later: str) -> None:
    """Say of each job what becomes of it, and how to take it up again; another Ctrl-C ends the canceling."""
    left = list(jobs)
    if wait_options.cancel_on_interrupt:
        complain("interrupted; asking for the cancellation. Ctrl-C again leaves what is not canceled yet.")
        with suppress(KeyboardInterrupt):
            for job in jobs:
                if _cancel(job):
                    left.remove(job)
    if left:
        which = "The job runs on" if len(left) == 1 else f"{len(left)} jobs run on"
        complain(f"interrupted. {which}; take it up again with: jobwait wait {words_for(left)}{later}")


def _cancel(job: Job[Any]) -> bool:
    cancel = getattr(job, "cancel", None)
    if cancel is None:
        complain(f"{name_of(job)}: {job.service.name} cannot cancel a job.")
        return False
    try:
        cancel()
    except JobWaitError as error:
        complain(f"{name_of(job)} was not canceled: {error}")
        return False
    complain(f"{name_of(job)}: asked {job.service.name} to cancel it.")
    return True
