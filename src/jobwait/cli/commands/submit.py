"""`jobwait submit SERVICE` and `jobwait run SERVICE`: what can be submitted to each service, and its options."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import attrs
import typer
from attrs import field, frozen

from jobwait._jobs.service_module import service_of
from jobwait._text import visible
from jobwait.cli import exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.commands.submit_declared import DECLARED, AnyService, Declared
from jobwait.cli.exits import complain, if_interrupted
from jobwait.cli.job_names import name_of
from jobwait.cli.options import command, option
from jobwait.cli.output import Output
from jobwait.cli.results.collect import deliver, download_command
from jobwait.cli.results.folder import ResultFolder
from jobwait.cli.services import Own, Spec, page_of
from jobwait.cli.statuses import Statuses
from jobwait.cli.waiting import WaitOptions, wait_for

if TYPE_CHECKING:
    from jobwait import Outcome

submit_app = typer.Typer(
    name="submit", cls=AnyService, help="Submit a job and print its name, without waiting.", no_args_is_help=True
)
run_app = typer.Typer(
    name="run", cls=AnyService, help="Submit a job, wait for it and collect its results.", no_args_is_help=True
)


@frozen(kw_only=True)
class Batch:
    """
    A batch of prompts at PromptForge.

    Example: jobwait run promptforge prompts.jsonl --provider openai --model gpt-4o-mini --out results/
    """

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
    """
    A tour to be planned by FRYTE.

    Example: jobwait run fryte tour.json --geojson route.json
    """

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
    """
    A prompt to be optimized by Freeplay.

    Example: jobwait run freeplay --project PROJECT --version UUID --dataset UUID
    """

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


SPEC: Final = ("spec", "job")  # options of declared jobs alone
SUBMISSIONS: Final[tuple[type[Batch | Tour | Optimization], ...]] = (Batch, Tour, Optimization)


@frozen
class Request:
    """What is submitted to the service *name*, by submit() of its *page*; *own* are those that files declare."""

    name: str
    page: Any
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    in_doubt: str
    own: Own = field(factory=dict)
    spec_arguments: str = ""

    def send(self, client: Any) -> Any:
        """Submit it with *client*; the handle."""
        return self.page.submit(client, *self.arguments, **self.options)

    @classmethod
    def of(cls, what: Any, spec: Spec) -> Request:
        """The request that the arguments of a command ask for."""
        if isinstance(what, Declared):
            own = spec.services()
            name, body = what.service_and_body(own)
            page, ids = page_of(name, own), what.ids(name, own)
            in_doubt = f"The job may have been submitted; {name} knows."
            return cls(name, page, (body,), ids, in_doubt, own, spec.arguments())
        first, *options = attrs.asdict(what).items()  # the fields are the service module's own arguments
        return cls(what.service, page_of(what.service, {}), (first[1],), dict(options), what.in_doubt)


def _submit(what: Any, spec: Spec, accounts: Accounts, output: Output) -> int:
    request = Request.of(what, spec)
    with accounts.clients([request.name], request.own) as clients:
        job = _submitted(request, clients[request.name], output)
    if not output.as_json:
        typer.echo(visible(name_of(job).argument))
    for warning in getattr(job, "warnings", ()):
        complain(warning)
    return exits.SUCCEEDED


def _run(
    what: Any,
    spec: Spec,
    accounts: Accounts,
    statuses: Statuses,
    wait_options: WaitOptions,
    folder: ResultFolder,
    output: Output,
) -> int:
    request = Request.of(what, spec)
    folder.check(request.name)
    wait_options.check()
    statuses.check(service_of(page_of(request.name, request.own)))
    folder = attrs.evolve(folder, submitted=getattr(what, "prompts", None))
    with accounts.clients([request.name], request.own) as clients:
        job = _submitted(request, clients[request.name], output)
        statuses.add_to([job])
        if output.chatty:
            complain(f"submitted {name_of(job)}")

        def on_outcome(outcome: Outcome[Any]) -> None:
            if outcome.state == "succeeded":
                deliver(job, folder, output, request.spec_arguments)

        after = f" && {download_command(job, folder, request.spec_arguments)}"
        return wait_for([job], output, wait_options, on_outcome, request.spec_arguments, after)


def _submitted(request: Request, client: Any, output: Output) -> Any:
    with if_interrupted(request.in_doubt):
        job = request.send(client)
    output.json("submitted", service=request.name, job_id=job.id, name=name_of(job).argument, token=job.token())
    return job


for submission in SUBMISSIONS:
    submit_app.command(submission.service, help=submission.__doc__)(command(_submit, SPEC, what=submission))
    run_app.command(submission.service, help=submission.__doc__, epilog=exits.MEANING)(
        command(_run, (*SPEC, *submission.leaves_out), what=submission)
    )
submit_app.command(DECLARED, help=Declared.__doc__)(command(_submit, what=Declared))
run_app.command(DECLARED, help=Declared.__doc__, epilog=exits.MEANING)(
    command(_run, Declared.leaves_out, what=Declared)
)
