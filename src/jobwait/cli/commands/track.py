"""`jobwait track`: jobs in a file, followed until they end, whatever crashes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from attrs import frozen

from jobwait._jobs.registry import SERVICES, page_named
from jobwait.cli import _exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import if_interrupted
from jobwait.cli.options import command
from jobwait.cli.output import Voice
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait.tracker import Tracked, Tracker

track = typer.Typer(no_args_is_help=True, help="Track jobs in a file, so that a crash loses nothing.")


@frozen(kw_only=True)
class Ledger:
    """The file that everything is kept in."""

    file: Annotated[Path, typer.Option("--file", "-f", envvar="JOBWAIT_TRACKER", help="The tracker's file.")] = Path(
        "jobwait.db"
    )

    def open(self) -> Tracker:
        """The tracker, to be closed."""
        from jobwait.tracker import Tracker  # noqa: PLC0415 - whoever only asks for help pays for no tracker

        return Tracker(self.file)

    def reopen(self) -> Tracker:
        """The tracker in a file that is there."""
        if not self.file.exists():
            raise InvalidInput(f"There is no file {self.file}; `jobwait track add` makes one, or name it with --file.")
        return self.open()


@frozen(kw_only=True)
class Found:
    """Jobs that were submitted elsewhere."""

    service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")]
    job_ids: Annotated[list[str], typer.Argument(help="The ids of jobs that were submitted elsewhere.")]
    project: Annotated[str | None, typer.Option(help="The project of Freeplay's jobs.")] = None
    user: Annotated[int | None, typer.Option(help="The user whose jobs they are at FRYTE; saves requests.")] = None


@frozen(kw_only=True)
class Excerpt:
    """Which of the jobs are printed."""

    pending: Annotated[bool, typer.Option("--pending", help="Only those whose end is not known.")] = False
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50


def _add(found: Found, ledger: Ledger, accounts: Accounts, voice: Voice) -> int:
    """Track jobs that exist already; the key is wanted as for the other commands."""
    if found.service not in SERVICES:
        raise InvalidInput(f"There is no service {found.service!r}; there are {', '.join(SERVICES)}.")
    if (found.service == "freeplay") != (found.project is not None):
        raise InvalidInput("--project is for freeplay's jobs, and they need it.")
    before = [] if found.project is None else [found.project]
    more: dict[str, Any] = {} if found.user is None else {"user_id": found.user}
    page = page_named(found.service)
    with ledger.open() as tracker, accounts.clients([found.service]) as clients:
        jobs = [(page.job(clients[found.service], *before, job_id, **more), None) for job_id in found.job_ids]
        added = tracker.add_all(jobs, found.service)
    voice.tell("added", service=found.service, count=added)
    voice.say(f"{added} added")
    return _exits.SUCCEEDED


def _run(ledger: Ledger, accounts: Accounts, voice: Voice) -> int:
    """Wait for every tracked job that no other process follows, and print each end."""
    states: list[str] = []

    def ended(one: Tracked) -> None:
        states.append(one.state)
        _print(one, voice)

    with ledger.reopen() as tracker:
        services = {one.account for one in tracker.pending()} & set(SERVICES)
        again = f"The jobs run on, and {ledger.file} knows them; go on with: jobwait track run --file {ledger.file}"
        with accounts.clients(services) as clients, if_interrupted(again):
            tracker.run(_of_account(clients), on_outcome=ended)
    return _exits.of_states(states)


def _of_account(clients: Mapping[str, Any]) -> Callable[[str], Any]:
    """In the shell an account is a service."""

    def connect(account: str) -> Any:
        if account not in clients:
            raise InvalidInput(f"The account {account!r} was named by a program: run it there.")
        return clients[account]

    return connect


def _list(excerpt: Excerpt, ledger: Ledger, voice: Voice) -> int:
    """Print the tracked jobs, oldest first."""
    with ledger.reopen() as tracker:
        rows = tracker.pending() if excerpt.pending else tracker.all()
        for one in islice(rows, excerpt.limit):
            _print(one, voice)
        if next(rows, None) is not None and not voice.quiet:
            typer.echo(f"jobwait: these are the oldest {excerpt.limit} of more; say how many with --limit.", err=True)
    return _exits.SUCCEEDED


def _report(ledger: Ledger, voice: Voice) -> int:
    """Print how many jobs there are of each kind, and every submission of which nobody knows what became."""
    with ledger.reopen() as tracker:
        for (service, state), count in sorted(tracker.counts().items()):
            voice.tell("count", service=service, state=state, count=count)
            voice.say(f"{service:12} {state:12} {count}")
        for one in tracker.unresolved():
            known = ", ".join(f"{name} {value}" for name, value in one.ids.items()) or "nothing is known of it"
            voice.tell("unresolved", service=one.service, key=one.key, ids=one.ids)
            voice.say(f"unresolved: {one.key} at {one.service} ({known})")
    return _exits.SUCCEEDED


def _print(one: Tracked, voice: Voice) -> None:
    facts = {"key": one.key, "account": one.account, "ids": one.ids, "state": one.state, "reason": one.reason}
    voice.tell("tracked", service=one.service, job_id=one.job_id, polls=one.polls, **facts)
    voice.say(f"{one.key}  {one.state}" + (f"  {one.reason}" if one.reason else ""))


for name, function in (("add", _add), ("run", _run), ("list", _list), ("report", _report)):
    track.command(name)(command(function))
