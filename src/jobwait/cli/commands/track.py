"""`jobwait track`: jobs in a tracker's file, waited for until they end, by whatever process runs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from attrs import frozen

from jobwait._model.checks import is_ref
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import complain, if_interrupted
from jobwait.cli.help.classes import App
from jobwait.cli.job_names import handle, parse
from jobwait.cli.options import command, duration, option
from jobwait.cli.output import Output
from jobwait.cli.services import Own, Spec, complete_service, is_known
from jobwait.cli.statuses import Statuses
from jobwait.cli.tracked_rows import print_open, print_row
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait.tracker import Tracked, Tracker

_HELP: Final = """
Track jobs in a file, so that a crash loses nothing.

Examples:
  jobwait track add fryte c3f1c944
  jobwait track run
"""
track_app = App(name="track", help=_HELP)


@frozen(kw_only=True)
class TrackerFile:
    """The option that names the tracker's file."""

    file: Annotated[Path, option("The tracker's file.", "--file", "-f", envvar="JOBWAIT_TRACKER", metavar="FILE")] = (
        Path("jobwait.db")
    )

    def open(self, own: Own | None = None, *, new: bool = False) -> Tracker:
        """The tracker, to be closed, with services that files declare; its file must exist unless it may be *new*."""
        from jobwait.tracker import Tracker  # noqa: PLC0415 - `--help` must not load a database

        if not new and not self.file.exists():
            raise InvalidInput(f"There is no file {self.file}; `jobwait track add` makes one, or name it with --file.")
        return Tracker(self.file, services=(own or {}).values())


def _add(
    *,
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="SERVICE ID… | SERVICE:ID…",
            help="Jobs that were submitted elsewhere; with --spec FILE the ids alone.",
            autocompletion=complete_service,
        ),
    ],
    project: Annotated[str | None, option("The project of Freeplay's jobs.", metavar="PROJECT")] = None,
    user: Annotated[
        int | None, option("The user whose jobs they are at FRYTE; saves requests.", metavar="NUMBER")
    ] = None,
    spec: Spec,
    tracker_file: TrackerFile,
    accounts: Accounts,
    output: Output,
) -> int:
    """
    Track jobs that exist already; needs the key, as the other commands do.

    Examples:
      jobwait track add fryte c3f1c944
      jobwait track add --spec renders.yaml r-7
    """
    own = spec.services()
    jobs = parse(names, project, own)
    services = sorted({name.service for name in jobs})
    if project is not None and services != ["freeplay"]:
        raise InvalidInput("--project is for freeplay's jobs.")
    more: dict[str, Any] = {} if user is None else {"user_id": user}
    with tracker_file.open(own, new=True) as tracker, accounts.clients(services, own) as clients:
        handles = [(handle(name, clients[name.service], own, **more), None) for name in jobs]
        added = sum(
            tracker.add_all([one for one in handles if one[0].service.name == service], service) for service in services
        )
    output.json("added", service=services[0] if len(services) == 1 else None, count=added)
    output.text(f"{added} added")
    return exits.SUCCEEDED


def _run(
    *,
    give_up_after: Annotated[
        float | None,
        option(
            "Record a job without an outcome as ended, this long after it was submitted or first polled.",
            parser=duration,
            metavar="DURATION",
        ),
    ] = None,
    standby: Annotated[bool, option("Also wait for the jobs that other processes follow.", "--standby")] = False,
    statuses: Statuses,
    spec: Spec,
    tracker_file: TrackerFile,
    accounts: Accounts,
    output: Output,
) -> int:
    """
    Wait for every tracked job that no other process waits for, and print how each ends.

    A job of which no outcome was learnt, as its service was down or its timeout came, stays open: the next run goes on.
    Jobs that were added with --spec need it here too.

    Examples:
      jobwait track run
      jobwait track run --spec renders.yaml
    """
    states: list[str] = []

    def on_outcome(tracked: Tracked) -> None:
        if tracked.state != "waiting":  # for one that needs input, how the run ends counts: it may get an answer
            states.append(tracked.state)
        print_row(tracked, output)

    own = spec.services()
    with tracker_file.open(own) as tracker:
        accounts_there = {tracked.account for tracked in tracker.pending() if not is_ref(tracked.host)}
        services = {name for name in accounts_there if is_known(name, own)}
        file = tracker_file.file
        again = f"jobwait track run --file {file}{spec.arguments()}"
        sentence = f"The jobs run on, and {file} keeps them; go on with: {again}"
        with accounts.clients(services, own) as clients, if_interrupted(sentence):
            connect = partial(_client_of, clients)
            policy = statuses.policy
            tracker.run(connect, on_outcome=on_outcome, policy=policy, give_up_after=give_up_after, standby=standby)
        states += print_open(tracker, output, again)
    return exits.of_states(states)


def _client_of(clients: Mapping[str, Any], account: str) -> Any:
    """The client of *account*; for the command an account is a service."""
    if account not in clients:
        raise InvalidInput(
            f"The account {account!r} is no service here: run it in the program that named it, or add --spec FILE."
        )
    return clients[account]


def _list(
    *,
    pending: Annotated[bool, option("Only jobs that have not ended as far as is known.", "--pending")] = False,
    limit: Annotated[int, option("At most this many.", min=1, metavar="N")] = 50,
    tracker_file: TrackerFile,
    output: Output,
) -> int:
    """
    Print the tracked jobs, oldest first.

    Example:
      jobwait track list --pending
    """
    with tracker_file.open() as tracker:
        rows = tracker.pending() if pending else tracker.all()
        for tracked in islice(rows, limit):
            print_row(tracked, output)
        if next(rows, None) is not None and not output.quiet:
            complain(f"these are the oldest {limit} of more; say how many with --limit.")
    return exits.SUCCEEDED


def _retry(
    *,
    keys: Annotated[list[str] | None, typer.Argument(help="The keys of jobs, as `list` prints them.")] = None,
    every: Annotated[bool, option("All jobs that were given up.", "--all")] = False,
    tracker_file: TrackerFile,
    output: Output,
) -> int:
    """
    Open jobs again that were given up as timed_out or unreachable: the next run waits for them.

    Example:
      jobwait track retry --all
    """
    if every == bool(keys):
        raise InvalidInput("Name the keys of the jobs, or all with --all.")
    with tracker_file.open() as tracker:
        rows = tracker.outcomes() if every else ()
        count = tracker.retry(*(keys or ()), *(one.key for one in rows if one.state in {"timed_out", "unreachable"}))
    output.json("retried", count=count)
    output.text(f"{count} opened again")
    return exits.SUCCEEDED


def _report(tracker_file: TrackerFile, output: Output) -> int:
    """
    Print how many jobs are in each state, and every submission whose result is not known.

    Example:
      jobwait track report --file jobs.db
    """
    with tracker_file.open() as tracker:
        for (service, state), count in sorted(tracker.counts().items()):
            output.json("count", service=service, state=state, count=count)
            output.text(f"{service:12} {state:12} {count}")
        for submission in tracker.unresolved():
            known = ", ".join(f"{name} {value}" for name, value in submission.ids.items()) or "no id is known"
            output.json("unresolved", service=submission.service, key=submission.key, ids=submission.ids)
            output.text(f"unresolved: {submission.key} at {submission.service} ({known})")
    return exits.SUCCEEDED


for name, function in (("add", _add), ("run", _run), ("list", _list), ("retry", _retry), ("report", _report)):
    track_app.command(name)(command(function))
