"""`jobwait submit SERVICE` and `jobwait run SERVICE`: what can be submitted to each service, and its options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import attrs
import typer
from attrs import frozen

from jobwait._jobs.registry import service_module
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import complain, if_interrupted
from jobwait.cli.job_names import name_of
from jobwait.cli.options import command, option
from jobwait.cli.output import Output
from jobwait.cli.result_folder import ResultFolder
from jobwait.cli.results import deliver, download_command
from jobwait.cli.statuses import Statuses
from jobwait.cli.waiting import WaitOptions, wait_for

if TYPE_CHECKING:
    from jobwait import Outcome

submit_app = typer.Typer(name="submit", help="Submit a job and print its name, without waiting.", no_args_is_help=True)
run_app = typer.Typer(name="run", help="Submit a job, wait for it and collect its results.", no_args_is_help=True)


@frozen(kw_only=True)
class Batch:
    """A batch of prompts at PromptForge."""

    service: ClassVar[str] = "promptforge"
    leaves_out: ClassVar[tuple[str, ...]] = ("geojson", "submitted")
    in_doubt: ClassVar[str] = "The prompts may have been submitted; PromptForge has no list that could show it."

    prompts: Annotated[Path, typer.Argument(help="JSON Lines, each with an integer prompt_id and a prompt.")]
    provider: Annotated[str, option("openai, anthropic, gemini or mistral.")]
    model: Annotated[str, option("The provider's name of the model.")]
    max_retries: Annotated[int, option("Attempts for each prompt.")] = 3
    rpm: Annotated[int | None, option("Requests a minute that the provider allows.")] = None
    tpm: Annotated[int | None, option("Tokens a minute that the provider allows.")] = None


@frozen(kw_only=True)
class Tour:
    """A tour to be planned by FRYTE."""

    service: ClassVar[str] = "fryte"
    leaves_out: ClassVar[tuple[str, ...]] = ("format", "submitted")
    in_doubt: ClassVar[str] = "The tour may have been submitted; see: jobwait list fryte --user USER"

    tour: Annotated[Path, typer.Argument(help="JSON with the vehicle, its battery and the sections to drive.")]
    corridor: Annotated[int, option("Longest distance of a station from the route, in metres, 1000 to 20000.")] = 8000
    min_charge_duration_min: Annotated[
        int, option("Shortest charging stop in minutes, 0 to 100.", "--min-charge-duration")
    ] = 0
    tenant_id: Annotated[int | None, option("The tenant whose job it is.", "--tenant")] = None


@frozen(kw_only=True)
class Optimization:
    """A prompt to be optimized by Freeplay."""

    service: ClassVar[str] = "freeplay"
    leaves_out: ClassVar[tuple[str, ...]] = ("format", "submitted", "geojson")
    in_doubt: ClassVar[str] = "The prompt may have been submitted; see: jobwait list freeplay --project PROJECT"

    project: Annotated[str, option("The project's id.")]
    prompt_template_version_id: Annotated[
        str, option("The prompt template version to start from, a UUID.", "--version")
    ]
    dataset_id: Annotated[str, option("The dataset to optimize against, a UUID.", "--dataset")]
    user_instructions: Annotated[
        str | None, option("What the new prompt must do, in plain text.", "--instructions")
    ] = None
    use_best_practices: Annotated[
        bool, option("Use Freeplay's best practices.", "--best-practices/--no-best-practices")
    ] = True
    use_labels: Annotated[bool, option("Use the labels of the dataset.", "--labels/--no-labels")] = True
    use_customer_feedback: Annotated[bool, option("Use the feedback of customers.", "--feedback/--no-feedback")] = True
    run_test_after_optimization: Annotated[
        bool, option("Test both versions and compare them; costs model calls.", "--test/--no-test")
    ] = True


SUBMISSIONS: Final[tuple[type[Batch | Tour | Optimization], ...]] = (Batch, Tour, Optimization)


def _submit(what: Any, accounts: Accounts, output: Output) -> int:
    with accounts.clients([what.service]) as clients:
        job = _submitted(what, clients[what.service], output)
    if not output.as_json:
        typer.echo(str(name_of(job)))
    for warning in getattr(job, "warnings", ()):
        complain(warning)
    return exits.SUCCEEDED


def _run(
    what: Any,
    accounts: Accounts,
    statuses: Statuses,
    wait_options: WaitOptions,
    folder: ResultFolder,
    output: Output,
) -> int:
    folder.check(what.service)
    wait_options.check()
    statuses.check(what.service)
    folder = attrs.evolve(folder, submitted=getattr(what, "prompts", None))
    with accounts.clients([what.service]) as clients:
        job = _submitted(what, clients[what.service], output)
        statuses.add_to([job])
        if output.chatty:
            complain(f"submitted {name_of(job)}")

        def on_outcome(outcome: Outcome[Any]) -> None:
            if outcome.state == "succeeded":
                deliver(job, folder, output)

        return wait_for([job], output, wait_options, on_outcome, f" && {download_command(job, folder)}")


def _submitted(what: Any, client: Any, output: Output) -> Any:
    with if_interrupted(what.in_doubt):
        first, *options = attrs.asdict(what).items()  # the fields are the service module's own arguments
        job = service_module(what.service).submit(client, first[1], **dict(options))
    output.json("submitted", service=what.service, job_id=job.id, name=str(name_of(job)), token=job.token())
    return job


for submission in SUBMISSIONS:
    submit_app.command(submission.service, help=submission.__doc__)(command(_submit, what=submission))
    run_app.command(submission.service, help=submission.__doc__, epilog=exits.MEANING)(
        command(_run, submission.leaves_out, what=submission)
    )
