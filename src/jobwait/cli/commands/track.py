"""`jobwait track`: jobs in a tracker's file, waited for until they end, by whatever process runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from attrs import frozen

from jobwait._jobs.registry import SERVICES, service_module
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts, check_service
from jobwait.cli.exits import complain, if_interrupted
from jobwait.cli.options import command
from jobwait.cli.output import Output
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait.tracker import Tracked, Tracker

_TRACKED_KEYS = ("service", "job_id", "polls", "key", "account", "ids", "state", "reason")

track_app = typer.Typer(name="track", no_args_is_help=True, help="Track jobs in a file, so that a crash loses nothing.")


@frozen(kw_only=True)
class TrackerFile:
    """The option that names the tracker's file."""

    file: Annotated[Path, typer.Option("--file", "-f", envvar="JOBWAIT_TRACKER", help="The tracker's file.")] = Path(
        "jobwait.db"
    )

    def open(self, *, new: bool = False) -> Tracker:
        """The tracker, to be closed; its file must exist unless it may be *new*."""
        from jobwait.tracker import Tracker  # noqa: PLC0415 - `--help` must not load a database

        if not new and not self.file.exists():
            raise InvalidInput(f"There is no file {self.file}; `jobwait track add` makes one, or name it with --file.")
        return Tracker(self.file)


@frozen(kw_only=True)
class Submitted:
    """The arguments and options that name jobs that were submitted elsewhere."""

    service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")]
    job_ids: Annotated[list[str], typer.Argument(help="The ids of jobs that were submitted elsewhere.")]
    project: Annotated[str | None, typer.Option(help="The project of Freeplay's jobs.")] = None
    user: Annotated[int | None, typer.Option(help="The user whose jobs they are at FRYTE; saves requests.")] = None


@frozen(kw_only=True)
class Selected:
    """The options that say which jobs are printed."""

    pending: Annotated[bool, typer.Option("--pending", help="Only jobs that have not ended as far as is known.")] = (
        False
    )
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 50


def _add(submitted: Submitted, tracker_file: TrackerFile, accounts: Accounts, output: Output) -> int:
    """Track jobs that exist already; needs the key, as the other commands do."""
    service = submitted.service
    check_service(service)
    if (service == "freeplay") != (submitted.project is not None):
        raise InvalidInput("--project is for freeplay's jobs, and they need it.")
    before = [] if submitted.project is None else [submitted.project]
    more: dict[str, Any] = {} if submitted.user is None else {"user_id": submitted.user}
    page = service_module(service)
    with tracker_file.open(new=True) as tracker, accounts.clients([service]) as clients:
        jobs = [(page.job(clients[service], *before, job_id, **more), None) for job_id in submitted.job_ids]
        added = tracker.add_all(jobs, service)
    output.json("added", service=service, count=added)
    output.text(f"{added} added")
    return exits.SUCCEEDED


def _run(tracker_file: TrackerFile, accounts: Accounts, output: Output) -> int:
    """Wait for every tracked job that no other process waits for, and print how each ends."""
    states: list[str] = []

    def on_outcome(tracked: Tracked) -> None:
        states.append(tracked.state)
        _print(tracked, output)

    with tracker_file.open() as tracker:
        services = {tracked.account for tracked in tracker.pending()} & set(SERVICES)
        file = tracker_file.file
        again = f"The jobs run on, and {file} keeps them; go on with: jobwait track run --file {file}"
        with accounts.clients(services) as clients, if_interrupted(again):
            tracker.run(_client_of(clients), on_outcome=on_outcome)
    return exits.of_states(states)


def _client_of(clients: Mapping[str, Any]) -> Callable[[str], Any]:
    """Gives the client of an account; for the command an account is a service."""

    def connect(account: str) -> Any:
        if account not in clients:
            raise InvalidInput(f"The account {account!r} was named by a program: run it there.")
        return clients[account]

    return connect


def _list(selected: Selected, tracker_file: TrackerFile, output: Output) -> int:
    """Print the tracked jobs, oldest first."""
    with tracker_file.open() as tracker:
        rows = tracker.pending() if selected.pending else tracker.all()
        for tracked in islice(rows, selected.limit):
            _print(tracked, output)
        if next(rows, None) is not None and not output.quiet:
            complain(f"these are the oldest {selected.limit} of more; say how many with --limit.")
    return exits.SUCCEEDED


def _report(tracker_file: TrackerFile, output: Output) -> int:
    """Print how many jobs are in each state, and every submission whose result is not known."""
    with tracker_file.open() as tracker:
        for (service, state), count in sorted(tracker.counts().items()):
            output.json("count", service=service, state=state, count=count)
            output.text(f"{service:12} {state:12} {count}")
        for submission in tracker.unresolved():
            known = ", ".join(f"{name} {value}" for name, value in submission.ids.items()) or "no id is known"
            output.json("unresolved", service=submission.service, key=submission.key, ids=submission.ids)
            output.text(f"unresolved: {submission.key} at {submission.service} ({known})")
    return exits.SUCCEEDED


def _print(tracked: Tracked, output: Output) -> None:
    output.json("tracked", **{name: getattr(tracked, name) for name in _TRACKED_KEYS})
    output.text(f"{tracked.key}  {tracked.state}" + (f"  {tracked.reason}" if tracked.reason else ""))


for name, function in (("add", _add), ("run", _run), ("list", _list), ("report", _report)):
    track_app.command(name)(command(function))
