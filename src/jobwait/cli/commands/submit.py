"""What can be submitted: for each service the arguments and options of its job, and the call that sends it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer
from attrs import frozen

if TYPE_CHECKING:
    from jobwait import Job


@frozen(kw_only=True)
class Batch:
    """A batch of prompts at PromptForge."""

    service: ClassVar[str] = "promptforge"
    leaves_out: ClassVar[tuple[str, ...]] = ("geojson", "submitted")
    in_doubt: ClassVar[str] = "The prompts may have been submitted; PromptForge has no list that could tell."

    prompts: Annotated[Path, typer.Argument(help="JSON Lines, each with an integer prompt_id and a prompt.")]
    provider: Annotated[str, typer.Option(help="openai, anthropic, gemini or mistral.")]
    model: Annotated[str, typer.Option(help="The provider's name of the model.")]
    max_retries: Annotated[int, typer.Option(help="Attempts for each prompt.")] = 3
    rpm: Annotated[int | None, typer.Option(help="Requests a minute that the provider allows.")] = None
    tpm: Annotated[int | None, typer.Option(help="Tokens a minute that the provider allows.")] = None

    def submit(self, client: Any) -> Job[Any]:
        """The job, submitted."""
        from jobwait import promptforge  # noqa: PLC0415 - whoever only asks for help pays for no page

        return promptforge.submit(
            client,
            self.prompts,
            provider=self.provider,
            model=self.model,
            max_retries=self.max_retries,
            rpm=self.rpm,
            tpm=self.tpm,
        )


@frozen(kw_only=True)
class Tour:
    """A tour to be planned by FRYTE."""

    service: ClassVar[str] = "fryte"
    leaves_out: ClassVar[tuple[str, ...]] = ("format", "submitted")
    in_doubt: ClassVar[str] = "The tour may have been submitted; see: jobwait list fryte --user USER"

    tour: Annotated[Path, typer.Argument(help="JSON with the vehicle, its battery and the sections to drive.")]
    corridor: Annotated[int, typer.Option(help="How far from the way stations may be, in metres, 1000 to 20000.")] = (
        8000
    )
    min_charge_duration: Annotated[int, typer.Option(help="Shortest charging stop in minutes, 0 to 100.")] = 0
    tenant: Annotated[int | None, typer.Option(help="The tenant whose job it is.")] = None

    def submit(self, client: Any) -> Job[Any]:
        """The job, submitted."""
        from jobwait import fryte  # noqa: PLC0415 - whoever only asks for help pays for no page

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
    instructions: Annotated[str | None, typer.Option(help="What the new prompt must do, in your words.")] = None
    best_practices: Annotated[bool, typer.Option(help="Use Freeplay's best practices.")] = True
    labels: Annotated[bool, typer.Option(help="Use the labels of the dataset.")] = True
    feedback: Annotated[bool, typer.Option(help="Use the feedback of customers.")] = True
    test: Annotated[bool, typer.Option(help="Test both versions and compare them; costs model calls.")] = True

    def submit(self, client: Any) -> Job[Any]:
        """The job, submitted."""
        from jobwait import freeplay  # noqa: PLC0415 - whoever only asks for help pays for no page

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


SUBMISSIONS: tuple[type[Batch | Tour | Optimization], ...] = (Batch, Tour, Optimization)
