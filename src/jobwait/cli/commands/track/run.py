"""`jobwait track run`: waits for the jobs in a tracker's file."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import attrs
import typer

from jobwait._display.progress import progress_of
from jobwait._model.checks import is_ref
from jobwait._model.display import Display
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.commands.track.file import TrackerFile
from jobwait.cli.exits import if_interrupted
from jobwait.cli.going_on import ACCOUNT, typed_options
from jobwait.cli.options import duration, option
from jobwait.cli.output import Output
from jobwait.cli.rows.table import on_terminal
from jobwait.cli.rows.tracked import name_of_tracked, print_end, print_tracked
from jobwait.cli.services import Own, Spec, is_known
from jobwait.cli.statuses import Statuses
from jobwait.cli.waiting import WaitOptions
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait import Job, Policy
    from jobwait.tracker import Tracked, Tracker

LEFT_OUT: Final = ("cancel_on_interrupt", "cancel_on_timeout")  # what is in the file outlives a run


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
    wait_options: WaitOptions,
    statuses: Statuses,
    spec: Spec,
    tracker_file: TrackerFile,
    accounts: Accounts,
    output: Output,
    context: typer.Context,
) -> int:
    """
    Wait for every tracked job that no other process waits for, and print how each ends.

    A job is asked about with the key of its service, whatever name a program gave the account. A job of which no
    outcome was learnt, as its service was down or the timeout came, stays open: the next run goes on.
    Jobs that were added with --spec need it here too.

    Examples:
      jobwait track run
      jobwait track run --timeout 10m
      jobwait track run --spec renders.yaml
    """
    wait_options.check()
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
        file = f" --file {shlex.quote(str(tracker_file.file))}"
        options = f"{file}{spec.arguments()}{typed_options(context, ACCOUNT)}"
        sentence = f"The jobs run on, and {tracker_file.file} keeps them; go on with: jobwait track run{options}"
        with accounts.clients(services, own) as clients, if_interrupted(sentence):
            try:
                with (
                    _recorded(statuses, wait_options) as policy,
                    progress_of(names, quiet=output.quiet, as_json=output.as_json) as progress,
                ):
                    tracker.run(
                        partial(_client_of, tracker, clients),
                        on_outcome=on_outcome,
                        on_update=Display(progress.show, moved=progress.moved),
                        policy=policy,
                        give_up_after=give_up_after,
                        standby=standby,
                    )
            except BaseException:
                print_tracked(held, output, own)
                raise
        states += print_end(tracker, output, file, options, own, ended=held, told=asking)
    return exits.of_states(states)


@contextmanager
def _recorded(statuses: Statuses, options: WaitOptions) -> Iterator[Callable[[Job[Any]], Policy]]:
    """What gives the policy of each job, and records the job for the report, written at the end, and in the file."""
    import jobwait  # noqa: PLC0415 - `--help` must not load an HTTP client

    policy, record = attrs.evolve(options.policy, statuses=statuses.policy.statuses), jobwait.Record()

    try:
        with options.recording() as add:

            def policy_of(job: Job[Any]) -> Policy:
                if options.report is not None:
                    record.add(job)
                add(job)
                return policy

            yield policy_of
    finally:
        if options.report is not None:
            jobwait.report(record, options.report, overwrite=True)


def _followed(tracker: Tracker, own: Own) -> tuple[dict[tuple[str, str], str], set[str]]:
    """The names of the jobs that are waited for, by service and id, and the services that need a client."""
    names: dict[tuple[str, str], str] = {}
    services: set[str] = set()
    for tracked in tracker.pending():
        names[tracked.service, str(tracked.job_id)] = name_of_tracked(tracked, own)
        if not is_ref(tracked.host) and is_known(tracked.service, own):
            services.add(tracked.service)
    return names, services


def _client_of(tracker: Tracker, clients: Mapping[str, Any], account: str) -> Any:
    """The client for *account*: that of the service of its jobs, whatever name a program gave the account."""
    from jobwait._polling.job_state import host_of  # noqa: PLC0415 - `--help` must not load an HTTP client

    row = next(one for one in tracker.pending() if one.account == account)
    if row.service not in clients:
        raise InvalidInput(
            f"The account {account!r} is one at {row.service}, for which this run has no client. Add --spec FILE if a "
            "file declares that service, or start the run again."
        )
    client = clients[row.service]
    if host_of(client) != row.host:
        raise InvalidInput(
            f"The jobs of the account {account!r} are at {row.host}, and this command talks to {host_of(client)}. No "
            "request was sent; name their address with --base-url."
        )
    return client
