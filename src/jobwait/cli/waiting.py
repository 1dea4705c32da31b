"""Waiting for jobs as a command does it: progress, JSON, Ctrl-C and the report."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from attrs import frozen

import jobwait
from jobwait._display.board import JobKey
from jobwait._display.endings import ending_line, reasons, summary
from jobwait._display.news import NewsFilter
from jobwait._display.progress import progress_of
from jobwait._files import check_free
from jobwait._model.display import Display
from jobwait._model.status_map import state_text
from jobwait._sync import clock
from jobwait.cli import exits
from jobwait.cli.exits import complain
from jobwait.cli.going_on import say_how
from jobwait.cli.job_names import name_of
from jobwait.cli.options import duration, option
from jobwait.cli.output import Output
from jobwait.errors import InvalidInput, JobNotFound, JobWaitError

if TYPE_CHECKING:
    from jobwait import Job, Outcome, Policy, Update

LISTED: Final = 10  # jobs; of more, a screen has no line for each that succeeded
_OPEN: Final = frozenset({"timed_out", "unreachable"})
_NOT_THERE: Final = (InvalidInput, JobNotFound)


@frozen(kw_only=True)
class WaitOptions:
    """The options of every command that waits."""

    timeout: Annotated[
        float | None,
        option(
            "Stop waiting after this time: 90, 90s, 2h, 1h30m; the job may run on.",
            parser=duration,
            metavar="DURATION",
            show_default="Freeplay 1 h, FRYTE 10 min, PromptForge 24 h",
        ),
    ] = None
    interval: Annotated[
        float | None,
        option(
            "Time between polls.",
            parser=duration,
            metavar="DURATION",
            show_default="chosen for each poll, by how the job progresses",
        ),
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
    record: Annotated[
        Path | None,
        option(
            "Append the polls, without secrets, to this recording, which can be replayed under another policy; of a "
            "folder, to a new file in it.",
            metavar="FILE",
        ),
    ] = None

    def check(self) -> None:
        """InvalidInput if the report or the recording cannot be written there."""
        with self.recording():
            pass
        if self.report is None:
            return
        folder = self.report.absolute().parent
        check_free(self.report, overwrite=True)
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            raise InvalidInput(f"{self.report}: a report cannot be written there; name a file in a folder of yours.")

    @contextmanager
    def recording(self) -> Iterator[Callable[[Job[Any]], None]]:
        """A function that records the polls of a job, in the block, if that is wanted."""
        if self.record is None:
            yield lambda _: None
            return
        from jobwait._jobs.handle import state_of  # noqa: PLC0415 - few waits are recorded
        from jobwait._recording.writer import Writer  # noqa: PLC0415 - the same

        writer = Writer(self.record)
        try:
            yield lambda job: writer.add(state_of(job))
        finally:
            writer.close()

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
    typed: str = "",  # options of the command that waits again, each after a space
    next_command: str = "",  # printed after it
) -> int:
    """Wait for *jobs*, print each outcome, pass it to *on_outcome*; the exit status. The jobs run on after Ctrl-C."""
    outcomes: list[Outcome[Any]] = []
    record = jobwait.Record(jobs if options.report is not None else ())
    by_key = {(job.service.name, job.id): job for job in jobs}
    names = {key: str(name_of(job)) for key, job in by_key.items()}
    news, ends = NewsFilter(), _Ends(names, output)
    interrupt: KeyboardInterrupt | None = None
    try:
        with options.recording() as add, progress_of(by_key, quiet=output.quiet, as_json=output.as_json) as progress:
            for job in jobs:
                add(job)

            def show(update: Update[Any]) -> None:
                if output.as_json and news.is_news(update):
                    output.json("update", **update.to_dict(), name=names[update.service, update.job_id])
                progress.show(update)

            display = Display(show, moved=progress.moved)
            for outcome in jobwait.as_completed(jobs, policy=options.policy, on_update=display):
                outcomes.append(outcome)
                output.json("outcome", **outcome.to_dict(), name=names[outcome.service, outcome.job_id])
                if not progress.live:
                    ends.tell(outcome)
    except KeyboardInterrupt as error:
        interrupt = error
    left = _left(by_key, outcomes, interrupted=interrupt is not None)
    ends.tell_all(outcomes, left)
    go_on = _go_on if interrupt is None else _interrupted
    go_on([*left.values()], options, typed, next_command)
    if options.report is not None:
        jobwait.report(record, options.report, overwrite=True)
    if interrupt is not None:
        raise typer.Exit(exits.of_interrupt(interrupt))
    for outcome in outcomes:
        on_outcome(outcome)
    return exits.of_states(outcome.state for outcome in outcomes)


class _Ends:
    """
    Prints how jobs ended, each once: on stdout a line for each, on stderr the reasons, and of several jobs the sum.

    Where both are one screen, a reason stands for the line of its job; of many jobs those that succeeded are counted.
    """

    def __init__(self, names: Mapping[JobKey, str], output: Output) -> None:
        self._names, self._output = names, output
        self._screen = sys.stdout.isatty() and sys.stderr.isatty()
        self._began = clock.current.monotonic()
        self._told: set[JobKey] = set()

    def tell(self, outcome: Outcome[Any]) -> None:
        """Print the line of *outcome*."""
        key = (outcome.service, outcome.job_id)
        listed = outcome.error is None and len(self._names) <= LISTED
        if key not in self._told and (listed or not self._screen):
            self._output.text(ending_line(self._names[key], outcome))
        self._told.add(key)

    def tell_all(self, outcomes: Sequence[Outcome[Any]], left: Collection[JobKey]) -> None:
        """Print the lines that have not been printed yet, the reasons, and the sum; a command for *left* follows."""
        for outcome in outcomes:
            self.tell(outcome)
        for sentence in reasons(outcomes, self._names, left):
            complain(sentence)
        if len(self._names) > 1 and self._output.chatty:
            states = [state_text(outcome.state, outcome.reason) for outcome in outcomes]
            more = len(self._names) - len(outcomes)
            typer.echo(summary(states, more, clock.current.monotonic() - self._began), err=True)


def _left(
    jobs: Mapping[JobKey, Job[Any]], outcomes: Iterable[Outcome[Any]], *, interrupted: bool
) -> dict[JobKey, Job[Any]]:
    """Those of *jobs* that were not seen to end, as far as their service may know them; after an interrupt, open."""
    ended = {(one.service, one.job_id) for one in outcomes if interrupted or not _may_run_on(one)}
    return {key: job for key, job in jobs.items() if key not in ended}


def _may_run_on(outcome: Outcome[Any]) -> bool:
    """Whether the job was not seen to end, and the service may know it."""
    return outcome.state in _OPEN and not isinstance(outcome.error, _NOT_THERE)


def _go_on(left: list[Job[Any]], options: WaitOptions, typed: str, next_command: str) -> None:
    """Print how to wait again for the jobs that are *left*."""
    if left:
        say_how(left, ("may run on", "may run on"), typed, next_command, timeout=options.timeout)


def _interrupted(jobs: list[Job[Any]], options: WaitOptions, typed: str, next_command: str) -> None:
    """Cancel *jobs* if that is wanted, until another Ctrl-C, and print how to wait for the others again."""
    left = list(jobs)
    if options.cancel_on_interrupt:
        complain("interrupted; asking for the cancellation. Ctrl-C again leaves what is not canceled yet.")
        with suppress(KeyboardInterrupt):
            for job in jobs:
                if _cancel(job):
                    left.remove(job)
    if left:
        say_how(left, ("runs on", "run on"), typed, next_command, interrupted=True)


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
