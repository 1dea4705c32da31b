"""Waiting for jobs as a command does it: progress, JSON, Ctrl-C and the report."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from attrs import frozen

import jobwait
from jobwait._display.lines import duration_text
from jobwait._display.progress import progress_of
from jobwait._files import check_free
from jobwait.cli import exits
from jobwait.cli.exits import complain
from jobwait.cli.job_names import arguments_for, name_of
from jobwait.cli.options import duration, option
from jobwait.cli.output import Output
from jobwait.errors import InvalidInput, JobWaitError

if TYPE_CHECKING:
    from jobwait import Job, Outcome, Policy, Update

_ENDED: Final = {
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "was canceled",
    "needs_input": "waits for your answer",
    "timed_out": "is still running as far as we know",
    "unreachable": "could not be asked about",
}


@frozen(kw_only=True)
class WaitOptions:
    """The options of every command that waits."""

    timeout: Annotated[
        float | None, option("Stop waiting after this time: 90, 90s, 2h, 1h30m.", parser=duration, metavar="DURATION")
    ] = None
    interval: Annotated[
        float | None,
        option("Time between polls, instead of the service's default.", parser=duration, metavar="DURATION"),
    ] = None
    strict: Annotated[bool, option("Fail on a status that is not documented.", "--strict")] = False
    cancel_on_interrupt: Annotated[
        bool, option("On Ctrl-C cancel the jobs, where their service can.", "--cancel-on-interrupt")
    ] = False
    cancel_on_timeout: Annotated[
        bool, option("At the timeout cancel the jobs, where their service can.", "--cancel-on-timeout")
    ] = False
    report: Annotated[
        Path | None, option("Write a report of the wait as an HTML page; replaces an existing file.", metavar="FILE")
    ] = None

    def check(self) -> None:
        """InvalidInput if the report cannot be written: no such folder, or the name is of something that is no file."""
        if self.report is None:
            return
        folder = self.report.absolute().parent
        check_free(self.report, overwrite=True)
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            raise InvalidInput(f"{self.report}: a report cannot be written there; name a file in a folder of yours.")

    @property
    def policy(self) -> Policy:
        """The options as a policy; what was not given is the service's default."""
        given: dict[str, Any] = {} if self.timeout is None else {"timeout": self.timeout}
        if self.interval is not None:
            given.update(interval=self.interval, min_interval=min(1.0, self.interval or 1.0))
        on_unknown: Literal["wait", "raise"] = "raise" if self.strict else "wait"
        return jobwait.Policy(on_unknown=on_unknown, cancel_on_timeout=self.cancel_on_timeout, **given)


def wait_for(
    jobs: list[Job[Any]],
    output: Output,
    options: WaitOptions,
    on_outcome: Callable[[Outcome[Any]], None] = lambda _: None,
    spec_arguments: str = "",  # those of Spec, for the command that waits again
    next_command: str = "",  # printed after it
) -> int:
    """Wait for *jobs*, print each outcome, pass it to *on_outcome*; the exit status. The jobs run on after Ctrl-C."""
    outcomes: list[Outcome[Any]] = []
    record = jobwait.Record(jobs if options.report is not None else ())
    by_key = {(job.service.name, job.id): job for job in jobs}
    interrupted = False
    try:
        names = {key: str(name_of(job)) for key, job in by_key.items()}
        with progress_of(names, quiet=output.quiet, as_json=output.as_json) as show:

            def on_update(update: Update[Any]) -> None:
                output.json("update", **update.to_dict())
                show(update)

            for outcome in jobwait.as_completed(jobs, policy=options.policy, on_update=on_update):
                outcomes.append(outcome)
                output.json("outcome", **outcome.to_dict())
    except KeyboardInterrupt:
        interrupted = True
    for outcome in outcomes:
        _print(outcome, by_key[outcome.service, outcome.job_id], output)
    if interrupted:
        ended = {(outcome.service, outcome.job_id) for outcome in outcomes}
        _interrupted([job for key, job in by_key.items() if key not in ended], options, spec_arguments, next_command)
    if options.report is not None:
        jobwait.report(record, options.report, overwrite=True)
    if interrupted:
        raise typer.Exit(exits.INTERRUPTED)
    for outcome in outcomes:
        on_outcome(outcome)
    return exits.of_states(outcome.state for outcome in outcomes)


def _print(outcome: Outcome[Any], job: Job[Any], output: Output) -> None:
    took = duration_text((outcome.seen_at - outcome.started).total_seconds())
    polls = "1 poll" if outcome.polls == 1 else f"{outcome.polls} polls"
    done = job.service.progress(outcome.snapshot) if outcome.snapshot is not None else None
    counts = f", {done}" if done is not None and done.stage is None else ""
    output.text(f"{name_of(job)} {_ENDED[outcome.state]} ({took}, {polls}{counts})")
    if outcome.error is not None:
        complain(str(outcome.error))


def _interrupted(jobs: list[Job[Any]], options: WaitOptions, spec_arguments: str, next_command: str) -> None:
    """Cancel *jobs* if that is wanted, until another Ctrl-C, and print how to wait for the others again."""
    left = list(jobs)
    if options.cancel_on_interrupt:
        complain("interrupted; asking for the cancellation. Ctrl-C again leaves what is not canceled yet.")
        with suppress(KeyboardInterrupt):
            for job in jobs:
                if _cancel(job):
                    left.remove(job)
    if left:
        which = "The job runs on" if len(left) == 1 else f"{len(left)} jobs run on"
        again = f"jobwait wait {arguments_for(left, spec_arguments)}{next_command}"
        complain(f"interrupted. {which}; take it up again with: {again}")


def _cancel(job: Job[Any]) -> bool:
    """Ask the service to cancel *job*, and print what it said; whether it agreed."""
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
