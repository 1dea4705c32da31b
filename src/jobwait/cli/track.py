"""`jobwait track`: jobs in a file, followed until they end, whatever crashes."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from jobwait._services import SERVICES, page_named
from jobwait.errors import JobWaitError
from jobwait.tracker import Tracked, Tracker

track = typer.Typer(no_args_is_help=True, help="Track jobs in a file, so that a crash loses nothing.")

File = Annotated[Path, typer.Option("--file", "-f", envvar="JOBWAIT_TRACKER", help="The tracker's file.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
DEFAULT = Path("jobwait.db")


@track.command()
def add(
    service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")],
    job_ids: Annotated[list[str], typer.Argument(help="The ids of jobs that were submitted elsewhere.")],
    *,
    file: File = DEFAULT,
    project: Annotated[str | None, typer.Option(help="The project of Freeplay's jobs.")] = None,
    user: Annotated[int | None, typer.Option(help="The user whose jobs they are at FRYTE; saves requests.")] = None,
) -> None:
    """Track jobs that exist already; the key comes from the environment, as for the other commands."""
    if (service == "freeplay") != (project is not None):
        raise typer.BadParameter("--project is for freeplay's jobs, and they need it", param_hint="--project")
    with _tracker(file) as tracker:
        page = _page(service)
        before = [project] if project is not None else []
        more: dict[str, Any] = {} if user is None else {"user_id": user}
        with _connect(service) as client:
            jobs = [(page.job(client, *before, job_id, **more), None) for job_id in job_ids]
            typer.echo(f"{tracker.add_all(jobs, service)} added")


@track.command()
def run(*, file: File = DEFAULT, as_json: AsJson = False) -> None:
    """Wait for every tracked job that no other process follows, and print each end."""
    with _tracker(file) as tracker, ExitStack() as clients:
        try:
            connect = _entered(clients)
            tracker.run(connect, on_outcome=lambda one: _print(one, as_json=as_json))
        except JobWaitError as error:
            _fail(error)


@track.command(name="list")
def list_(
    *,
    file: File = DEFAULT,
    pending: Annotated[bool, typer.Option("--pending", help="Only those whose end is not known.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Print the tracked jobs, oldest first."""
    with _tracker(file) as tracker:
        rows: Iterator[Tracked] = tracker.pending() if pending else tracker.all()
        for one in islice(rows, limit):
            _print(one, as_json=as_json)


@track.command()
def report(*, file: File = DEFAULT) -> None:
    """Print how many jobs there are of each kind, and every submission of which nobody knows what became."""
    with _tracker(file) as tracker:
        for (service, state), count in sorted(tracker.counts().items()):
            typer.echo(f"{service:12} {state:12} {count}")
        for one in tracker.unresolved():
            known = ", ".join(f"{name} {value}" for name, value in one.ids.items()) or "nothing is known of it"
            typer.echo(f"unresolved: {_plain(one.key)} at {one.service} ({_plain(known)})")


def _tracker(file: Path) -> Tracker:
    try:
        return Tracker(file)
    except JobWaitError as error:
        _fail(error)


def _page(service: str) -> Any:
    try:
        return page_named(service)
    except JobWaitError as error:
        _fail(error)


def _connect(account: str) -> Any:
    """In the shell an account is a service: its key is the environment's."""
    if account not in SERVICES:
        raise typer.BadParameter(f"the account {_plain(account)!r} was named by a program: run it there")
    try:
        return page_named(account).connect()
    except JobWaitError as error:
        _fail(error)


def _entered(clients: ExitStack) -> Callable[[str], Any]:
    return lambda account: clients.enter_context(_connect(account))


def _print(one: Tracked, *, as_json: bool) -> None:
    if as_json:
        facts = {"key": one.key, "service": one.service, "account": one.account, "ids": one.ids, "state": one.state}
        typer.echo(json.dumps({**facts, "reason": one.reason, "polls": one.polls}))
    else:
        typer.echo(f"{_plain(one.key)}  {one.state}" + (f"  {_plain(one.reason)}" if one.reason else ""))


def _plain(text: str) -> str:
    """*text* without what a terminal would obey."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _fail(error: JobWaitError) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(1) from error
