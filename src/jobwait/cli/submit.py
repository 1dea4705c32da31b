"""`jobwait submit SERVICE`: submit, and print the name by which the job can be waited for."""

from typing import Any

import typer

from jobwait.cli import _exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.commands.submit import SUBMISSIONS
from jobwait.cli.exits import complain, if_interrupted
from jobwait.cli.job_names import name_of
from jobwait.cli.options import command
from jobwait.cli.output import Voice

submit_app = typer.Typer(name="submit", help="Submit a job and print its name, without waiting.", no_args_is_help=True)


def _submit(what: Any, accounts: Accounts, voice: Voice) -> int:
    with accounts.clients([what.service]) as clients, if_interrupted(what.in_doubt):
        job = what.submit(clients[what.service])
    voice.tell("submitted", service=what.service, job_id=job.id, name=str(name_of(job)), token=job.token())
    if not voice.as_json:
        typer.echo(str(name_of(job)))
    for warning in getattr(job, "warnings", ()):
        complain(warning)
    return _exits.SUCCEEDED


for submission in SUBMISSIONS:
    submit_app.command(submission.service, help=submission.__doc__)(command(_submit, what=submission))
