"""What can be submitted to each of the three services, as the arguments and options of `submit` and `run`."""

from __future__ import annotations

import json
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

import attrs
import typer
from attrs import frozen

from jobwait.cli.options import meant, option
from jobwait.errors import InvalidInput

PROVIDERS: Final = ("openai", "anthropic", "gemini", "mistral")  # those of PromptForge's specification


def complete_provider(incomplete: str) -> list[str]:
    """The providers that begin so."""
    return [name for name in PROVIDERS if name.startswith(incomplete)]


def provider(text: str) -> str:
    """*text*, if it is a provider; else typer.BadParameter."""
    if text in PROVIDERS:
        return text
    raise typer.BadParameter(f"{text[:60]!r} is no provider; {meant(text, PROVIDERS)}")


@frozen(kw_only=True)
class Batch:
    """A batch of prompts at PromptForge."""

    service: ClassVar[str] = "promptforge"
    title: ClassVar[str] = "a batch of prompts to PromptForge"
    examples: ClassVar[tuple[str, ...]] = ("prompts.jsonl --provider openai --model gpt-4o-mini",)
    leaves_out: ClassVar[tuple[str, ...]] = ("geojson", "submitted")
    in_doubt: ClassVar[str] = "The prompts may have been submitted; PromptForge has no list that could show it."

    prompts: Annotated[Path, typer.Argument(help="JSON Lines, each with an integer prompt_id and a prompt.")]
    provider: Annotated[
        str,
        option(
            f"Who runs the model: {', '.join(PROVIDERS[:-1])} or {PROVIDERS[-1]}.",
            metavar="PROVIDER",
            parser=provider,
            autocompletion=complete_provider,
        ),
    ]
    model: Annotated[str, option("The provider's name of the model.", metavar="MODEL")]
    max_retries: Annotated[int, option("Attempts for each prompt, the first one included.", metavar="N")] = 3
    rpm: Annotated[int | None, option("Requests a minute that the provider allows.", metavar="N")] = None
    tpm: Annotated[int | None, option("Tokens a minute that the provider allows.", metavar="N")] = None

    def arguments(self) -> tuple[Any, dict[str, Any]]:
        """The arguments of promptforge.submit() after the client."""
        return _first_and_others(self)


@frozen(kw_only=True)
class Tour:
    """A tour to be planned by FRYTE."""

    service: ClassVar[str] = "fryte"
    title: ClassVar[str] = "a tour to FRYTE"
    examples: ClassVar[tuple[str, ...]] = ("tour.json", "tour.json --corridor 5000 --min-charge-duration 15")
    leaves_out: ClassVar[tuple[str, ...]] = ("format", "submitted")
    in_doubt: ClassVar[str] = "The tour may have been submitted; see: jobwait list fryte --user USER"

    tour: Annotated[Path, typer.Argument(help="JSON with the vehicle, its battery and the sections to drive.")]
    corridor: Annotated[
        int, option("Longest distance of a station from the route, in metres, 1000 to 20000.", metavar="METRES")
    ] = 8000
    min_charge_duration_min: Annotated[
        int, option("Shortest charging stop in minutes, 0 to 100.", "--min-charge-duration", metavar="MINUTES")
    ] = 0
    tenant_id: Annotated[int | None, option("The tenant whose job it is.", "--tenant", metavar="NUMBER")] = None

    def arguments(self) -> tuple[Any, dict[str, Any]]:
        """The arguments of fryte.submit() after the client."""
        return _first_and_others(self)


