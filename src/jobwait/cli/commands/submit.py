"""`jobwait submit SERVICE` and `jobwait run SERVICE`: what can be submitted to each service, and its options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import attrs
import typer
from attrs import frozen

from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import complain, if_interrupted
from jobwait.cli.job_names import name_of
from jobwait.cli.options import command
from jobwait.cli.output import Output
from jobwait.cli.result_folder import ResultFolder
from jobwait.cli.results import deliver, download_command
from jobwait.cli.waiting import WaitOptions, wait_for

if TYPE_CHECKING:
    from jobwait import Job, Outcome

submit_app = typer.Typer(name="submit", help="Submit a job and print its name, without waiting.", no_args_is_help=True)
run_app = typer.Typer(name="run", help="Submit a job, wait for it and collect its results.", no_args_is_help=True)


@frozen(kw_only=True)
class Batch:
    """A batch of prompts at PromptForge."""

    service: ClassVar[str] = "promptforge"
    leaves_out: ClassVar[tuple[str, ...]] = ("geojson", "submitted")
    in_doubt: ClassVar[str] = "The prompts may have been submitted; PromptForge has no list that could show it."

    prompts: Annotated[Path, typer.Argument(help="JSON Lines, each with an integer prompt_id and a prompt.")]
    provider: Annotated[str, typer.Option(help="openai, anthropic, gemini or mistral.")]
    model: Annotated[str, typer.Option(help="The provider's name of the model.")]
    max_retries: Annotated[int, typer.Option(help="Attempts for each prompt.")] = 3
    rpm: Annotated[int | None, typer.Option(help="Requests a minute that the provider allows.")] = None
    tpm: Annotated[int | None, typer.Option(help="Tokens a minute that the provider allows.")] = None

    def submit(self, client: Any) -> Job[Any]:
        """The job, submitted."""
        from jobwait import promptforge  # noqa: PLC0415 - `--help` must not load an HTTP client

        options = attrs.asdict(self)
        return promptforge.submit(client, options.pop("prompts"), **options)


@frozen(kw_only=True)
class Tour:
    """A tour to be planned by FRYTE."""

    service: ClassVar[str] = "fryte"
    leaves_out: ClassVar[tuple[str, ...]] = ("format", "submitted")
    in_doubt: ClassVar[str] = "The tour may have been submitted; see: jobwait list fryte --user USER"

    tour: Annotated[Path, typer.Argument(help="JSON with the vehicle, its battery and the sections to drive.")]
    corridor: Annotated[
        int, typer.Option(help="Longest distance of a station from the route, in metres, 1000 to 20000.")
    ] = 8000
    min_charge_duration: Annotated[int, typer.Option(help="Shortest charging stop in minutes, 0 to 100.")] = 0
    tenant: Annotated[int | None, typer.Option(help="The tenant whose job it is.")] = None

    def submit(self, client: Any) -> Job[Any]:
        """The job, submitted."""
        from jobwait import fryte  # noqa: PLC0415 - `--help` must not load an HTTP client

        return fryte.submit(
            client,
            self.tour,
            corridor=self.corridor,
            min_charge_duration_min=self.min_charge_duration,
            tenant_id=self.tenant,
        )


@frozen(kw_only=True)
class Optimization:
    """A prompt to be optimized by Freeplay."""

    service: ClassVar[str] = "freeplay"
    leaves_out: ClassVar[tuple[str, ...]] = ("format", "submitted", "geojson")
    in_doubt: ClassVar[str] = "The prompt may have been submitted; see: jobwait list freeplay --project PROJECT"

    project: Annotated[str, typer.Option(help="The project's id.")]
    version: Annotated[str, typer.Option(help="The prompt template version to start from, a UUID.")]
    dataset: Annotated[str, typer.Option(help="The dataset to optimize against, a UUID.")]
    instructions: Annotated[str | None, typer.Option(help="What the new prompt must do, in plain text.")] = None
    best_practices: Annotated[bool, typer.Option(help="Use Freeplay's best practices.")] = True
    labels: Annotated[bool, typer.Option(help="Use the labels of the dataset.")] = True
    feedback: Annotated[bool, typer.Option(help="Use the feedback of customers.")] = True
    test: Annotated[bool, typer.Option(help="Test both versions and compare them; costs model calls.")] = True

    def submit(self, client: Any) -> Job[Any]:
        """The job, submitted."""
        from jobwait import freeplay  # noqa: PLC0415 - `--help` must not load an HTTP client

        return freeplay.submit(
            client,
            self.project,
            prompt_template_version_id=self.version,
            dataset_id=self.dataset,
            user_instructions=self.instructions,
            use_best_practices=self.best_practices,
            use_labels=self.labels,
            use_customer_feedback=self.feedback,
            run_test_after_optimization=self.test,
        )


SUBMISSIONS: Final[tuple[type[Batch | Tour | Optimization], ...]] = (Batch, Tour, Optimization)


def _submit(what: Any, accounts: Accounts, output: Output) -> int:
    with accounts.clients([what.service]) as clients:
        job = _submitted(what, clients[what.service], output)
    if not output.as_json:
        typer.echo(str(name_of(job)))
    for warning in getattr(job, "warnings", ()):
        complain(warning)
    return exits.SUCCEEDED


def _run(what: Any, accounts: Accounts, wait_options: WaitOptions, folder: ResultFolder, output: Output) -> int:
    folder.check(what.service)
    wait_options.check()
    folder = attrs.evolve(folder, submitted=getattr(what, "prompts", None))
    with accounts.clients([what.service]) as clients:
        job = _submitted(what, clients[what.service], output)
        if output.chatty:
            complain(f"submitted {name_of(job)}")

        def on_outcome(outcome: Outcome[Any]) -> None:
            if outcome.state == "succeeded":
                deliver(job, folder, output)

        return wait_for([job], output, wait_options, on_outcome, f" && {download_command(job, folder)}")


def _submitted(what: Any, client: Any, output: Output) -> Any:
    with if_interrupted(what.in_doubt):
        job = what.submit(client)
    output.json("submitted", service=what.service, job_id=job.id, name=str(name_of(job)), token=job.token())
    return job


for submission in SUBMISSIONS:
    submit_app.command(submission.service, help=submission.__doc__)(command(_submit, what=submission))
    run_app.command(submission.service, help=submission.__doc__, epilog=exits.MEANING)(
        command(_run, submission.leaves_out, what=submission)
    )
