"""`jobwait track run`: waits for the jobs in a tracker's file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jobwait._display.progress import progress_of
from jobwait._model.checks import is_ref
from jobwait._model.display import Display
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import if_interrupted
from jobwait.cli.going_on import ACCOUNT, typed_options
from jobwait.cli.options import duration, option
from jobwait.cli.output import Output
from jobwait.cli.rows.table import on_terminal
from jobwait.cli.rows.tracked import name_of_tracked, print_open, print_tracked
from jobwait.cli.services import Own, Spec, is_known
from jobwait.cli.statuses import Statuses
from jobwait.cli.tracker_file import TrackerFile
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait.tracker import Tracked, Tracker


def run(
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
    context: typer.Context,
) -> int:
    """
    Wait for every tracked job that no other process waits for, and print how each ends.

    A job of which no outcome was learnt, as its service was down or its timeout came, stays open: the next run goes on.
    Jobs that were added with --spec need it here too.

    Examples:
      jobwait track run
      jobwait track run --spec renders.yaml
    """
    own, states = spec.services(), list[str]()
    held: list[Tracked] = []
    asking: set[int] = set()
    later = on_terminal() and output.chatty  # the live table has the screen until the end

    def on_outcome(tracked: Tracked) -> None:
        if tracked.state != "waiting":
            states.append(tracked.state)
        else:  # one that needs input: how the run ends counts, as it may get an answer
            asking.add(tracked.number)
        if later:
            held.append(tracked)
        else:
            print_tracked([tracked], output, own)

    with tracker_file.open(own) as tracker:
        names, services = _followed(tracker, own)
        again = f"jobwait track run --file {shlex.quote(str(tracker_file.file))}{spec.arguments()}"
        again += typed_options(context, ACCOUNT)
        sentence = f"The jobs run on, and {tracker_file.file} keeps them; go on with: {again}"
        with accounts.clients(services, own) as clients, if_interrupted(sentence):
            try:
                with progress_of(names, quiet=output.quiet, as_json=output.as_json) as progress:
                    tracker.run(
                        partial(_client_of, clients),
                        on_outcome=on_outcome,
                        on_update=Display(progress.show, moved=progress.moved),
                        policy=statuses.policy,
                        give_up_after=give_up_after,
                        standby=standby,
                    )
            finally:
                print_tracked(held, output, own)
        states += print_open(tracker, output, again, own, asking)
    return exits.of_states(states)


def _followed(tracker: Tracker, own: Own) -> tuple[dict[tuple[str, str], str], set[str]]:
    """The names of the jobs that are waited for, by service and id, and the services that need a client."""
    names: dict[tuple[str, str], str] = {}
    services: set[str] = set()
    for tracked in tracker.pending():
        names[tracked.service, str(tracked.job_id)] = name_of_tracked(tracked, own)
        if not is_ref(tracked.host) and is_known(tracked.account, own):
            services.add(tracked.account)
    return names, services


def _client_of(clients: Mapping[str, Any], account: str) -> Any:
    """The client of *account*; for the command an account is a service."""
    if account not in clients:
        raise InvalidInput(
            f"The account {account!r} is no service here: run it in the program that named it, or add --spec FILE."
        )
    return clients[account]
