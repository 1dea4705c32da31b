"""`jobwait run SERVICE`: submit, wait and collect, in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import typer

from jobwait.cli._exits import MEANING
from jobwait.cli.accounts import Accounts
from jobwait.cli.commands.submit import SUBMISSIONS
from jobwait.cli.exits import complain, if_interrupted
from jobwait.cli.job_names import name_of, words_for
from jobwait.cli.options import command
from jobwait.cli.output import Voice
from jobwait.cli.result_folder import Outputs
from jobwait.cli.results import collect
from jobwait.cli.waiting import WaitOptions, follow, status_of

if TYPE_CHECKING:
    from jobwait import Outcome

run_app = typer.Typer(name="run", help="Submit a job, wait for it and collect what it made.", no_args_is_help=True)


def _run(what: Any, accounts: Accounts, wait_options: WaitOptions, outputs: Outputs, voice: Voice) -> int:
    outputs.check(what.service)
    wait_options.check()
    outputs = attrs.evolve(outputs, submitted=getattr(what, "prompts", None))
    with accounts.clients([what.service]) as clients:
        with if_interrupted(what.in_doubt):
            job = what.submit(clients[what.service])
        voice.tell("submitted", service=what.service, job_id=job.id, name=str(name_of(job)), token=job.token())
        if not voice.quiet and not voice.as_json:
            complain(f"submitted {name_of(job)}")

        def deliver(outcome: Outcome[Any]) -> None:
            if outcome.state == "succeeded":
                show(job, outputs, voice)

        return status_of(follow([job], voice, wait_options, deliver, f" && {_download(job, outputs)}"))


def show(job: Any, outputs: Outputs, voice: Voice) -> None:
    """Collect what *job* made, and tell of it."""
    with if_interrupted(f"What has arrived is kept; go on with: {_download(job, outputs)}"):
        made = collect(job, outputs)
    files = [str(path) for path in made.files]
    voice.tell("result", service=job.service.name, job_id=job.id, files=files, result=made.facts)
    voice.say(*made.lines)
    if job.service.name != "promptforge":
        voice.say(f"written to {', '.join(files)}")


def _download(job: Any, outputs: Outputs) -> str:
    """The command that collects what *job* made."""
    return f"jobwait download {words_for([job])}{outputs.words()}"


for submission in SUBMISSIONS:
    run_app.command(submission.service, help=submission.__doc__, epilog=MEANING)(
        command(_run, submission.leaves_out, what=submission)
    )
