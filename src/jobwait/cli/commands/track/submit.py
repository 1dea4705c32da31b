"""`jobwait track submit` and `settle`: submissions that are noted before they are sent, and what became of them."""

from __future__ import annotations

import shlex
from typing import Annotated, Any

import typer

from jobwait._text import visible
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.commands.submit import SPEC, Request, example_named, help_of, tell
from jobwait.cli.commands.submit_declared import DECLARED, AnyService, Declared
from jobwait.cli.commands.track.file import TrackerFile
from jobwait.cli.exits import complain, if_interrupted
from jobwait.cli.help.classes import App
from jobwait.cli.inputs.submissions import SUBMISSIONS
from jobwait.cli.job_names import handle, parse
from jobwait.cli.options import command, option
from jobwait.cli.output import Output
from jobwait.cli.services import Spec
from jobwait.errors import InvalidInput, SubmitUnconfirmed

_HELP = """
Submit a job and track it; noted in the file before it is sent, so that a crash loses nothing.

Examples:
  jobwait track submit fryte tour.json
  jobwait track submit promptforge prompts.jsonl --provider openai --model gpt-4o-mini --once batch-7
"""
track_submit_app = App(name="submit", cls=AnyService, help=_HELP)


def _submit(
    *,
    what: Any,
    once: Annotated[
        str | None,
        option("A key of yours; where a job with it is tracked already, its name is printed and nothing is sent."),
    ] = None,
    spec: Spec,
    tracker_file: TrackerFile,
    accounts: Accounts,
    output: Output,
) -> int:
    request = Request.of(what, spec)
    file = shlex.quote(str(tracker_file.file))
    in_doubt = f"What is known of the submission is in the file; see: jobwait track report --file {file}"
    from jobwait._jobs.handle import state_of  # noqa: PLC0415 - `--help` must not load an HTTP client

    with (
        tracker_file.open(request.own, new=True) as tracker,
        accounts.clients([request.name], request.own) as clients,
        if_interrupted(in_doubt),
        example_named(request.name),
    ):
        client, more = clients[request.name], dict(request.options)
        try:
            job = tracker.submit(request.page, request.name, client, *request.arguments, key=once, **more)
        except SubmitUnconfirmed:
            complain(in_doubt)
            raise
    sent = state_of(job).submitted
    name = tell(job, request.name, output, sent=sent)
    if not output.as_json:
        typer.echo(visible(name))
    if not sent and not output.quiet:
        complain(f"nothing was sent: the key {once!r} is that of this job, which was submitted before.")
    return exits.SUCCEEDED


def settle(
    *,
    submission: Annotated[str, typer.Argument(help="Its key, as `jobwait track report` prints it.")],
    became: Annotated[str | None, typer.Argument(metavar="SERVICE:ID", help="The job that it has become.")] = None,
    no_job: Annotated[bool, option("It has become no job: its key is free again.", "--no-job")] = False,
    spec: Spec,
    tracker_file: TrackerFile,
    accounts: Accounts,
    output: Output,
) -> int:
    """
    Say what became of a submission that the service may have taken, after a look at the service.

    Examples:
      jobwait track settle batch-7 promptforge:3f7a1c2e
      jobwait track settle batch-7 --no-job
    """
    if (became is None) != no_job:
        raise InvalidInput("Name the job that the submission has become, or say --no-job.")
    own = spec.services()
    with tracker_file.open(own) as tracker:
        if became is None:
            tracker.settle(submission, None)
            output.text(f"{submission} has become no job: its key is free again, and the list keeps it as refused.")
        else:
            (name,) = parse([became], None, own)
            with accounts.clients([name.service], own) as clients:
                tracker.settle(submission, handle(name, clients[name.service], own))
            output.text(f"{name} is tracked")
    output.json("settled", key=submission, name=became)
    return exits.SUCCEEDED


for one in SUBMISSIONS:
    about = help_of(f"track submit {one.service}", one, f"Submit {one.title}, and track it.")
    track_submit_app.command(one.service, help=about)(command(_submit, SPEC, what=one))
track_submit_app.command(DECLARED, help=help_of("track submit", Declared, f"Submit {Declared.title}, and track it."))(
    command(_submit, what=Declared)
)