@frozen(kw_only=True)
class Optimization:
    """A prompt to be optimized by Freeplay; *input_file* has the fields that no option gives."""

    service: ClassVar[str] = "freeplay"
    title: ClassVar[str] = "a prompt to Freeplay, to be optimized"
    examples: ClassVar[tuple[str, ...]] = (
        "optimization.json",
        "--project PROJECT --version VERSION --dataset DATASET --no-test",
    )
    leaves_out: ClassVar[tuple[str, ...]] = ("format", "submitted", "geojson")
    in_doubt: ClassVar[str] = "The prompt may have been submitted; see: jobwait list freeplay --project PROJECT"

    input_file: Annotated[
        Path | None, typer.Argument(metavar="[INPUT]", help="JSON with these fields; an option comes before its field.")
    ] = None
    project_id: Annotated[str | None, option("The project's id.", "--project", metavar="PROJECT")] = None
    prompt_template_version_id: Annotated[
        str | None, option("The prompt template version to start from, a UUID.", "--version", metavar="UUID")
    ] = None
    dataset_id: Annotated[
        str | None, option("The dataset to optimize against, a UUID.", "--dataset", metavar="UUID")
    ] = None
    user_instructions: Annotated[
        str | None, option("What the new prompt must do, in plain text.", "--instructions", metavar="TEXT")
    ] = None
    use_best_practices: Annotated[
        bool | None,
        option("Use Freeplay's best practices.", "--best-practices/--no-best-practices", show_default="yes"),
    ] = None
    use_labels: Annotated[
        bool | None, option("Use the labels of the dataset.", "--labels/--no-labels", show_default="yes")
    ] = None
    use_customer_feedback: Annotated[
        bool | None, option("Use the feedback of customers.", "--feedback/--no-feedback", show_default="yes")
    ] = None
    run_test_after_optimization: Annotated[
        bool | None,
        option("Test both versions and compare them; costs model calls.", "--test/--no-test", show_default="yes"),
    ] = None

    def arguments(self) -> tuple[Any, dict[str, Any]]:
        """The arguments of freeplay.submit() after the client; InvalidInput that names every fault."""
        known = [name for name in attrs.fields_dict(type(self)) if name != "input_file"]
        given = {name: value for name in known if (value := getattr(self, name)) is not None}
        found = ({} if self.input_file is None else _fields(self.input_file)) | given
        place = "The input" if self.input_file is None else self.input_file.name
        faults = [_unknown(place, name, known) for name in found if name not in known]
        for name, option_name in (
            ("project_id", "--project"),
            ("prompt_template_version_id", "--version"),
            ("dataset_id", "--dataset"),
        ):
            if found.get(name) is None:
                faults.append(f"{place}: {name} is missing; it can be given by {option_name} too.")
        faults += [
            f"{place}: {name} must be a UUID, not {found[name]!r:.60}."
            for name in known[1:3]
            if found.get(name) is not None and not _is_uuid(found[name])
        ]
        faults += [
            f"{place}: {name} must be true or false, not {found[name]!r:.60}."
            for name in known[-4:]
            if name in found and not isinstance(found[name], bool)
        ]
        faults += [
            f"{place}: {name} must be text, not {found[name]!r:.60}."
            for name in ("project_id", "user_instructions")
            if found.get(name) is not None and not isinstance(found[name], str)
        ]
        if faults:
            raise InvalidInput(" ".join(faults), service=self.service, faults=faults)
        return found.pop("project_id"), found


SUBMISSIONS: Final[tuple[type[Batch | Tour | Optimization], ...]] = (Batch, Tour, Optimization)


def _first_and_others(what: Batch | Tour) -> tuple[Any, dict[str, Any]]:
    """The fields are the service module's own arguments, the file first."""
    first, *others = attrs.asdict(what).items()
    return first[1], dict(others)


def _unknown(place: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    end = f"; did you mean {near[0]}?" if near else "."  # not all fields, once for each fault
    return f"{place}: {name!r:.60} is no field of an optimization{end}"


def _is_uuid(text: object) -> bool:
    try:
        return isinstance(text, str) and bool(UUID(text))
    except ValueError:
        return False


def _fields(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        fact = f"{file}: cannot be read ({error.strerror}). Name a JSON file."
        raise InvalidInput(fact, faults=[fact]) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{file}: not JSON ({error}).", faults=[f"{file}: not JSON ({error})."]) from error
    if not isinstance(found, dict):
        fact = f"{file.name}: an object is needed, not {type(found).__name__}."
        raise InvalidInput(fact, faults=[fact])
    return found
