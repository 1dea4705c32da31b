"""`jobwait track`: jobs in a tracker's file, waited for until they end, by whatever process runs."""

from __future__ import annotations

import shlex
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.commands.track.drop import drop
from jobwait.cli.commands.track.file import TrackerFile
from jobwait.cli.commands.track.run import LEFT_OUT, run
from jobwait.cli.commands.track.submit import settle, track_submit_app
from jobwait.cli.config.profile import ProfileName
from jobwait.cli.exits import complain
from jobwait.cli.help.classes import App
from jobwait.cli.job_names import handle, parse
from jobwait.cli.options import command, option
from jobwait.cli.output import Output
from jobwait.cli.rows.table import Column, print_rows
from jobwait.cli.rows.tracked import facts, is_not_found, job_name, keys_of, print_tracked
from jobwait.cli.services import Spec, complete_service
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait.tracker import Tracked

_HELP: Final = """
Track jobs in a file, so that a crash loses nothing.

Examples:
  jobwait track add fryte c3f1c944
  jobwait track run
"""
track_app = App(name="track", help=_HELP)


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


def _list(
    *,
    pending: Annotated[bool, option("Only jobs that have not ended as far as is known.", "--pending")] = False,
    limit: Annotated[int, option("At most this many.", min=1, metavar="N")] = 50,
    tracker_file: TrackerFile,
    output: Output,
    profile: ProfileName = None,  # noqa: ARG001 - it has defaults of the others
) -> int:
    """
    Print the tracked jobs, oldest first.

    Example:
      jobwait track list --pending
    """
    with tracker_file.open() as tracker:
        rows = (tracker.pending if pending else tracker.all)(limit + 1)
    print_tracked(rows[:limit], output)
    if len(rows) > limit and not output.quiet:
        complain(f"these are the oldest {limit} of more; say how many with --limit.")
    return exits.SUCCEEDED


def _retry(
    *,
    keys: Annotated[list[str] | None, typer.Argument(help="The names or keys of jobs, as `list` prints them.")] = None,
    every: Annotated[bool, option("All jobs that were given up.", "--all")] = False,
    tracker_file: TrackerFile,
    output: Output,
    profile: ProfileName = None,  # noqa: ARG001 - it has defaults of the others
) -> int:
    """
    Open jobs again that were given up as timed_out or unreachable: the next run waits for them.

    Example:
      jobwait track retry --all
    """
    if every == bool(keys):
        raise InvalidInput("Name the jobs, or all with --all.")
    with tracker_file.open() as tracker:
        if every:
            wanted = [one.key for one in tracker.outcomes() if one.state in {"timed_out", "unreachable"}]
        else:
            wanted = keys_of(tracker, keys or ())
        count = tracker.retry(*wanted)
    output.json("retried", count=count)
    output.text(f"{count} opened again")
    if output.chatty and (count < len(wanted) or not wanted):
        left = len(wanted) - count
        which = f"{left} {'was' if left == 1 else 'were'} not given up: still open" if wanted else "none was given up"
        complain(f"{which}. Open jobs are waited for by: jobwait track run")
    return exits.SUCCEEDED


def _report(
    tracker_file: TrackerFile,
    output: Output,
    profile: ProfileName = None,  # noqa: ARG001 - as above
) -> int:
    """
    Print how many jobs are in each state, and every submission whose result is not known.

    Example:
      jobwait track report --file jobs.db
    """
    with tracker_file.open() as tracker:
        found, unresolved = Counter(tracker.counts()), tracker.unresolved()
        for tracked in filter(is_not_found, chain(tracker.pending(), tracker.outcomes())):
            found[tracked.service, tracked.state] -= 1
            found[tracked.service, "not_found"] += 1
    counts = sorted((+found).items())
    for (service, state), count in counts:
        output.json("count", service=service, state=state, count=count)
    print_rows(counts, _COUNTS, output)
    for one in unresolved:
        output.json("unresolved", service=one.service, name=facts(one)["name"], key=one.key, ids=one.ids)
        output.text(f"unresolved: {one.key}; {_next_step(one, shlex.quote(str(tracker_file.file)))}")
    return exits.SUCCEEDED


def _next_step(one: Tracked, file: str) -> str:
    """How to find out what became of the submission *one*, and the command that says it."""
    name, settle = shlex.quote(job_name(one)) if job_name(one) else "", f"jobwait track settle {shlex.quote(one.key)}"
    if one.service == "promptforge":
        no_job = f"{settle} --no-job --file {file}"
        if not name:  # the id is in the file before the first prompt is sent
            return f"it has no prompts at promptforge, so no job of it ever runs: {no_job}"
        return f"if `jobwait status {name}` says AWAITING_UPLOAD: {no_job}; else: {settle} {name} --file {file}"
    job = name or f"{one.service}:ID"
    return f"look at {one.service}, then: {settle} {job} --file {file}, or with --no-job in place of {job}"


_COUNTS: Final = (
    Column("service", lambda row: row[0][0]),
    Column("state", lambda row: row[0][1], lambda row: row[0][1].replace("_", " ")),
    Column("jobs", lambda row: str(row[1])),
)

track_app.command("add")(command(_add))
track_app.add_typer(track_submit_app)
track_app.command("run")(command(run, LEFT_OUT))
for name, function in (
    ("list", _list),
    ("settle", settle),
    ("retry", _retry),
    ("drop", drop),
    ("report", _report),
):
    track_app.command(name)(command(function))
